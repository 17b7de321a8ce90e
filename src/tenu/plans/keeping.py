"""Which rows must stay although their person goes: kept by law, or pointed at by a row that stays.

A row that points here by another link than the one it belongs to somebody by may be somebody else's: it stays, so it
lets go of the row that leaves when it can, and holds it when it cannot.

Source: policy C-RET-10, C-RET-11; GDPR 17(3)(b).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache

from tenu.datamap.catalog import Column, ColumnKind
from tenu.datamap.layout import Estate, Hop, Layout, Reference
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import (
    ALWAYS,
    NEVER,
    Cleared,
    Clearing,
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
        return linked((followed.up(),), self.by_law(followed.parent, (*through, table)))

    def pinned(self, table: str) -> Condition:
        """Return when a row of *table* is pointed at by a staying row that cannot let go."""
        return any_of(
            linked((reference.down(),), self._stays(reference))
            for reference in self._layout.references_to(table)
            if not reference.cuttable and reference.child != table
        )

    def only_strangers_pin(self, table: str) -> bool:
        """Return whether a row of *table* can only be held back by the row of somebody else, which few databases have."""
        holding = [r for r in self._layout.references_to(table) if not r.cuttable and r.child != table]
        return all(self._ours(r) == NEVER for r in holding)

    def letting_go(self, table: str) -> Iterator[tuple[Reference, Condition]]:
        """Yield the links a staying row must cut so that a row of *table* can go, with which rows stay."""
        for reference in self._layout.references_to(table):
            stays = self._stays(reference)
            if reference.cuttable and stays != NEVER:
                yield reference, stays

    def _staying(self, table: str) -> Condition:
        return any_of([self.by_law(table), self.pinned(table)])

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
        child, parent = self._estate.of(reference.child), self._estate.of(reference.parent)
        if child is None or parent is None or reference.up() in child.path[:1]:
            return NEVER
        same = self._same_owner(reference, child.path, parent.path)
        return ALWAYS if same is None else negate(linked((same,), ALWAYS))

    def _same_owner(
        self, reference: Reference, child: tuple[Hop, ...], parent: tuple[Hop, ...]
    ) -> Hop | None:
        """Return the join from a child that finds a row only when both are of one person, None when none can tell.

        MariaDB refuses to read the table it deletes from: there, only a person's own children are told apart.
        """
        keys = self._layout.catalog.table(reference.child)
        own = tuple((name, name) for name in keys.primary_key) if keys else ()
        if not child:
            return None if parent else Hop(table=reference.child, pairs=(*own, *reference.up().pairs))
        if not parent:
            same = _columns_that_meet(reference.up(), child[0])
            return Hop(table=reference.child, pairs=(*own, *same)) if own and same else None
        same = _columns_that_meet(child[0], parent[0])
        if not same or self._layout.catalog.engine == "mariadb":
            return None
        return Hop(table=reference.parent, pairs=(*reference.up().pairs, *same))

    def _reference(self, child: str, parent: str) -> Reference | None:
        return next((r for r in self._layout.references if r.child == child and r.parent == parent), None)


def _columns_that_meet(one: Hop, other: Hop) -> tuple[tuple[str, str], ...]:
    """Return the pairs of columns that are equal when both joins lead to the same row, none when they cannot be told."""
    ones, others = ({there: here for here, there in hop.pairs} for hop in (one, other))
    same = one.table == other.table and ones.keys() == others.keys()
    return tuple((ones[name], others[name]) for name in ones) if same else ()


def clearings(layout: Layout, table: str, columns: tuple[str, ...]) -> tuple[Clearing, ...]:
    """Return what each of *columns* becomes in a row that stays: what the data map says, else NULL, else empty text.

    What the column cannot become is NULL here and a finding of ``constraints``.
    """
    declared = layout.system.tables[table].columns
    live = layout.catalog.table(table)
    found = []
    for name in columns:
        column = live.column(name) if live else None
        if column is not None:
            empty = "" if column.kind is ColumnKind.TEXT and not column.nullable else None
            said = declared[name].cleared_to
            found.append(Clearing(column=name, to=empty if said is None else as_stored(said, column)))
    return tuple(found)


def as_stored(said: str | int, column: Column) -> Cleared:
    """Return what a data map writes as a value of *column*, None when the column cannot hold it."""
    match column.kind:
        case ColumnKind.TEXT:
            return str(said)
        case ColumnKind.INTEGER | ColumnKind.NUMBER:
            return said if isinstance(said, int) else None
        case ColumnKind.BOOLEAN:
            return bool(said) if said in (0, 1) else None
        case ColumnKind.DAY | ColumnKind.INSTANT | ColumnKind.ZONED_INSTANT:
            return _moment(str(said), column.kind)
        case ColumnKind.BINARY | ColumnKind.JSON | ColumnKind.OTHER:
            return None


def _moment(said: str, kind: ColumnKind) -> date | datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    if kind is ColumnKind.DAY:
        return at.date()
    return at.replace(tzinfo=UTC) if kind is ColumnKind.ZONED_INSTANT else at
