"""``tenu attest``: the clause table as a person reads it, and a person's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faces.face import DAY, on_a_terminal, problems, tenu, wide
from tenu.terms import ClauseStatus

NEXT_YEAR = (datetime.now(UTC).date() + timedelta(days=365)).isoformat()


def test_the_table_is_what_its_schema_says(looked_at: Path) -> None:
    """146 lines and their counts."""
    said = tenu("attest", "--as-of", DAY, "--json", folder=looked_at).json()
    assert (problems("attest", said), len(said["clauses"]), sum(said["counts"].values())) == ([], 146, 146)


def test_a_broken_clause_is_status_1(looked_at: Path) -> None:
    """The sample's policy leaves purposes without a basis."""
    assert tenu("attest", "--as-of", DAY, folder=looked_at).status == 1


@pytest.mark.parametrize("status", ClauseStatus)
def test_only_one_status(looked_at: Path, status: ClauseStatus) -> None:
    """The counts stay those of the whole table."""
    said = tenu("attest", "--as-of", DAY, "--status", status.value, "--json", folder=looked_at).json()
    assert len(said["clauses"]) == said["counts"][status.value]


@pytest.mark.parametrize(
    ("lang", "words"), [("fr", ("tenue", "rompues,", "inconnue")), ("en", ("kept", "broken,", "unknown"))]
)
def test_the_table_is_in_one_language(looked_at: Path, lang: str, words: tuple[str, ...]) -> None:
    """Statuses and counts, in words."""
    said = tenu("attest", "--as-of", DAY, folder=looked_at, lang=lang).out
    assert [word in said for word in words] == [True, True, True]


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_fits_its_terminal(looked_at: Path, width: int) -> None:
    """Evidence goes on in its own column."""
    assert wide(tenu("attest", "--as-of", DAY, folder=looked_at, env=on_a_terminal(width)).out, width) == []


def test_elsewhere_a_clause_is_one_line(looked_at: Path) -> None:
    """What a program greps is never cut."""
    lines = tenu("attest", "--as-of", DAY, folder=looked_at, env={"COLUMNS": "40"}).out.splitlines()
    assert (len(lines), all(line.startswith("C-") for line in lines[:-1])) == (147, True)


def test_a_silent_system_is_status_2_and_named(company: Path) -> None:
    """Its clauses are unknown, never green."""
    (company / "crm.db").unlink()
    answer = tenu("attest", "--as-of", DAY, "--status", "kept", folder=company)
    assert (answer.status, "crm" in answer.err, "C-RET-13" in answer.out) == (2, True, False)


def test_a_word_given_is_confirmed_and_shown(company: Path) -> None:
    """A role, a last day, and the clause is attested."""
    answer = tenu("attest", "sign", "C-CTL-01", "--role", "dpo", "--until", NEXT_YEAR, folder=company)
    said = tenu("attest", "--status", "attested", folder=company).out
    assert (answer.status, "attestée par dpo" in answer.out, "C-CTL-01" in said) == (0, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("C-XX-99", "--role", "dpo", "--until", NEXT_YEAR), "aucune clause"),
        (("C-CTL-01", "--role", "Jeanne Exemple", "--until", NEXT_YEAR), "un rôle, pas un nom"),
        (("C-CTL-01", "--role", "dpo", "--until", "2020-01-01"), "plus tard"),
        (("C-CTL-01", "--role", "dpo", "--until", NEXT_YEAR, "--evidence", "zz"), "SHA-256"),
    ],
)
def test_a_word_that_says_nothing_is_refused(company: Path, words: tuple[str, ...], said: str) -> None:
    """No clause, a person's name, a day gone by, evidence nobody can find again."""
    answer = tenu("attest", "sign", *words, folder=company)
    assert (answer.status, said in answer.err) == (2, True)
