"""The work of a run: system after system, task after task, chunk after chunk, at the pace the pacer gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TypeVar

from tenu.operations.anonymity import make_vaguer
from tenu.operations.bounding import Budget
from tenu.operations.choosing import Choice, Scene, scene
from tenu.operations.chunk import do_chunk
from tenu.operations.erasing_files import erase_files
from tenu.operations.evidence import catch_up
from tenu.operations.pacer import Pacer, StoppedError
from tenu.operations.plan import Progress
from tenu.operations.remembering import portion_of
from tenu.operations.sampling import Taking, of_picked, pick
from tenu.plans.anonymity import Measure
from tenu.plans.erasures import Act
from tenu.plans.overlapping import left_over
from tenu.plans.pacing import Pace
from tenu.plans.plan import Plan, PlannedFate, PlannedTask, unpack, verb_of
from tenu.plans.residue import Gone
from tenu.plans.rulebook import rules_on
from tenu.plans.run import Taken
from tenu.plans.task import CrowdTask, PersonTask, RecordTask, Task
from tenu.ports import BusyError, Fate, Line, Noted, Ports, Session, Unit

RECORDS_AT_ONCE = 40_000
FIRST_RECORDS = 1_000
TRIES = 3
Done = TypeVar("Done")


@dataclass(slots=True, kw_only=True)
class Work:
    """One run under way. *picked*: the people of its sample, by ``system.table``; everybody when None.

    *digest*: the plan's, said once: it is a hash of everybody in it. *gone*: the people it erases, until they are searched for.
    *spared*: people left, by reason. *waiting*: the systems where somebody held records of their own term. *taken*: the rows a sample changed. *done*: records of people and rows so far.
    """

    ports: Ports
    plan: Plan
    digest: str
    pacer: Pacer
    progress: Progress
    picked: Mapping[str, frozenset[bytes]] | None
    gone: Gone
    spared: Counter[str] = field(default_factory=Counter)
    waiting: set[str] = field(default_factory=set)
    taken: list[Taken] = field(default_factory=list)
    measured: dict[str, Measure] = field(default_factory=dict)
    done: int = 0

    @property
    def is_sample(self) -> bool:
        """Return whether only a few people are to be done."""
        return self.picked is not None

    @property
    def total(self) -> int:
        """Return how many records of people and rows there are to do."""
        return max(1, self.plan.people + self.plan.rows)

    def fates(self, planned: PlannedTask) -> Mapping[bytes, PlannedFate]:
        """Return the fates the plan gave, of the people of the sample only when there is one."""
        fates = unpack(planned.chosen)
        if self.picked is None:
            return fates
        mine = self.picked[f"{planned.system}.{planned.table}"]
        return {fingerprint: fate for fingerprint, fate in fates.items() if fingerprint in mine}


def work(run: Work) -> None:
    """Do every task of the plan, or as much of it as the pacer and the sample allow.

    Raises:
        StoppedError: The run stops between two chunks.
        LimitError: A chunk would change more rows than the plan counted.
    """
    for name in run.ports.databases:
        planned = {task.name: task for task in run.plan.tasks if task.system == name and not task.is_empty}
        if not planned:
            continue
        with scene(run.ports, run.plan.as_of, writing=name, cause=run.plan.cause, gone=run.gone) as opened:
            if run.picked is not None:
                _pick(run, opened, name, planned)
            for task in opened.tasks:
                if task.system == name and (task.name in planned or isinstance(task, CrowdTask)):
                    with _journaled(run, opened, name):
                        _do_any(run, opened, task, planned.get(task.name))
    if run.picked is not None:
        raise StoppedError("sample")
    if run.plan.files:
        _do_files(run)


def _do_files(run: Work) -> None:
    def told(done: int) -> None:
        run.done += done
        run.progress("", min(run.done, run.total), run.total)

    rules = rules_on(run.ports.workspace.policy, run.plan.as_of)
    run.spared += erase_files(run.ports, run.plan, run.digest, rules, run.pacer, told)


def _do_any(run: Work, opened: Scene, task: Task, planned: PlannedTask | None) -> None:
    """Do one task; what only guards anonymity is done whatever the plan counted, once nothing else is left to do."""
    if isinstance(task, CrowdTask):
        if not run.is_sample:
            run.pacer.may_go_on(task.system)
            run.measured[task.name] = make_vaguer(opened.sessions[task.system], task, run.digest)
    elif planned is not None:
        _do(run, opened, task, planned)


def _pick(run: Work, opened: Scene, system: str, planned: Mapping[str, PlannedTask]) -> None:
    """List the people of the sample before anything is done: their records come first."""
    session = opened.sessions[system]
    tasks = [task for task in opened.tasks if isinstance(task, PersonTask) and task.name in planned]
    choices = [opened.choose(task, run.fates(planned[task.name])) for task in tasks]
    pick(session, [(one.task.root, list(session.keys(one.chosen))) for one in choices])
    for one in choices:
        session.drop_list(one.chosen)
    opened.release()


@contextmanager
def _journaled(run: Work, opened: Scene, system: str) -> Iterator[None]:
    """Write to the journal what was done inside, also when the run stops there."""
    try:
        yield
    except StoppedError:
        _catch_up(run, opened.sessions[system], system)
        raise
    _catch_up(run, opened.sessions[system], system)


def _catch_up(run: Work, session: Session, system: str) -> None:
    with session.transaction():
        catch_up(run.ports, system, session.noted(run.digest), run.digest)


def _do(run: Work, opened: Scene, task: PersonTask | RecordTask, planned: PlannedTask) -> None:
    run.progress(task.name, run.done, run.total)
    session, before = opened.sessions[task.system], run.done
    if isinstance(task, RecordTask):
        if run.picked is not None:
            task = of_picked(task)
            keys = session.record_keys(task.effect)
            session.commit()
            verb, place = verb_of(task.effect), (task.system, task.table)
            run.taken.extend(Taken(system=place[0], table=place[1], verb=verb, key=key) for key in keys)
        busy = _do_records(run, session, task, planned)
        run.spared["busy"] += busy
        if busy:
            run.waiting.add(task.system)
    else:
        _do_people(run, opened, task, planned)
    run.done = before + planned.people + planned.rows


def _do_people(run: Work, opened: Scene, task: PersonTask, planned: PlannedTask) -> None:
    session = opened.sessions[task.system]
    choice = opened.choose(task, run.fates(planned))
    units = _Units(run, opened, choice, planned)
    opened.release()
    busy = 0
    for unit, people in units.paced():
        try:
            taking = Taking(session, choice, unit) if run.picked is not None else None
            _insist(partial(do_chunk, opened, choice, unit, run.digest, units.budget))
            run.taken.extend(taking.kept() if taking else ())
        except BusyError:
            busy += people
        run.done += people + planned.rows * people // max(1, planned.people)
        run.progress(task.name, min(run.done, run.total), run.total)
    if run.picked is None:
        done = sum(people_of(_noted(session, task, run.digest)).values())
        run.spared["came_back"] += planned.people - done - busy
    run.spared["busy"] += busy
    session.commit()


class _Units:
    """The chunks of one choice, cut to the size the pacer says."""

    def __init__(self, run: Work, opened: Scene, choice: Choice, planned: PlannedTask) -> None:
        self._run, self._choice = run, choice
        self._session = opened.sessions[choice.task.system]
        self._most = run.ports.workspace.settings.chunk
        self._pace = Pace()
        self._whole = self._session.units(choice.chosen)
        self.budget = Budget(run.plan.limits, planned, self._beyond())

    def paced(self) -> Iterator[tuple[Unit, int]]:
        """Yield chunks and how many people each holds; each is timed while it is done.

        A chunk the pace finds too large gives away its first people under a new number, below those it has: receipts
        number what is committed by themselves.
        """
        pacer, system = self._run.pacer, self._choice.task.system
        numbers = count(-1, -1)
        for whole, people in self._whole:
            waiting = people
            while waiting > 0:
                pacer.may_go_on(system)
                size = min(waiting, pacer.size(self._pace, self._most))
                unit = whole if size == waiting else self._apart(whole, size, next(numbers))
                with pacer.timed(self._pace, self._session, system, count=size, most=self._most):
                    yield unit, size
                waiting -= size

    def _beyond(self) -> Counter[tuple[str, str]]:
        """Return how many rows, by verb and table, the plan counted as records that somebody held when their turn came."""
        found: Counter[tuple[str, str]] = Counter()
        task = self._choice.task
        for effect in left_over(task) if task.system in self._run.waiting else ():
            found[verb_of(effect), effect.table] += self._session.count(effect, self._choice.chosen)
        return found

    def _apart(self, unit: Unit, people: int, chunk: int) -> Unit:
        found = self._session.set_apart(self._choice.chosen, unit, people=people, chunk=chunk)
        self._session.commit()
        return found


def _insist(step: Callable[[], Done]) -> Done:
    """Do *step*, again when somebody else held its rows."""
    for _ in range(TRIES - 1):
        try:
            return step()
        except BusyError:
            continue
    return step()


def _do_records(run: Work, session: Session, task: RecordTask, planned: PlannedTask) -> int:
    """Change records past their own limit, a batch per transaction, never more than were planned; return how many wait."""
    pace, pacer = Pace(first=FIRST_RECORDS), run.pacer
    try:
        rows = 1
        while rows:
            pacer.may_go_on(task.system)
            size = pacer.size(pace, RECORDS_AT_ONCE)
            with pacer.timed(pace, session, task.system, count=size, most=RECORDS_AT_ONCE):
                rows = _insist(partial(_change_batch, run, session, task, planned, size))
            run.done += rows
            run.progress(task.name, min(run.done, run.total), run.total)
    except BusyError:
        return planned.rows - sum(n.line.rows for n in _noted(session, task, run.digest))
    return 0


def _change_batch(run: Work, session: Session, task: RecordTask, planned: PlannedTask, size: int) -> int:
    """Change one batch; the ledger is told of it, and of nobody: the same limit finds the same records again."""
    ports, digest = run.ports, run.digest
    with session.transaction():
        so_far, chunk = session.so_far(digest, task.name)
        left = planned.rows - sum(so_far.values())
        if left <= 0:
            return 0
        unit = Unit(fate=Fate.END, chunk=chunk)
        intent = portion_of(task.system, task.name, digest, unit)
        ports.ledger.write(ports.clock.now(), Act.INTENT, intent)
        rows = session.change_records(task.effect, limit=min(left, size))
        if rows:
            line = Line(verb=verb_of(task.effect), table=task.table, rows=rows, people=0)
            session.note(digest, task.name, unit, [line])
    ports.ledger.settle(ports.clock.now(), intent, done=rows > 0)
    return rows


def _noted(session: Session, task: Task, run: str) -> list[Noted]:
    return [noted for noted in session.noted(run) if noted.task == task.name]


def people_of(noted: list[Noted]) -> Counter[Fate]:
    """Return how many people were done, by fate: every line of a unit repeats its number, so one of them counts."""
    units = {(n.task, n.unit): n.line.people for n in noted}
    people: Counter[Fate] = Counter()
    for (_, unit), number in units.items():
        people[unit.fate] += number
    return people
