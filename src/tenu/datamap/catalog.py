"""What a live database says of itself: tables, columns, keys. Read from its catalog, never from its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

UNKNOWN = "NULLTYPE"
"""What SQLAlchemy calls a type it does not know (a geometry)."""


class ColumnKind(StrEnum):
    """What a column can hold, as far as tenu must know to compare and clear it on every engine alike."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    INSTANT = "instant"
    ZONED_INSTANT = "zoned_instant"
    BINARY = "binary"
    JSON = "json"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. *length* counts characters when the engine limits them; *type_name* is the engine's own word."""

    name: str
    kind: ColumnKind
    type_name: str
    nullable: bool
    length: int | None = None
    generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A declared reference. *on_delete* is the engine's rule, upper case, ``NO ACTION`` when it has none."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: str = "NO ACTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A condition the engine holds every row of a table to. *columns*: those it speaks of; *says*: its own SQL."""

    columns: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. *partitions* are the names of the tables that hold its rows, when it is only their roof.

    *on_delete*, *on_update*: the triggers and rules that run when rows go, or change: they may keep or copy them.
    *outside*: it is in another schema, named ``schema.table``, and is here because it points at tables of this one.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    partitions: tuple[str, ...] = ()
    outside: bool = False
    checks: tuple[Check, ...] = ()
    on_delete: tuple[str, ...] = ()
    on_update: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """Return the column called *name*, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def key_of(self, parts: Sequence[str]) -> tuple[Any, ...]:
        """Return the primary key people write as the texts *parts*, typed as the database returns it.

        Raises:
            ValueError: It has another number of parts, or one of them is not of its column's type.
        """
        columns = [column for name in self.primary_key if (column := self.column(name)) is not None]
        if len(columns) != len(parts):
            raise ValueError(f"a key of {len(columns)} parts")
        return tuple(_typed(column, said) for column, said in zip(columns, parts, strict=True))

    def refuses_null(self, names: tuple[str, ...]) -> bool:
        """Return whether at least one of the columns *names* is NOT NULL, so the link cannot be cut."""
        return any(not column.nullable for column in self.columns if column.name in names)


def _typed(column: Column, said: str) -> Any:  # noqa: PLR0911 - a line per kind
    """Return *said* as a value of *column*; ValueError when it is none."""
    match column.kind:
        case ColumnKind.INTEGER:
            return int(said)
        case ColumnKind.NUMBER:
            return _number(said)
        case ColumnKind.DAY:
            return date.fromisoformat(said)
        case ColumnKind.INSTANT | ColumnKind.ZONED_INSTANT:
            return datetime.fromisoformat(said)
        case ColumnKind.OTHER:
            return UUID(said) if column.type_name.upper() == "UUID" else said
        case ColumnKind.BOOLEAN:
            return {"True": True, "False": False}[said] if said in ("True", "False") else bool(int(said))
        case ColumnKind.TEXT:
            return said
        case ColumnKind.BINARY | ColumnKind.JSON:
            raise ValueError("a key nobody can write")


def _number(said: str) -> Decimal:
    try:
        return Decimal(said)
    except InvalidOperation:
        raise ValueError("not a number") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Every table of one system's schema. *missing_grants* are the privileges tenu needs and does not have.

    *copies* are the materialised views and foreign tables beside them: rows of their own, which no plan reaches.
    """

    engine: str
    tables: tuple[Table, ...]
    copies: tuple[str, ...] = ()
    missing_grants: tuple[str, ...] = ()
    _by_name: dict[str, Table] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the tables: a map of hundreds asks for each of them again and again."""
        object.__setattr__(self, "_by_name", {table.name: table for table in self.tables})

    def table(self, name: str) -> Table | None:
        """Return the table called *name*, or None."""
        return self._by_name.get(name)

    def opaque(self, column: Column) -> bool:
        """Return whether *column* cannot be read as text: bytes, and on MariaDB the types it does not turn into any."""
        unknown = column.kind is ColumnKind.OTHER and column.type_name == UNKNOWN
        return column.kind is ColumnKind.BINARY or (unknown and self.engine == "mariadb")

    def shape(self) -> Any:
        """Return the part of the catalog a plan depends on, as plain data ready to be digested."""
        return [
            [
                table.name,
                [[c.name, c.kind.value, c.nullable] for c in table.columns],
                list(table.primary_key),
                [
                    [list(k.columns), k.parent, list(k.parent_columns), k.on_delete]
                    for k in table.foreign_keys
                ],
            ]
            for table in sorted(self.tables, key=lambda table: table.name)
        ]
