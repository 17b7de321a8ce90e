"""The documents say what the commands do: every command, every option, every key of every answer."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from faces.face import DAY, PEOPLE, ROOT, Answer, tenu
from tenu.cli import main

DOCS = ROOT / "docs"
REFERENCE = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
JSON = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
FIRST_RUN = (DOCS / "tutorial" / "first-run.md").read_text(encoding="utf-8")
ARCHIVE = (DOCS / "how-to" / "open-the-archive.md").read_text(encoding="utf-8")
ANSWERING = (DOCS / "how-to" / "answer-a-request.md").read_text(encoding="utf-8")
NIGHTLY = (DOCS / "how-to" / "nightly-run.md").read_text(encoding="utf-8")


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for child in command.list_commands(ctx):
            found = command.get_command(ctx, child)
            if found is not None:
                yield from _commands(f"{name} {child}", found)


COMMANDS = dict(_commands("tenu", main))


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "tenu"])
def test_every_command_has_its_section_and_every_option_its_line(name: str) -> None:
    """A command or an option nobody can look up is not done."""
    _, _, section = REFERENCE.partition(f"# {name}\n")
    section = re.split(r"^#+ tenu", section, maxsplit=1, flags=re.M)[0]
    options = [param.opts[-1] for param in COMMANDS[name].params if isinstance(param, click.Option)]
    assert (
        section != "",
        [option for option in options if f"`{option}" not in section.replace(", `", "`")],
    ) == (True, [])


def test_every_option_before_the_command_is_in_the_reference() -> None:
    """``tenu --help`` and the first table."""
    options = [opt for param in main.params for opt in param.opts if opt.startswith("-")]
    assert [option for option in options if f"`{option}" not in REFERENCE] == []


@pytest.mark.parametrize("name", ["check", "plan", "apply", "attest", "request", "demo", "run"])
def test_every_key_is_in_the_reference_as_the_schema_says_it(name: str) -> None:
    """The tables and the schemas say the same, unit included."""
    said = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert [line for line in _keys(said) if line not in JSON] == []


GUIDES = {"first-run": FIRST_RUN, "nightly-run": NIGHTLY, "archive": ARCHIVE, "request": ANSWERING}


@pytest.mark.parametrize("text", GUIDES.values(), ids=GUIDES)
def test_every_command_line_of_the_guides_exists(text: str) -> None:
    """Each option of each line is one of its command's."""
    assert [line for line in _lines(text) if not _exists(line)] == []


def test_the_tutorial_runs(
    played: tuple[Path, Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first line to the export, each command ends as it should; the first one is the demo of this folder."""
    first, *rest = _lines(FIRST_RUN)
    shutil.copytree(played[0], tmp_path / "company")
    monkeypatch.chdir(tmp_path / "company")
    statuses = [tenu(*shlex.split(line)[1:], lang="en").status for line in rest]
    demo = f"tenu demo --people {PEOPLE} --as-of {DAY} --directory company"
    assert (first, statuses) == (demo, [1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0])


def _keys(node: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the beginning of the line of each key and its description, as the reference writes them."""
    inside = node["items"] if node.get("type") == "array" else node.get("anyOf", [node])[0]
    prefix = path + ("[]." if node.get("type") == "array" else "." if path else "")
    for key, value in inside.get("properties", {}).items():
        yield f"| `{prefix}{key}` | "
        yield f" | {value.get('description', '')} |"
        yield from _keys(value, f"{prefix}{key}")


def _lines(text: str) -> list[str]:
    """Return the command lines of the fenced blocks, without what a shell adds around them."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    lines = [part.strip() for block in blocks for line in block.splitlines() for part in line.split("||")]
    cut = [re.split(r" [>)]|;;", line.removeprefix("1) "))[0].strip() for line in lines]
    return [line for line in cut if line.startswith("tenu ")]


def _exists(line: str) -> bool:
    words = shlex.split(line)
    name = max((n for n in COMMANDS if " ".join(words).startswith(n)), key=len)
    known = {opt for param in COMMANDS[name].params for opt in param.opts}
    return name != "tenu" and {word for word in words if word.startswith("-") and word != "-"} <= known
