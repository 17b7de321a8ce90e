"""People who come back after a plan was made and before it is carried out: each must be spared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from tenu.sample.calendar import civil
from tenu.sample.dossier import KEYS_PER_PERSON
from tenu.sample.mailings import sent_before
from tenu.sample.rows import SYSTEM_OF, Change, Person, Row, Value

Entry = Row | Change


def returning(person: Person, at: datetime, systems: Collection[str]) -> tuple[Entry, ...]:
    """Return what *person* does at *at* (UTC without zone) through their first root in one of *systems*.

    An account signs in, a customer orders, a contact calls, a subscriber clicks, a guest buys again, a
    supplier gets an order. A person comes back once: their last key serves it. Nothing without such a row.
    """
    key = person.id * KEYS_PER_PERSON + KEYS_PER_PERSON - 1
    acts = (tuple(_acts(row, key, at)) for row in person.rows if SYSTEM_OF[row.table] in systems)
    return next(filter(None, acts), ())


def _acts(row: Row, key: int, at: datetime) -> Iterator[Entry]:
    match row.table:
        case "account":
            yield _row(
                "sign_in", at, id=key, account_id=row.values["id"], at=at, ip="203.0.113.9", user_agent=None
            )
            yield Change("account", row.key, "last_sign_in_at", at, at)
        case "customer":
            order = {"customer_number": row.values["number"], "placed_at": at, "delivered_at": None}
            yield _row("orders", at, year=at.year, number=key, **order, status="open", amount=Decimal(80))
        case "contact":
            yield _row("exchange", at, id=key, contact_id=row.values["id"], kind="incoming_call", at=at)
        case "subscriber":
            click = {"subscriber_id": row.values["id"], "campaign": sent_before(at)[0], "kind": "click"}
            yield _row("event", at, id=key, **click, at=at, ip="198.51.100.9")
        case "web_order" if row.values["guest_email"]:
            again: dict[str, Value] = {"id": key, "placed_at": at, "delivered_at": None, "status": "open"}
            yield _row("web_order", at, **{**row.values, **again})
        case "supplier":
            order = {"supplier_id": row.values["id"], "placed_on": civil(at), "received_on": None}
            yield _row("supply_order", at, id=key, **order, amount=Decimal(120))


def _row(table: str, born_at: datetime, /, **values: Value) -> Row:
    return Row(table, values, born_at)
