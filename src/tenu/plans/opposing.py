"""What an objection to prospecting, or a withdrawal, changes in a system: the columns that say « no », as its map names them.

Source: GDPR 7(3), 21(2)-(3); SM-3; policy C-RGT-05, C-LGB-03.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from tenu.datamap.catalog import ColumnKind
from tenu.datamap.conditions import TODAY
from tenu.datamap.findings import finding, nearest
from tenu.datamap.layout import Estate, Layout
from tenu.datamap.model import Opposition
from tenu.datamap.ways import Owned
from tenu.errors import Finding
from tenu.plans.clearing import as_stored
from tenu.plans.selection import Clearing, Condition, Equals, Uncleared, all_of, any_of, linked, matching
from tenu.plans.signs import downward
from tenu.plans.task import Clear
from tenu.policy.model import Policy
from tenu.terms import Channel, LegalBasis, Severity

DATES = (ColumnKind.DAY, ColumnKind.INSTANT, ColumnKind.ZONED_INSTANT)


def opposing(layout: Layout, root: str, channels: Collection[Channel], day: date) -> Iterator[Clear]:
    """Yield what writes « no » for people of *root*, on *channels* (a column that silences more silences more).

    Args:
        layout: The system.
        root: One of its people tables.
        channels: Those objected to.
        day: Civil day of the objection.
    """
    estate = layout.estate(root)
    for opposition in layout.system.people[root].opposition:
        if not opposition.channels or set(opposition.channels) & set(channels):
            for owned in _owned(estate, opposition):
                yield from _said(layout, owned, opposition, day)


def silent(layout: Layout, root: str, channels: Collection[Channel], day: date) -> Condition:
    """Return when a person of *root* may still be solicited on one of *channels*, as far as the columns say."""
    found = opposing(layout, root, channels, day)
    return any_of(linked(downward(Owned(table=c.table, root=root, path=c.path)), c.where) for c in found)


def oppositions(layout: Layout, policy: Policy) -> Iterator[Finding]:
    """Yield what is wrong with where objections are written, and the people tables that have nowhere to."""
    for estate in layout.estates:
        people = layout.system.people[estate.root]
        for opposition in people.opposition:
            yield from _misplaced(layout, estate, opposition)
        served = {p for owned in estate.owned for p in layout.system.tables[owned.table].purposes}
        solicited = any(
            p.channels and p.basis is not LegalBasis.CONTRACT for p in policy.purposes if p.id in served
        )
        if solicited and not people.opposition:
            yield finding(
                "D-OPP-02", Severity.MINOR, people.place,
                (f"« {estate.root} » n'a pas où écrire une opposition : seule la liste d'opposition de tenu la retient",
                 f"'{estate.root}' has nowhere to write an objection: only tenu's own suppression list holds it"),
                ("nommez la colonne : « opposition: [{column: …, to: …}] »", "name the column: 'opposition: [{column: …, to: …}]'"),
                ("C-RGT-05",),
            )  # fmt: skip


def _owned(estate: Estate, opposition: Opposition) -> tuple[Owned, ...]:
    return estate.ways(opposition.table or estate.root)


def _said(layout: Layout, owned: Owned, opposition: Opposition, day: date) -> Iterator[Clear]:
    live = layout.catalog.table(owned.table)
    column = live.column(opposition.column) if live else None
    if column is None:
        return
    dated = opposition.to == TODAY and column.kind in DATES
    clearing = Clearing(column=column.name, to=as_stored(day.isoformat() if dated else opposition.to, column))
    unsaid = Equals(column=column.name, values=(None,))
    where = unsaid if dated else any_of([unsaid, Uncleared(columns=(clearing,))])
    mine = matching(layout.facts(owned.table, opposition.when))
    yield Clear(table=owned.table, path=owned.path, where=all_of([mine, where]), clearings=(clearing,))


def _misplaced(layout: Layout, estate: Estate, opposition: Opposition) -> Iterator[Finding]:
    ways = _owned(estate, opposition)
    table = layout.catalog.table(opposition.table or estate.root)
    if not ways or table is None:
        tables = {owned.table for owned in estate.owned}
        yield finding(
            "D-OPP-01", Severity.BLOCKER, opposition.at.get("table", opposition.place),
            (f"« {opposition.table} » ne tient rien aux personnes de « {estate.root} »",
             f"'{opposition.table}' holds nothing of the people of '{estate.root}'"),
            nearest(opposition.table or "", tables), ("C-RGT-05",),
        )  # fmt: skip
        return
    column = table.column(opposition.column)
    if column is None:
        yield finding(
            "D-OPP-01", Severity.BLOCKER, opposition.at.get("column", opposition.place),
            (f"la colonne « {table.name}.{opposition.column} » n'existe pas", f"there is no column '{table.name}.{opposition.column}'"),
            nearest(opposition.column, {c.name for c in table.columns}), ("C-RGT-05",),
        )  # fmt: skip
    elif not (opposition.to == TODAY and column.kind in DATES) and as_stored(opposition.to, column) is None:
        yield finding(
            "D-OPP-01", Severity.BLOCKER, opposition.at.get("to", opposition.place),
            (f"« {table.name}.{column.name} » ({column.type_name}) ne peut pas valoir « {opposition.to} »",
             f"'{table.name}.{column.name}' ({column.type_name}) cannot be '{opposition.to}'"),
            ("donnez une valeur de ce type, ou « today » pour une date", "give a value of that type, or 'today' for a date"), ("C-RGT-05",),
        )  # fmt: skip
