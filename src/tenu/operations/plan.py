"""``tenu plan``: what must change on a given day, computed inside the databases. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tenu.errors import Finding, FindingsError, RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.anonymity import Joining
from tenu.operations.bounding import measured
from tenu.operations.check import refuse_unsafe
from tenu.operations.choosing import Choice, Scene, scene
from tenu.operations.filing import planned_files
from tenu.operations.restoring import refuse_restored
from tenu.operations.sealing import taken
from tenu.periods.civil import civil_day
from tenu.plans.constraints import breaks
from tenu.plans.overlapping import counted
from tenu.plans.plan import Cause, Plan, PlannedEffect, PlannedTask, Replay, Requests, Spared, pack, verb_of
from tenu.plans.reason import reasons
from tenu.plans.selection import Selection
from tenu.plans.task import (
    Anonymise,
    Clear,
    CrowdTask,
    Cut,
    Effect,
    Erase,
    Keep,
    PersonTask,
    RecordTask,
    Seal,
    Task,
    rules_of,
)
from tenu.ports import Fate, Key, Ports, Session, Unit
from tenu.terms import Text

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""


def quiet(_doing: str, _done: int, _total: int) -> None:
    """Show nothing."""


Tally = Callable[[Scene, Choice, Mapping[Effect, Mapping[Key, int]]], None]
"""Told of each task of a plan: its people, and how many rows each effect would change for each of them."""


def plan(
    ports: Ports,
    as_of: date,
    *,
    cause: Cause | None = None,
    tally: Tally | None = None,
    progress: Progress = quiet,
) -> Plan:
    """Return what the policy asks to change on *as_of*, counted, without changing anything.

    Args:
        ports: The workspace, its databases and archive.
        as_of: Civil day in the controller's time zone.
        cause: Plan to do again what the ledger tells of a restored system, or what people ask, instead.
        tally: Told what each task would do, person by person.
        progress: Told of each task.

    Raises:
        UnreachableError: When a system does not answer.
        RestoredError: When a system came back from a backup, and this is not to replay it.
        FindingsError: When a data map does not fit its live schema, or asks what the schema refuses.
    """
    # What carries out requests is applied at once, and ``apply`` reads every schema again before it writes.
    refuse_unsafe(ports, as_of, fresh=not isinstance(cause, Requests))
    if not isinstance(cause, Replay):
        refuse_restored(ports)
    with scene(ports, as_of, cause=cause) as opened:
        tasks: list[PlannedTask] = []
        joining, broken = Joining(ports), list[Finding]()
        for done, task in enumerate(opened.tasks):
            progress(task.name, done, len(opened.tasks))
            tasks.append(_count(opened, task, joining, broken, tally))
            opened.release()
        progress("", len(opened.tasks), len(opened.tasks))
        unreached: Mapping[str, Mapping[str, int]] = {}
        if cause is None:
            counted_files, unreached = planned_files(ports, opened.rules)
            tasks += counted_files
        if broken:
            raise FindingsError(tuple(dict.fromkeys(broken)))
        limits = measured(opened, tasks)
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
            limits=limits,
            tasks=tuple(tasks),
            unreached=unreached,
            cause=cause,
        )


def today(ports: Ports) -> date:
    """Return the present civil day where the controller is."""
    return civil_day(ports.clock.now(), ZoneInfo(ports.workspace.policy.time_zone))


def only(made: Plan, systems: Sequence[str]) -> Plan:
    """Return *made* limited to the tasks of *systems*, or whole when there are none.

    Raises:
        RefusedError: A system is not one of the plan's.
    """
    unknown = sorted(set(systems) - made.maps.keys())
    if unknown:
        names, known = ", ".join(unknown), ", ".join(made.maps)
        raise RefusedError(
            Text(fr=f"système inconnu : {names}", en=f"unknown system: {names}"),
            fix=Text(fr=f"systèmes connus : {known}", en=f"known systems: {known}"),
        )
    if not systems:
        return made
    limits = replace(made.limits, tables=tuple(t for t in made.limits.tables if t.system in systems))
    return replace(made, tasks=tuple(t for t in made.tasks if t.system in systems), limits=limits)


def keep(ports: Ports, made: Plan) -> None:
    """Record that *made* is about to be kept in a file."""
    body: dict[str, Json] = {
        "plan": made.digest,
        "policy": made.policy,
        "as_of": made.as_of.isoformat(),
        "steps": sum(not task.is_empty for task in made.tasks),
        "subjects": made.people,
        "rows": made.rows,
        "systems": list(made.maps),
        "schemas": dict(made.schemas),
    }
    ports.journal.append(Event(kind=EventKind.PLAN_MADE, at=ports.clock.now(), body=body))


def statements(ports: Ports, as_of: date, systems: Sequence[str] = ()) -> Iterator[str]:
    """Yield the SQL each task would run on its first chunk, values in place, each task under a comment."""
    with scene(ports, as_of) as opened:
        tasks = [task for task in opened.tasks if not systems or task.system in systems]
    for task in tasks:
        with ports.databases[task.system].rehearsal() as (session, said):
            match task:
                case RecordTask():
                    session.change_records(task.effect, limit=ports.workspace.settings.chunk)
                case PersonTask():
                    _rehearse(session, task, ports.workspace.settings.chunk)
                case CrowdTask():
                    session.measure(task.crowd)
            yield f"-- {task.name}\n" + ";\n".join(said)


def _rehearse(session: Session, task: PersonTask, size: int) -> None:
    chosen = session.new_list(task.root)
    session.choose(task, chosen, size=size)
    unit = Unit(fate=Fate.ARCHIVE if task.seals else Fate.END, chunk=0)
    session.lock(chosen, unit)
    session.recheck(task, chosen, unit, alone=True)
    pairs = taken(task)
    for effect in task.effects:
        match effect:
            case Keep():
                continue
            case Seal():
                if effect not in pairs.values():
                    list(session.read(effect, chosen, unit))
            case Erase() if effect in pairs:
                session.take(pairs[effect], effect, chosen, unit)
            case Cut() | Clear() | Anonymise() | Erase():
                session.perform(effect, chosen, unit)


def _count(
    opened: Scene, task: Task, joining: Joining, broken: list[Finding], tally: Tally | None
) -> PlannedTask:
    """Return *task* counted; add to *broken* the constraints it would break."""
    session = opened.sessions[task.system]
    if isinstance(task, CrowdTask):
        thin = PlannedEffect(verb="thin", table=task.table, rows=joining.too_few(session, task))
        return _planned(opened, task, None, (thin,) if thin.rows else ())
    if isinstance(task, RecordTask):
        rows = session.count_rows(Selection(table=task.table, where=task.due))
        joining.note(task, rows, None)
        return _planned(opened, task, None, (_described(task.effect, rows),))
    choice = opened.choose(task)
    if choice.people:
        broken += _broken(opened, task, choice)
    matter = [effect for effect in counted(task) if _matters(effect, choice)]
    if tally is None:
        counts = {effect: session.count(effect, choice.chosen) for effect in matter}
    else:
        each = {effect: session.count_each(effect, choice.chosen) for effect in matter}
        tally(opened, choice, each)
        counts = {effect: sum(rows.values()) for effect, rows in each.items()}
    effects = tuple(_described(effect, rows) for effect, rows in counts.items())
    if not joining.note(task, choice.people, choice.chosen):
        session.drop_list(choice.chosen)
    return _planned(opened, task, choice, tuple(effect for effect in effects if effect.rows))


def _broken(opened: Scene, task: PersonTask, choice: Choice) -> Iterator[Finding]:
    """Yield the conditions of the database that rows emptied by *task* would not meet."""
    session, layout = opened.sessions[task.system], opened.layouts[task.system]
    for effect in task.effects:
        if isinstance(effect, Cut | Clear):
            for says in session.refused(effect, choice.chosen):
                yield breaks(layout, effect.table, says)


def _matters(effect: Effect, choice: Choice) -> bool:
    return choice.people > 0 and (choice.archived > 0 or not isinstance(effect, Seal))


def _described(effect: Effect, rows: int) -> PlannedEffect:
    """Return *effect* as a plan file says it, with how many *rows* it concerns."""
    match effect:
        case Seal(columns=columns) | Cut(columns=columns):
            named = columns
        case Clear(clearings=clearings) | Anonymise(clearings=clearings):
            named = tuple(name for clearing in clearings for name in clearing.named)
        case Keep() | Erase():
            named = ()
    return PlannedEffect(verb=verb_of(effect), table=effect.table, rows=rows, columns=named)


def _planned(
    opened: Scene, task: Task, choice: Choice | None, effects: tuple[PlannedEffect, ...]
) -> PlannedTask:
    rules = rules_of(task)
    return PlannedTask(
        name=task.name,
        system=task.system,
        table=task.root if isinstance(task, PersonTask) else task.table,
        rules=rules,
        clauses=task.clauses,
        reasons=reasons(rules, opened.rules),
        people=choice.people if choice else 0,
        archived=choice.archived if choice else 0,
        spared=choice.spared if choice else Spared(),
        effects=effects,
        chosen=pack(choice.fates) if choice else "",
    )
