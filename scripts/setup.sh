#!/bin/sh
# Prepare .venv in this checkout: sh scripts/setup.sh core|dev
#
#   core  what tenu runs with (./demo)
#   dev   that, the test tools, and Debian's database servers and browser (./test)
#
# Every package is pinned with its hash in requirements/. Indexes are those of the environment: pip's settings,
# UV_* variables when there are some. Nothing is done when .venv already matches the pins.
set -eu
cd "$(dirname "$0")/.."
profile=${1:-core}

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "$*"
    exit 2
}

install_debian() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing $* with apt-get"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        say "Missing on this machine: apt install $*"
        return 1
    fi
}

find_python() {
    for name in ${PYTHON:-} python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    stop "tenu needs Python 3.11 or later: apt install python3 python3-venv"
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        if [ "$profile" = core ]; then
            stop "Python lacks its venv module: apt install python3-venv"
        fi
        install_debian python3-venv || exit 2
    fi
    say "Making .venv with $("$python" --version)"
    "$python" -m venv --clear "$PWD/.venv"
}

# uv does not read pip's settings: hand it the index a person or a company configured there.
use_index_of_pip() {
    index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
    index=${PIP_INDEX_URL:-$index}
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] && [ -n "$index" ]; then
        export UV_DEFAULT_INDEX="$index"
    fi
    export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
}

install_with_uv() {
    use_index_of_pip
    .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode \
        requirements/bootstrap.txt "requirements/$profile.txt"
}

install_with_pip() {
    .venv/bin/python -m pip install --quiet --require-hashes \
        --requirement requirements/bootstrap.txt --requirement "requirements/$profile.txt"
}

install_packages() {
    export PIP_DISABLE_PIP_VERSION_CHECK=1
    say "Installing the packages of requirements/$profile.txt"
    .venv/bin/python -m pip install --quiet --require-hashes --requirement requirements/bootstrap.txt
    if ! install_with_uv; then
        say "uv could not; trying with pip"
        install_with_pip
    fi
    .venv/bin/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
}

stamp() {
    cat pyproject.toml requirements/bootstrap.txt "requirements/$1.txt" scripts/setup.sh | cksum
}

is_stamped() {
    [ "$(cat ".venv/$1.stamp" 2>/dev/null)" = "$(stamp "$1")" ]
}

# The test tools come on top of what tenu runs with: a dev environment is a core one too.
is_ready() {
    is_ours && { is_stamped "$profile" || { [ "$profile" = core ] && is_stamped dev; }; }
}

# A checkout that was moved or copied brings an environment whose programs point at the former place.
is_ours() {
    grep -qsF " $PWD/.venv" .venv/pyvenv.cfg && .venv/bin/python -c '' 2>/dev/null
}

prepare_python() {
    if is_ready; then
        return
    fi
    rm -f .venv/core.stamp .venv/dev.stamp
    is_ours || make_venv
    install_packages
    stamp "$profile" >".venv/$profile.stamp"
}

# MariaDB's core packages bring its programs without starting a server.
prepare_servers() {
    PATH=$PATH:/usr/sbin
    missing=
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing=postgresql
    command -v mariadbd >/dev/null || missing="$missing mariadb-server-core mariadb-client-core"
    command -v chromium >/dev/null || missing="$missing chromium"
    # shellcheck disable=SC2086 # a list of package names
    [ -z "$missing" ] || install_debian $missing || say "Tests that need them will fail, and say so."
}

case $profile in
core) prepare_python ;;
dev)
    prepare_python
    prepare_servers
    ;;
*) stop "usage: sh scripts/setup.sh core|dev" ;;
esac
