"""How a system's tables hang together: which rows belong to which people, and in which order they can go.

A ``Layout`` joins what the data map declares with what the live catalog says. It is what plans are made from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tenu.datamap.catalog import Catalog, Table
from tenu.datamap.model import System, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One equality join from the table at hand to *table*: pairs of (column here, column there)."""

    table: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A link between two tables, declared by the database or by the data map.

    *cut*: the child's columns that become NULL when the link is cut; none when all refuse it or are part of its key.
    """

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    cut: tuple[str, ...]
    on_delete: str | None = None

    @property
    def cuttable(self) -> bool:
        """Return whether the child's row may stay without its parent."""
        return bool(self.cut)

    def up(self) -> Hop:
        """Return the join from child to parent."""
        return Hop(table=self.parent, pairs=tuple(zip(self.columns, self.parent_columns, strict=True)))

    def down(self) -> Hop:
        """Return the join from parent to child."""
        return Hop(table=self.child, pairs=tuple(zip(self.parent_columns, self.columns, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Rows of *table* that belong to people of *root*: *path* leads from a row to its person, empty for the person.

    *shared*: the person points at the row (an address), so others may point at it too.
    """

    table: str
    root: str
    path: tuple[Hop, ...]
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Everything one people table owns, children before parents.

    *cuts* are references to set to NULL first, because they close a cycle (or a table points at itself).
    """

    root: str
    where: When
    owned: tuple[Owned, ...]
    cuts: tuple[Reference, ...]

    def of(self, table: str) -> Owned | None:
        """Return how *table* belongs to this people table, or None."""
        return next((owned for owned in self.owned if owned.table == table), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One system, ready to plan on. *contested* tables belong to several people tables and the map does not choose.

    *knots* are tables that reference each other, or themselves, in a ring no nullable column opens.
    """

    system: System
    catalog: Catalog
    references: tuple[Reference, ...]
    estates: tuple[Estate, ...]
    contested: Mapping[str, tuple[str, ...]]
    knots: tuple[tuple[str, ...], ...]

    def estate(self, root: str) -> Estate:
        """Return the estate of the people table *root*."""
        return next(estate for estate in self.estates if estate.root == root)

    def references_to(self, table: str) -> Iterator[Reference]:
        """Yield every link whose parent is *table*."""
        return (reference for reference in self.references if reference.parent == table)


def lay_out(system: System, catalog: Catalog) -> Layout:
    """Return the layout of *system* on its live *catalog*; tables the catalog lacks are left out (``drift`` tells)."""
    references = tuple(_references(system, catalog))
    owning = tuple(r for r in references if _may_lead(r, system, catalog, references))
    reach = {root: _reach(root, system, catalog, owning) for root in system.people if catalog.table(root)}
    contested = _contested(reach, system)
    estates: list[Estate] = []
    knots: list[tuple[str, ...]] = []
    for root, owned in reach.items():
        mine = [o for o in owned if root in _owners(o.table, contested, root)]
        ordered, cuts, knot = _children_first(mine, references)
        estates.append(Estate(root=root, where=system.people[root].where, owned=ordered, cuts=cuts))
        knots.extend(knot)
    return Layout(
        system=system,
        catalog=catalog,
        references=references,
        estates=tuple(estates),
        contested=contested,
        knots=tuple(knots),
    )


def _owners(table: str, contested: Mapping[str, tuple[str, ...]], root: str) -> tuple[str, ...]:
    """Return who may own *table*: nobody, as long as it is contested."""
    return () if table in contested else (root,)


def _references(system: System, catalog: Catalog) -> Iterator[Reference]:
    seen = set()
    for table in catalog.tables:
        for key in table.foreign_keys:
            seen.add((table.name, key.columns, key.parent, key.parent_columns))
            yield _reference(catalog, table.name, key.columns, key.parent, key.parent_columns, key.on_delete)
    for link in system.links:
        known = (link.child, link.columns, link.parent, link.parent_columns)
        if (
            known not in seen
            and _exists(catalog, link.child, link.columns)
            and _exists(catalog, link.parent, link.parent_columns)
        ):
            yield _reference(catalog, *known, None)


def _exists(catalog: Catalog, name: str, columns: Iterable[str]) -> bool:
    table = catalog.table(name)
    return table is not None and all(table.column(column) for column in columns)


def _reference(
    catalog: Catalog,
    child: str,
    columns: tuple[str, ...],
    parent: str,
    parent_columns: tuple[str, ...],
    on_delete: str | None,
) -> Reference:
    table = catalog.table(child)
    assert table is not None  # noqa: S101 - both callers looked it up
    return Reference(
        child=child,
        columns=columns,
        parent=parent,
        parent_columns=parent_columns,
        cut=_cut(table, columns),
        on_delete=on_delete,
    )


def _cut(table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of *columns* to set to NULL: one is enough, so one that no other foreign key needs is better."""
    free = [
        c.name for c in table.columns if c.name in columns and c.nullable and c.name not in table.primary_key
    ]
    elsewhere = {c for key in table.foreign_keys if key.columns != columns for c in key.columns}
    return tuple(name for name in free if name not in elsewhere) or tuple(free)


def _may_lead(
    reference: Reference, system: System, catalog: Catalog, references: Iterable[Reference]
) -> bool:
    """Return whether rows may belong to somebody by this link: the map may have chosen a column, or a parent, for it."""
    declared, child = system.tables.get(reference.child), catalog.table(reference.child)
    chosen = declared.belongs_to if declared else None
    if chosen is None or chosen in system.people or child is None:
        return True
    if child.column(chosen) is not None:
        return chosen in reference.columns
    chosen_links = any(r.child == reference.child and r.parent == chosen for r in references)
    return reference.parent == chosen or not chosen_links


def _reach(root: str, system: System, catalog: Catalog, references: Iterable[Reference]) -> tuple[Owned, ...]:
    """Return what hangs below *root*, by the surest path: fewest nullable links, then fewest links."""
    best: dict[str, tuple[tuple[int, int], Owned]] = {root: ((0, 0), Owned(table=root, root=root, path=()))}
    queue = deque([root])
    while queue:
        here = queue.popleft()
        cost, owned = best[here]
        for hop, table, nullable, shared in _neighbours(here, system, references):
            if not _may_own(root, table, system, catalog):
                continue
            dearer = (cost[0] + nullable, cost[1] + 1)
            if table not in best or dearer < best[table][0]:
                best[table] = (dearer, Owned(table=table, root=root, path=(hop, *owned.path), shared=shared))
                queue.append(table)
    return tuple(owned for _, owned in best.values())


def _neighbours(
    here: str, system: System, references: Iterable[Reference]
) -> Iterator[tuple[Hop, str, int, bool]]:
    children = {reference.child for reference in references if reference.parent == here}
    for reference in references:
        if reference.parent == here and reference.child != here:
            yield reference.up(), reference.child, int(reference.cuttable), False
        declared = system.tables.get(reference.parent)
        if (
            reference.child == here
            and declared
            and declared.belongs_to == here
            and reference.parent not in children
        ):
            yield reference.down(), reference.parent, 0, True


def _may_own(root: str, table: str, system: System, catalog: Catalog) -> bool:
    declared = system.tables.get(table)
    if declared is None or catalog.table(table) is None:
        return False
    other_people = table in system.people and not system.people[table].where
    chosen = declared.belongs_to
    return not other_people and (chosen is None or chosen == root or chosen not in system.people)


def _contested(reach: Mapping[str, tuple[Owned, ...]], system: System) -> dict[str, tuple[str, ...]]:
    """Return tables several people tables reach, unless one of these only holds people some rows are not (guests)."""
    owners: dict[str, list[str]] = {}
    for root, owned in reach.items():
        if not system.people[root].where:
            for one in owned:
                owners.setdefault(one.table, []).append(root)
    return {table: tuple(roots) for table, roots in owners.items() if len(roots) > 1}


def _children_first(
    owned: list[Owned], references: tuple[Reference, ...]
) -> tuple[tuple[Owned, ...], tuple[Reference, ...], tuple[tuple[str, ...], ...]]:
    """Order *owned* so that each table goes before those it points at, cutting nullable links where it must."""
    waiting = {one.table: one for one in owned}
    inside = [r for r in references if r.child in waiting and r.parent in waiting]
    cuts = [r for r in inside if r.child == r.parent and r.cuttable]
    rings = tuple((r.child,) for r in inside if r.child == r.parent and not r.cuttable)
    between = [r for r in inside if r.child != r.parent]
    ordered: list[Owned] = []
    while waiting:
        pointed_at = {r.parent for r in between if r.child in waiting}
        free = [name for name in waiting if name not in pointed_at]
        if free:
            ordered.extend(waiting.pop(name) for name in free)
            continue
        cut = next((r for r in between if r.cuttable and r.child in waiting and r.parent in waiting), None)
        if cut is None:
            knot = tuple(sorted(waiting))
            return (*ordered, *waiting.values()), tuple(cuts), (*rings, knot)
        cuts.append(cut)
        between.remove(cut)
    return tuple(ordered), tuple(cuts), rings
