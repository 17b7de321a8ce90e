"""``tenu apply``: do exactly what a plan says, chunk by chunk, and nothing else.

Each chunk is one transaction: lock, look again, seal, change, note, commit. Whatever stops the run, a second ``apply``
of the same plan goes on where it was, and a third changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tenu.operations.choosing import Choice, Scene, scene
from tenu.operations.chunk import do_chunk
from tenu.operations.evidence import catch_up, finish, intend
from tenu.operations.plan import Progress, quiet
from tenu.operations.preflight import refuse_stale
from tenu.plans.plan import Plan, PlannedTask, unpack
from tenu.plans.run import Run
from tenu.plans.task import PersonTask, RecordTask
from tenu.ports import BusyError, Database, Fate, Line, Noted, Ports, Unit

RECORDS_AT_ONCE = 10_000
TRIES = 3
SPARED_REASONS = ("came_back", "busy")


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
    refuse_stale(ports, plan)
    _prepare(ports)
    intend(ports, plan)
    spared: Counter[str] = Counter()
    total, done = max(1, plan.people + plan.rows), 0
    for name, database in ports.databases.items():
        _settle(ports, database, plan.digest)
        planned = {task.name: task for task in plan.tasks if task.system == name and not task.is_empty}
        if not planned:
            continue
        with scene(ports, plan.as_of, writing=name) as opened:
            for task in opened.tasks:
                if task.name not in planned:
                    continue
                progress(task.name, done, total)
                spared += _do(opened, task, planned[task.name], plan)
                done += planned[task.name].people + planned[task.name].rows
                catch_up(ports, name, opened.sessions[name].noted(plan.digest), plan.digest)
    ended = ports.archive.end(plan.as_of)
    progress("", total, total)
    run = _sum_up(ports, plan, spared, ended)
    finish(ports, run)
    return run


def _prepare(ports: Ports) -> None:
    for database in ports.databases.values():
        if not database.prepared():
            database.prepare()


def _settle(ports: Ports, database: Database, run: str) -> None:
    """Wipe from the archive the units this system never committed: their rows are still here."""
    with database.session() as session:
        here = {(noted.task, noted.unit) for noted in session.noted(run)}
    prefix = f"{database.system.system}."
    for task, unit in ports.archive.units(run) - here:
        if task.startswith(prefix):
            ports.archive.wipe(run, task, unit)


def _do(opened: Scene, task: PersonTask | RecordTask, planned: PlannedTask, plan: Plan) -> Counter[str]:
    noted = [n for n in opened.sessions[task.system].noted(plan.digest) if n.task == task.name]
    first = 1 + max((n.unit.chunk for n in noted), default=-1)
    if isinstance(task, RecordTask):
        return _do_records(opened, task, planned, plan, noted, first)
    session = opened.sessions[task.system]
    choice = opened.choose(task, unpack(planned.chosen), first)
    opened.release()
    already = sum(_people(noted).values())
    spared: Counter[str] = Counter(came_back=planned.people - already - choice.people)
    for unit, people in session.units(choice.chosen):
        try:
            spared["came_back"] += people - _tried(opened, choice, unit, plan.digest)
        except BusyError:
            spared["busy"] += people
    session.commit()
    return spared


def _tried(opened: Scene, choice: Choice, unit: Unit, run: str) -> int:
    """Do one chunk, again when somebody else held its rows; return how many people are done."""
    for attempt in range(1, TRIES + 1):
        try:
            return do_chunk(opened, choice, unit, run)
        except BusyError:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _do_records(
    opened: Scene, task: RecordTask, planned: PlannedTask, plan: Plan, noted: list[Noted], first: int
) -> Counter[str]:
    """Delete records past their own limit, a batch per transaction, never more than were planned."""
    session = opened.sessions[task.system]
    left = planned.rows - sum(n.line.rows for n in noted)
    chunk = first
    while left > 0:
        with session.transaction():
            rows = session.erase_records(task.effect, limit=min(left, RECORDS_AT_ONCE))
            line = Line(verb="erase", table=task.table, rows=rows, people=0)
            session.note(plan.digest, task.name, Unit(fate=Fate.END, chunk=chunk), [line] if rows else [])
        if rows == 0:
            break
        left, chunk = left - rows, chunk + 1
    return Counter()


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
