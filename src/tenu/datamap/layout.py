"""How a system's tables hang together: which rows belong to which people, and in which order they can go.

A ``Layout`` joins what the data map declares with what the live catalog says. It is what plans are made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tenu.datamap.catalog import Catalog
from tenu.datamap.conditions import When
from tenu.datamap.model import System
from tenu.datamap.reach import Reached, reach
from tenu.datamap.references import facts, references
from tenu.datamap.ways import Facts, Owned, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Everything one people table owns, children before parents; *where* tells its people from its other rows.

    *cuts* are references to set to NULL first, because they close a cycle (or a table points at itself). *parts* are
    rows of others that hold something of these people.
    """

    root: str
    where: Facts
    owned: tuple[Owned, ...]
    cuts: tuple[Reference, ...]
    parts: tuple[Owned, ...] = ()

    def ways(self, table: str) -> tuple[Owned, ...]:
        """Return every way rows of *table* belong to this people table, none when they do not."""
        return tuple(owned for owned in self.owned if owned.table == table)

    def of(self, table: str) -> Owned | None:
        """Return the first way *table* belongs to this people table, or None."""
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

    def facts(self, table: str, when: When) -> Facts:
        """Return what *when* says of the rows of *table*, each on its own column or on the row it points at."""
        return facts(table, when, self.references)


def lay_out(system: System, catalog: Catalog) -> Layout:
    """Return the layout of *system* on its live *catalog*; tables the catalog lacks are left out (``drift`` tells)."""
    found = references(system, catalog)
    reached = {root: reach(root, system, catalog, found) for root in system.people if catalog.table(root)}
    contested = _contested(reached, system)
    estates: list[Estate] = []
    knots: list[tuple[str, ...]] = []
    for root, mine in reached.items():
        owned = [one for one in mine.owned if one.table not in contested]
        ordered, cuts, knot = _children_first(owned, found)
        where = facts(root, system.people[root].where, found)
        estates.append(Estate(root=root, where=where, owned=ordered, cuts=cuts, parts=mine.parts))
        knots.extend(knot)
    return Layout(
        system=system,
        catalog=catalog,
        references=found,
        estates=tuple(estates),
        contested=contested,
        knots=tuple(knots),
    )


def _contested(reached: Mapping[str, Reached], system: System) -> dict[str, tuple[str, ...]]:
    """Return tables several people tables reach, unless one of these only holds people some rows are not (guests).

    Rows told apart by what they say (a type beside the identifier) are not contested: each is of one of them.
    """
    owners: dict[str, dict[str, bool]] = {}
    for root, mine in reached.items():
        if not system.people[root].where:
            for one in mine.owned:
                told_apart = any(hop.here or hop.there for hop in one.path)
                owners.setdefault(one.table, {})[root] = told_apart
    return {
        table: tuple(roots) for table, roots in owners.items() if len(roots) > 1 and not all(roots.values())
    }


def _children_first(
    owned: list[Owned], references: Iterable[Reference]
) -> tuple[tuple[Owned, ...], tuple[Reference, ...], tuple[tuple[str, ...], ...]]:
    """Order *owned* so that each table goes before those it points at, cutting nullable links where it must."""
    waiting: dict[str, list[Owned]] = {}
    for one in owned:
        waiting.setdefault(one.table, []).append(one)
    inside = [r for r in references if r.child in waiting and r.parent in waiting]
    cuts = [r for r in inside if r.child == r.parent and r.cuttable and not r.loose]
    rings = tuple((r.child,) for r in inside if r.child == r.parent and not r.cuttable and not r.loose)
    between = [r for r in inside if r.child != r.parent]
    ordered: list[Owned] = []
    while waiting:
        between = [r for r in between if r.child in waiting]
        pointed_at = {r.parent for r in between}
        free = [name for name in waiting if name not in pointed_at]
        if free:
            ordered.extend(one for name in free for one in waiting.pop(name))
            continue
        opening = sorted((r for r in between if r.cuttable or r.loose), key=lambda r: not r.loose)
        cut = next(iter(opening), None)
        if cut is None:
            knot = tuple(sorted(waiting))
            return (
                (*ordered, *(one for ones in waiting.values() for one in ones)),
                tuple(cuts),
                (*rings, knot),
            )
        cuts.extend([] if cut.loose else [cut])
        between.remove(cut)
    return tuple(ordered), tuple(cuts), rings
