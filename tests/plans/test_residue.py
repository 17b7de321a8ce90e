"""Identifiers found as people write them, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenu.datamap.identity import identity
from tenu.plans.residue import Gone, Hits, Residue, Sieve, Spot, Tally, identifiers_of
from tenu.terms import IdentifierKind

VALUES = {
    IdentifierKind.EMAIL: ("Marie.Martin@A.example",),
    IdentifierKind.CUSTOMER_REFERENCE: ("C000123", "12"),
    IdentifierKind.PHONE: ("+33 6 12 34 56 78", "3950"),
    IdentifierKind.NAME: ("Martin", "Hélène"),
}
WHO = identity(VALUES)


def sieve() -> Sieve:
    """Return what looks for one person."""
    gone = Gone()
    gone.add([(WHO, VALUES)])
    return Sieve(gone.identifiers)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("marie.martin@a.example", "email"),
        ("  MARIE.MARTIN @ a.example ", "email"),
        ("write to <marie.martin@A.EXAMPLE>.", "email"),
        ("mailto:marie.martin@a.example?subject=x", "email"),
        ('s:22:"marie.martin@a.example";', "email"),
        ('{"to": ["marie.martin@a.example"]}', "email"),
        ("to=marie.martin%40a.example&x=1", "email"),
        ("ref. c000123, see file", "customer_reference"),
        ("C 000 123", "customer_reference"),
        ("c000123", "customer_reference"),
        ("0612345678", "phone"),
        ("call 06.12.34.56.78 today", "phone"),
        ("0033612345678", "phone"),
        ("For Helene MARTIN, happy birthday", "name"),
        ("Martin Hélène", "name"),
        ("Hélène中Martin", "name"),
    ],
)
def test_an_identifier_is_found_however_it_is_written(cell: str, kind: str) -> None:
    """In any case, with spaces, in a sentence, a link, a serialised value or JSON."""
    assert kind in {str(found) for found, _ in sieve().found(cell)}


@pytest.mark.parametrize(
    "cell",
    [
        "anne.marie.martin@a.example",
        "marie.martin@a.example.test",
        "C0001234",
        "order 12",
        "3950",
        "06 12 34 56 79",
        "Martin, then Hélène",
        "Martinez Hélène",
        "",
    ],
)
def test_something_else_is_not(cell: str) -> None:
    """A longer address, a longer reference, a short number, a name cut in two."""
    assert list(sieve().found(cell)) == []


OTHERS = [
    {IdentifierKind.EMAIL: (f"other{n}@b.example",), IdentifierKind.NAME: (f"Other{n}", "Zoé")}
    for n in range(30)
]
PIECES = st.sampled_from(
    [
        "marie.martin", "MARIE", "Martin", "@", "%40", "\\u0040", "a.example", "hélène", "Helene", "He", "lene", "C000", "123", " ", "\t",
        "-", ".", "/", "0612345678", "+33", "é", "\u212a", "other3@b.example", "x", "0033612345678", "中", '"', "(",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_one_person_is_found_alone_as_among_many(cell: str) -> None:
    """A cell read for one person in a hurry says of them what it says when everybody is read for."""
    gone = Gone()
    gone.add([(WHO, VALUES), *((identity(other), other) for other in OTHERS)])
    mine = set(identifiers_of(WHO, VALUES))
    among = {(kind, value) for kind, values in Sieve(gone.identifiers).found(cell) for value in values}
    alone = {(kind, value) for kind, values in sieve().found(cell) for value in values}
    assert alone == among & mine


def test_what_is_too_short_designates_nobody() -> None:
    """A two-digit reference and a four-digit telephone number are left out."""
    assert {value for _, value in identifiers_of(WHO, VALUES)} == {
        "marie.martin@a.example",
        "C000123",
        "612345678",
        "helene martin",
    }


def test_an_identifier_somebody_known_carries_is_theirs() -> None:
    """The mailbox of a family is not what is left of one of them; a cell that names another one of them too is."""
    spot = Spot(system="s", table="t", column="c", kind=IdentifierKind.EMAIL, kept=False)
    hits = Hits()
    hits.add(spot, frozenset({"family@a.example"}), (1,))
    hits.add(spot, frozenset({"family@a.example", "marie.martin@a.example"}), (2,))
    left = hits.without([(IdentifierKind.EMAIL, "family@a.example")])
    assert left == {spot: Tally(cells=1, rows=[(2,)])}


def test_more_people_than_memory_allows_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those beyond are said not to have been searched for."""
    monkeypatch.setattr("tenu.plans.residue.MOST_PEOPLE", 1)
    gone = Gone()
    gone.add([(WHO, VALUES), (WHO, VALUES)])
    assert (gone.people, gone.skipped) == (1, 1)


def test_names_and_what_the_law_keeps_are_told_apart() -> None:
    """Only what surely designates somebody, in a row no text keeps, counts."""
    spots = {
        Spot(system="s", table="t", column="c", kind=kind, kept=kept): Tally(cells=1)
        for kind in (IdentifierKind.EMAIL, IdentifierKind.NAME)
        for kept in (True, False)
    }
    residue = Residue(people=1, skipped=0, found=spots, searched=(), unsearched={})
    assert (residue.residual, residue.names, residue.kept_by_law) == (1, 1, 2)
