"""Everything one person's rows say, table by table: what an access request copies.

Source: GDPR 15(1), 15(3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tenu.datamap.catalog import ColumnKind
from tenu.datamap.layout import Layout
from tenu.datamap.model import PathMap, TableMap
from tenu.datamap.paths import keys_of, parsed, value_at, without
from tenu.plans.selection import ALWAYS
from tenu.plans.task import Seal
from tenu.terms import Origin

Paths = tuple[tuple[str, PathMap], ...]


def holdings(layout: Layout, root: str) -> tuple[Seal, ...]:
    """Return how to read every row that belongs to a person of *root*, the person's own first.

    Rows they share with others (an address) are theirs too. Every column is read: what may be shown to them, and what
    speaks of somebody else, is judged by whoever answers.

    Args:
        layout: The system, laid out on its live catalog.
        root: One of its people tables.
    """
    found = []
    estate = layout.estate(root)
    for owned in sorted((*estate.owned, *estate.parts), key=lambda owned: (len(owned.path), owned.table)):
        live = layout.catalog.table(owned.table)
        columns = tuple(column.name for column in live.columns) if live else ()
        found.append(Seal(table=owned.table, path=owned.path, where=ALWAYS, columns=columns))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One column of a copy. *category* of the policy, None when the data map says it is not personal by itself.

    *purposes*: those it serves beside, or instead of, its table's. *origin*: where the data map says it comes from. *ties*:
    it is a key or a link, which tells rows apart and joins them. *others*: it is somebody else's than the row's person.
    """

    name: str
    category: str | None
    purposes: tuple[str, ...]
    kind: ColumnKind = ColumnKind.OTHER
    origin: Origin | None = None
    ties: bool = False
    others: bool = False


Opened = tuple[tuple[Cell, ...], tuple[tuple[object, ...], ...]]
"""Columns, and rows in their order."""


def opened(cells: Sequence[Cell], declared: TableMap | None, rows: Iterable[Sequence[object]]) -> Opened:
    """Return *cells* and *rows* with each document opened: one more column for each of its personal paths, then its rest.

    Args:
        cells: What is known of the columns.
        declared: The table, as its data map says it; None when it says nothing any more.
        rows: Their values; a document as JSON, or as the text of it.
    """
    paths = [
        tuple(
            (declared.columns[cell.name].paths if declared and cell.name in declared.columns else {}).items()
        )
        for cell in cells
    ]
    if not any(paths):
        return tuple(cells), tuple(map(tuple, rows))
    wide = [one for cell, inside in zip(cells, paths, strict=True) for one in _columns(cell, inside)]
    values = (
        tuple(v for value, inside in zip(row, paths, strict=True) for v in _values(value, inside))
        for row in rows
    )
    return tuple(wide), tuple(values)


def _columns(cell: Cell, inside: Paths) -> Iterator[Cell]:
    for path, said in inside:
        yield replace(
            cell,
            name=f"{cell.name}.{path}",
            category=said.category,
            kind=ColumnKind.TEXT,
            origin=said.origin or cell.origin,
        )
    yield cell


def _values(value: object, inside: Paths) -> Iterator[object]:
    """Yield what the document *value* holds at each path, then what is left of it; a text that is none is its own rest."""
    document = parsed(value) if isinstance(value, str) else value
    for path, _ in inside:
        yield value_at(document, keys_of(path))
    yield (
        without(document, [keys_of(path) for path, _ in inside]) if inside and document is not None else value
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The rows of one table that are a person's: values as the database's own JSON says them, in the order of *columns*.

    *archived_until*: last day of the archive they were taken from, None when they are live. Numbers with decimals are
    ``Decimal``, or text: no digit is lost.
    """

    system: str
    table: str
    purposes: tuple[str, ...]
    columns: tuple[Cell, ...]
    rows: tuple[tuple[object, ...], ...]
    archived_until: date | None = None

    @property
    def name(self) -> str:
        """Return what its file is called, and nobody else's of the same answer."""
        archived = "" if self.archived_until is None else f"archive-{self.archived_until}."
        return f"{archived}{self.system}.{self.table}"
