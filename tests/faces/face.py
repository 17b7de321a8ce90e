"""The command line as a person sees it, in process: what is printed, what is complained about, and the exit status."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
from click.testing import CliRunner

from tenu.cli import main

ROOT = Path(__file__).parents[2]
DAY = "2026-11-23"
LATER = "2027-06-30"
PEOPLE = 300
_STYLE = re.compile("\x1b\\[[0-9;]*m")
PLAIN = {"NO_COLOR": "1", "FORCE_COLOR": "", "TENU_LANG": "", "TENU_WORKSPACE": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one command did."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Return the one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def told(self) -> bool:
        """Return whether the command ended as commands do: a known status, and no trace for the person to read."""
        return self.status in (0, 1, 2, 130) and "Traceback" not in self.out + self.err


def tenu(
    *words: object, folder: Path | None = None, lang: str = "fr", env: Mapping[str, str] | None = None
) -> Answer:
    """Run one command line, on the workspace in *folder*."""
    where = ["-w", str(folder)] if folder else []
    result = CliRunner().invoke(
        main, ["--lang", lang, *where, *map(str, words)], env={**PLAIN, **(env or {})}
    )
    return Answer(status=result.exit_code, out=result.stdout, err=result.stderr)


def on_a_terminal(width: int) -> dict[str, str]:
    """Return the environment of a terminal of *width* columns, without colours to read past."""
    return {
        "TTY_COMPATIBLE": "1",
        "FORCE_COLOR": "1",
        "NO_COLOR": "1",
        "TERM": "xterm",
        "COLUMNS": str(width),
    }


def schema(name: str, part: str | None = None) -> jsonschema.Draft202012Validator:
    """Return the published schema called *name*, or one of its parts."""
    said = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    wanted = said["$defs"][part] if part else said
    return jsonschema.Draft202012Validator(wanted, format_checker=jsonschema.FormatChecker())


def problems(name: str, value: Any, part: str | None = None) -> list[str]:
    """Return what the published schema says is wrong with *value*."""
    return [f"{error.json_path}: {error.message}" for error in schema(name, part).iter_errors(value)]


def wide(text: str, width: int) -> list[str]:
    """Return the lines of *text* that do not fit in *width* columns."""
    return [line for line in _STYLE.sub("", text).splitlines() if len(line.rstrip()) > width]
