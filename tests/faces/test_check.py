"""``tenu check``: every finding at once, with its place and its way out."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from faces.face import Answer, problems, tenu


def test_findings_are_status_1(looked_at: Path) -> None:
    """The sample's policy has findings, its databases answer."""
    assert tenu("check", folder=looked_at).status == 1


def test_findings_are_what_their_schema_says(looked_at: Path) -> None:
    """One JSON array, nothing else."""
    assert problems("check", tenu("check", "--json", folder=looked_at).json()) == []


def test_severity_leaves_out_what_is_less_bad(looked_at: Path) -> None:
    """Blockers and majors only."""
    said = tenu("check", "--severity", "major", "--json", folder=looked_at).json()
    assert {found["severity"] for found in said} == {"blocker", "major"}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fr", r"\d+ bloquants, \d+ majeurs, .*4 systèmes comparés sur 4"),
        ("en", r"\d+ blockers, \d+ major, .*4 of 4 systems"),
    ],
)
def test_the_count_is_in_one_language(looked_at: Path, lang: str, words: str) -> None:
    """The last line sums up."""
    assert re.match(words, tenu("check", folder=looked_at, lang=lang).out.splitlines()[-1])


def test_every_finding_says_where_and_where_to_read_more(looked_at: Path) -> None:
    """file:line:column, and the command that explains it; those of one kind are told together."""
    found = tenu("check", "--json", folder=looked_at).json()
    blocks = tenu("check", folder=looked_at, lang="en").out.split("\n\n")[:-1]
    kinds = [re.findall(r"tenu explain (\S+)$", block) for block in blocks]
    assert {code for (code,) in kinds} == {one["code"] for one in found}
    places = [place for block in blocks for place in re.findall(r"^ *(\S+:\d+:\d+)  ", block, re.M)]
    assert sorted(places) == sorted(f"{one['file']}:{one['line']}:{one['column']}" for one in found)


def test_a_silent_system_is_status_2_and_the_others_are_compared(company: Path) -> None:
    """Nothing is concluded from silence, and nothing else is forgotten because of it."""
    (company / "crm.db").unlink()
    answer = tenu("check", folder=company)
    assert (answer.status, "D-REACH-01" in answer.out, "3 systèmes comparés sur 4" in answer.out) == (
        2,
        True,
        True,
    )


@pytest.fixture(scope="module")
def slipped(played: tuple[Path, Answer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the company after somebody typed IBANs where an order's status goes."""
    folder = tmp_path_factory.mktemp("slipped") / "company"
    shutil.copytree(played[0], folder)
    with closing(sqlite3.connect(folder / "shop.db")) as shop, shop:
        shop.execute("UPDATE web_order SET status = 'FR7630006000011234567890189' WHERE id % 50 = 1")
    return folder


def test_the_sample_company_raises_no_false_alarm(looked_at: Path) -> None:
    """Every row of its four databases is read, and nothing is said of any value."""
    said = tenu("check", "--all", "--json", folder=looked_at).json()
    assert [found["code"] for found in said if found["code"].startswith("D-VAL")] == []


def test_values_nobody_thought_of_are_told_with_the_line_to_write(slipped: Path) -> None:
    """An IBAN in a column called not personal: where, how many, what to write, and the line of the file."""
    answer = tenu("check", "--values", folder=slipped, lang="en")
    (told,) = re.findall(r"systems/shop.yaml:\d+:\d+  D-VAL-01  .*\n.*\n.*\n.*", answer.out)
    assert (
        "'web_order.status', said not personal, holds IBANs" in told,
        "write 'status: financial'" in told,
    ) == (True, True)


def test_what_was_seen_is_counted_in_json(slipped: Path) -> None:
    """The JSON is what its schema says, its counts included."""
    answer = tenu("check", "--rows", "500", "--json", folder=slipped)
    (seen,) = [found["seen"] for found in answer.json() if found["seen"]]
    assert (problems("check", answer.json()), seen["form"], seen["cells"] > 0) == ([], "iban", True)
