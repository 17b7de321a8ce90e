"""Which rows must stay although their person goes: kept by law, or pointed at by a row that stays.

A row that points here by another link than the one it belongs to somebody by may be somebody else's: it stays, so it
lets go of the row that leaves when it can, and holds it when it cannot.

Source: policy C-RET-10, C-RET-11; GDPR 17(3)(b).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tenu.datamap.layout import Estate, Layout
from tenu.datamap.ways import Hop, Owned, Path, Reference, begins
from tenu.plans.mixing import mixed
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import (
    ALWAYS,
    NEVER,
    Condition,
    Equals,
    Since,
    any_of,
    linked,
    negate,
)


class Keeping:
    """Answers for one people table: what the law keeps (``by_law``), what must stay with it (``staying``)."""

    def __init__(self, layout: Layout, estate: Estate, rules: Rulebook) -> None:
        self._layout = layout
        self._estate = estate
        self._rules = rules
        self.staying = lru_cache(maxsize=None)(self._staying)

    def by_law(self, table: str, through: tuple[str, ...] = ()) -> Condition:
        """Return when a row of *table* is kept by a text of law; a row whose date or law cannot be read is kept.

        Args:
            table: One table of the system.
            through: The tables that follow this one, to stop where they go round.
        """
        declared = self._layout.system.tables.get(table)
        keep = declared.kept_by_law if declared else None
        if keep is None:
            return NEVER
        if keep.period and keep.dated_by:
            since = Since(column=keep.dated_by, day=self._rules.kept_from(keep.period))
            return any_of([since, Equals(column=keep.dated_by, values=(None,))])
        followed = self._reference(table, keep.follows or "")
        if followed is None or followed.parent in through:
            return ALWAYS
        return linked(followed.up(), self.by_law(followed.parent, (*through, table)))

    def pinned(self, table: str) -> Condition:
        """Return when a row of *table* is pointed at by a staying row that cannot let go."""
        return any_of(linked(reference.down(), self._stays(reference)) for reference in self._holding(table))

    def only_strangers_pin(self, table: str) -> bool:
        """Return whether a row of *table* can only be held back by the row of somebody else, which few databases have."""
        return all(self._ours(r) == NEVER for r in self._holding(table))

    def _holding(self, table: str) -> Iterator[Reference]:
        """Yield the links that refuse to let go of a row of *table*."""
        for reference in self._layout.references_to(table):
            if not reference.cuttable and not reference.loose and reference.child != table:
                yield reference

    def letting_go(self, table: str) -> Iterator[tuple[Reference, Condition]]:
        """Yield the links a staying row must cut so that a row of *table* can go, with which rows stay."""
        for reference in self._layout.references_to(table):
            stays = self._stays(reference)
            if reference.cuttable and not reference.loose and stays != NEVER:
                yield reference, stays

    def _staying(self, table: str) -> Condition:
        owned = self._estate.of(table)
        return any_of([self.by_law(table), self.pinned(table), self.mixed(owned) if owned else NEVER])

    def mixed(self, owned: Owned) -> Condition:
        """Return when a row holds something of somebody else besides what is of *owned*: their part is kept."""
        return mixed(self._layout, owned)

    def _stays(self, reference: Reference) -> Condition:
        return any_of([self._ours(reference), self._foreign(reference)])

    def _ours(self, reference: Reference) -> Condition:
        """Return when the child of *reference* stays: always when its table is not this person's to take away.

        A row that is kept because its parent is kept says nothing more about its parent.
        """
        owned = self._estate.of(reference.child)
        if owned is None or owned.shared:
            return ALWAYS
        declared = self._layout.system.tables[reference.child].kept_by_law
        if declared is not None and declared.follows == reference.parent:
            return self.pinned(reference.child)
        return self.staying(reference.child)

    def _foreign(self, reference: Reference) -> Condition:
        """Return when the child of *reference* is not of the same person as the row it points at.

        Both rows lead to the same row by their first link, or they are taken for two people's; one who owns both
        loses the child first, and then nothing points any more.
        """
        up, children = reference.up(), self._estate.ways(reference.child)
        child, parent = next(iter(children), None), self._estate.of(reference.parent)
        if child is None or parent is None or any(begins(way.path, up) for way in children):
            return NEVER
        if parent.path and parent.path[0].back and parent.path[0].table == reference.child:
            return NEVER
        plain = all(hop.plain and not hop.back for hop in (*up, *child.path, *parent.path))
        same = self._same_owner(reference, child.path, parent.path) if plain else None
        return ALWAYS if same is None else negate(linked((same,), ALWAYS))

    def _same_owner(self, reference: Reference, child: Path, parent: Path) -> Hop | None:
        """Return the join from a child that finds a row only when both are of one person, None when none can tell.

        MariaDB refuses to read the table it deletes from: there, only a person's own children are told apart.
        """
        keys, (up,) = self._layout.catalog.table(reference.child), reference.up()
        own = tuple((name, name) for name in keys.primary_key) if keys else ()
        if not child:
            return None if parent else Hop(table=reference.child, pairs=(*own, *up.pairs))
        if not parent:
            same = _columns_that_meet(up, child[0])
            return Hop(table=reference.child, pairs=(*own, *same)) if own and same else None
        same = _columns_that_meet(child[0], parent[0])
        if not same or self._layout.catalog.engine == "mariadb":
            return None
        return Hop(table=reference.parent, pairs=(*up.pairs, *same))

    def _reference(self, child: str, parent: str) -> Reference | None:
        return next((r for r in self._layout.references if r.child == child and r.parent == parent), None)


def _columns_that_meet(one: Hop, other: Hop) -> tuple[tuple[str, str], ...]:
    """Return the pairs of columns that are equal when both joins lead to the same row, none when they cannot be told."""
    ones, others = ({there: here for here, there in hop.pairs} for hop in (one, other))
    same = one.table == other.table and ones.keys() == others.keys()
    return tuple((ones[name], others[name]) for name in ones) if same else ()
