"""What an erasure would do, person by person and table by table, told while its plan is counted.

Source: GDPR 17(1), 17(3); law 5.5; policy C-RGT-10.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from tenu.datamap.identity import Identity, identity
from tenu.datamap.ways import Owned
from tenu.operations.choosing import Choice, Scene
from tenu.operations.subjects import Left, Subjects
from tenu.periods.period import Period
from tenu.plans.case_file import CaseFile
from tenu.plans.holding import Becomes, Holding, gathered
from tenu.plans.keeping import Keeping
from tenu.plans.requested import REQUESTED
from tenu.plans.selection import ALWAYS, Listed
from tenu.plans.signs import downward
from tenu.plans.task import Anonymise, Clear, Effect, Ending, Erase, Keep, PersonTask, Seal
from tenu.ports import Fate, Key, Ports, Session, Unit
from tenu.terms import IdentifierKind, Text

Counts = Mapping[Effect, Mapping[Key, int]]
_LEFT = {Left.RUNNING: Becomes.RUNNING, Left.HELD: Becomes.HELD}
_DAY = Period(days=1)
"""Any period: only the date itself is read."""


class Proposing:
    """Takes in what each task of a plan for requests would do; *identities*: what identifies each person in the databases."""

    def __init__(self) -> None:
        self._found: dict[str, list[Holding]] = defaultdict(list)
        self.identities: dict[str, list[Identity]] = defaultdict(list)

    def of(self, number: str) -> tuple[Holding, ...]:
        """Return what becomes of everything in the databases that is of one request."""
        return gathered(_shells(self._found[number]))

    def __call__(self, opened: Scene, choice: Choice, counts: Counts) -> None:
        """Take in one task, counted."""
        subjects, task = opened.subjects, choice.task
        assert subjects is not None  # noqa: S101 - a plan for requests has them
        mine = subjects.of((task.system, task.root))
        if not self.identities:
            for (number, _), standing in subjects.standings.items():
                self.identities[number] += standing.identities
        until = {key: self._archived(opened, subjects, task, key) for key in mine}
        by_law: dict[Effect, Mapping[Key, int]] = dict(
            _kept_by_law(opened, choice, [key for key in mine if key not in choice.left])
        )
        kept = self._kept_until(opened, task) if by_law else {}
        for effect, rows in {**counts, **by_law}.items():
            for key, count in rows.items():
                law = kept.get((effect.table, key))
                self._found[mine[key]].extend(_become(opened, task, effect, count, until[key], law))
        for key, why, table, count in _left_alone(opened, choice):
            holding = Holding(system=task.system, table=table, becomes=_LEFT[why], rows=count)
            self._found[mine[key]].append(holding)

    def _archived(self, opened: Scene, subjects: Subjects, task: PersonTask, key: Key) -> date | None:
        """Return the last day of the archive the rows of *key* go through, None when they go through none."""
        until = subjects.until(task, key) if task.seals else None
        return until if until and until > opened.rules.as_of else None

    def _kept_until(self, opened: Scene, task: PersonTask) -> Mapping[tuple[str, Key], tuple[str, date]]:
        """Return, by table and person, the period that keeps their rows longest, and its last day."""
        layout = opened.layouts[task.system]
        estate, rules = layout.estate(task.root), opened.rules
        keeping = Keeping(layout, estate, rules)
        asked: dict[Ending, list[tuple[str, str]]] = {}
        for owned in estate.owned:
            for period, ending in _dated(keeping, owned):
                asked.setdefault(ending, []).append((owned.table, period))
        people, session = layout.system.people[task.root], opened.sessions[task.system]
        found: dict[tuple[str, Key], tuple[str, date]] = {}
        listed = Listed(name=REQUESTED)
        for one, _ in session.judge(task.root, people, listed, (), list(asked)) if asked else ():
            for day, said in zip(one.ended, asked.values(), strict=True):
                for table, period in said if day is not None else ():
                    last = rules.kept_until(period, day) if day else date.min
                    known = found.get((table, one.key))
                    found[table, one.key] = max(
                        [(period, last), *([known] if known else [])], key=lambda x: x[1]
                    )
        return found


def _shells(found: Sequence[Holding]) -> Iterator[Holding]:
    """Yield *found*; what is emptied goes with the last of what a text keeps in its system, or is blank where none does."""
    kept: dict[str, list[date]] = {}
    for holding in found:
        if holding.becomes is Becomes.KEPT:
            kept.setdefault(holding.system, []).extend([holding.until] if holding.until else [])
    for holding in found:
        if holding.becomes is not Becomes.EMPTIED:
            yield holding
        elif holding.system in kept:
            yield replace(holding, until=max(kept[holding.system], default=None))
        else:
            yield replace(holding, becomes=Becomes.BLANK)


def in_archive(ports: Ports, file: CaseFile, identities: Iterable[Identity]) -> tuple[Holding, ...]:
    """Return what the archive holds of the person of *file* already, by system, ground and last day.

    Args:
        ports: The archive.
        file: What the person says of themselves.
        identities: What identifies them in the databases.
    """
    everybody = [identity(file.sought), *identities]
    if not ports.archive.recall({("asked",): everybody}):
        return ()
    wanted = {(IdentifierKind.CUSTOMER_REFERENCE, r) for one in everybody for r in one.references}
    wanted |= {(IdentifierKind.EMAIL, e) for one in everybody for e in one.emails}
    packages = {p.subject: p for kind, value in sorted(wanted) for p in ports.archive.search({kind: value})}
    return gathered(
        Holding(
            system=package.system,
            table=package.root,
            becomes=Becomes.IN_ARCHIVE,
            rows=package.rows,
            until=package.until,
            why=Text(fr=package.ground, en=package.ground),
        )
        for package in packages.values()
    )


def _dated(keeping: Keeping, owned: Owned) -> Iterator[tuple[str, Ending]]:
    for period, way, where, column in keeping.dated(owned.table):
        yield period, Ending(path=(*downward(owned), *way), where=where, column=column, lasts=_DAY)


def _become(
    opened: Scene,
    task: PersonTask,
    effect: Effect,
    rows: int,
    archived: date | None,
    kept: tuple[str, date] | None,
) -> Iterator[Holding]:
    """Yield what *effect* makes of *rows* of one person."""
    told = partial(Holding, system=task.system, table=effect.table, rows=rows)
    sealed = archived is not None and any(
        isinstance(e, Seal) and e.table == effect.table for e in task.effects
    )
    match effect:
        case Keep():
            period = opened.rules.legal_periods[kept[0]] if kept else None
            yield told(
                becomes=Becomes.KEPT,
                until=kept[1] if kept else None,
                text=period.text if period else "",
                why=period.label if period else None,
            )
        case Seal() if archived is not None:
            yield told(becomes=Becomes.ARCHIVED, until=archived, why=_ground(opened, task))
        case Erase() if not sealed:
            yield told(becomes=Becomes.ERASED)
        case Anonymise():
            yield told(becomes=Becomes.ANONYMISED)
        case Clear():
            if any(isinstance(e, Erase) and e.table == effect.table for e in task.effects):
                yield told(becomes=Becomes.EMPTIED)
            else:
                yield told(becomes=Becomes.COLUMNS)
        case _:
            return


def _ground(opened: Scene, task: PersonTask) -> Text | None:
    """Return why the archive of *task* exists, in the policy's words."""
    by_id = {rule.id: rule for rule in opened.rules.rules}
    archives = (by_id[rule].archive for rule in task.rules)
    grounds = list(dict.fromkeys(archive.ground for archive in archives if archive is not None))
    return grounds[0] if grounds else None


def _kept_by_law(
    opened: Scene, choice: Choice, people: Sequence[Key]
) -> Iterator[tuple[Keep, Mapping[Key, int]]]:
    """Yield what a text keeps of *people*, also of those *choice* has nothing else to do for."""
    keeps = [effect for effect in choice.task.effects if isinstance(effect, Keep)]
    if keeps and people:
        with _listed(opened, choice.task, people) as (session, chosen):
            for effect in keeps:
                if rows := session.count_each(effect, chosen):
                    yield effect, rows


def _left_alone(opened: Scene, choice: Choice) -> Iterator[tuple[Key, Left, str, int]]:
    """Yield the rows *choice* leaves alone, by person and table, and why."""
    if not choice.left:
        return
    with _listed(opened, choice.task, choice.left) as (session, chosen):
        for effect in choice.task.effects:
            if isinstance(effect, Erase | Anonymise):
                everything = Keep(table=effect.table, path=effect.path, where=ALWAYS)
                for key, count in session.count_each(everything, chosen).items():
                    yield key, choice.left[key], effect.table, count


@contextmanager
def _listed(opened: Scene, task: PersonTask, people: Iterable[Key]) -> Iterator[tuple[Session, Any]]:
    """Yield the session of the system of *task*, and a list of *people* in it, dropped afterwards."""
    session, unit = opened.sessions[task.system], Unit(fate=Fate.END, chunk=0)
    chosen = session.new_list(task.root)
    session.fill(chosen, ((key, unit, None) for key in sorted(people, key=str)))
    yield session, chosen
    session.drop_list(chosen)
