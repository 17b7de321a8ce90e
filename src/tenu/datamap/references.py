"""The links of a system: those its database declares, then those its data map adds."""

from __future__ import annotations

from collections.abc import Iterable

from tenu.datamap.catalog import Catalog, Column, ColumnKind, ForeignKey, Table
from tenu.datamap.conditions import Said, When
from tenu.datamap.links import Link
from tenu.datamap.model import System
from tenu.datamap.ways import EQUAL, Fact, Facts, Like, Path, Reference, Spelling


def references(system: System, catalog: Catalog) -> tuple[Reference, ...]:
    """Return every link of *system*; those of the map that name what *catalog* lacks are left out."""
    declared = [_declared(table, key) for table in catalog.tables for key in table.foreign_keys]
    seen = {(r.child, r.columns, r.parent, r.parent_columns) for r in declared}
    plain = [r for link in system.links if not link.when if (r := _mapped(link, catalog, ())) is not None]
    added = [r for r in plain if (r.child, r.columns, r.parent, r.parent_columns) not in seen or r.through]
    known = (*declared, *added)
    told = [
        r
        for link in system.links
        if link.when
        if (r := _mapped(link, catalog, facts(_holder(link), link.when, known))) is not None
    ]
    return (*known, *told)


def facts(table: str, when: When, references: Iterable[Reference]) -> Facts:
    """Return what *when* says of the rows of *table*; ``parent.column`` reads the row they point at."""
    return tuple(_fact(table, name, said, references) for name, said in when.items())


def _fact(table: str, name: str, said: Said, references: Iterable[Reference]) -> Fact:
    parent, _, column = name.rpartition(".")
    way = way_to(table, parent, references) if parent else None
    if way is None:
        return Fact(column=name, said=said)
    return Fact(column=column, said=said, through=way)


def way_to(table: str, parent: str, references: Iterable[Reference]) -> Path | None:
    """Return the only plain link from *table* to *parent*, None when there is none, or several to choose from."""
    ways = [r.up() for r in references if r.child == table and r.parent == parent and not r.when]
    return ways[0] if len(ways) == 1 else None


def _holder(link: Link) -> str:
    return link.passage.table if link.passage else link.arrow.child


def _declared(table: Table, key: ForeignKey) -> Reference:
    return Reference(
        child=table.name,
        columns=key.columns,
        parent=key.parent,
        parent_columns=key.parent_columns,
        cut=_cut(table, key.columns),
        on_delete=key.on_delete,
    )


def _mapped(link: Link, catalog: Catalog, when: Facts) -> Reference | None:
    arrow, passage = link.arrow, link.passage
    child, parent = catalog.table(arrow.child), catalog.table(arrow.parent)
    if (
        child is None
        or parent is None
        or not _has(child, arrow.columns)
        or not _has(parent, arrow.parent_columns)
    ):
        return None
    holder, columns = child, arrow.columns
    if passage is not None:
        between = catalog.table(passage.table)
        if between is None or not _has(between, (*passage.columns, *passage.onward)):
            return None
        holder, columns = between, passage.onward
    return Reference(
        child=child.name,
        columns=arrow.columns,
        parent=parent.name,
        parent_columns=arrow.parent_columns,
        cut=() if passage else _cut(child, arrow.columns),
        like=_like(link, holder, columns[0], parent, arrow.parent_columns[0]),
        when=when,
        through=passage,
    )


def _like(link: Link, holder: Table, column: str, parent: Table, parent_column: str) -> Like:
    """Return how *column* compares with *parent_column*: a number kept as text is compared as text, on every engine."""
    if link.compared_as is not None:
        return Like(kind=link.compared_as)
    if link.spelling is not None:
        return Like(there=link.spelling)
    here, there = holder.column(column), parent.column(parent_column)
    if here is None or there is None or _textual(here) == _textual(there):
        return EQUAL
    return Like(there=Spelling()) if _textual(here) else Like(here=Spelling())


def _textual(column: Column) -> bool:
    """Return whether *column* holds text; what is neither text nor a number (a UUID) is spelled as text too."""
    return column.kind is ColumnKind.TEXT


def _has(table: Table, columns: Iterable[str]) -> bool:
    return all(table.column(column) for column in columns)


def _cut(table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of *columns* to set to NULL: one is enough, so one that no other foreign key needs is better."""
    free = [
        c.name for c in table.columns if c.name in columns and c.nullable and c.name not in table.primary_key
    ]
    elsewhere = {c for key in table.foreign_keys if key.columns != columns for c in key.columns}
    return tuple(name for name in free if name not in elsewhere) or tuple(free)
