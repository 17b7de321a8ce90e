"""``tenu plan``: a diff a person can read, a file a program can, and nothing changed."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import pytest

from faces.face import DAY, LATER, Answer, on_a_terminal, problems, tenu, wide


def test_nothing_is_due_after_the_run(looked_at: Path) -> None:
    """Exit status 0: nothing to do."""
    assert tenu("plan", "--as-of", DAY, folder=looked_at).status == 0


def test_something_is_due_later(looked_at: Path) -> None:
    """Exit status 1: work to do."""
    assert _plan(looked_at).status == 1


@pytest.mark.parametrize(
    ("lang", "person", "record"),
    [
        (
            "fr",
            "5 ans sans acte (dernier acte avant le 01/07/2022)",
            "12 mois après chaque ligne (lignes d'avant le 01/07/2026)",
        ),
        (
            "en",
            "5 years without an act (last act before 2022-07-01)",
            "12 months after each row (rows from before 2026-07-01)",
        ),
    ],
)
def test_each_task_says_why(looked_at: Path, lang: str, person: str, record: str) -> None:
    """The duration and the day it makes, for people and for records."""
    said = _plan(looked_at, lang=lang).out
    assert (person in said, record in said) == (True, True)


def test_neighbouring_clauses_are_named_as_a_run(looked_at: Path) -> None:
    """Three clauses in a row are the first and the last."""
    assert "[C-RET-13 à 15]" in _plan(looked_at).out


def test_one_person_is_singular(looked_at: Path) -> None:
    """1 personne, 2 personnes."""
    assert re.search(r"\b1 personnes\b", _plan(looked_at).out) is None


@pytest.mark.parametrize("width", [80, 200])
def test_a_plan_fits_its_terminal(looked_at: Path, width: int) -> None:
    """Long lists of columns go on under themselves."""
    assert wide(tenu("plan", "--as-of", LATER, folder=looked_at, env=on_a_terminal(width)).out, width) == []


def test_counts_are_aligned(looked_at: Path) -> None:
    """Every count of the plan ends in the same column."""
    said = _plan(looked_at).out
    ends = {
        match.end(1)
        for match in map(re.compile(r"^    [=~-] \S+ +(\d+)  ").match, said.splitlines())
        if match
    }
    assert len(ends) == 1


def test_a_plan_is_what_its_schema_says(looked_at: Path) -> None:
    """Every number with its unit."""
    assert problems("plan", _plan(looked_at, "--json").json()) == []


def test_a_plan_file_is_the_json(company: Path) -> None:
    """``-o`` and ``--json`` hold the same plan."""
    said = tenu("plan", "--as-of", LATER, "--json", "-o", company / "p.json", folder=company).out
    assert (company / "p.json").read_text(encoding="utf-8") == said


def test_a_plan_changes_no_database(company: Path) -> None:
    """Reads only: every system is byte for byte what it was."""
    before = _digests(company)
    tenu("plan", "--as-of", LATER, "-o", company / "p.json", folder=company)
    tenu("plan", "--as-of", LATER, "--sql", folder=company)
    tenu("plan", "--as-of", LATER, "--doubts", folder=company)
    assert _digests(company) == before


def test_one_system_only(looked_at: Path) -> None:
    """The tasks of the others are left out."""
    said = tenu("plan", "--as-of", LATER, "--system", "mail", "--json", folder=looked_at).json()
    assert {task["system"] for task in said["tasks"]} == {"mail"}


def test_a_system_nobody_knows_is_refused(looked_at: Path) -> None:
    """The known ones are named."""
    answer = tenu("plan", "--system", "nope", folder=looked_at)
    assert (answer.status, "crm, erp, mail, shop" in answer.err) == (2, True)


def test_sql_is_shown_task_by_task(looked_at: Path) -> None:
    """Statements under the name of their task, and nothing else."""
    said = tenu("plan", "--as-of", LATER, "--sql", folder=looked_at).out
    assert ("-- mail.subscriber:prospecting" in said, "DELETE FROM" in said, "personnes" in said) == (
        True,
        True,
        False,
    )


def test_doubts_name_rows_by_key_only(looked_at: Path) -> None:
    """Who they are is looked up in the systems, by whoever may."""
    answer = _plan(looked_at, "--doubts", "--json")
    said = answer.json()
    assert (answer.status, problems("plan", said, "doubts"), "@" in answer.out) == (1, [], False)


def test_each_doubt_names_the_other_row(looked_at: Path) -> None:
    """A doubt is always between two rows."""
    said = _plan(looked_at, "--doubts", "--json").json()
    assert [doubt for doubt in said if not doubt["perhaps"]] == []


def test_doubts_are_those_the_plan_counts(looked_at: Path) -> None:
    """The systems with people to tell apart are the same in both."""
    plan = _plan(looked_at, "--json").json()
    doubts = _plan(looked_at, "--doubts", "--json").json()
    counted = {(task["system"], task["table"]) for task in plan["tasks"] if task["spared"]["ambiguous"]}
    assert {(doubt["system"], doubt["table"]) for doubt in doubts} == counted


def test_a_plan_that_cannot_be_written_is_said(looked_at: Path) -> None:
    """A folder that does not exist."""
    answer = tenu("plan", "--as-of", LATER, "-o", "/nowhere/plan.json", folder=looked_at)
    assert (answer.status, answer.told, "introuvable" in answer.err) == (2, True, True)


def test_two_outputs_at_once_are_refused(looked_at: Path) -> None:
    """--sql is for people, --json for programs."""
    assert tenu("plan", "--sql", "--json", folder=looked_at).status == 2


@cache
def _plan(folder: Path, *words: str, lang: str = "fr") -> Answer:
    """Return the plan of the later day, computed once: it only reads."""
    return tenu("plan", "--as-of", LATER, *words, folder=folder, lang=lang)


def _digests(folder: Path) -> dict[str, str]:
    names = ("crm.db", "erp.db", "shop.db", "mail.db")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
