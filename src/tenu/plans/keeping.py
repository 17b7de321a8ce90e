"""Which rows must stay although their person goes: kept by law, or pointed at by a row that stays.

A row that points here by another link than the one it belongs to somebody by may be somebody else's: it stays, so it
lets go of the row that leaves when it can, and holds it when it cannot.

Source: policy C-RET-10, C-RET-11; GDPR 17(3)(b).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tenu.datamap.layout import Estate, Layout
from tenu.datamap.model import LegalKeep
from tenu.datamap.ways import Hop, Owned, Path, Reference, begins
from tenu.plans.mixing import mixed
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import (
    ALWAYS,
    NEVER,
    AtLeast,
    Condition,
    Equals,
    Meets,
    Since,
    all_of,
    any_of,
    linked,
    matching,
    negate,
)


class Keeping:
    """Answers for one people table: what the law keeps (``by_law``), what must stay with it (``staying``)."""

    def __init__(self, layout: Layout, estate: Estate, rules: Rulebook) -> None:
        self._layout = layout
        self._estate = estate
        self._rules = rules
        self.staying = lru_cache(maxsize=None)(self._staying)

    def by_law(self, table: str, beyond: tuple[str, ...] = ()) -> Condition:
        """Return when a row of *table* is kept by a text of law; a row whose date or law cannot be read is kept.

        The longest period that applies to a row is the one that keeps it.

        Args:
            table: One table of the system.
            beyond: The tables that follow this one, to stop where they go round.
        """
        return any_of(self._kept(table, keep, beyond) for keep in self._keeps(table))

    def dated(self, table: str, beyond: tuple[str, ...] = ()) -> Iterator[tuple[str, Path, Condition, str]]:
        """Yield what tells until when the rows of *table* are kept: the period, the way to the row that dates them, when it
        does, and the column.
        """
        for keep in self._keeps(table):
            other = keep.follows or keep.through
            there = self._reference(table, other) if other else None
            if keep.period is not None:
                way, where = (there.up(), ALWAYS) if there else ((), self._kept(table, keep, ()))
                yield from ((keep.period, way, where, column) for column in keep.dated_by)
            elif there is not None and there.parent not in beyond:
                for period, way, where, column in self.dated(there.parent, (*beyond, table)):
                    yield period, (*there.up(), *way), where, column

    def _keeps(self, table: str) -> tuple[LegalKeep, ...]:
        declared = self._layout.system.tables.get(table)
        return declared.kept_by_law if declared else ()

    def _kept(self, table: str, keep: LegalKeep, beyond: tuple[str, ...]) -> Condition:
        if keep.follows is not None:
            followed = self._reference(table, keep.follows)
            said = self._said(table, keep)
            if followed is None or followed.parent in beyond:
                return said
            return all_of([said, linked(followed.up(), self.by_law(followed.parent, (*beyond, table)))])
        if keep.through is None:
            return all_of([self._concerns(table, keep), self._dated(keep)])
        holder = self._reference(table, keep.through)
        if holder is None:
            return self._concerns(table, keep)
        alone = negate(linked(holder.up(), ALWAYS))
        dated = any_of([linked(holder.up(), self._dated(keep)), alone])
        return all_of([self._concerns(table, keep), dated])

    def _said(self, table: str, keep: LegalKeep) -> Condition:
        return matching(self._layout.facts(table, keep.when), self._rules.as_of)

    def _concerns(self, table: str, keep: LegalKeep) -> Condition:
        """Return when a row is of the type, and of the amount, *keep* is about; an unknown amount may be enough."""
        least = self._rules.legal_periods[keep.period].at_least if keep.period else None
        said = self._said(table, keep)
        if keep.amount is None or least is None:
            return said
        value = least * 100 if keep.amount_in == "cents" else least
        enough = any_of(
            [AtLeast(column=keep.amount, value=value), Equals(column=keep.amount, values=(None,))]
        )
        return all_of([said, enough])

    def _dated(self, keep: LegalKeep) -> Condition:
        """Return when one of the dates of *keep*, in the row at hand, is recent enough; or none is known."""
        day = self._rules.kept_from(keep.period or "")
        since = [Since(column=column, day=day) for column in keep.dated_by]
        return any_of([*since, all_of(Equals(column=column, values=(None,)) for column in keep.dated_by)])

    def pinned(self, table: str) -> Condition:
        """Return when a row of *table* is pointed at by a staying row that cannot let go, or that is dated by it."""
        return any_of(
            part
            for reference in self._layout.references_to(table)
            if reference.child != table
            for part in self._pinning(reference)
        )

    def _pinning(self, reference: Reference) -> Iterator[Condition]:
        """Yield when the child of *reference* holds the row it points at.

        What keeps a child by a date of that very row is asked of the row itself: no engine need read it twice.
        """
        if _refuses(reference):
            yield linked(reference.down(), any_of([self._ours(reference), self._foreign(reference)]))
        for keep in self._dated_there(reference):
            yield all_of([self._dated(keep), linked(reference.down(), self._concerns(reference.child, keep))])

    def _dated_there(self, reference: Reference) -> tuple[LegalKeep, ...]:
        """Return what keeps the child of *reference* by a date of the row it points at."""
        if self._reference(reference.child, reference.parent) != reference:
            return ()
        return tuple(keep for keep in self._keeps(reference.child) if keep.through == reference.parent)

    def only_strangers_pin(self, table: str) -> bool:
        """Return whether a row of *table* can only be held back by the row of somebody else, which few databases have."""
        holding = [r for r in self._layout.references_to(table) if r.child != table]
        return all((not _refuses(r) or self._ours(r) == NEVER) and not self._dated_there(r) for r in holding)

    def letting_go(self, table: str) -> Iterator[tuple[Reference, Condition]]:
        """Yield the links a staying row must cut so that a row of *table* can go, with which rows stay.

        A row that is kept by a date of that row does not let go of it.
        """
        for reference in self._layout.references_to(table):
            stays = any_of([self._ours(reference), self._foreign(reference)])
            if reference.cuttable and not reference.loose and stays != NEVER:
                bound = any_of(self._kept(reference.child, keep, ()) for keep in self._dated_there(reference))
                yield reference, all_of([stays, negate(bound)])

    def _staying(self, table: str) -> Condition:
        owned = self._estate.of(table)
        return any_of([self.by_law(table), self.pinned(table), self.mixed(owned) if owned else NEVER])

    def mixed(self, owned: Owned) -> Condition:
        """Return when a row holds something of somebody else besides what is of *owned*: their part is kept."""
        return mixed(self._layout, owned)

    def _ours(self, reference: Reference) -> Condition:
        """Return when the child of *reference* stays: always when its table is not this person's to take away.

        A row that is kept because its parent is kept, or by its parent's date, says nothing more about its parent here.
        """
        child = reference.child
        owned = self._estate.of(child)
        if owned is None or owned.shared:
            return ALWAYS
        apart = [k for k in self._keeps(child) if k.follows == reference.parent] + [
            *self._dated_there(reference)
        ]
        if not apart:
            return self.staying(child)
        others = [self._kept(child, keep, ()) for keep in self._keeps(child) if keep not in apart]
        return any_of([*others, self.pinned(child), self.mixed(owned)])

    def _foreign(self, reference: Reference) -> Condition:
        """Return when the child of *reference* is not of the same person as the row it points at.

        Both rows lead to the same row by their first link, or to the same person, or they are taken for two people's; one who
        owns both loses the child first, and then nothing points any more.
        """
        up, children = reference.up(), self._estate.ways(reference.child)
        child, parent = next(iter(children), None), self._estate.of(reference.parent)
        if child is None or parent is None or any(begins(way.path, up) for way in children):
            return NEVER
        if parent.path and parent.path[0].back and parent.path[0].table == reference.child:
            return NEVER
        if not all(hop.plain and not hop.back for hop in (*up, *child.path, *parent.path)):
            return ALWAYS
        same = self._same_owner(reference, child.path, parent.path)
        if same is not None:
            return negate(linked((same,), ALWAYS))
        if child.path and parent.path and _columns_that_meet(child.path[-1], parent.path[-1]):
            return negate(Meets(one=child.path, other=(*up, *parent.path)))
        return ALWAYS

    def _same_owner(self, reference: Reference, child: Path, parent: Path) -> Hop | None:
        """Return the join from a child that finds a row only when both are of one person, None when none can tell."""
        keys, (up,) = self._layout.catalog.table(reference.child), reference.up()
        above = self._layout.catalog.table(reference.parent)
        own = tuple((name, name) for name in keys.primary_key) if keys else ()
        if not child:
            return None if parent else Hop(table=reference.child, pairs=(*own, *up.pairs))
        if not parent:
            same = _columns_that_meet(up, child[0])
            return Hop(table=reference.child, pairs=(*own, *same)) if own and same else None
        same = _columns_that_meet(child[0], parent[0])
        known = above is not None and above.primary_key  # what is told apart is listed by its key
        return Hop(table=reference.parent, pairs=(*up.pairs, *same)) if same and known else None

    def _reference(self, child: str, parent: str) -> Reference | None:
        return next((r for r in self._layout.references if r.child == child and r.parent == parent), None)


def _refuses(reference: Reference) -> bool:
    """Return whether the child of *reference* cannot stay without the row it points at."""
    return not reference.cuttable and not reference.loose


def _columns_that_meet(one: Hop, other: Hop) -> tuple[tuple[str, str], ...]:
    """Return the pairs of columns that are equal when both joins lead to the same row, none when they cannot be told."""
    ones, others = ({there: here for here, there in hop.pairs} for hop in (one, other))
    same = one.table == other.table and ones.keys() == others.keys()
    return tuple((ones[name], others[name]) for name in ones) if same else ()
