"""A policy file is read whole, refused whole, and every finding says where and what to do."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.seed import altered, findings_of, seed, seed_text
from tenu.policy.clauses import clauses
from tenu.policy.model import parts


def test_the_packaged_policy_loads_without_a_finding() -> None:
    """The JST France policy holds nothing that leads nowhere."""
    assert findings_of(seed_text()) == ()


def test_every_clause_of_the_catalogue_is_answered_for() -> None:
    """The packaged policy cites the 146 clauses, and no other."""
    assert list(seed().clause_places()) == sorted(clauses())


def test_a_clause_is_found_at_its_own_columns() -> None:
    """The place of a clause is the clause itself, not the start of its list."""
    place = seed().clause_places()["C-RET-15"][0]
    assert place.excerpt[place.column - 1 :][: place.width] == "C-RET-15"


def test_every_part_knows_the_line_it_starts_on() -> None:
    """No part of a policy read from a file comes from an unknown place."""
    assert {part.place.file for part in parts(seed())} == {"policy.yaml"}


def test_the_policy_is_frozen() -> None:
    """Nothing of a policy changes after it was read."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        seed().controller.name = "another"  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("old", "new", "suggestion"),
    [
        ("time_zone:", "timezone:", "time_zone"),
        ("controller:", "controler:", "controller"),
        ("        lasts: 5 years\n", "        last: 5 years\n", "lasts"),
        ("  as_a_rule:", "  as_rule:", "as_a_rule"),
        ("says:\n    fr:", "says:\n    fe:", "fr"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(old: str, new: str, suggestion: str) -> None:
    """A typing slip in a key names the key that was meant."""
    fixes = [
        finding.fix.en
        for finding in findings_of(altered(old, new))
        if finding.code == "W-KEY-01" and finding.fix
    ]
    assert fixes == [f"did you mean '{suggestion}'?"]


def test_a_place_cannot_be_written_in_a_file() -> None:
    """The keys under which a part remembers its place are refused in a file."""
    assert [f.code for f in findings_of(altered("controller:\n", "controller:\n  place: here\n"))] == [
        "W-VALUE-01"
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("categories: [images]", "categories: [image]", "P-REF-01"),
        ("retention: badge", "retention: badges", "P-REF-02"),
        ("recipients: [advisers]", "recipients: [adviser]", "P-REF-03"),
        ("- id: badge\n    label", "- id: video\n    label", "P-REF-04"),
        ("clauses: [C-CTL-01, C-CTL-02]", "clauses: [C-CTL-01, C-CTL-02, C-CTL-09]", "P-REF-05"),
        ("clauses: [C-CNI-01]", "clauses: []", "P-REF-06"),
        ("basis: consent\n    unstated: [categories]", "basis: null\n    unstated: [categories]", "P-REF-07"),
        ("fiscal_year_end: 12-31", "fiscal_year_end: 12-31\nnot_promised: [C-SEC-99]", "P-REF-05"),
        ("fiscal_year_end: 12-31", "fiscal_year_end: 12-31\nnot_promised: [C-SEC-01]", "P-REF-10"),
        ("reading: A-36", "reading: A-63", "P-REF-08"),
        ("Europe/Paris", "Europe/Pariss", "P-REF-09"),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_finding_of_its_own(old: str, new: str, code: str) -> None:
    """Each kind of lost reference has its code, and only that one is reported."""
    assert [finding.code for finding in findings_of(altered(old, new))] == [code]


def test_a_clause_said_not_promised_need_not_be_cited() -> None:
    """A company that makes fewer promises says which, and its file loads."""
    text = altered("clauses: [C-CNI-01]", "clauses: []").replace(
        "fiscal_year_end:", "not_promised: [C-CNI-01]\nfiscal_year_end:"
    )
    assert findings_of(text) == ()


def test_all_lost_references_are_told_at_once() -> None:
    """Two mistakes in one file give two findings in one reading."""
    text = altered("retention: badge", "retention: badges").replace("Europe/Paris", "Europe/Pariss")
    assert [finding.code for finding in findings_of(text)] == ["P-REF-02", "P-REF-09"]


def test_a_lost_reference_points_at_the_name_itself() -> None:
    """The finding underlines the name that leads nowhere."""
    place = findings_of(altered("recipients: [advisers]", "recipients: [adviser]"))[0].place
    assert place is not None
    assert place.excerpt[place.column - 1 :][: place.width] == "adviser"


def test_every_finding_says_what_to_do() -> None:
    """A refusal of the loader always comes with a way out in French."""
    text = altered("retention: badge", "retention: badges").replace("Europe/Paris", "Europe/Pariss")
    assert all(finding.fix and finding.fix.fr for finding in findings_of(text))


_SCRAPS = st.sampled_from(
    [
        *"abc:-[]{}#&*!|>?%@'\",\n \t",
        "\n  ",
        ": ",
        "- ",
        "fr: ",
        "en: ",
        "null",
        "!!int x",
        "&a",
        "*a",
        "C-RET-13",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_SCRAPS, max_size=60).map("".join)))
def test_no_text_breaks_the_loader(text: str) -> None:
    """Whatever the text, the loader answers with findings and with nothing else."""
    assert findings_of(text) != ()


@given(st.integers(min_value=0, max_value=60_000), st.lists(_SCRAPS, min_size=1, max_size=6).map("".join))
def test_no_scrap_in_the_policy_breaks_the_loader(position: int, scrap: str) -> None:
    """Whatever is written in the middle of a good file, the loader reads it or lists findings."""
    text = seed_text()
    at = position % len(text)
    assert isinstance(findings_of(text[:at] + scrap + text[at:]), tuple)


@pytest.mark.parametrize(
    "text", ["a: &a [*a]", "a: &a {x: *a}", "[" * 5000, "a: !!int b", "a: " + "1" * 5000]
)
def test_no_trick_of_yaml_breaks_the_loader(text: str) -> None:
    """Cycles, depth, forced tags and endless numbers are findings."""
    assert findings_of(text) != ()
