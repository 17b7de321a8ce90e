"""What a column becomes in a row that stays: what the data map says, else NULL, else empty text."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tenu.datamap.catalog import Column, ColumnKind
from tenu.datamap.layout import Layout
from tenu.datamap.paths import keys_of
from tenu.plans.selection import Cleared, Clearing, Inside


def clearings(layout: Layout, table: str, columns: tuple[str, ...]) -> tuple[Clearing, ...]:
    """Return what each of *columns* becomes in a row that stays: what the data map says, else NULL, else empty text.

    Of a document whose paths are said, these alone change.

    What the column cannot become is NULL here and a finding of ``constraints``.
    """
    declared = layout.system.tables[table].columns
    live = layout.catalog.table(table)
    found = []
    for name in columns:
        column = live.column(name) if live else None
        if column is not None:
            empty = "" if column.kind is ColumnKind.TEXT and not column.nullable else None
            said = declared[name].cleared_to
            inside = tuple(
                Inside(keys=keys_of(path), to=part.cleared_to) for path, part in declared[name].paths.items()
            )
            to = None if inside else empty if said is None else as_stored(said, column)
            found.append(Clearing(column=name, to=to, inside=inside))
    return tuple(found)


def as_stored(said: str | int, column: Column) -> Cleared:
    """Return what a data map writes as a value of *column*, None when the column cannot hold it."""
    match column.kind:
        case ColumnKind.TEXT:
            return str(said)
        case ColumnKind.INTEGER | ColumnKind.NUMBER:
            return said if isinstance(said, int) else None
        case ColumnKind.BOOLEAN:
            return bool(said) if said in (0, 1) else None
        case ColumnKind.DAY | ColumnKind.INSTANT | ColumnKind.ZONED_INSTANT:
            return _moment(str(said), column.kind)
        case ColumnKind.BINARY | ColumnKind.JSON | ColumnKind.OTHER:
            return None


def _moment(said: str, kind: ColumnKind) -> date | datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    if kind is ColumnKind.DAY:
        return at.date()
    return at.replace(tzinfo=UTC) if kind is ColumnKind.ZONED_INSTANT else at
