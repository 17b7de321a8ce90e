"""What an anonymised row keeps: nothing personal, a coarse date where the data map says so, and no link to anybody.

Source: GDPR recital 26; policy C-RET-07, C-RET-08; WP216 (singling out, linkability, inference).
"""

from __future__ import annotations

from collections.abc import Iterator

from tenu.datamap.layout import Layout
from tenu.datamap.ways import Owned
from tenu.plans.clearing import clearings
from tenu.plans.selection import Clearing, Condition, Uncleared
from tenu.plans.task import Anonymise


def anonymise(layout: Layout, owned: Owned, where: Condition) -> Anonymise:
    """Return how the rows of *owned* that satisfy *where* lose every person."""
    from_map = _personal(layout, owned.table)
    links = tuple(Clearing(column=name, to=None) for name in _links(layout, owned))
    return Anonymise(table=owned.table, path=(), where=where, clearings=(*links, *from_map))


def still_personal(layout: Layout, owned: Owned) -> Condition:
    """Return when a row of *owned* is not anonymised yet: it still leads to its person, or says something of them.

    A row that leads to nobody any more is not touched again, whatever it says.
    """
    links = tuple(Clearing(column=name, to=None) for name in _links(layout, owned))
    return Uncleared(columns=links or _personal(layout, owned.table))


def _links(layout: Layout, owned: Owned) -> Iterator[str]:
    """Yield the columns that lead from the row towards its person; a key of its own row is not one."""
    table = layout.catalog.table(owned.table)
    keys = table.primary_key if table else ()
    for here, _ in owned.path[0].pairs if owned.path else ():
        if here not in keys:
            yield here


def _personal(layout: Layout, table: str) -> tuple[Clearing, ...]:
    declared = layout.system.tables[table].columns
    plain = {clearing.column: clearing for clearing in clearings(layout, table, tuple(declared))}
    return tuple(
        Clearing(column=name, to=clearing.to, keep=declared[name].anonymised_to)
        for name, clearing in plain.items()
    )
