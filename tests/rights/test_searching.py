"""Finding one person everywhere, and copying what is theirs: held to what the sample company knows of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab import Lab, make_lab
from tenu.operations.rights.copying import copy_of
from tenu.operations.rights.searching import NothingSoughtError, Search, Sought, reading, search
from tenu.ports import Ports
from tenu.sample.calendar import closing
from tenu.sample.rows import KEY_OF, SYSTEM_OF, Person, Row
from tenu.terms import IdentifierKind

EMAIL, REFERENCE = IdentifierKind.EMAIL, IdentifierKind.CUSTOMER_REFERENCE
NAME, PHONE, POSTCODE = IdentifierKind.NAME, IdentifierKind.PHONE, IdentifierKind.POSTCODE
IDENTIFIERS = {
    "contact": {"reference": REFERENCE, "email": EMAIL},
    "customer": {"number": REFERENCE, "email": EMAIL},
    "account": {"customer_reference": REFERENCE, "email": EMAIL},
    "supplier": {"email": EMAIL},
    "subscriber": {"email": EMAIL},
    "web_order": {"guest_email": EMAIL},
}
"""What identifies people in each table that holds some."""

Found = set[tuple[str, str, tuple[str, ...]]]


@pytest.fixture
def lab(make_lab_of: Callable[..., Lab]) -> Lab:
    """Give a sample company, on each engine in turn."""
    return make_lab_of(people=80)


def _truth(lab: Lab, *people: Person) -> Found:
    now = closing(lab.company.as_of)
    return {
        (SYSTEM_OF[row.table], row.table, tuple(map(str, row.key)))
        for person in people
        for row in person.rows_at(now)
    }


def _copied(ports: Ports, found: Search) -> Found:
    assert found.only is not None
    with reading(ports) as asked:
        copies = copy_of(asked, found.only.rows)
    return {
        (
            copy.system,
            copy.table,
            tuple(_key(copy.table, dict(zip([c.name for c in copy.columns], row, strict=True)))),
        )
        for copy in copies
        for row in copy.rows
    }


def _key(table: str, row: dict[str, object]) -> Iterator[str]:
    return (str(row[name]) for name in KEY_OF[table])


def _ways(lab: Lab, person: Person) -> list[tuple[IdentifierKind, str]]:
    """Return each reference and e-mail the person's rows carry, once."""
    said = {
        (kind, str(row.values[name]))
        for row in person.rows_at(closing(lab.company.as_of))
        for name, kind in IDENTIFIERS.get(row.table, {}).items()
        if row.values[name]
    }
    return sorted(said)


def _doubted(lab: Lab) -> tuple[Person, Person]:
    """Return two people behind one mailbox, the first with a name in the customer relation system."""
    one = next(p for p in lab.company.everyone() if p.doubt and _row(p, "contact") and not _row(p, "account"))
    assert one.doubt is not None
    return one, lab.company.person(one.doubt)


def _row(person: Person, table: str) -> Row | None:
    return next((row for row in person.rows if row.table == table), None)


def _said(person: Person, table: str, **columns: IdentifierKind) -> Sought:
    row = _row(person, table)
    assert row is not None
    values: dict[IdentifierKind, list[str]] = {}
    for name, kind in columns.items():
        values.setdefault(kind, []).append(str(row.values[name]))
    return Sought(values={kind: tuple(said) for kind, said in values.items()})


def test_every_row_of_a_person_is_found_by_each_identifier(lab: Lab) -> None:
    """Whatever reference or e-mail a person gives, the copy holds all their rows in the four systems and nobody else's."""
    wrong = []
    with lab.ports() as ports:
        for person in lab.company.everyone():
            if person.shared or person.doubt:
                continue
            for kind, value in _ways(lab, person):
                found = search(ports, Sought(values={kind: (value,)}))
                if found.only is None or _copied(ports, found) != _truth(lab, person):
                    wrong.append((person.id, person.kind, kind.value))
    assert wrong == []


def test_the_letter_case_and_the_spaces_of_an_e_mail_do_not_matter(lab: Lab) -> None:
    """An e-mail written in capitals, with spaces around, finds the same rows."""
    person = next(p for p in lab.company.everyone() if _row(p, "subscriber") and not p.shared)
    (said,) = _said(person, "subscriber", email=EMAIL).values[EMAIL]
    with lab.ports() as ports:
        shouted = search(ports, Sought(values={EMAIL: (f" {said.upper()} ",)}))
        assert _copied(ports, shouted) == _truth(lab, person)


def test_a_shared_mailbox_alone_never_merges_two_people(lab: Lab) -> None:
    """Two people answer to one mailbox: nobody is taken for the one sought, and both are shown apart."""
    one, _ = _doubted(lab)
    with lab.ports() as ports:
        found = search(ports, _said(one, "contact", email=EMAIL))
    assert (found.only, len(found.people)) == (None, 2)


def test_a_name_tells_two_people_of_one_mailbox_apart(lab: Lab) -> None:
    """With their name, only their own rows answer, and the other person's are for a human to look at."""
    one, other = _doubted(lab)
    with lab.ports() as ports:
        found = search(ports, _said(one, "contact", email=EMAIL, last_name=NAME, first_name=NAME))
        copied = _copied(ports, found)
    perhaps = {(*place, tuple(map(str, key))) for place, key in found.perhaps}
    assert (copied, perhaps & _truth(lab, other) == perhaps != set()) == (_truth(lab, one), True)


def test_a_supplier_who_buys_is_found_in_both_relations(lab: Lab) -> None:
    """One mailbox and one name in two roles: the copy holds what is known of both."""
    seller = next(p for p in lab.company.everyone() if p.shared and _row(p, "supplier"))
    buyer = next(
        p
        for p in lab.company.everyone()
        if p.shared & seller.shared and p.id != seller.id and _row(p, "customer")
    )
    with lab.ports() as ports:
        found = search(ports, _said(seller, "supplier", email=EMAIL, contact_name=NAME))
        assert _copied(ports, found) == _truth(lab, seller, buyer)


@pytest.mark.parametrize(
    "columns", [{"phone": PHONE}, {"last_name": NAME, "first_name": NAME, "postcode": POSTCODE}]
)
def test_a_telephone_or_a_name_with_a_postcode_only_suggests(
    lab: Lab, columns: dict[str, IdentifierKind]
) -> None:
    """Rows that only share a telephone, or a name and a postcode, are for a human: they never answer by themselves."""
    person = next(
        p for p in lab.company.everyone() if _row(p, "contact") and not p.shared and p.kind == "prospect"
    )
    row = _row(person, "contact")
    assert row is not None
    with lab.ports() as ports:
        found = search(ports, _said(person, "contact", **columns))
    assert (found.people, (("crm", "contact"), row.key) in found.perhaps) == ((), True)


def test_an_unknown_person_is_an_answer_when_every_store_was_searched(lab: Lab) -> None:
    """Nobody answers, every system was searched, and the result says so table by table."""
    with lab.ports() as ports:
        found = search(ports, Sought(values={EMAIL: ("personne@nulle-part.example",)}))
    searched = {(c.system, t.table): t.by for c in found.covered for t in c.people}
    assert (found.people, found.perhaps, found.is_complete, searched[("mail", "subscriber")]) == (
        (), (), True, (EMAIL,),
    )  # fmt: skip


def test_a_table_nobody_could_be_looked_up_in_is_named(lab: Lab) -> None:
    """Sought by reference alone, and known nowhere, the mailing tool was searched by nothing."""
    with lab.ports() as ports:
        found = search(ports, Sought(values={REFERENCE: ("C999999",)}))
    searched = {(c.system, t.table): t.by for c in found.covered for t in c.people}
    assert searched[("mail", "subscriber")] == ()


@pytest.mark.parametrize("said", [{}, {NAME: ("Martin",)}, {POSTCODE: ("51000",)}, {EMAIL: ("  ",)}])
def test_what_designates_nobody_is_refused(lab: Lab, said: dict[IdentifierKind, tuple[str, ...]]) -> None:
    """A bare name, a postcode or blanks look nobody up."""
    with lab.ports() as ports, pytest.raises(NothingSoughtError):
        search(ports, Sought(values=said))


def test_a_silent_system_is_named_and_the_search_is_not_complete(tmp_path: Path) -> None:
    """A database that is gone is not taken for an empty one: the search says which store did not answer."""
    lab = make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=150)
    (tmp_path / "mail.db").unlink()
    with lab.ports() as ports:
        found = search(ports, Sought(values={EMAIL: ("personne@nulle-part.example",)}))
    assert ([c.system for c in found.covered if not c.answered], found.is_complete) == (["mail"], False)
