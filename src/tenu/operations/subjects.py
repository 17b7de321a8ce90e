"""Whose rows a plan for requests is about, and what these rows say together: a contract under way, a hold, an archive.

Their rows were found, and settled by a human where there was a doubt, when the plan was made: they are in the sealed file
of each request. Nobody else is looked for here.

Source: GDPR 17(1), 17(3); policy C-RGT-10; INV-04.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from tenu.datamap.identity import Identity
from tenu.operations.linking import latest
from tenu.periods.limits import last_day
from tenu.plans.requested import REQUESTED
from tenu.plans.selection import Listed, any_of
from tenu.plans.signs import Signs, held_here, suspending
from tenu.plans.task import Ending, PersonTask
from tenu.policy.retention import RetentionRule
from tenu.ports import Found, Key, Node, PlaceName, Ports, Session

if TYPE_CHECKING:
    from tenu.datamap.layout import Layout
    from tenu.operations.choosing import Scene

Whom = tuple[str, str]
"""The person of one request, in one role."""


class Left(StrEnum):
    """Why rows somebody asks to erase are left for now."""

    RUNNING = "running"
    HELD = "held"


@dataclass(slots=True, kw_only=True)
class Standing:
    """What all the rows of one person say together. *until*: last day of the archive, by rule; *archived*: of what is there."""

    held: bool = False
    states: set[str] = field(default_factory=set)
    until: dict[str, date] = field(default_factory=dict)
    identities: list[Identity] = field(default_factory=list)
    archived: date | None = None


class Subjects:
    """The rows of whoever asks, by people table, each with the number of the request."""

    def __init__(self, rows: Mapping[Node, str]) -> None:
        self.rows = rows
        self._by_place: dict[PlaceName, dict[Key, str]] = {}
        for (place, key), number in rows.items():
            self._by_place.setdefault(place, {})[key] = number
        self.standings: dict[Whom, Standing] = {}
        self._held_rows: set[Node] = set()

    @property
    def places(self) -> frozenset[PlaceName]:
        """Return the people tables somebody has rows in."""
        return frozenset(self._by_place)

    def of(self, place: PlaceName) -> Mapping[Key, str]:
        """Return the rows of one people table, each with its request."""
        return self._by_place.get(place, {})

    def enlist(self, sessions: Mapping[str, Session]) -> None:
        """List everybody in every session, for the conditions of their tasks."""
        for (system, root), keys in sorted(self._by_place.items()):
            sessions[system].enlist(REQUESTED, root, sorted(keys, key=str))

    def ask(self, opened: Scene) -> None:
        """Ask every system what the rows say now."""
        self.standings, self._held_rows = {}, set()
        rules = [rule for rule in opened.rules.rules if rule.archive is not None]
        for place in sorted(self._by_place):
            self._ask(opened, place, rules)
        mine = {who: standing.identities for who, standing in self.standings.items()}
        for who, until in opened.ports.archive.recall(mine).items():
            self.standings[(who[0], who[1])].archived = until

    def left(self, task: PersonTask, key: Key, rules: Sequence[RetentionRule]) -> Left | None:
        """Return why *task* leaves the row of *key* alone, None when it does not."""
        place = (task.system, task.root)
        standing = self.standings.get((self._by_place[place][key], task.role))
        if standing is None:
            return None  # the row is gone already
        if standing.held or (place, key) in self._held_rows:
            return Left.HELD
        mine = [rule for rule in rules if rule.id in task.rules]
        return Left.RUNNING if standing.states & set(suspending(mine)) else None

    def until(self, task: PersonTask, key: Key) -> date | None:
        """Return the last day of the archive of the person of *key*, as all their rows and the archive itself say."""
        standing = self.standings.get((self._by_place[task.system, task.root][key], task.role), Standing())
        return latest([standing.archived, *(standing.until.get(rule) for rule in task.rules)])

    def _ask(self, opened: Scene, place: PlaceName, rules: Sequence[RetentionRule]) -> None:
        (system, root), session = place, opened.sessions[place[0]]
        layout = opened.layouts[system]
        people, estate = layout.system.people[root], layout.estate(root)
        signs = Signs(layout, estate, opened.rules)
        states = suspending(opened.rules.rules)
        spreads = any_of([Listed(name="spreading"), held_here(layout, estate, opened.rules.as_of)])
        asked = [spreads, Listed(name="held"), *(signs.state(state) for state in states)]
        ends = list(dict.fromkeys(ending for rule in rules for ending in signs.endings([rule])))
        found = session.judge(root, people, Listed(name=REQUESTED), asked, ends)
        for one, (spread, held, *shown) in found:
            who = (self._by_place[place][one.key], people.role)
            standing = self.standings.setdefault(who, Standing())
            standing.held |= spread
            standing.states |= {state for state, here in zip(states, shown, strict=True) if here}
            standing.identities.append(one.identity)
            self._held_rows |= {(place, one.key)} if held else set()
            for rule in rules:
                until = latest(_untils(signs.endings([rule]), ends, one))
                if known := latest([standing.until.get(rule.id), until]):
                    standing.until[rule.id] = known


def _untils(mine: Sequence[Ending], ends: Sequence[Ending], found: Found) -> Iterator[date]:
    for ending, day in zip(ends, found.ended, strict=True):
        if day is not None and ending in mine:
            yield last_day(day, ending.lasts)


def subjects_of(ports: Ports, numbers: Sequence[str], layouts: Mapping[str, Layout]) -> Subjects:
    """Return the rows the sealed files of requests name, in people tables that still are there."""
    rows: dict[Node, str] = {}
    for number, file in ports.cases.files(numbers).items():
        for (system, root), key in file.rows:
            if system in layouts and any(estate.root == root for estate in layouts[system].estates):
                rows[(system, root), key] = number
    return Subjects(rows)
