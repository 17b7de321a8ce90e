"""Measuring anonymity: before a run, what the rows would be; after it, what they are, written in the journal.

Nothing is called anonymous before it was counted, and nothing too few are like is left so.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Any

from tenu.datamap.catalog import Column, ColumnKind
from tenu.datamap.model import TableMap
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.operations.choosing import Scene, scene
from tenu.plans.anonymity import Measure, endings
from tenu.plans.facts import AnonymousTable
from tenu.plans.plan import verb_of
from tenu.plans.task import Anonymise, Change, CrowdTask, PersonTask, RecordTask
from tenu.policy.retention import Scope
from tenu.ports import Fate, Line, Ports, Session, Unit
from tenu.terms import End

DIGEST_BYTES = 8


class Joining:
    """What a plan would add to the anonymous rows of each table, counted with those already there."""

    def __init__(self, ports: Ports) -> None:
        self._passed = {place for place, event in last_measures(ports).items() if event.body["passed"]}
        self._due: dict[tuple[str, str], list[tuple[Anonymise, Any]]] = {}

    def note(self, task: PersonTask | RecordTask, found: int, chosen: Any) -> bool:
        """Keep what *task* would make anonymous; return whether its list of people is still needed."""
        effects = list(endings([task], task.system)) if found else []
        for effect in effects:
            self._due.setdefault((task.system, effect.table), []).append((effect, chosen))
        return bool(effects)

    def too_few(self, session: Session, task: CrowdTask) -> int:
        """Return how many rows of the table of *task* would be too few of a kind.

        Rows that passed their last measure, and that nothing joins, are not counted again.
        """
        also = self._due.get((task.system, task.table), [])
        if not also and (task.system, as_name(task.table)) in self._passed:
            return 0
        return session.measure(task.crowd, also).thin


def last_measures(ports: Ports) -> dict[tuple[str, str], Event]:
    """Return the last measure of each table, by system and name of the table."""
    events = ports.journal.events(kind=EventKind.ANONYMITY_MEASURED)
    return {(str(event.body["system"]), str(event.body["table"])): event for event in events}


def anonymous_tables(ports: Ports) -> Iterator[AnonymousTable]:
    """Yield the tables whose rows end in anonymity, with the last measure of each, as the journal tells."""
    measures = last_measures(ports)
    changed = {
        (str(event.body["system"]), key): event.at
        for event in ports.journal.events(kind=EventKind.CHUNK_DONE)
        for key in _tables_of(event)
    }
    for system in ports.workspace.systems:
        for name, declared in system.tables.items():
            if _ends_so(ports, declared):
                last = measures.get((system.system, as_name(name)))
                done = changed.get((system.system, as_name(f"anonymise:{name}")))
                yield AnonymousTable(
                    place=f"{system.system}.{name}",
                    wanted=declared.anonymity.k if declared.anonymity else None,
                    measured_on=last.at.date() if last else None,
                    rows=_count(last, "rows"),
                    k=_count(last, "k"),
                    passed=bool(last and last.body["passed"]),
                    since=done is not None and (last is None or done > last.at),
                )


def _tables_of(event: Event) -> Iterator[str]:
    tables = event.body.get("tables")
    return iter(tables if isinstance(tables, Mapping) else ())


def _count(event: Event | None, key: str) -> int:
    value = event.body[key] if event else 0
    return value if isinstance(value, int) else 0


def _ends_so(ports: Ports, declared: TableMap) -> bool:
    """Return whether every rule the rows of a table live by ends in anonymity."""
    by_id = {rule.id: rule for rule in ports.workspace.policy.retention.rules}
    of_purpose = {purpose.id: purpose.retention for purpose in ports.workspace.policy.purposes}
    limit = declared.record_limit
    names = [limit.rule] if limit else [of_purpose[p] for p in declared.purposes if p in of_purpose]
    rules = [by_id[name] for name in names if name in by_id]
    each = Scope.RECORD if limit else Scope.PERSON
    ends = [rule.end for rule in rules if rule.each is each]
    return bool(ends) and all(end is End.ANONYMISE for end in ends)


def make_vaguer(session: Session, task: CrowdTask, run: str) -> Measure:
    """Change the anonymous rows of *task* that too few are like, round after round, in one transaction.

    Return what is counted on those that are left.
    """
    found = session.measure(task.crowd)
    if found.thin == 0:
        return found
    with session.transaction():
        lines = [line for changes in task.rounds for line in _one_round(session, task, changes)]
        while again := list(_one_round(session, task, task.rounds[-1])):  # a spread changes when rows go
            lines.extend(again)
        if lines:
            unit = Unit(fate=Fate.END, chunk=session.so_far(run, task.name)[1])
            session.note(run, task.name, unit, lines)
        return session.measure(task.crowd)


def _one_round(session: Session, task: CrowdTask, changes: Sequence[Change]) -> Iterator[Line]:
    if session.thin(task.crowd):
        for effect in changes:
            verb = "thin" if isinstance(effect, Anonymise) else verb_of(effect)
            if rows := session.change_records(effect):
                yield Line(verb=verb, table=effect.table, rows=rows, people=0)


def write_down(ports: Ports, as_of: date, run: str, measured: Mapping[str, Measure]) -> None:
    """Look for what would join anonymous rows of two tables, and write every measure in the journal.

    Args:
        ports: What may be asked.
        as_of: The run's civil day.
        run: What it is the end of.
        measured: What it counted at its end, by task.
    """
    if not measured:
        return
    with scene(ports, as_of) as opened:
        tasks = [task for task in opened.tasks if isinstance(task, CrowdTask)]
        linkable = _linkable(opened, tasks)
    for task in tasks:
        if task.name in measured:
            found = replace(measured[task.name], linkable=linkable[task.name])
            ports.journal.append(_event(ports, task, found, run))


def _event(ports: Ports, task: CrowdTask, measured: Measure, run: str) -> Event:
    crowd = task.crowd
    body: dict[str, Json] = {
        "system": task.system,
        "table": as_name(task.table),
        "run": run,
        "rows": measured.rows,
        "classes": measured.classes,
        "k": measured.k,
        "required_k": crowd.k,
        "l": measured.diversity,
        "required_l": crowd.diversity if crowd.sensitive else 1,
        "t_thousandths": measured.distance,
        "linkable": measured.linkable,
        "passed": measured.passed,
    }
    return Event(kind=EventKind.ANONYMITY_MEASURED, at=ports.clock.now(), body=body)


# ── linkability: no value, and no set of values, that one row of each of two tables alone has ──


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Columns of one table that anonymous rows keep and nobody counts as a quasi-identifier."""

    task: CrowdTask
    columns: tuple[Column, ...]


def _linkable(opened: Scene, tasks: Sequence[CrowdTask]) -> dict[str, int]:
    """Return, by task, how many of its rows one row of another table could be joined to."""
    tables = [_kept(opened, task) for task in tasks]
    salt, found = secrets.token_bytes(16), dict.fromkeys((task.name for task in tasks), 0)

    @cache
    def alone(task: CrowdTask, columns: tuple[str, ...]) -> frozenset[bytes]:
        return _values(opened, task, columns, salt)

    for one, other in combinations(tables, 2):
        for mine, theirs in _comparable(one, other):
            met = len(alone(one.task, mine) & alone(other.task, theirs))
            for table in (one, other):
                found[table.task.name] = max(found[table.task.name], met)
    return found


def _kept(opened: Scene, task: CrowdTask) -> _Kept:
    table = opened.layouts[task.system].catalog.table(task.table)
    names = {*task.crowd.sensitive, *task.crowd.others}
    columns = table.columns if table else ()
    return _Kept(task=task, columns=tuple(c for c in columns if c.name in names and c.kind in _FAMILIES))


_FAMILIES = {
    ColumnKind.TEXT: "text",
    ColumnKind.INTEGER: "number",
    ColumnKind.NUMBER: "number",
    ColumnKind.DAY: "day",
    ColumnKind.INSTANT: "instant",
    ColumnKind.ZONED_INSTANT: "instant",
}
"""Kinds whose values may be compared; two values of the same are compared as text."""


def _comparable(one: _Kept, other: _Kept) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield what may join two tables: each pair of columns of one family, and all columns they both call the same."""
    for mine in one.columns:
        for theirs in other.columns:
            if _FAMILIES[mine.kind] == _FAMILIES[theirs.kind]:
                yield (mine.name,), (theirs.name,)
    families = {c.name: _FAMILIES[c.kind] for c in other.columns}
    shared = tuple(c.name for c in one.columns if families.get(c.name) == _FAMILIES[c.kind])
    if len(shared) > 1:
        yield shared, shared


def _values(opened: Scene, task: CrowdTask, columns: tuple[str, ...], salt: bytes) -> frozenset[bytes]:
    """Return digests, under a key forgotten at once, of what one row alone has."""
    rows = opened.sessions[task.system].singles(task.crowd, columns)
    said = (hashlib.blake2b(_said(row), key=salt, digest_size=DIGEST_BYTES) for row in rows)
    return frozenset(digest.digest() for digest in said)


def _said(row: tuple[Any, ...]) -> bytes:
    return "\0".join(_plain(value) for value in row).encode()


def _plain(value: Any) -> str:
    if isinstance(value, float | int | Decimal):
        return format(Decimal(str(value)).normalize(), "f")
    return value.isoformat() if hasattr(value, "isoformat") else str(value).strip().casefold()
