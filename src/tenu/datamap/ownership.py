"""Whose rows are whose: every table must lead to one person, by one way, and tell its rows apart where it has to.

Source: GDPR 5(1)(d), 17(1); policy C-COL-02.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenu.datamap.catalog import Table
from tenu.datamap.findings import finding
from tenu.datamap.layout import Layout
from tenu.datamap.model import TableMap
from tenu.datamap.reach import part_names
from tenu.datamap.ways import Owned, Reference, begins
from tenu.errors import Finding
from tenu.terms import Severity

BLOCKER, MAJOR = Severity.BLOCKER, Severity.MAJOR


def owners(layout: Layout) -> Iterator[Finding]:
    """Yield every table whose rows belong to nobody, to several people, or cannot be told apart or set in order."""
    for name, declared in layout.system.tables.items():
        table = layout.catalog.table(name)
        if table is not None:
            yield from _owner(layout, name, declared)
            yield from _unclear(layout, name, declared)
            yield from _nameless(layout, table, declared)
            yield from _part_of_nobody(layout, name, declared)
    for knot in layout.knots:
        names = ", ".join(knot)
        yield finding(
            "D-KNOT-01", BLOCKER, layout.system.place,
            (f"ces tables se pointent en rond sans colonne facultative : {names}", f"these tables point at each other in a ring without a nullable column: {names}"),
            ("rendez un de ces liens facultatif", "make one of these links nullable"),
        )  # fmt: skip


def _owner(layout: Layout, name: str, declared: TableMap) -> Iterator[Finding]:
    if name in layout.contested:
        if _inherits(layout, name):
            return
        roots = ", ".join(layout.contested[name])
        yield finding(
            "D-OWN-01", BLOCKER, declared.place,
            (f"les lignes de « {name} » mènent à plusieurs personnes ({roots})", f"rows of '{name}' lead to several people ({roots})"),
            ("dites à qui elles sont : « belongs_to: table »", "say whose they are: 'belongs_to: table'"),
        )  # fmt: skip
    elif not _ways(layout, name) and declared.record_limit is None:
        yield finding(
            "D-OWN-02", BLOCKER, declared.place,
            (f"aucun lien ne mène de « {name} » à une personne", f"no link leads from '{name}' to a person"),
            (f"déclarez-le sous « links » : {name}.colonne -> table.clé", f"declare it under 'links': {name}.column -> table.key"),
        )  # fmt: skip


def _inherits(layout: Layout, name: str) -> bool:
    """Return whether rows of *name* lead to several people only because those they point at do, which is said there."""
    above = _above(layout, name)
    return any(
        set(layout.contested[name]) <= set(layout.contested.get(parent, ()))
        and name not in _above(layout, parent)
        for parent in above
    )


def _above(layout: Layout, name: str) -> set[str]:
    """Return the tables that rows of *name* lead to, near and far."""
    found: set[str] = set()
    todo = [name]
    while todo:
        child = todo.pop()
        new = {r.parent for r in layout.references if r.child == child} - found
        found |= new
        todo.extend(new)
    return found


def _ways(layout: Layout, name: str) -> list[Owned]:
    return [owned for estate in layout.estates for owned in estate.ways(name)]


def _unclear(layout: Layout, name: str, declared: TableMap) -> Iterator[Finding]:
    """Yield where the way from a row to its person was picked among several, and picking wrong would matter."""
    live = layout.catalog.table(name)
    if declared.belongs_to is not None and live is not None and live.column(declared.belongs_to):
        return
    for owned in _ways(layout, name):
        if not owned.path or owned.shared:
            continue
        parts = set(part_names(declared))
        links = [r for r in layout.references if r.child == name and not (r.when or parts & set(r.columns))]
        taken = next((r for r in links if begins(owned.path, r.up())), None)
        if taken is None:
            continue
        rivals = [r for r in links if r is not taken and r.parent != name]
        if any(r.parent == taken.parent == owned.root for r in rivals):
            yield _two_people(name, declared, [r for r in links if r.parent == taken.parent])
        elif (
            taken.optional
            and not taken.through
            and declared.belongs_to is None
            and any(_leads(layout, owned, r) for r in rivals)
        ):
            yield _empty_way(name, declared, taken)


def _leads(layout: Layout, owned: Owned, reference: Reference) -> bool:
    there = layout.estate(owned.root).of(reference.parent)
    return there is not None and not there.shared


def _two_people(name: str, declared: TableMap, links: list[Reference]) -> Finding:
    columns = ", ".join(",".join(link.columns) for link in links)
    return finding(
        "D-OWN-03", BLOCKER, declared.at.get("belongs_to", declared.place),
        (f"une ligne de « {name} » peut être à deux personnes ({columns})", f"a row of '{name}' may be two people's ({columns})"),
        (f"dites par quelle colonne elle est à quelqu'un : « belongs_to: {links[0].columns[0]} »",
         f"say by which column it is somebody's: 'belongs_to: {links[0].columns[0]}'"),
    )  # fmt: skip


def _empty_way(name: str, declared: TableMap, taken: Reference) -> Finding:
    columns = ", ".join(taken.columns)
    return finding(
        "D-OWN-04", MAJOR, declared.place,
        (f"les lignes de « {name} » sont à qui {columns} désigne ; celles où c'est vide ne sont à personne",
         f"rows of '{name}' are whose {columns} says; those where it is empty are nobody's"),
        ("confirmez par « belongs_to: colonne », ou choisissez l'autre lien", "confirm by 'belongs_to: column', or choose the other link"),
    )  # fmt: skip


def _part_of_nobody(layout: Layout, name: str, declared: TableMap) -> Iterator[Finding]:
    known = {
        o.part for e in layout.estates for o in (*e.ways(name), *(p for p in e.parts if p.table == name))
    }
    for column in declared.columns.values():
        if column.of is not None and column.of not in known:
            yield finding(
                "D-OF-01", BLOCKER, column.at.get("of", column.place),
                (f"« {name} » : aucun lien ne mène par « {column.of} » à une autre personne",
                 f"'{name}': no link leads by '{column.of}' to another person"),
                ("nommez la colonne d'un lien vers une personne, ou une table de personnes",
                 "name the column of a link to a person, or a people table"),
            )  # fmt: skip


def _nameless(layout: Layout, table: Table, declared: TableMap) -> Iterator[Finding]:
    if not table.primary_key and any(owned.shared or owned.fleeting for owned in _ways(layout, table.name)):
        yield finding(
            "D-KEY-02", BLOCKER, declared.place,
            (f"« {table.name} », que des personnes partagent, n'a pas de clé primaire", f"'{table.name}', which people share, has no primary key"),
            ("donnez-lui une clé", "give it a key"),
        )  # fmt: skip
