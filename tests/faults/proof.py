"""What must hold of a run however it was interrupted: nothing lost, nothing twice, everything written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lab import Lab
from tenu.journal.kinds import EventKind
from tenu.operations.journal import verify
from tenu.plans.run import Run
from tenu.sample.answers import Fate
from verdict import Place, State

PUT_AWAY = (Fate.ARCHIVED, Fate.SHELL)


def lost(lab: Lab, before: State, now: State) -> list[Place]:
    """Return the rows the oracle sends to the archive that are neither as they were nor sealed there."""
    return [
        place
        for place, answer in lab.company.fates().items()
        if answer.fate in PUT_AWAY and answer.until is not None and place not in now.sealed
        if _left(before.rows[place], now.rows.get(place), answer.columns)
    ]


def _left(row: Mapping[str, Any], here: Mapping[str, Any] | None, columns: Iterable[str]) -> bool:
    """Return whether a row is gone, or one of *columns* in it."""
    return here is None or any(here[column] != row[column] for column in columns)


def readable_and_alive(before: State, now: State) -> list[Place]:
    """Return the rows that are sealed in the archive although nothing of them left the database."""
    return [place for place in now.sealed if now.rows.get(place) == before.rows[place]]


def objections(lab: Lab, before: State, run: Run) -> Iterator[str]:
    """Yield everything that does not hold once *run* is over: state, archive, receipts and journal."""
    now = lab.state()
    yield from lab.differences(before)
    yield from (f"{place} is sealed and alive" for place in readable_and_alive(before, now))
    gone = Counter(place[:2] for place in before.rows.keys() - now.rows.keys())
    erased = Counter({(s, t): rows for (s, t, verb), rows in run.rows.items() if verb == "erase" and rows})
    if gone != erased:
        yield f"receipts say {erased - gone or gone - erased} more or less than what went"
    sealed = Counter(place[:2] for place in now.sealed)
    archived = Counter(
        {(s, t): rows for (s, t, verb), rows in run.rows.items() if verb == "archive" and rows}
    )
    if sealed != archived:
        yield f"receipts say {archived}, the archive holds {sealed}"
    yield from _journal(lab, run)


def _journal(lab: Lab, run: Run) -> Iterator[str]:
    with lab.ports() as ports:
        if not verify(ports.journal, (ports.signer.verifier,)).holds:
            yield "the journal does not verify"
        chunks = Counter(
            (e.body["system"], e.body["step"], e.body["act"], e.body["chunk"])
            for e in ports.journal.events(kind=EventKind.CHUNK_DONE)
        )
        yield from (
            f"chunk {chunk} is journaled {times} times" for chunk, times in chunks.items() if times > 1
        )
        noted = set()
        for name, database in ports.databases.items():
            with database.session() as session:
                noted |= {(name, n.task, n.unit.chunk) for n in session.noted(run.plan)}
        if noted != {(system, step, chunk) for system, step, _, chunk in chunks}:
            yield "the journal and the receipts do not name the same chunks"
