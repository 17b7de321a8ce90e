"""Who a task is about: due here, not alive elsewhere, not on hold, not in doubt. Shared by plan, apply and attest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tenu.datamap.layout import Estate, Layout, lay_out
from tenu.operations.entangled import entangled
from tenu.operations.linking import Verdict, latest, link, places_of
from tenu.operations.recalling import Recalled, held_again, recall
from tenu.operations.subjects import Left, Subjects, subjects_of
from tenu.plans.again import done_again
from tenu.plans.plan import (
    ARCHIVED,
    ENDED,
    Cause,
    Fingerprints,
    PlannedFate,
    Replay,
    Requests,
    Spared,
    digest_of,
)
from tenu.plans.requested import requested
from tenu.plans.residue import Gone
from tenu.plans.retention import retention_tasks
from tenu.plans.rulebook import Rulebook, rules_on
from tenu.plans.selection import NEVER, Listed, any_of
from tenu.plans.signs import held_here
from tenu.plans.task import PersonTask, Task
from tenu.ports import Fate, Found, Key, PlaceName, Ports, Session, Unit

REMEMBERED = "remembered"
"""The list of people only the ledger still holds, since a restore."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """When the other systems were last asked about people, and who must be left alone since."""

    asked_at: datetime | None = None
    stays: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The people one task is about.

    *chosen*: their list, in the session of the task's system. *fates*: by fingerprint. *alone*: this database alone
    knows everything about them. *watch*: what the other systems said of them last. *left*: those who ask to be erased and
    are left alone for now, and why.
    """

    task: PersonTask
    chosen: Any
    fates: Mapping[bytes, PlannedFate]
    spared: Spared
    alone: bool
    watch: Watch = field(default_factory=Watch)
    left: Mapping[Key, Left] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """Return how many people are chosen."""
        return len(self.fates)

    @property
    def archived(self) -> int:
        """Return how many of them go through the archive first."""
        return sum(1 for fate in self.fates.values() if fate != ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Every database open, the durations of the day, and what they ask of each system. *subjects*: who asks, if somebody does."""

    ports: Ports
    rules: Rulebook
    layouts: Mapping[str, Layout]
    tasks: tuple[Task, ...]
    sessions: Mapping[str, Session]
    recalled: Recalled
    gone: Gone
    subjects: Subjects | None = None

    def who(self, choice: Choice, unit: Unit) -> list[Found]:
        """Return who is in one chunk of *choice*, with what identifies them."""
        people = self.layouts[choice.task.system].system.people[choice.task.root]
        return list(self.sessions[choice.task.system].identities(choice.chosen, people, unit))

    def choose(self, task: PersonTask, planned: Mapping[bytes, PlannedFate] | None = None) -> Choice:
        """Return the people of *task*; with *planned*, only those a plan already named, with the fate it gave them.

        What other systems say of planned people is asked while the chunks are done: see ``back_elsewhere``.

        Args:
            task: One of the scene's tasks.
            planned: Fates by fingerprint, from a plan.
        """
        session = self.sessions[task.system]
        chosen = session.new_list(task.root)
        session.choose(task, chosen, size=self.ports.workspace.settings.chunk)
        if self.subjects is not None:
            return self._requested(task, self.subjects, session, chosen, planned)
        if self._is_alone(task):
            return self._alone(task, session, chosen, planned)
        return (
            self._linked(task, session, chosen)
            if planned is None
            else self._planned(task, session, chosen, planned)
        )

    def back_elsewhere(self, choice: Choice, unit: Unit, keys: Sequence[Key]) -> list[Key]:
        """Return those of *keys*, locked by now, who since the plan show life, a hold or a doubt in any system.

        Looking somebody up by identifier reads the other systems' people tables: everybody still waiting is asked
        about at once, and again when the answer is older than the setting ``look_again_seconds``.
        """
        patience = self.ports.workspace.settings.look_again_seconds
        if choice.alone:
            return []
        if not patience:
            return self._staying(choice, unit)
        watch, now = choice.watch, self.ports.clock.now()
        if watch.asked_at is None or (now - watch.asked_at).total_seconds() >= patience:
            watch.stays, watch.asked_at = frozenset(self._staying(choice, None)), now
        return [key for key in keys if key in watch.stays]

    def _staying(self, choice: Choice, unit: Unit | None) -> list[Key]:
        """Return the people of *choice*, or of one of its chunks, whom some system says to leave alone now."""
        task = choice.task
        if self.subjects is not None:
            self.subjects.ask(self)
            mine = self.subjects.of((task.system, task.root))
            return [key for key in mine if self.subjects.left(task, key, self.rules.rules)]
        people = self.layouts[task.system].system.people[task.root]
        verdicts = self.verdicts(
            task, list(self.sessions[task.system].identities(choice.chosen, people, unit))
        )
        for name, session in self.sessions.items():
            if name != task.system:
                session.commit()
        return [key for key, verdict in verdicts.items() if verdict.stays]

    def release(self) -> None:
        """End the read transactions, so that nobody ever waits for tenu between two steps."""
        for session in self.sessions.values():
            session.commit()

    def schemas(self) -> dict[str, str]:
        """Return the digest of each live schema."""
        return {name: digest_of(layout.catalog.shape()) for name, layout in self.layouts.items()}

    def verdicts(self, task: PersonTask, found: list[Found]) -> dict[Key, Verdict]:
        """Return what every system, and the archive, knows of the people *found* for the rules of *task*."""
        if not found:
            return {}
        places = places_of(self.layouts, self.sessions, task.role)
        start = (task.system, task.root)
        verdicts = link(start, found, places, self.rules, task.rules)
        if task.seals:
            recalled = self.ports.archive.recall({key: v.identities for key, v in verdicts.items()})
            for key, until in recalled.items():
                verdicts[key].until = latest([verdicts[key].until, until])
        return verdicts

    def _is_alone(self, task: PersonTask) -> bool:
        """Return whether one table knows everything: no other people table of the role, no duplicates, one archive.

        When the ledger says who, nobody else is asked.
        """
        if task.again:
            return True
        places = places_of(self.layouts, self.sessions, task.role)
        people = self.layouts[task.system].system.people[task.root]
        sealing = [t for t in self.tasks if isinstance(t, PersonTask) and t.role == task.role and t.seals]
        distinct = not people.duplicates and people.merged_into is None
        return len(places) == 1 and distinct and len(sealing) <= 1

    def _alone(
        self, task: PersonTask, session: Session, chosen: Any, planned: Mapping[bytes, PlannedFate] | None
    ) -> Choice:
        prints = self._fingerprints(task)
        fates: dict[bytes, PlannedFate] = {}
        newcomers = []
        for key, fate in session.keys(chosen):
            fingerprint = prints.of(key)
            if planned is not None and fingerprint not in planned:
                newcomers.append(key)
            else:
                fates[fingerprint] = ARCHIVED if fate is Fate.ARCHIVE else ENDED
        session.spare(chosen, newcomers)
        spared = self.recalled.spared(task.name)
        return Choice(task=task, chosen=chosen, fates=fates, spared=spared, alone=True)

    def _requested(
        self,
        task: PersonTask,
        subjects: Subjects,
        session: Session,
        due: Any,
        planned: Mapping[bytes, PlannedFate] | None,
    ) -> Choice:
        """Return those who ask, but whoever a hold or a contract under way leaves alone; *due* is what their own rows say."""
        prints, decided = self._fingerprints(task), dict[Key, PlannedFate]()
        mine = subjects.of((task.system, task.root))
        left = {key: why for key in mine if (why := subjects.left(task, key, self.rules.rules))}
        for key, _ in session.keys(due):
            if planned is not None and prints.of(key) in planned:
                decided[key] = planned[prints.of(key)]
            elif planned is None and key not in left:
                until = subjects.until(task, key) if task.seals else None
                decided[key] = until.toordinal() if until and until > self.rules.as_of else ENDED
        held = sum(why is Left.HELD for why in left.values())
        spared = Spared(alive_elsewhere=len(left) - held, held=held)
        return replace(self._decided(task, session, due, decided, spared), left=left)

    def _linked(self, task: PersonTask, session: Session, chosen: Any) -> Choice:
        fates = dict(session.keys(chosen))
        people = self.layouts[task.system].system.people[task.root]
        verdicts = self.verdicts(task, list(session.identities(chosen, people)))
        decided = {
            k: self._fate(task, fates[k], verdict) for k, verdict in verdicts.items() if not verdict.stays
        }
        return self._decided(task, session, chosen, decided, _spared(verdicts))

    def _planned(
        self, task: PersonTask, session: Session, chosen: Any, planned: Mapping[bytes, PlannedFate]
    ) -> Choice:
        prints = self._fingerprints(task)
        named = ((key, prints.of(key)) for key, _ in session.keys(chosen))
        decided = {key: planned[fingerprint] for key, fingerprint in named if fingerprint in planned}
        return self._decided(task, session, chosen, decided, Spared())

    def _decided(
        self, task: PersonTask, session: Session, due: Any, decided: Mapping[Key, PlannedFate], spared: Spared
    ) -> Choice:
        prints = self._fingerprints(task)
        session.drop_list(due)
        chosen = session.new_list(task.root)
        session.fill(chosen, _in_chunks(decided, self.ports.workspace.settings.chunk))
        fates = {prints.of(key): fate for key, fate in decided.items()}
        return Choice(task=task, chosen=chosen, fates=fates, spared=spared, alone=False)

    def _fingerprints(self, task: PersonTask) -> Fingerprints:
        return Fingerprints(self.ports.key, f"{task.system}.{task.root}")

    def _fate(self, task: PersonTask, here: Fate, verdict: Verdict) -> PlannedFate:
        if not task.seals:
            return ENDED
        if verdict.until is not None and verdict.until > self.rules.as_of:
            return verdict.until.toordinal()
        return ARCHIVED if here is Fate.ARCHIVE else ENDED


@contextmanager
def scene(
    ports: Ports,
    as_of: date,
    *,
    writing: str | None = None,
    cause: Cause | None = None,
    gone: Gone | None = None,
    choosing: bool = True,
) -> Iterator[Scene]:
    """Open every database and yield the scene of *as_of*; people on hold anywhere are left alone everywhere.

    Args:
        ports: What may be touched.
        as_of: Civil day, in the controller's time zone.
        writing: The one system that will be changed, if any.
        cause: Do again what the ledger tells, or what people ask, instead of what the day asks.
        gone: Remembers who is erased, for the search that follows.
        choosing: Whether anybody is to be chosen for the first time; when not, people on hold are not looked for.

    Raises:
        UnreachableError: When a system does not answer: nobody can be called inactive without asking it.
    """
    layouts = {name: lay_out(db.system, db.catalog()) for name, db in ports.databases.items()}
    rules = rules_on(ports.workspace.policy, as_of)
    with ExitStack() as stack:
        sessions = {
            name: stack.enter_context(db.session(writing=name == writing))
            for name, db in ports.databases.items()
        }
        tasks, recalled = retention_tasks(layouts.values(), rules), Recalled()
        subjects = None
        match cause:
            case Replay():
                layout, session = layouts[cause.system], sessions[cause.system]
                recalled = recall(ports, layout, session, tasks, rules, cause)
                tasks = tuple(done_again(tasks, cause.system, recalled.tasks))
                for task in tasks:
                    if isinstance(task, PersonTask):
                        session.enlist(task.name, task.root, sorted(recalled.again.get(task.name, ())))
            case Requests():
                subjects = subjects_of(ports, cause.requests, layouts)
                tasks = tuple(requested(tasks, subjects.places))
                subjects.enlist(sessions)
            case None:
                pass
        opened = Scene(
            ports=ports,
            rules=rules,
            layouts=layouts,
            tasks=tasks,
            sessions=sessions,
            recalled=recalled,
            gone=gone or Gone(),
            subjects=subjects,
        )
        if choosing:
            _hold(opened, replaying=isinstance(cause, Replay))
        if subjects is not None:
            subjects.ask(opened)
        opened.release()
        yield opened


def _hold(opened: Scene, *, replaying: bool) -> None:
    """Tell every session whom nothing may change: people on hold in any system, and whoever may be the same person.

    Their other rows are found again each time, so that one that appeared since the hold is held too; and so is
    whoever's rows theirs point at. Whom a restored database forgot to hold, the ledger still does.
    """
    held: dict[PlaceName, set[Key]] = {}
    remembered = dict(held_again(opened.ports, opened.layouts, opened.sessions, replaying=replaying))
    for (system, root), keys in remembered.items():
        opened.sessions[system].enlist(REMEMBERED, root, sorted(keys))
    for layout in opened.layouts.values():
        for estate in layout.estates:
            start = (layout.system.system, estate.root)
            people = layout.system.people[estate.root]
            found = list(_on_hold(opened, layout, estate, remembered=start in remembered))
            if not found:
                continue
            places = places_of(opened.layouts, opened.sessions, people.role)
            for verdict in link(start, found, places, opened.rules, ()).values():
                for place, key in verdict.rows:
                    held.setdefault(place, set()).add(key)
    for place, tied in entangled(opened.layouts, opened.sessions, held).items():
        held.setdefault(place, set()).update(tied)
    for (system, root), everybody in held.items():
        opened.sessions[system].enlist("held", root, sorted(everybody))


def _on_hold(opened: Scene, layout: Layout, estate: Estate, *, remembered: bool) -> Iterator[Found]:
    """Yield the people a hold of the register, a row of their own, or the ledger alone puts on hold everywhere."""
    session, people = opened.sessions[layout.system.system], layout.system.people[estate.root]
    yield from session.on_hold(estate.root, people)
    by_ledger = Listed(name=REMEMBERED) if remembered else NEVER
    condition = any_of([held_here(layout, estate, opened.rules.as_of), by_ledger])
    if condition != NEVER:
        yield from session.select_people(estate.root, people, condition)


def _in_chunks(decided: Mapping[Key, PlannedFate], size: int) -> Iterator[tuple[Key, Unit, date | None]]:
    """Yield people by fate then key, so that chunks are locked in the same order by everyone."""
    numbers = {Fate.ARCHIVE: 0, Fate.END: 0}
    for key in sorted(decided):
        fate = Fate.END if decided[key] == ENDED else Fate.ARCHIVE
        until = date.fromordinal(decided[key]) if decided[key] > ARCHIVED else None
        yield key, Unit(fate=fate, chunk=numbers[fate] // size), until
        numbers[fate] += 1


def _spared(verdicts: Mapping[Key, Verdict]) -> Spared:
    held = sum(1 for v in verdicts.values() if v.held)
    alive = sum(1 for v in verdicts.values() if v.alive and not v.held)
    ambiguous = sum(1 for v in verdicts.values() if v.ambiguous and not v.alive and not v.held)
    return Spared(alive_elsewhere=alive, held=held, ambiguous=ambiguous)
