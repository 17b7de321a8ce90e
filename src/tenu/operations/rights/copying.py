"""A copy of everything that is one person's, in every system that answers. Reads only.

Source: GDPR 15(1), 15(3); policy C-RGT-01, C-RGT-02; CJEU C-487/21 (a faithful and intelligible reproduction of all data).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from tenu.datamap.catalog import ColumnKind
from tenu.datamap.layout import Layout
from tenu.operations.rights.searching import Asked
from tenu.plans.access import Cell, Copied, holdings, opened
from tenu.plans.package import Heading, rows_in
from tenu.ports import Key, Node


def copy_of(asked: Asked, rows: Sequence[Node]) -> tuple[Copied, ...]:
    """Return every row that belongs to the person whose rows of people tables are *rows*, each once.

    Args:
        asked: The systems that answered (``searching.reading``); what is in the others is not in the copy.
        rows: The person's rows, as a search found them.
    """
    keys: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for place, key in rows:
        keys[place].append(key)
    return tuple(
        copied
        for name, layout in asked.layouts.items()
        for copied in _of_system(asked, layout, {r: k for (s, r), k in keys.items() if s == name})
    )


def _of_system(asked: Asked, layout: Layout, keys: dict[str, list[Key]]) -> Iterator[Copied]:
    """Yield the tables of one system; a row two ways lead to (a guest's order, an account's) is there once."""
    session = asked.sessions[layout.system.system]
    found: dict[str, dict[Any, list[Any]]] = {}
    columns: dict[str, tuple[str, ...]] = {}
    for root, mine in keys.items():
        for holding in holdings(layout, root):
            heading = session.heading(holding)
            for _, block, _ in session.copy(holding, root, mine):
                columns[heading.table] = heading.columns
                found.setdefault(heading.table, {}).update(_by_key(layout, heading, block))
    for table, rows in found.items():
        declared = layout.system.tables.get(table)
        known, values = opened(tuple(cells(layout, table, columns[table])), declared, rows.values())
        yield Copied(
            system=layout.system.system,
            table=table,
            purposes=declared.purposes if declared else (),
            columns=known,
            rows=values,
        )


def _by_key(layout: Layout, heading: Heading, block: str) -> Iterable[tuple[Any, list[Any]]]:
    """Yield rows by their primary key, by everything they say where the table has none."""
    live = layout.catalog.table(heading.table)
    own = live.primary_key if live else ()
    places = [heading.columns.index(name) for name in own if name in heading.columns]
    for row in json.loads(rows_in(heading, block), parse_float=Decimal):
        yield (tuple(row[i] for i in places) if places else json.dumps(row)), row


def cells(layout: Layout, table: str, columns: Sequence[str]) -> Iterator[Cell]:
    """Yield what the data map and the live schema say of *columns* of *table*, in their order.

    A column that is not in the schema any more (an archive remembers it) is of no kind.
    """
    declared, live = layout.system.tables.get(table), layout.catalog.table(table)
    ties = set(live.primary_key if live else ())
    ties |= {
        name for link in layout.references if link.child == table and not link.loose for name in link.columns
    }
    for name in columns:
        personal = declared.columns.get(name) if declared else None
        column = live.column(name) if live else None
        yield Cell(
            name=name,
            category=personal.category if personal else None,
            purposes=(personal.purposes or ()) if personal else (),
            kind=column.kind if column else ColumnKind.OTHER,
            origin=personal.origin if personal else declared.origin if declared else None,
            ties=name in ties,
            others=bool(personal and personal.of),
        )
