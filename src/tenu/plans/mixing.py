"""Rows of several people: what each one's part is, and when somebody else's part keeps the row.

Source: GDPR 5(1)(d), 15(4), 17(1): nobody's rights are exercised on another's data.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenu.datamap.layout import Layout
from tenu.datamap.reach import part_names
from tenu.datamap.ways import Owned
from tenu.plans.clearing import clearings
from tenu.plans.selection import (
    ALWAYS,
    NEVER,
    Alike,
    Condition,
    Uncleared,
    all_of,
    any_of,
    linked,
    matching,
    negate,
)


def mixed(layout: Layout, owned: Owned) -> Condition:
    """Return when a row of *owned* still says something of somebody who is not the person it is owned by."""
    names = part_names(layout.system.tables[owned.table])
    others = [name for name in (None, *names) if name != owned.part] if names else []
    return any_of(_another(layout, owned, name) for name in others)


def theirs_anyway(layout: Layout, owned: Owned) -> Condition:
    """Return when the person who owns a part of a row is the very person the row is of: it goes as theirs."""
    ways = layout.estate(owned.root).ways(owned.table)
    return any_of(_same_person(owned, way) for way in ways)


def part_columns(layout: Layout, table: str, part: str | None) -> tuple[str, ...]:
    """Return the personal columns of *table* that are of *part*; of the row's own person when it is None."""
    declared = layout.system.tables[table].columns
    return tuple(name for name, column in declared.items() if column.of == part)


def _another(layout: Layout, owned: Owned, part: str | None) -> Condition:
    live, needed = layout.catalog.table(owned.table), _needed(layout, owned.table)
    names = tuple(n for n in part_columns(layout, owned.table, part) if n not in needed)
    if not names or live is None:
        return NEVER
    left = Uncleared(columns=clearings(layout, owned.table, names))
    return all_of([left, any_of(_somebody(layout, owned, part))])


def _needed(layout: Layout, table: str) -> set[str]:
    """Return the columns that say who somebody is, not what is said of them."""
    live = layout.catalog.table(table)
    linking = {c for r in layout.references for c in r.columns if r.child == table and not r.loose}
    return linking | set(live.primary_key if live else ())


def _somebody(layout: Layout, owned: Owned, part: str | None) -> Iterator[Condition]:
    """Yield when the row leads to somebody by *part*, and that is not the very person it is owned by."""
    for estate in layout.estates:
        ways = (*estate.ways(owned.table), *(o for o in estate.parts if o.table == owned.table))
        for other in ways:
            if other.part == part:
                here = matching(estate.where) if not other.path else ALWAYS
                same = _same_person(owned, other)
                yield all_of([linked(other.path, here), negate(same)])


def _same_person(one: Owned, other: Owned) -> Condition:
    """Return when both ways lead to one row, as far as the row's own columns tell."""
    if not one.path or not other.path or one.path[1:] != other.path[1:]:
        return NEVER
    (mine, theirs) = one.path[0], other.path[0]
    ends = [{there: here for here, there in hop.pairs} for hop in (mine, theirs)]
    if not (mine.plain and theirs.plain) or mine.table != theirs.table or ends[0].keys() != ends[1].keys():
        return NEVER
    return Alike(pairs=tuple((ends[0][there], ends[1][there]) for there in ends[0]))
