"""What a run does once its last row is gone: search for remnants, look after the disks, tell ledger and journal.

Source: GDPR 5(2), 17; policy C-RET-07; INV-18.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.choosing import REMEMBERED, Scene, scene
from tenu.operations.file_batches import erased_files
from tenu.operations.filing import search_files
from tenu.operations.plan import today
from tenu.operations.recalling import marker
from tenu.operations.remembering import (
    BACKUPS_KEPT_DAYS,
    LEDGER,
    ROWS,
    anchor,
    backups_kept,
    forget_old,
    people_at,
    portion_of,
    remember_held,
    write_held,
)
from tenu.operations.residue import record, search
from tenu.operations.rights.inbox import forget as forget_messages
from tenu.operations.rights.statements import forget as forget_statements
from tenu.plans.disk import FILES, DiskState, Horizon, Remains
from tenu.plans.erasures import Act
from tenu.plans.plan import Plan, Replay, Requests
from tenu.plans.residue import Gone
from tenu.plans.run import Run
from tenu.plans.selection import Listed, all_of, negate
from tenu.plans.signs import held_here
from tenu.ports import Fate, Line, Ports, Unit


def end(ports: Ports, plan: Plan, run: Run, gone: Gone) -> Run:
    """Return *run* with what is left of the people it erased, in texts and on disks; everything is journaled.

    Args:
        ports: What may be touched.
        plan: What was applied.
        run: What it did.
        gone: The people this part of the run erased.
    """
    asked = isinstance(plan.cause, Requests)
    with scene(ports, plan.as_of, cause=plan.cause, choosing=not asked) as opened:
        forget_statements(opened)
        if gone.people or gone.skipped:
            residue = search(opened, gone)
            record(ports, run.plan, residue)
            run = replace(run, residue=residue)
        if plan.cause is None:
            remember_held(ports, opened.layouts, opened.sessions)
            for system in opened.layouts:
                _hold_on(opened, system, (LEDGER,))
        elif isinstance(plan.cause, Replay):
            _replayed(opened, plan.cause, run)
    files = search_files(ports, plan, run.plan, opened.rules)
    run = replace(run, files_left=files, horizons=tuple(_horizons(ports, plan, run)))
    forget_old(ports, today(ports))
    forget_messages(ports)
    ports.cases.forget(today(ports))
    anchor(ports, run.plan)
    return run


def erased_before(ports: Ports, run: str) -> int:
    """Return how many people an earlier, interrupted part of *run* erased whom no search was made for."""
    erased: dict[tuple[str, Unit], int] = {}
    for database in ports.databases.values():
        if database.prepared():
            with database.session() as session:
                for noted in session.noted(run):
                    if noted.line.verb == "erase" and noted.task.split(":")[0].endswith(
                        f".{noted.line.table}"
                    ):
                        erased[noted.task, noted.unit] = noted.line.people
    searched = (
        int(str(event.body["subjects"]))
        for event in ports.journal.events(kind=EventKind.RESIDUE_SEARCHED)
        if event.body["run"] == run
    )
    return max(0, sum(erased.values()) - sum(searched))


def _horizons(ports: Ports, plan: Plan, run: Run) -> Iterator[Horizon]:
    """Look after the disk of every system the run changed, and yield what it keeps."""
    for name, database in ports.databases.items():
        tables = sorted({table for system, table, _ in run.rows if system == name})
        if tables:
            vacuum = ports.workspace.settings.disk.vacuum
            state, on = database.settle_disk(tables, vacuum=vacuum), today(ports)
            logs = state.logs_kept_days
            horizon = Horizon(
                system=name,
                state=state,
                backups_until=on + timedelta(days=backups_kept(ports, name)),
                declared=database.system.backups_kept_days is not None,
                logs_until=None if logs is None else on + timedelta(days=logs),
            )
            yield _stated(ports, run, horizon)
    erased = erased_files(ports, plan, run.plan)
    for store in dict.fromkeys(store for store, _ in erased):
        kept = ports.files[store].store.backups_kept_days
        other = any(done.linked for (name, _), done in erased.items() if name == store)
        linked = (Remains.OTHER_NAMES,) if other else ()
        horizon = Horizon(
            system=store,
            state=DiskState(
                engine=FILES, done=(), remains=(*linked, Remains.OPEN_FILES, Remains.FREE_BLOCKS)
            ),
            backups_until=today(ports) + timedelta(days=BACKUPS_KEPT_DAYS if kept is None else kept),
            declared=kept is not None,
        )
        yield _stated(ports, run, horizon)


def _stated(ports: Ports, run: Run, horizon: Horizon) -> Horizon:
    body: dict[str, Json] = {"run": run.plan, **horizon.plain()}
    ports.journal.append(Event(kind=EventKind.DISK_STATED, at=ports.clock.now(), body=body))
    return horizon


def _replayed(opened: Scene, replay: Replay, run: Run) -> None:
    """Say that a restored system was replayed: in the ledger, in the system itself, in the journal.

    Whom the ledger alone still holds there is written again as held by it. Rows somebody locked are left for the next
    time: the system is not replayed yet.
    """
    if not run.is_complete:
        return
    ports, system = opened.ports, replay.system
    held = _hold_on(opened, system, (LEDGER, ROWS))
    opened.release()
    _mark(opened, system, run.plan)
    body: dict[str, Json] = {
        "run": run.plan,
        "system": system,
        "after": replay.after,
        "subjects": run.people,
        "rows": run.changed,
        "left": opened.recalled.counts(),
        "held": held,
    }
    ports.journal.append(Event(kind=EventKind.SYSTEM_REPLAYED, at=ports.clock.now(), body=body))


def _hold_on(opened: Scene, system: str, said_by: Collection[str]) -> int:
    """Write again whom the ledger holds in *system* and no row does any more: until a human says otherwise.

    Written at each run, it outlives the month it was first written in. Return how many they are.
    """
    held, layout = 0, opened.layouts[system]
    entries = opened.ports.ledger.held(system)
    for root in sorted({e.portion.task for e in entries if e.people and e.portion.run in said_by}):
        if root in layout.system.people:
            here = held_here(layout, layout.estate(root), opened.rules.as_of)
            alone = all_of([Listed(name=REMEMBERED), negate(here)])
            found = list(opened.sessions[system].select_people(root, layout.system.people[root], alone))
            write_held(opened.ports, system, root, LEDGER, people_at(system, root, found))
            held += len(found)
    return held


def _mark(opened: Scene, system: str, run: str) -> None:
    """Leave a receipt in *system* that says how far it was replayed; the ledger knows of it, once."""
    ports, unit = opened.ports, Unit(fate=Fate.END, chunk=0)
    intent = portion_of(system, marker(system), run, unit)
    with ports.databases[system].session(writing=True) as session:
        with session.transaction():
            if not any(noted.task == intent.task for noted in session.noted(run)):
                ports.ledger.write(ports.clock.now(), Act.INTENT, intent)
                session.note(run, intent.task, unit, [Line(verb="replay", table="", rows=0, people=0)])
        ports.ledger.settle(ports.clock.now(), intent, done=True)
