"""No personal value of the sample is in anything of tenu's own, after a whole run of 300 people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from faces.face import DAY, LATER, PEOPLE, Answer, tenu
from tenu.sample import Company

SYSTEMS = ("crm.db", "erp.db", "shop.db", "mail.db")


@pytest.fixture(scope="module")
def personal() -> frozenset[bytes]:
    """Give every string that designates somebody of the sample, without case."""
    company = Company.generate(people=PEOPLE, as_of=date.fromisoformat(DAY))
    found = (each.value for person in company.everyone() for each in company.identifiers(person.id))
    return frozenset(value.strip().lower().encode() for value in found)


@pytest.fixture(scope="module")
def lived(planned_once: Path) -> tuple[Path, str]:
    """Give a workspace every command has run in, and all they printed."""
    folder = planned_once
    lines = [
        ("check",), ("check", "--json"), ("plan", "--as-of", LATER), ("plan", "--as-of", LATER, "--json"),
        ("plan", "--as-of", LATER, "--doubts"), ("plan", "--as-of", LATER, "--doubts", "--json"),
        ("apply", folder / "p.json"), ("apply", folder / "p.json", "--json"), ("attest", "--as-of", DAY), ("journal", "verify", "--json"),
        ("journal", "prove", "0"), ("journal", "export", folder / "proof"), ("plan", "--system", "nope"),
    ]  # fmt: skip
    answers = [tenu(*line, folder=folder) for line in lines]
    return folder, "".join(answer.out + answer.err for answer in answers)


def test_the_scan_sees_what_it_looks_for(played: tuple[Path, Answer], personal: frozenset[bytes]) -> None:
    """The same scan of a company's own database finds people."""
    assert len(_found(_cells(played[0] / "crm.db"), personal)) > 100


@pytest.mark.parametrize("name", ["tenu.db", "archive.db", "vault.db"])
def test_no_table_of_tenu_holds_a_person(
    lived: tuple[Path, str], personal: frozenset[bytes], name: str
) -> None:
    """Every cell of every table: journal, sealed packages, keys."""
    assert _found(_cells(lived[0] / name), personal) == set()


def test_no_file_of_tenu_holds_a_person(lived: tuple[Path, str], personal: frozenset[bytes]) -> None:
    """Every byte of every file but the company's own databases: plans, export, keys, freed pages."""
    files = [path for path in lived[0].rglob("*") if path.is_file() and path.name not in SYSTEMS]
    assert {path.name: found for path in files if (found := _found([path.read_bytes()], personal))} == {}


def test_no_command_prints_a_person(
    lived: tuple[Path, str], played: tuple[Path, Answer], personal: frozenset[bytes]
) -> None:
    """Standard output and error output of every command that may be kept in a log."""
    assert _found([(lived[1] + played[1].out + played[1].err).encode()], personal) == set()


def _cells(path: Path) -> Iterator[bytes]:
    with sqlite3.connect(path) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                yield from (cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)


def _found(texts: Iterator[bytes] | list[bytes], personal: frozenset[bytes]) -> set[bytes]:
    joined = b"\n".join(texts).lower()
    return {value for value in personal if value in joined}
