"""The signs of life of a person: what keeps them in the active base, what holds them, from when their archive runs.

Source: GDPR 5(1)(e); policy C-RET-02, C-RET-13 to C-RET-22, C-PUR-12.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from tenu.datamap.layout import Estate, Layout
from tenu.datamap.model import Act, Conditioned
from tenu.datamap.ways import Owned, Path, turned
from tenu.plans.rulebook import DAY, Rulebook
from tenu.plans.selection import (
    NEVER,
    Condition,
    Equals,
    Listed,
    Since,
    Until,
    all_of,
    any_of,
    linked,
    matching,
    negate,
)
from tenu.plans.task import Ending, Vitals
from tenu.policy.retention import RetentionRule


def vitals(layout: Layout, estate: Estate, rules: Rulebook, ids: Iterable[str]) -> Vitals:
    """Return the signs of life a person of *estate* gives for the rules *ids*, whether or not its rows live by them."""
    return Signs(layout, estate, rules).vitals(sorted(ids))


def downward(owned: Owned) -> Path:
    """Return the way from the person to the rows of *owned*: its path, walked back."""
    return turned(owned.table, owned.path)


def ways_to(estate: Estate, table: str) -> tuple[Owned, ...]:
    """Return every way rows of *table* are, wholly or in part, of people of *estate*."""
    return (*estate.ways(table), *(part for part in estate.parts if part.table == table))


def anywhere(estate: Estate, table: str, where: Condition) -> Condition:
    """Return when at least one of a person's rows of *table* satisfies *where*, whichever way it is theirs."""
    return any_of(linked(downward(owned), where) for owned in ways_to(estate, table))


def held_here(layout: Layout, estate: Estate, as_of: date) -> Condition:
    """Return when rows of this very system put a person of *estate* on hold; NEVER when none can."""
    return any_of(
        anywhere(estate, hold.table, matching(layout.facts(hold.table, hold.when), as_of))
        for hold in layout.system.holds
    )


def held(layout: Layout, estate: Estate, as_of: date) -> Condition:
    """Return when a person of *estate* may not be touched: held here, or listed as held for what is elsewhere."""
    return any_of([Listed(name="held"), held_here(layout, estate, as_of)])


def acted_since(layout: Layout, estate: Estate, rules: Rulebook, ids: Iterable[str], day: date) -> Condition:
    """Return when a person of *estate* did, on *day* or later, something that restarts the clock of one of *ids*."""
    kinds = {kind for rule in rules.rules if rule.id in set(ids) for kind in rule.active.restarted_by}
    return any_of(
        anywhere(
            estate,
            act.table,
            all_of(
                [
                    matching(layout.facts(act.table, act.when), rules.as_of),
                    Since(column=act.dated_by, day=day),
                ]
            ),
        )
        for act in layout.system.acts
        if act.kind in kinds
    )


def suspending(rules: Iterable[RetentionRule]) -> tuple[str, ...]:
    """Return the states during which the clock of one of *rules* does not run."""
    return tuple(dict.fromkeys(state for rule in rules for state in rule.active.suspended_while))


class Signs:
    """What the rows of one people table, and those that hang from it, say of each person."""

    def __init__(self, layout: Layout, estate: Estate, rules: Rulebook) -> None:
        self._layout = layout
        self._estate = estate
        self._rules = rules
        self._people = layout.system.people[estate.root]
        self._by_id = {rule.id: rule for rule in rules.rules}

    def vitals(self, ids: Iterable[str]) -> Vitals:
        """Return what keeps a person of this table alive, held or archived for *ids*."""
        rules = [self._by_id[i] for i in ids]
        return Vitals(
            alive=self.alive(rules),
            held=any_of([Listed(name="spreading"), held_here(self._layout, self._estate, self._rules.as_of)]),
            fresh=self.fresh(rules),
            endings=self.endings(rules),
        )

    def _acts(self, kinds: Iterable[str]) -> Iterator[tuple[Owned, Act]]:
        wanted = set(kinds)
        for act in self._layout.system.acts:
            if act.kind in wanted:
                yield from ((owned, act) for owned in ways_to(self._estate, act.table))

    def _when(self, row: Conditioned) -> Condition:
        return matching(self._layout.facts(row.table, row.when), self._rules.as_of)

    def alive(self, rules: list[RetentionRule]) -> Condition:
        """Return when the person still keeps one of *rules* in its active phase; each table is looked at once."""
        by_way: dict[Path, list[Condition]] = {}
        for rule in rules:
            day = self._rules.live_from(rule)
            for owned, act in self._acts(rule.active.restarted_by):
                recent = all_of([self._when(act), Since(column=act.dated_by, day=day)])
                by_way.setdefault(downward(owned), []).append(recent)
            for state in self._layout.system.states:
                if state.state in rule.active.suspended_while:
                    for owned in ways_to(self._estate, state.table):
                        by_way.setdefault(downward(owned), []).append(self._when(state))
        return any_of(linked(way, any_of(parts)) for way, parts in by_way.items())

    def state(self, name: str) -> Condition:
        """Return when the person is in the state *name*, by the rows of this people table and of what hangs from it."""
        return any_of(
            linked(downward(owned), self._when(state))
            for state in self._layout.system.states
            if state.state == name
            for owned in ways_to(self._estate, state.table)
        )

    def running(self, rules: list[RetentionRule]) -> Condition:
        """Return when a state suspends the clock of one of *rules*."""
        return any_of(self.state(name) for name in suspending(rules))

    def past(self, rules: list[RetentionRule]) -> Condition:
        """Return when the row itself is old enough: its collection is an act too; a row with no date at all waits."""
        collected = self._people.collected_at
        kinds = {kind for rule in rules for kind in rule.active.restarted_by}
        ever = any_of(
            linked(
                downward(owned),
                all_of([self._when(act), negate(Equals(column=act.dated_by, values=(None,)))]),
            )
            for owned, act in self._acts(kinds)
        )
        here = matching(self._estate.where)
        if collected is None:
            return all_of([here, ever])
        latest = min(self._rules.live_from(rule) for rule in rules) - DAY
        undated = all_of([Equals(column=collected, values=(None,)), ever])
        return all_of([here, any_of([Until(column=collected, day=latest), undated])])

    def fresh(self, rules: list[RetentionRule]) -> Condition:
        """Return when the row itself was collected too recently to go."""
        collected = self._people.collected_at
        if collected is None or not rules:
            return NEVER
        return Since(column=collected, day=min(self._rules.live_from(rule) for rule in rules))

    def held(self) -> Condition:
        """Return when the person may not be touched."""
        return held(self._layout, self._estate, self._rules.as_of)

    def endings(self, rules: list[RetentionRule]) -> tuple[Ending, ...]:
        """Return the ends of relation the archives of *rules* are counted from, each once."""
        found = (
            Ending(path=downward(owned), where=self._when(act), column=act.dated_by, lasts=rule.archive.lasts)
            for rule in rules
            if rule.archive is not None
            for owned, act in self._acts(rule.archive.counted_from)
        )
        return tuple(dict.fromkeys(found))
