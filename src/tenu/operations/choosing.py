"""Who a task is about: due here, not alive elsewhere, not on hold, not in doubt. Shared by plan, apply and attest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenu.datamap.layout import Layout, lay_out
from tenu.law.ceilings import effective_active
from tenu.operations.linking import Node, Verdict, latest, link, places_of
from tenu.plans.plan import ARCHIVED, ENDED, Fingerprints, PlannedFate, Spared, digest_of
from tenu.plans.retention import held_here, retention_tasks
from tenu.plans.rulebook import Rulebook, rulebook
from tenu.plans.selection import NEVER
from tenu.plans.task import PersonTask, Task
from tenu.ports import Fate, Found, Key, Ports, Session, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The people one task is about.

    *chosen*: their list, in the session of the task's system. *fates*: by fingerprint. *rows*: their rows in other
    systems, to be looked at again under lock. *alone*: this database alone knows everything about them.
    """

    task: PersonTask
    chosen: Any
    fates: Mapping[bytes, PlannedFate]
    spared: Spared
    rows: Mapping[Key, tuple[Node, ...]]
    alone: bool

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
    """Every database open, the durations of the day, and what they ask of each system."""

    ports: Ports
    rules: Rulebook
    layouts: Mapping[str, Layout]
    tasks: tuple[Task, ...]
    sessions: Mapping[str, Session]

    def choose(self, task: PersonTask, planned: Mapping[bytes, PlannedFate] | None = None, first: int = 0) -> Choice:
        """Return the people of *task*; with *planned*, only those a plan already named, with the fate it gave them.

        Args:
            task: One of the scene's tasks.
            planned: Fates by fingerprint, from a plan.
            first: Number of the first chunk.
        """
        session = self.sessions[task.system]
        chosen = session.new_list(task.root)
        session.choose(task, chosen, size=self.ports.workspace.settings.chunk, first=first)
        if self._is_alone(task):
            return self._alone(task, session, chosen, planned)
        return self._linked(task, session, chosen, planned, first)

    def release(self) -> None:
        """End the read transactions, so that nobody ever waits for tenu between two steps."""
        for session in self.sessions.values():
            session.commit()

    def schemas(self) -> dict[str, str]:
        """Return the digest of each live schema."""
        return {name: digest_of(layout.catalog.shape()) for name, layout in self.layouts.items()}

    def verdicts(self, task: PersonTask, found: list[Found]) -> dict[Key, Verdict]:
        """Return what every system, and the archive, knows of the people *found* for the rules of *task*."""
        places = places_of(self.layouts, self.sessions, task.role)
        start = (task.system, task.root)
        verdicts = link(start, found, places, self.rules, task.rules)
        if task.seals:
            recalled = self.ports.archive.recall({key: v.identities for key, v in verdicts.items()})
            for key, until in recalled.items():
                verdicts[key].until = latest([verdicts[key].until, until])
        return verdicts

    def _is_alone(self, task: PersonTask) -> bool:
        """Return whether one table knows everything: no other people table of the role, no duplicates, one archive."""
        places = places_of(self.layouts, self.sessions, task.role)
        people = self.layouts[task.system].system.people[task.root]
        sealing = [t for t in self.tasks if isinstance(t, PersonTask) and t.role == task.role and t.seals]
        return len(places) == 1 and not people.duplicates and len(sealing) <= 1

    def _alone(
        self, task: PersonTask, session: Session, chosen: Any, planned: Mapping[bytes, PlannedFate] | None
    ) -> Choice:
        prints, place = Fingerprints(self.ports.key), f"{task.system}.{task.root}"
        fates: dict[bytes, PlannedFate] = {}
        newcomers = []
        for person in session.keys(chosen):
            fingerprint = prints.of(place, person.key)
            if planned is not None and fingerprint not in planned:
                newcomers.append(person.key)
            else:
                fates[fingerprint] = ARCHIVED if person.fate is Fate.ARCHIVE else ENDED
        session.spare(chosen, newcomers)
        return Choice(task=task, chosen=chosen, fates=fates, spared=Spared(), rows={}, alone=True)

    def _linked(
        self,
        task: PersonTask,
        session: Session,
        chosen: Any,
        planned: Mapping[bytes, PlannedFate] | None,
        first: int,
    ) -> Choice:
        prints, place = Fingerprints(self.ports.key), f"{task.system}.{task.root}"
        fates = {person.key: person.fate for person in session.keys(chosen)}
        people = self.layouts[task.system].system.people[task.root]
        found = [p for p in session.identities(chosen, people) if planned is None or prints.of(place, p.key) in planned]
        verdicts = self.verdicts(task, found)
        session.drop_list(chosen)
        stay = {key: v for key, v in verdicts.items() if not (v.alive or v.held or v.ambiguous)}
        decided = {
            key: planned[prints.of(place, key)] if planned else self._fate(task, fates[key], verdict)
            for key, verdict in stay.items()
        }
        survivors = session.new_list(task.root)
        session.fill(survivors, _in_chunks(decided, self.ports.workspace.settings.chunk, first))
        return Choice(
            task=task,
            chosen=survivors,
            fates={prints.of(place, key): fate for key, fate in decided.items()},
            spared=_spared(verdicts),
            rows={key: tuple(node for node in v.rows if node[0] != (task.system, task.root)) for key, v in stay.items()},
            alone=False,
        )

    def _fate(self, task: PersonTask, here: Fate, verdict: Verdict) -> PlannedFate:
        if not task.seals:
            return ENDED
        if verdict.until is not None and verdict.until > self.rules.as_of:
            return verdict.until.toordinal()
        return ARCHIVED if here is Fate.ARCHIVE else ENDED


@contextmanager
def scene(ports: Ports, as_of: date, *, writing: str | None = None) -> Iterator[Scene]:
    """Open every database and yield the scene of *as_of*; people on hold anywhere are left alone everywhere.

    Args:
        ports: What may be touched.
        as_of: Civil day, in the controller's time zone.
        writing: The one system that will be changed, if any.

    Raises:
        UnreachableError: When a system does not answer: nobody can be called inactive without asking it.
    """
    layouts = {name: lay_out(db.system, db.catalog()) for name, db in ports.databases.items()}
    policy = ports.workspace.policy
    active = {rule.id: effective_active(rule, policy, as_of) for rule in policy.retention.rules}
    rules = rulebook(policy, active, as_of)
    with ExitStack() as stack:
        sessions = {
            name: stack.enter_context(db.session(writing=name == writing)) for name, db in ports.databases.items()
        }
        opened = Scene(
            ports=ports,
            rules=rules,
            layouts=layouts,
            tasks=retention_tasks(layouts.values(), rules),
            sessions=sessions,
        )
        _hold(opened)
        opened.release()
        yield opened


def _hold(opened: Scene) -> None:
    """Tell every session whom nothing may change: people on hold in any system, and whoever may be the same person."""
    held: dict[tuple[str, str], set[Key]] = {}
    for layout in opened.layouts.values():
        for estate in layout.estates:
            condition = held_here(layout, estate)
            if condition == NEVER:
                continue
            start = (layout.system.system, estate.root)
            people = layout.system.people[estate.root]
            found = list(opened.sessions[start[0]].select_people(estate.root, people, condition))
            places = places_of(opened.layouts, opened.sessions, people.role)
            for verdict in link(start, found, places, opened.rules, ()).values():
                for place, key in verdict.rows:
                    held.setdefault(place, set()).add(key)
    for (system, root), keys in held.items():
        opened.sessions[system].hold(root, sorted(keys))


def _in_chunks(
    decided: Mapping[Key, PlannedFate], size: int, first: int
) -> Iterator[tuple[Key, Unit, date | None]]:
    """Yield people by fate then key, so that chunks are locked in the same order by everyone."""
    numbers = {Fate.ARCHIVE: 0, Fate.END: 0}
    for key in sorted(decided):
        fate = Fate.END if decided[key] == ENDED else Fate.ARCHIVE
        until = date.fromordinal(decided[key]) if decided[key] > ARCHIVED else None
        yield key, Unit(fate=fate, chunk=first + numbers[fate] // size), until
        numbers[fate] += 1


def _spared(verdicts: Mapping[Key, Verdict]) -> Spared:
    held = sum(1 for v in verdicts.values() if v.held)
    alive = sum(1 for v in verdicts.values() if v.alive and not v.held)
    ambiguous = sum(1 for v in verdicts.values() if v.ambiguous and not v.alive and not v.held)
    return Spared(alive_elsewhere=alive, held=held, ambiguous=ambiguous)
