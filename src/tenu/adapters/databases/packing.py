"""How each engine writes a person's rows of one table as one text: cheaply, and without losing a digit.

PostgreSQL's text of a row costs half of what its JSON does, so JSON is only asked for what no text says as well
(arrays, composites, types nobody here knows). The other engines write JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tenu.datamap.catalog import Column, ColumnKind
from tenu.plans.package import Heading, Spelling

Cell = tuple[Column, sa.ColumnElement[Any]]
"""A column of the catalog, and where its value is read."""

_SPELLED = {
    ColumnKind.TEXT: Spelling.TEXT,
    ColumnKind.INTEGER: Spelling.NUMBER,
    ColumnKind.NUMBER: Spelling.NUMBER,
    ColumnKind.BOOLEAN: Spelling.BOOLEAN,
    ColumnKind.DAY: Spelling.TEXT,
    ColumnKind.INSTANT: Spelling.INSTANT,
    ColumnKind.ZONED_INSTANT: Spelling.INSTANT,
    ColumnKind.BINARY: Spelling.BYTES,
    ColumnKind.JSON: Spelling.JSON,
}
_PLAIN = (sa.Enum, sa.Uuid, sa.Time, sa.Interval, postgresql.INET, postgresql.CIDR, postgresql.MACADDR)
"""Types of no kind of ours whose text says all."""


def heading(engine: str, table: str, cells: Sequence[Cell]) -> Heading:
    """Return what the rows of *table* look like once gathered."""
    spelled = tuple(_spelling(cell) for cell in cells) if engine == "postgresql" else ()
    return Heading(table=table, columns=tuple(column.name for column, _ in cells), spelled=spelled)


def gathered(engine: str, written: Any) -> Any:
    """Return the aggregate that joins rows, each as ``row`` writes it, into one text."""
    match engine:
        case "postgresql":
            return sa.func.string_agg(written, sa.literal_column("''"))
        case "sqlite":
            return sa.func.json_group_array(written)
        case _:
            return sa.func.json_arrayagg(written)


def row(engine: str, cells: Sequence[Cell]) -> Any:
    """Return one row as the engine writes it: numbers keep every digit, instants are in UTC, bytes hexadecimal."""
    if engine != "postgresql":
        return sa.func.json_array(*(_in_json(engine, *cell) for cell in cells))
    values = [
        sa.cast(sa.func.to_json(value), sa.Text) if _by_json(cell) else value
        for cell in cells
        for value in cell[1:]
    ]
    return sa.cast(sa.func.row(*values), sa.Text)


def _spelling(cell: Cell) -> Spelling:
    if _by_json(cell):
        return Spelling.JSON
    return _SPELLED.get(cell[0].kind, Spelling.TEXT)


def _by_json(cell: Cell) -> bool:
    """Return whether PostgreSQL's own text of a value would not say what it is."""
    return cell[0].kind not in _SPELLED and not isinstance(cell[1].type, _PLAIN)


def _in_json(engine: str, column: Column, value: Any) -> Any:
    if column.kind is ColumnKind.BINARY:
        return sa.case((value.is_not(None), sa.func.hex(value)))  # SQLite makes an empty text of NULL
    if column.kind is ColumnKind.JSON:
        return sa.cast(value, sa.Text) if engine == "sqlite" else sa.cast(value, sa.CHAR)
    if column.kind is ColumnKind.NUMBER and engine == "sqlite":
        return sa.cast(value, sa.Text)
    return value
