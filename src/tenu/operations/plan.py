"""``tenu plan``: what must change on a given day, computed inside the databases. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tenu.operations.choosing import Choice, Scene, scene
from tenu.plans.plan import Plan, PlannedEffect, PlannedTask, Spared, pack
from tenu.plans.selection import Selection
from tenu.plans.task import Clear, Cut, Effect, Erase, Keep, PersonTask, RecordTask, Seal
from tenu.ports import Ports, Session

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""


def quiet(_doing: str, _done: int, _total: int) -> None:
    """Show nothing."""


def plan(ports: Ports, as_of: date, *, progress: Progress = quiet) -> Plan:
    """Return what the policy asks to change on *as_of*, counted, without changing anything.

    Args:
        ports: The workspace, its databases and archive.
        as_of: Civil day in the controller's time zone.
        progress: Told of each task.

    Raises:
        UnreachableError: When a system does not answer.
    """
    with scene(ports, as_of) as opened:
        tasks = []
        for done, task in enumerate(opened.tasks):
            progress(task.name, done, len(opened.tasks))
            tasks.append(_count(opened, task))
            opened.release()
        progress("", len(opened.tasks), len(opened.tasks))
        now = ports.clock.now()
        settings = ports.workspace.settings
        return Plan(
            as_of=as_of,
            made_at=now,
            expires_at=now + timedelta(hours=settings.plan_expires_in_hours),
            policy=ports.workspace.policy_digest,
            maps=dict(ports.workspace.map_digests),
            schemas=opened.schemas(),
            chunk=settings.chunk,
            tasks=tuple(tasks),
        )


def _count(opened: Scene, task: PersonTask | RecordTask) -> PlannedTask:
    session = opened.sessions[task.system]
    if isinstance(task, RecordTask):
        rows = session.count_rows(Selection(table=task.table, where=task.due))
        return _planned(task, None, (PlannedEffect(verb="erase", table=task.table, rows=rows),))
    choice = opened.choose(task)
    effects = tuple(_counted(session, effect, choice) for effect in task.effects if _matters(effect, choice))
    session.drop_list(choice.chosen)
    return _planned(task, choice, tuple(effect for effect in effects if effect.rows))


def _matters(effect: Effect, choice: Choice) -> bool:
    return choice.people > 0 and (choice.archived > 0 or not isinstance(effect, Seal))


def _counted(session: Session, effect: Effect, choice: Choice) -> PlannedEffect:
    rows = session.count(effect, choice.chosen)
    match effect:
        case Seal(table=table, columns=columns):
            return PlannedEffect(verb="archive", table=table, rows=rows, columns=columns)
        case Keep(table=table):
            return PlannedEffect(verb="keep", table=table, rows=rows)
        case Cut(table=table, columns=columns):
            return PlannedEffect(verb="cut", table=table, rows=rows, columns=columns)
        case Clear(table=table, clearings=clearings):
            columns = tuple(clearing.column for clearing in clearings)
            return PlannedEffect(verb="clear", table=table, rows=rows, columns=columns)
        case Erase(table=table):
            return PlannedEffect(verb="erase", table=table, rows=rows)


def _planned(
    task: PersonTask | RecordTask, choice: Choice | None, effects: tuple[PlannedEffect, ...]
) -> PlannedTask:
    return PlannedTask(
        name=task.name,
        system=task.system,
        table=task.root if isinstance(task, PersonTask) else task.table,
        rules=task.rules if isinstance(task, PersonTask) else (task.rule,),
        clauses=task.clauses,
        people=choice.people if choice else 0,
        archived=choice.archived if choice else 0,
        spared=choice.spared if choice else Spared(),
        effects=effects,
        chosen=pack(choice.fates) if choice else "",
    )
