"""What a run leaves in the journal: intent before, outcome after, counts and names only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.plans.plan import FOR_REQUESTS, Plan, Requests
from tenu.plans.run import Run
from tenu.ports import Fate, Noted, Ports, Unit

ACTS: Mapping[Fate, str] = {Fate.ARCHIVE: "archive", Fate.END: "end", Fate.SPARED: "spare"}


def intend(ports: Ports, plan: Plan) -> None:
    """Say that a run of *plan* begins, or goes on."""
    known = any(event.body["run"] == plan.digest for event in ports.journal.events(kind=EventKind.RUN_INTENT))
    kind = EventKind.RUN_RESUMED if known else EventKind.RUN_INTENT
    body: dict[str, Json] = {
        "run": plan.digest,
        "plan": plan.digest,
        "systems": [*ports.databases, *ports.files],
    }
    if not known:
        body |= {
            "policy": plan.policy,
            "as_of": plan.as_of.isoformat(),
            "subjects": plan.people,
            "rows": plan.rows,
        }
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))


def unfinished(ports: Ports) -> list[str]:
    """Return the runs that began and never said they ended, oldest first."""
    begun = dict.fromkeys(str(event.body["run"]) for event in ports.journal.events(kind=EventKind.RUN_INTENT))
    ended = {str(event.body["run"]) for event in ports.journal.events(kind=EventKind.RUN_FINISHED)}
    return [run for run in begun if run not in ended]


def catch_up(ports: Ports, system: str, noted: Iterable[Noted], run: str) -> None:
    """Write to the journal every chunk that has a receipt and no event yet, whoever was stopped in between."""
    tables: dict[tuple[str, Unit], Counter[str]] = {}
    people: dict[tuple[str, Unit], int] = {}
    for note in noted:
        place = (note.task, note.unit)
        tables.setdefault(place, Counter())[f"{note.line.verb}:{note.line.table}"] += note.line.rows
        people[place] = note.line.people
    if not tables:
        return
    known = {
        (e.body["step"], e.body["act"], e.body["chunk"])
        for e in ports.journal.events(begun_at(ports, run), EventKind.CHUNK_DONE)
        if e.body["run"] == run and e.body["system"] == system
    }
    now = ports.clock.now()
    ports.journal.append(
        *(
            Event(
                kind=EventKind.CHUNK_DONE,
                at=now,
                body={
                    "run": run,
                    "chunk": unit.chunk,
                    "system": system,
                    "step": as_name(task),
                    "act": ACTS[unit.fate],
                    "tables": {as_name(table): count for table, count in rows.items()},
                    "subjects": people[task, unit],
                },
            )
            for (task, unit), rows in tables.items()
            if (as_name(task), ACTS[unit.fate], unit.chunk) not in known
        )
    )


def begun_at(ports: Ports, run: str) -> int:
    """Return the index of an event of the journal before which *run* did nothing: its intent, or the first unsealed."""
    for entry in ports.journal.entries(kind=EventKind.RUN_INTENT):
        if entry.event.body["run"] == run and entry.index is not None:
            return entry.index
    return ports.journal.size


def refuse_run(ports: Ports, plan: Plan, reason: str) -> None:
    """Say that *plan* is refused, or goes no further, and why."""
    body: dict[str, Json] = {"reason": reason, "plan": plan.digest}
    ports.journal.append(Event(kind=EventKind.RUN_REFUSED, at=ports.clock.now(), body=body))


def stop(ports: Ports, run: Run) -> None:
    """Say that *run* stopped between two chunks, and seal the journal: it has not ended."""
    body: dict[str, Json] = {
        "run": run.plan,
        "reason": run.stopped,
        "subjects": run.people,
        "rows": run.changed,
    }
    ports.journal.append(Event(kind=EventKind.RUN_STOPPED, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)


def finish(ports: Ports, plan: Plan, run: Run) -> None:
    """Say what *run* of *plan* did, spare reasons first, and seal the journal."""
    now = ports.clock.now()
    for reason, count in run.spared.items():
        if count > 0:
            body: dict[str, Json] = {"run": run.plan, "reason": reason, "subjects": count}
            ports.journal.append(Event(kind=EventKind.SUBJECTS_SPARED, at=now, body=body))
    done: dict[str, Json] = {
        "run": run.plan,
        "plan": run.plan,
        "complete": run.is_complete,
        "subjects": run.people,
        "rows": run.changed,
        "spared": sum(max(0, count) for count in run.spared.values()),
    }
    if isinstance(plan.cause, Requests):
        done["cause"] = FOR_REQUESTS
    ports.journal.append(Event(kind=EventKind.RUN_FINISHED, at=now, body=done))
    ports.journal.seal(ports.signer)
