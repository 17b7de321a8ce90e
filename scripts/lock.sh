#!/bin/sh
# Write requirements/*.txt anew from pyproject.toml: sh scripts/lock.sh [--upgrade]
#
# Pins stay where they are as long as pyproject.toml allows; --upgrade takes the newest releases.
# One lock serves every platform and every Python from 3.11 on; no index or path is written in it.
set -eu
cd "$(dirname "$0")/.."

compile() {
    output=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --output-file "requirements/$output" "$@"
}

compile core.txt "$@" pyproject.toml
compile dev.txt "$@" --constraint requirements/core.txt --group dev pyproject.toml
printf '%s\n' editables hatchling uv | compile bootstrap.txt "$@" --no-annotate --constraint requirements/dev.txt -
