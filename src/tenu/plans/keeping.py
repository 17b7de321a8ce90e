"""Which rows must stay although their person goes: kept by law, or pointed at by a row that stays.

Source: policy C-RET-10, C-RET-11; GDPR 17(3)(b).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tenu.datamap.layout import Estate, Layout, Reference
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import ALWAYS, NEVER, Clearing, Condition, Equals, Since, any_of, linked


class Keeping:
    """Answers for one people table: what the law keeps (``by_law``), what must stay with it (``staying``)."""

    def __init__(self, layout: Layout, estate: Estate, rules: Rulebook) -> None:
        self._layout = layout
        self._estate = estate
        self._rules = rules
        self.staying = lru_cache(maxsize=None)(self._staying)

    def by_law(self, table: str) -> Condition:
        """Return when a row of *table* is kept by a text of law; a row without its date is kept."""
        declared = self._layout.system.tables.get(table)
        keep = declared.kept_by_law if declared else None
        if keep is None:
            return NEVER
        if keep.period and keep.dated_by:
            since = Since(column=keep.dated_by, day=self._rules.kept_from(keep.period))
            return any_of([since, Equals(column=keep.dated_by, values=(None,))])
        followed = self._reference(table, keep.follows or "")
        return linked((followed.up(),), self.by_law(followed.parent))

    def pinned(self, table: str) -> Condition:
        """Return when a row of *table* is pointed at by a staying row that cannot let go."""
        return any_of(
            linked((reference.down(),), self._stays(reference))
            for reference in self._layout.references_to(table)
            if not reference.cuttable and reference.child != table
        )

    def letting_go(self, table: str) -> Iterator[tuple[Reference, Condition]]:
        """Yield the links a staying row must cut so that a row of *table* can go, with which rows stay."""
        for reference in self._layout.references_to(table):
            stays = self._stays(reference)
            if reference.cuttable and reference.child != table and stays != NEVER:
                yield reference, stays

    def _staying(self, table: str) -> Condition:
        return any_of([self.by_law(table), self.pinned(table)])

    def _stays(self, reference: Reference) -> Condition:
        """Return when the child of *reference* stays: always when it is not this person's to take away.

        A row that is kept because its parent is kept says nothing more about its parent.
        """
        owned = self._estate.of(reference.child)
        if owned is None or owned.shared:
            return ALWAYS
        declared = self._layout.system.tables[reference.child].kept_by_law
        if declared is not None and declared.follows == reference.parent:
            return self.pinned(reference.child)
        return self.staying(reference.child)

    def _reference(self, child: str, parent: str) -> Reference:
        return next(r for r in self._layout.references if r.child == child and r.parent == parent)


def clearings(layout: Layout, table: str, columns: tuple[str, ...]) -> tuple[Clearing, ...]:
    """Return what each of *columns* becomes in a row that stays: NULL, else what the data map says, else empty."""
    declared = layout.system.tables[table].columns
    live = layout.catalog.table(table)
    found = []
    for name in columns:
        column = live.column(name) if live else None
        if column is not None:
            to = declared[name].cleared_to
            found.append(Clearing(column=name, to=to if to is not None else None if column.nullable else ""))
    return tuple(found)
