"""Searching again, after a run, for whoever it erased: every text of every described table, unless it is too big.

Identifiers stay in memory: nothing of them is ever written. Tables within the limit are read through once, whatever the
number of people; bigger ones are not, and it is said.

Source: GDPR 17; policy C-RET-07.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tenu.datamap.catalog import ColumnKind, Table
from tenu.datamap.layout import Layout
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.operations.choosing import Scene
from tenu.operations.linking import NOTHING
from tenu.plans.keeping import Keeping
from tenu.plans.residue import Gone, Hits, Identifiers, Residue, Sieve, Spot, identifiers_of
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import NEVER, Condition, matching
from tenu.ports import Found, Ports
from tenu.terms import IdentifierKind

READ = (ColumnKind.TEXT, ColumnKind.JSON, ColumnKind.OTHER)


def search(opened: Scene, gone: Gone) -> Residue:
    """Return what is left, in every system, of the people *gone*.

    Texts are read first; who still carries what was found there is asked after, of nobody when nothing was.

    Args:
        opened: Every database, as they are now.
        gone: Their identifiers. Telephone numbers and names are not looked for when a table of people is too big to be read:
            nobody could say whose they are.
    """
    reading = _Reading(opened)
    if any(reading.too_big(name, root) for name, root in _people(opened)):
        gone.identifiers[IdentifierKind.PHONE].clear()
        gone.identifiers[IdentifierKind.NAME].clear()
    hits, searched, sieve = Hits(), list[str](), Sieve(gone.identifiers)
    for name, layout in opened.layouts.items():
        for table in layout.catalog.tables:
            columns = reading.columns(layout, table)
            if not columns or reading.too_big(name, table.name):
                continue
            searched += [f"{name}.{table.name}.{column}" for column in columns]
            if not gone.is_empty:
                _sift(opened, layout, table.name, columns, sieve, hits)
        opened.sessions[name].commit()
    return Residue(
        people=gone.people,
        skipped=gone.skipped,
        found=hits.without(reading.carried(hits.identifiers())),
        searched=tuple(searched),
        unsearched=reading.unsearched,
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


def _people(opened: Scene) -> Iterator[tuple[str, str]]:
    """Yield the tables of people of every system, those a rule speaks of."""
    for name, layout in opened.layouts.items():
        yield from ((name, estate.root) for estate in layout.estates)


class _Reading:
    """What may be read of each table, and why the rest was not: *unsearched*."""

    def __init__(self, opened: Scene) -> None:
        self._opened = opened
        self._settings = opened.ports.workspace.settings.residue
        self._big: dict[str, frozenset[str]] = {}
        self.unsearched: dict[str, str] = {}

    def too_big(self, system: str, table: str) -> bool:
        """Return whether *table* has more rows than are read through; it is said, and a system's tables are counted once."""
        if system not in self._big:
            layout = self._opened.layouts[system]
            read = {each.name for each in layout.catalog.tables if self.columns(layout, each)}
            asked = sorted(read | {estate.root for estate in layout.estates})
            self._big[system] = self._opened.sessions[system].longer_than(asked, self._settings.rows)
        if table in self._big[system]:
            self.unsearched[f"{system}.{table}"] = "too_big"
        return table in self._big[system]

    def columns(self, layout: Layout, table: Table) -> list[str]:
        """Return the columns of *table* that may hold a text; what is not looked at is said."""
        place = f"{layout.system.system}.{table.name}"
        if table.name not in layout.system.tables and not self._settings.ignored:
            self.unsearched[place] = "ignored"
            return []
        opaque = {column.name for column in table.columns if layout.catalog.opaque(column)}
        self.unsearched.update(dict.fromkeys((f"{place}.{name}" for name in sorted(opaque)), "binary"))
        return [c.name for c in table.columns if c.kind in READ and c.name not in opaque]

    def carried(self, wanted: Identifiers) -> Iterator[tuple[IdentifierKind, str]]:
        """Yield the identifiers people still known carry, those *wanted* among them.

        E-mails and references are asked for; for a telephone number or a name everybody is read, as no engine spells them
        alike.
        """
        for system, root in _people(self._opened) if wanted else ():
            layout, session = self._opened.layouts[system], self._opened.sessions[system]
            people = layout.system.people[root]
            found: Iterable[Found]
            if wanted.keys() <= {IdentifierKind.EMAIL, IdentifierKind.CUSTOMER_REFERENCE}:
                found = session.probe(root, people, wanted, NOTHING)
            else:
                found = session.select_people(root, people, matching(layout.estate(root).where))
            for person in found:
                yield from identifiers_of(person.identity, person.values)
            session.commit()


def _sift(opened: Scene, layout: Layout, table: str, columns: list[str], sieve: Sieve, hits: Hits) -> None:
    kept = _kept(layout, opened.rules, table)
    system = layout.system.system
    for key, by_law, cells in opened.sessions[system].texts(table, columns, kept):
        for column, cell in zip(columns, cells, strict=True):
            for kind, identifiers in sieve.found(cell) if cell else ():
                spot = Spot(system=system, table=table, column=column, kind=kind, kept=by_law)
                hits.add(spot, identifiers, key)


def _kept(layout: Layout, rules: Rulebook, table: str) -> Condition:
    """Return when a row of *table* is kept by a text of law."""
    estate = next((estate for estate in layout.estates if estate.of(table)), None)
    return Keeping(layout, estate, rules).by_law(table) if estate else NEVER
