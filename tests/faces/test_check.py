"""``tenu check``: every finding at once, with its place and its way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from faces.face import problems, tenu


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
