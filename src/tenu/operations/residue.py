"""Searching again, after a run, for whoever it erased: every text of every described table, unless it is too big.

Identifiers stay in memory: nothing of them is ever written. Tables within the limit are read through once, whatever the
number of people; of bigger ones only the records of people are asked, by identifier.

Source: GDPR 17; policy C-RET-07.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tenu.datamap.catalog import Column, ColumnKind, Table
from tenu.datamap.layout import Layout
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.operations.choosing import Scene
from tenu.operations.linking import NOTHING
from tenu.plans.keeping import Keeping
from tenu.plans.residue import Gone, Residue, Sieve, Spot, Tally, identifiers_of
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import NEVER, Condition, matching
from tenu.ports import Found, Ports, Session
from tenu.terms import IdentifierKind

UNKNOWN = "NULLTYPE"
"""What SQLAlchemy calls a type it does not know (a geometry)."""
READ = (ColumnKind.TEXT, ColumnKind.JSON, ColumnKind.OTHER)


def search(opened: Scene, gone: Gone) -> Residue:
    """Return what is left, in every system, of the people *gone*.

    Args:
        opened: Every database, as they are now.
        gone: Their identifiers; those still carried by somebody known are taken out.
    """
    unsearched: dict[str, str] = {}
    for name, layout in opened.layouts.items():
        for root in layout.system.people:
            gone.spare(_living(opened, layout, opened.sessions[name], root, gone, unsearched))
    found: dict[Spot, Tally] = defaultdict(Tally)
    searched: list[str] = []
    sieve = Sieve(gone.identifiers)
    for name, layout in opened.layouts.items():
        for table in layout.catalog.tables:
            columns = _columns(opened.ports, layout, table, unsearched)
            if not columns or _too_big(opened.ports, opened.sessions[name], layout, table.name, unsearched):
                continue
            searched += [f"{name}.{table.name}.{column}" for column in columns]
            if not gone.is_empty:
                _sift(opened, layout, table.name, columns, sieve, found)
        opened.sessions[name].commit()
    return Residue(
        people=gone.people,
        skipped=gone.skipped,
        found=dict(found),
        searched=tuple(searched),
        unsearched=unsearched,
    )


def record(ports: Ports, run: str, residue: Residue) -> None:
    """Write in the journal what was searched and what was found: counts and names of columns."""
    cells = {as_name(spot.name): tally.cells for spot, tally in residue.found.items() if not spot.kept}
    body: dict[str, Json] = {
        "run": run,
        "subjects": residue.people,
        "residual": residue.residual,
        "names": residue.names,
        "kept_by_law": residue.kept_by_law,
        "cells": cells,
        "searched": len(residue.searched),
        "unsearched": len(residue.unsearched),
        "skipped": residue.skipped,
        "unread": residue.unread,
    }
    ports.journal.append(Event(kind=EventKind.RESIDUE_SEARCHED, at=ports.clock.now(), body=body))


def _living(
    opened: Scene, layout: Layout, session: Session, root: str, gone: Gone, unsearched: dict[str, str]
) -> Iterator[tuple[IdentifierKind, str]]:
    """Yield the identifiers that people of *root* carry; of a table too big to read, only those looked for."""
    if not any(estate.root == root for estate in layout.estates):
        return
    people = layout.system.people[root]
    if _too_big(opened.ports, session, layout, root, unsearched):
        gone.identifiers[IdentifierKind.PHONE].clear()
        gone.identifiers[IdentifierKind.NAME].clear()
        wanted = {kind: set(values) for kind, values in gone.identifiers.items() if values}
        found: Iterable[Found] = session.probe(root, people, wanted, NOTHING) if wanted else ()
    else:
        found = session.select_people(root, people, matching(layout.estate(root).where))
    for person in found:
        yield from identifiers_of(person.identity, person.values)


def _columns(ports: Ports, layout: Layout, table: Table, unsearched: dict[str, str]) -> list[str]:
    """Return the columns of *table* that may hold a text; what is not looked at is said."""
    place = f"{layout.system.system}.{table.name}"
    if table.name not in layout.system.tables and not ports.workspace.settings.residue.ignored:
        unsearched[place] = "ignored"
        return []
    opaque = {column.name for column in table.columns if _is_opaque(layout.catalog.engine, column)}
    unsearched.update(dict.fromkeys((f"{place}.{name}" for name in sorted(opaque)), "binary"))
    return [c.name for c in table.columns if c.kind in READ and c.name not in opaque]


def _is_opaque(engine: str, column: Column) -> bool:
    """Return whether a column cannot be read as text: bytes, and on MariaDB the types it does not turn into any."""
    unknown = column.kind is ColumnKind.OTHER and column.type_name == UNKNOWN
    return column.kind is ColumnKind.BINARY or (unknown and engine == "mariadb")


def _too_big(ports: Ports, session: Session, layout: Layout, table: str, unsearched: dict[str, str]) -> bool:
    big = session.more_than(table, ports.workspace.settings.residue.rows)
    if big:
        unsearched[f"{layout.system.system}.{table}"] = "too_big"
    return big


def _sift(
    opened: Scene, layout: Layout, table: str, columns: list[str], sieve: Sieve, found: dict[Spot, Tally]
) -> None:
    kept = _kept(layout, opened.rules, table)
    system = layout.system.system
    for key, by_law, cells in opened.sessions[system].texts(table, columns, kept):
        for column, cell in zip(columns, cells, strict=True):
            for kind in sieve.kinds(cell) if cell else ():
                spot = Spot(system=system, table=table, column=column, kind=kind, kept=by_law)
                found[spot].add(key)


def _kept(layout: Layout, rules: Rulebook, table: str) -> Condition:
    """Return when a row of *table* is kept by a text of law."""
    estate = next((estate for estate in layout.estates if estate.of(table)), None)
    return Keeping(layout, estate, rules).by_law(table) if estate else NEVER
