"""What an anonymised row keeps: nothing personal, coarse values where the data map says so, no link, and a new key.

Source: GDPR recital 26; policy C-RET-07, C-RET-08; WP216 (singling out, linkability, inference).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tenu.datamap.anonymity import Redraw, Shift, methods
from tenu.datamap.catalog import Column, ColumnKind
from tenu.datamap.layout import Layout
from tenu.datamap.ways import Owned, Reference, begins
from tenu.plans.clearing import clearings
from tenu.plans.selection import Clearing, Condition, Uncleared, all_of, negate
from tenu.plans.task import Anonymise

UUID_DIGITS = 32


def anonymise(layout: Layout, owned: Owned, where: Condition, *, since: Condition) -> Anonymise:
    """Return how the rows of *owned* that satisfy *where* lose every person.

    Args:
        layout: Their system.
        owned: Their table, and the way to their person.
        where: Which of the person's rows.
        since: What is also true of a row anonymised before: it is old enough, and nobody's.
    """
    links = [Clearing(column=name, to=None) for name in severed(layout, owned)]
    from_map = _personal(layout, owned.table)
    found = {
        clearing.column: clearing for clearing in (*from_map, *links, *_redrawn(layout, owned, from_map))
    }
    changed = tuple(found.values())
    return Anonymise(
        table=owned.table,
        path=owned.path,
        where=all_of([where, still_personal(layout, owned)]),
        clearings=changed,
        settled=all_of([negate(still_personal(layout, owned)), since]),
    )


def still_personal(layout: Layout, owned: Owned) -> Condition:
    """Return when a row of *owned* is not anonymised yet: it still leads to its person, or says something of them.

    Dates that were moved and keys that were drawn cannot tell.
    """
    links = tuple(Clearing(column=name, to=None) for name in severed(layout, owned))
    told = tuple(c for c in _personal(layout, owned.table) if not isinstance(c.keep, Shift))
    return Uncleared(columns=(*links, *(c for c in told if c.column not in {link.column for link in links})))


def severed(layout: Layout, owned: Owned) -> tuple[str, ...]:
    """Return the columns that lead from the row to people, or to other rows of theirs; its own key stays out.

    What leads by being like an identifier is one itself: the data map says what becomes of it.
    """
    table = layout.catalog.table(owned.table)
    keys = table.primary_key if table else ()
    first = (hop for hop in owned.path[:1] if hop.like.kind is None)
    towards = dict.fromkeys(here for hop in first for here, _ in hop.pairs)
    for reference in leading(layout, owned.table):
        if not reference.loose:
            towards |= dict.fromkeys(reference.cut or reference.columns)
    return tuple(name for name in towards if name not in keys)


def leading(layout: Layout, table: str) -> Iterator[Reference]:
    """Yield the links from *table* to what belongs to the people its own rows belong to."""
    theirs = {o.table for e in layout.estates if e.of(table) for o in e.owned}
    return (r for r in layout.references if r.child == table and r.parent in theirs)


def _personal(layout: Layout, table: str) -> tuple[Clearing, ...]:
    declared = layout.system.tables[table].columns
    plain = {clearing.column: clearing for clearing in clearings(layout, table, tuple(declared))}
    return tuple(
        replace(clearing, keep=next(iter(methods(declared[name].anonymised_to)), None))
        for name, clearing in plain.items()
    )


def _redrawn(layout: Layout, owned: Owned, from_map: tuple[Clearing, ...]) -> Iterator[Clearing]:
    """Yield the row's own key, when it may be drawn again: nothing points at it, and no column is made from it."""
    named = any(isinstance(c.to, str) and "{key}" in c.to and c.keep is None for c in from_map)
    if not named and (key := redrawable(layout, owned)):
        yield Clearing(column=key, to=None, keep=Redraw())


def redrawable(layout: Layout, owned: Owned) -> str | None:
    """Return the one column of the key of *owned*, when a random one may replace it."""
    table = layout.catalog.table(owned.table)
    if table is None or len(table.primary_key) != 1:
        return None
    column = table.column(table.primary_key[0])
    personal = table.primary_key[0] in layout.system.tables[owned.table].columns
    if column is None or column.generated or personal or not _holds_chance(layout.catalog.engine, column):
        return None
    free = all(_lets_go(layout, owned, r) for r in layout.references_to(owned.table))
    outgoing = any(column.name in r.columns for r in layout.references if r.child == owned.table)
    return column.name if free and not outgoing else None


def _lets_go(layout: Layout, owned: Owned, reference: Reference) -> bool:
    """Return whether the rows *reference* comes from have let go by the time the row changes.

    They end before their person, or are strangers' that are cut; a record with a limit of its own waits for nothing.
    """
    estate = next((e for e in layout.estates if e.root == owned.root), None)
    by_itself = layout.system.tables[owned.table].record_limit is not None
    if estate is None or by_itself or not reference.cuttable:
        return False
    children = estate.ways(reference.child)
    return not children or any(begins(child.path, reference.up()) for child in children)


def _holds_chance(engine: str, column: Column) -> bool:
    """Return whether *column* is wide enough for keys drawn at random never to meet."""
    kind = column.type_name.upper()
    if column.kind is ColumnKind.INTEGER:
        return engine == "sqlite" or ("BIGINT" in kind and "UNSIGNED" not in kind)
    return kind == "UUID" or (
        column.kind is ColumnKind.TEXT and (column.length is None or column.length >= UUID_DIGITS)
    )
