"""What designates a person in the rows, as it is spelled there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenu.sample.rows import Person, Row

_COLUMNS = {
    "email": "email",
    "email_2": "email",
    "old_email": "email",
    "guest_email": "email",
    "phone": "phone",
    "old_phone": "phone",
    "iban": "iban",
    "reference": "customer_reference",
    "customer_reference": "customer_reference",
}


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One string that designates a person: e-mail, phone, iban, customer_reference, or name_postcode."""

    kind: str
    value: str


def identifiers(person: Person) -> tuple[Identifier, ...]:
    """Return what designates *person* and nobody else, in every spelling their rows hold."""
    found = {each for row in person.rows for each in _of(row)}
    return tuple(sorted(each for each in found if not _is_shared(each, person.shared)))


def _of(row: Row) -> Iterator[Identifier]:
    values = row.values
    for column, kind in _COLUMNS.items():
        if value := values.get(column):
            yield Identifier(kind, str(value))
    if row.table == "customer":
        yield Identifier("customer_reference", str(values["number"]))
    if values.get("postcode") and values.get("first_name"):
        yield Identifier(
            "name_postcode", f"{values['first_name']} {values['last_name']} {values['postcode']}"
        )


def _is_shared(identifier: Identifier, shared: frozenset[str]) -> bool:
    return _bare(identifier) in {_bare(Identifier(identifier.kind, value)) for value in shared}


def _bare(identifier: Identifier) -> str:
    """Return the value without what only spelling adds: case, spaces, the ways to write a telephone."""
    if identifier.kind == "phone":
        return "".join(filter(str.isdigit, identifier.value))[-9:]
    return identifier.value.strip().lower()
