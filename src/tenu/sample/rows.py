"""A row, a change to a row, a person and all their rows. Every row knows the instant it was born."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from tenu.sample.schema import SYSTEMS

Value = str | int | Decimal | date | datetime | None
Key = tuple[Value, ...]

SYSTEM_OF: Mapping[str, str] = MappingProxyType(
    {table: system for system, tables in SYSTEMS.items() for table in tables.tables}
)
"""Table name to system name; no two systems share a table name."""

KEY_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: tuple(column.name for column in table.primary_key)
        for tables in SYSTEMS.values()
        for name, table in tables.tables.items()
    }
)
"""Table name to the columns of its primary key, in order."""

PARENT: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "note": ("contact", ("contact_id",)),
        "exchange": ("contact", ("contact_id",)),
        "response": ("contact", ("contact_id",)),
        "dispute": ("contact", ("contact_id",)),
        "contact_history": ("contact", ("contact_id",)),
        "contract": ("customer", ("customer_number",)),
        "orders": ("customer", ("customer_number",)),
        "order_line": ("orders", ("year", "number")),
        "invoice": ("customer", ("customer_number",)),
        "payment": ("invoice", ("invoice_number",)),
        "mandate": ("customer", ("customer_number",)),
        "supply_order": ("supplier", ("supplier_id",)),
        "sign_in": ("account", ("account_id",)),
        "basket": ("account", ("account_id",)),
        "basket_item": ("basket", ("basket_id",)),
        "web_order": ("account", ("account_id",)),
        "web_order_line": ("web_order", ("web_order_id",)),
        "event": ("subscriber", ("subscriber_id",)),
    }
)
"""Table to the table it hangs from and the columns that say where. A guest's order hangs from nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was first written, at *born_at* (UTC without zone). *values* holds every column."""

    table: str
    values: Mapping[str, Value]
    born_at: datetime

    @property
    def key(self) -> Key:
        """The values of the primary key."""
        return tuple(self.values[column] for column in KEY_OF[self.table])


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one row replaced at *at* (UTC without zone)."""

    table: str
    key: Key
    column: str
    value: Value
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One natural person in one role, with every row that speaks of them.

    *shared* are identifiers that also belong to somebody else; *doubt* is the person one could take them for.
    """

    id: int
    kind: str
    rows: tuple[Row, ...]
    changes: tuple[Change, ...] = ()
    shared: frozenset[str] = field(default=frozenset())
    doubt: int | None = None

    def rows_at(self, instant: datetime) -> tuple[Row, ...]:
        """Return the rows born by *instant* (UTC without zone), with the changes made by then."""
        made: dict[tuple[str, Key], dict[str, Value]] = {}
        for change in self.changes:
            if change.at <= instant:
                made.setdefault((change.table, change.key), {})[change.column] = change.value
        born = (row for row in self.rows if row.born_at <= instant)
        if not made:
            return tuple(born)
        return tuple(_changed(row, made.get((row.table, row.key))) for row in born)


def _changed(row: Row, made: Mapping[str, Value] | None) -> Row:
    return Row(row.table, {**row.values, **made}, row.born_at) if made else row
