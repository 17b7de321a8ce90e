"""The reference says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenu.cli.journal import command
from tenu.journal.bodies import BODIES
from tenu.journal.kinds import EventKind
from tenu.journal.verification import Problem, ProblemKind

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "journal.md").read_text(encoding="utf-8")
ROWS = {line.split("`")[1]: line for line in REFERENCE.splitlines() if line.startswith("| `")}


@pytest.mark.parametrize("kind", EventKind)
def test_every_key_of_every_event_is_in_the_reference(kind: EventKind) -> None:
    """A reader of an export finds what each word means."""
    keys = [*BODIES[kind].required, *BODIES[kind].optional]
    assert [key for key in keys if f"`{key}`" not in ROWS[kind]] == []


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_problem_is_in_the_reference_and_has_words(kind: ProblemKind) -> None:
    """What verification says can be looked up, and is said in two languages."""
    message = Problem(kind=kind, index=0).message
    assert (kind in ROWS, message.fr != message.en) == (True, True)


@pytest.mark.parametrize("name", sorted(command.commands))
def test_every_command_is_in_the_reference(name: str) -> None:
    """A command nobody can look up is not done."""
    assert f"`tenu journal {name}" in REFERENCE
