"""``tenu apply``: do exactly what a plan says, chunk by chunk, and nothing else.

Each chunk is one transaction: lock, look again, seal, change, note, commit. Whatever stops the run, a second ``apply``
of the same plan goes on where it was, and a third changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tenu.operations.anonymity import make_vaguer, write_down
from tenu.operations.archive import end_past
from tenu.operations.choosing import Scene, scene
from tenu.operations.chunk import do_chunk, settle
from tenu.operations.evidence import catch_up, finish, intend, unfinished
from tenu.operations.plan import Progress, quiet
from tenu.operations.preflight import refuse_stale
from tenu.operations.upholding import uphold
from tenu.plans.anonymity import Measure
from tenu.plans.plan import Plan, PlannedTask, unpack, verb_of
from tenu.plans.run import Run
from tenu.plans.task import CrowdTask, PersonTask, RecordTask, Task
from tenu.ports import BusyError, Fate, Line, Noted, Ports, Session, Unit

RECORDS_AT_ONCE = 40_000
TRIES = 3
Done = TypeVar("Done")


def apply(ports: Ports, plan: Plan, *, progress: Progress = quiet) -> Run:
    """Do *plan*.

    Args:
        ports: What may be touched.
        plan: As ``read_plan`` returns it.
        progress: Told of each chunk.

    Raises:
        RefusedError: The plan is stale, expired, over its limits, or something makes it unsafe: nothing was written.
        UnreachableError: A system does not answer. What was committed before stays; run it again to go on.
    """
    _settle_what_was_cut(ports)
    refuse_stale(ports, plan)
    _prepare(ports)
    uphold(ports)
    intend(ports, plan)
    spared: Counter[str] = Counter()
    measured: dict[str, Measure] = {}
    total, done = max(1, plan.people + plan.rows), 0
    for name in ports.databases:
        planned = {task.name: task for task in plan.tasks if task.system == name and not task.is_empty}
        if not planned:
            continue
        with scene(ports, plan.as_of, writing=name) as opened:
            for task in opened.tasks:
                if isinstance(task, CrowdTask) and task.system == name:
                    measured[task.name] = make_vaguer(opened.sessions[name], task, plan.digest)
                elif task.name not in planned or isinstance(task, CrowdTask):
                    continue
                else:
                    progress(task.name, done, total)
                    spared += _do(opened, task, planned[task.name], plan)
                    done += planned[task.name].people + planned[task.name].rows
                with opened.sessions[name].transaction():
                    catch_up(ports, name, opened.sessions[name].noted(plan.digest), plan.digest)
    write_down(ports, plan.as_of, plan.digest, measured)
    ended = end_past(ports, plan.as_of, plan.digest)
    progress("", total, total)
    run = _sum_up(ports, plan, spared, ended)
    finish(ports, run)
    return run


def _settle_what_was_cut(ports: Ports) -> None:
    """Settle every run that began and never ended, whatever becomes of the present plan.

    Nobody who is still here may stay readable in the archive because a run was cut and its plan has expired since.
    """
    for run in unfinished(ports):
        for name, database in ports.databases.items():
            if database.prepared():
                with database.session(writing=True) as session:
                    settle(ports.archive, session, name, run)
                    catch_up(ports, name, session.noted(run), run)


def _prepare(ports: Ports) -> None:
    for database in ports.databases.values():
        if not database.prepared():
            database.prepare()


def _do(opened: Scene, task: PersonTask | RecordTask, planned: PlannedTask, plan: Plan) -> Counter[str]:
    session = opened.sessions[task.system]
    if isinstance(task, RecordTask):
        return _do_records(session, task, planned, plan.digest)
    choice = opened.choose(task, unpack(planned.chosen))
    units = session.units(choice.chosen)
    opened.release()
    spared: Counter[str] = Counter()
    for unit, people in units:
        try:
            _insist(partial(do_chunk, opened, choice, unit, plan.digest))
        except BusyError:
            spared["busy"] += people
    done = sum(_people(_noted(session, task, plan.digest)).values())
    session.commit()
    spared["came_back"] = planned.people - done - spared["busy"]
    return spared


def _insist(step: Callable[[], Done]) -> Done:
    """Do *step*, again when somebody else held its rows."""
    for _ in range(TRIES - 1):
        try:
            return step()
        except BusyError:
            continue
    return step()


def _do_records(session: Session, task: RecordTask, planned: PlannedTask, run: str) -> Counter[str]:
    """Delete records past their own limit, a batch per transaction, never more than were planned."""
    try:
        while _insist(partial(_change_batch, session, task, planned, run)):
            pass
    except BusyError:
        return Counter(busy=planned.rows - sum(n.line.rows for n in _noted(session, task, run)))
    return Counter()


def _change_batch(session: Session, task: RecordTask, planned: PlannedTask, run: str) -> int:
    with session.transaction():
        left = planned.rows - sum(n.line.rows for n in _noted(session, task, run))
        rows = session.change_records(task.effect, limit=min(left, RECORDS_AT_ONCE)) if left > 0 else 0
        if rows:
            unit = Unit(fate=Fate.END, chunk=session.next_chunk(run, task.name))
            session.note(
                run, task.name, unit, [Line(verb=verb_of(task.effect), table=task.table, rows=rows, people=0)]
            )
    return rows


def _noted(session: Session, task: Task, run: str) -> list[Noted]:
    return [noted for noted in session.noted(run) if noted.task == task.name]


def _people(noted: list[Noted]) -> Counter[Fate]:
    """Return how many people were done, by fate: every line of a unit repeats its number, so one of them counts."""
    units = {(n.task, n.unit): n.line.people for n in noted}
    people: Counter[Fate] = Counter()
    for (_, unit), number in units.items():
        people[unit.fate] += number
    return people


def _sum_up(ports: Ports, plan: Plan, spared: Counter[str], ended: int) -> Run:
    people: Counter[Fate] = Counter()
    rows: Counter[tuple[str, str, str]] = Counter()
    for name, database in ports.databases.items():
        with database.session() as session:
            noted = session.noted(plan.digest)
        people += _people(noted)
        for n in noted:
            rows[name, n.line.table, n.line.verb] += n.line.rows
    return Run(
        plan=plan.digest,
        archived=people[Fate.ARCHIVE],
        ended=people[Fate.END],
        rows=rows,
        spared=spared,
        ended_archives=ended,
    )
