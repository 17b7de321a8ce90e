"""What belongs to the people of one table: every way from a row to its person, and the parts of others' rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tenu.datamap.catalog import Catalog
from tenu.datamap.model import System, TableMap
from tenu.datamap.ways import Owned, Path, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The rows that belong to people of one table, and the rows of others that hold a part of theirs."""

    owned: tuple[Owned, ...]
    parts: tuple[Owned, ...]


def reach(root: str, system: System, catalog: Catalog, references: Iterable[Reference]) -> Reached:
    """Return what hangs below *root*, by the surest way: fewest links that may be empty, then fewest links.

    A table has one way, and one more for each link that only some of its rows take (a type beside the identifier);
    a row people point at has one for each link that points at it.
    """
    leading = {r for r in references if _may_lead(r, system, catalog, references)}
    return _Reach(root, system, catalog, leading, tuple(references)).reached()


def part_names(declared: TableMap) -> tuple[str, ...]:
    """Return the columns, or people tables, by which values of a table are somebody else's than the row."""
    return tuple(dict.fromkeys(column.of for column in declared.columns.values() if column.of is not None))


def _may_lead(
    reference: Reference, system: System, catalog: Catalog, references: Iterable[Reference]
) -> bool:
    """Return whether rows may belong to somebody by this link: the map may have chosen a column, or a parent, for it."""
    declared, child = system.tables.get(reference.child), catalog.table(reference.child)
    if declared is not None and set(reference.columns) & set(part_names(declared)):
        return False
    chosen = declared.belongs_to if declared else None
    if chosen is None or chosen in system.people or child is None:
        return True
    if child.column(chosen) is not None:
        return chosen in reference.columns
    chosen_links = any(r.child == reference.child and r.parent == chosen for r in references)
    return reference.parent == chosen or not chosen_links


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A link from *table* towards the people, and whether it is walked from the row it points at (*shared*)."""

    table: str
    towards: str
    way: Path
    cost: int
    told_apart: bool
    shared: bool


class _Reach:
    """The search for one people table."""

    def __init__(
        self,
        root: str,
        system: System,
        catalog: Catalog,
        leading: AbstractSet[Reference],
        references: tuple[Reference, ...],
    ) -> None:
        self._root, self._system, self._catalog = root, system, catalog
        self._references = references
        self._steps: dict[str, list[_Step]] = {}
        for step in self._all_steps(leading):
            self._steps.setdefault(step.towards, []).append(step)

    def reached(self) -> Reached:
        """Return every way found."""
        cost = self._costs()
        chosen = {table: list(self._chosen(table, cost)) for table in cost if table != self._root}
        found: dict[str, tuple[Owned, ...]] = {}
        for table in cost:
            self._ways(table, chosen, found, ())
        owned = tuple(one for table in cost for one in found[table])
        return Reached(owned=owned, parts=tuple(self._parts(found)))

    def _all_steps(self, leading: AbstractSet[Reference]) -> Iterator[_Step]:
        children = {(r.child, r.parent) for r in leading}
        for r in self._references:
            if r.child == r.parent:
                continue
            if r in leading and self._may_own(r.child):
                yield _Step(
                    table=r.child, towards=r.parent, way=r.up(), cost=int(r.optional), told_apart=bool(r.when), shared=r.shared
                )  # fmt: skip
            declared = self._system.tables.get(r.parent)
            pointed_at = declared is not None and declared.belongs_to == r.child
            if pointed_at and (r.parent, r.child) not in children and self._may_own(r.parent):
                yield _Step(
                    table=r.parent, towards=r.child, way=r.down(), cost=0, told_apart=True, shared=True
                )  # fmt: skip

    def _may_own(self, table: str) -> bool:
        declared = self._system.tables.get(table)
        if declared is None or self._catalog.table(table) is None:
            return False
        people = self._system.people
        other_people = table in people and not people[table].where
        chosen = declared.belongs_to
        return not other_people and (chosen is None or chosen == self._root or chosen not in people)

    def _costs(self) -> dict[str, tuple[int, int]]:
        """Return each table in reach with its cost: links that may be empty, then links."""
        best = {self._root: (0, 0)}
        queue = deque([self._root])
        while queue:
            here = queue.popleft()
            for step in self._steps.get(here, ()):
                dearer = (best[here][0] + step.cost, best[here][1] + 1)
                if step.table not in best or dearer < best[step.table]:
                    best[step.table] = dearer
                    queue.append(step.table)
        return best

    def _chosen(self, table: str, cost: Mapping[str, tuple[int, int]]) -> Iterator[_Step]:
        """Yield the links rows of *table* belong by: the surest one, and those only some of its rows take."""
        mine = [step for towards in cost for step in self._steps.get(towards, ()) if step.table == table]
        sure = [step for step in mine if not step.told_apart]
        if sure:
            yield min(sure, key=lambda step: (cost[step.towards][0] + step.cost, cost[step.towards][1]))
        yield from (step for step in mine if step.told_apart)

    def _ways(
        self,
        table: str,
        chosen: Mapping[str, list[_Step]],
        found: dict[str, tuple[Owned, ...]],
        through: tuple[str, ...],
    ) -> tuple[Owned, ...]:
        if table == self._root:
            mine = self._system.tables.get(table)
            part = table if mine is not None and table in part_names(mine) else None
            found[table] = (Owned(table=table, root=table, path=(), part=part),)
        if table not in found:
            ways = tuple(
                Owned(
                    table=table, root=self._root, path=(*step.way, *on.path), shared=step.shared or on.shared
                )
                for step in chosen.get(table, ())
                if step.towards not in (*through, table)
                for on in self._ways(step.towards, chosen, found, (*through, table))
            )
            if through and not ways:
                return ()
            found[table] = ways
        return found[table]

    def _parts(self, found: Mapping[str, tuple[Owned, ...]]) -> Iterator[Owned]:
        """Yield the ways by which a part of a row, not the row, belongs to people of this table."""
        for table, declared in self._system.tables.items():
            for name in part_names(declared):
                for r in self._references:
                    if r.child == table and (name in r.columns or (name == r.parent and name != table)):
                        for on in found.get(r.parent, ()):
                            yield Owned(table=table, root=self._root, path=(*r.up(), *on.path), part=name)
