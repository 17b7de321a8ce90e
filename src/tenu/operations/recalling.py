"""Whom a restored database brings back: every row of its people tables, read once, asked of the ledger.

Source: GDPR 17; CEF 2025 on backups; INV-18; policy C-RET-07, C-PUR-12.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from tenu.datamap.identity import Identity
from tenu.datamap.layout import Layout
from tenu.operations.remembering import LEDGER, ROWS, day_in, unit_of
from tenu.plans.erasures import Entry
from tenu.plans.plan import Replay, Spared
from tenu.plans.recall import Recall, Return, verdict
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import Listed, all_of
from tenu.plans.signs import acted_since
from tenu.plans.task import PersonTask, Task
from tenu.ports import Fate, Key, Ports, Session, Unit

ASKED = "asked"
DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Recalled:
    """Who comes back, by task: those to erase *again*, and how many rows are *left* alone, by reason.

    *tasks*: every task the ledger tells of. *forgotten*: those the policy no longer has.
    """

    again: dict[str, list[Key]] = field(default_factory=dict)
    left: dict[str, Counter[Return]] = field(default_factory=dict)
    tasks: frozenset[str] = frozenset()
    forgotten: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many rows are left alone, by reason, and how many tasks the policy no longer has."""
        found = sum(self.left.values(), Counter[Return]())
        return {what.value: number for what, number in found.items()} | {"forgotten": len(self.forgotten)}

    def spared(self, task: str) -> Spared:
        """Return who is left alone by *task*, as a plan says it."""
        left = self.left.get(task, Counter[Return]())
        back = left[Return.CAME_BACK]
        return Spared(alive_elsewhere=back, ambiguous=left.total() - back)


def recall(
    ports: Ports, layout: Layout, session: Session, tasks: Sequence[Task], rules: Rulebook, replay: Replay
) -> Recalled:
    """Return whom the ledger tells to erase again in the system of *replay*.

    Args:
        ports: The ledger, and the archive.
        layout: The system.
        session: A session on it.
        tasks: Every task of the policy today.
        rules: The enforced durations.
        replay: Where, and since when.
    """
    entries = ports.ledger.done(replay.system, replay.after)
    names = {entry.portion.task for entry in entries} - {marker(replay.system)}
    known = {task.name: task for task in tasks if task.system == replay.system}
    found = Recalled(tasks=frozenset(names & known.keys()), forgotten=tuple(sorted(names - known.keys())))
    remembered = ports.ledger.recall(entries, partial(day_in, ports))
    looked = _Look(layout=layout, session=session, remembered=remembered, sealed=_Sealed(ports))
    for root in layout.system.people:
        here = {n: t for n, t in known.items() if n in names and isinstance(t, PersonTask) and t.root == root}
        for name, rows in looked.returns(root, here).items():
            back = looked.acted_since(here[name], rules, rows)
            rows |= {key: (Return.CAME_BACK, rows[key][1]) for key in back}
            found.again[name] = [key for key, (what, _) in rows.items() if what is Return.AGAIN]
            found.left[name] = Counter(what for what, _ in rows.values() if what is not Return.AGAIN)
    return found


def marker(system: str) -> str:
    """Return the name of the receipt that says *system* was replayed."""
    return f"{system}:replay"


def held_again(
    ports: Ports, layouts: Mapping[str, Layout], sessions: Mapping[str, Session], *, replaying: bool
) -> Iterator[tuple[tuple[str, str], list[Key]]]:
    """Yield, by people table, who is held for what the ledger alone says since a restore.

    While a restored system is replayed, whoever was held when the last run ended is held too, whatever rows say now.
    """
    origins = (LEDGER, ROWS) if replaying else (LEDGER,)
    for name, layout in layouts.items():
        entries = [e for e in ports.ledger.held(name) if e.people and e.portion.run in origins]
        if not entries:
            continue
        remembered = ports.ledger.recall(entries, partial(day_in, ports))
        for root in {entry.portion.task for entry in entries} & layout.system.people.keys():
            census = sessions[name].census(root, layout.system.people[root])
            keys = [key for key, identity, _ in census if _is_held(remembered, name, root, key, identity)]
            yield (name, root), keys


def _is_held(remembered: Recall, system: str, root: str, key: Key, identity: Identity) -> bool:
    """Return whether the row is one the ledger holds: in doubt, it is."""
    place = f"{system}.{root}"
    return any(
        memory.entry.portion.task == root and verdict(memory, None) is not None
        for memory in remembered.of(place, key, identity)
    )


class _Sealed:
    """Whether what went through the archive is still in it: what was lost there is not erased a second time."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._units: dict[str, set[tuple[str, Unit]]] = {}

    def holds(self, entry: Entry) -> bool:
        """Return whether nothing of *entry* would be lost."""
        portion = entry.portion
        if portion.fate != Fate.ARCHIVE:
            return True
        if portion.run not in self._units:
            self._units[portion.run] = self._ports.archive.units(portion.run)
        return (portion.task, unit_of(portion)) in self._units[portion.run]


Rows = dict[Key, tuple[Return, date]]
"""What each row is, and the day it was erased on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One restored system, and what the ledger remembers of it."""

    layout: Layout
    session: Session
    remembered: Recall
    sealed: _Sealed

    def returns(self, root: str, tasks: Mapping[str, PersonTask]) -> dict[str, Rows]:
        """Return, by task, the rows of *root* the ledger remembers."""
        found: dict[str, Rows] = defaultdict(dict)
        place, people = f"{self.layout.system.system}.{root}", self.layout.system.people[root]
        for key, identity, collected_on in self.session.census(root, people) if tasks else ():
            for memory in self.remembered.of(place, key, identity):
                name = memory.entry.portion.task
                what = verdict(memory, collected_on) if name in tasks else None
                if what is not None:
                    what = what if self.sealed.holds(memory.entry) else what.or_rather(Return.UNSEALED)
                    was, day = found[name].get(key, (what, memory.erased_on))
                    found[name][key] = (was.or_rather(what), max(day, memory.erased_on))
        return found

    def acted_since(self, task: PersonTask, rules: Rulebook, rows: Rows) -> set[Key]:
        """Return those of *rows* who, since the day they were erased, did something that keeps them."""
        by_day: dict[date, list[Key]] = defaultdict(list)
        for key, (what, day) in rows.items():
            if what is Return.AGAIN:
                by_day[day].append(key)
        people, estate = self.layout.system.people[task.root], self.layout.estate(task.root)
        back: set[Key] = set()
        for day, keys in by_day.items():
            self.session.enlist(ASKED, task.root, keys)
            acted = acted_since(self.layout, estate, rules, task.rules, day + DAY)
            found = self.session.select_people(task.root, people, all_of([Listed(name=ASKED), acted]))
            back |= {person.key for person in found}
        return back
