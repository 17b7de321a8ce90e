"""A company, its workspace open for the whole test, and what its oracle says, computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from faults.test_races import due_people
from holds.deciding import held, proposal, row_of
from lab import Lab
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import Plan
from tenu.ports import Ports
from tenu.sample.answers import Answer, Fate
from verdict import Place, State, differences, state_of

ROOTS = ("customer", "contact", "account", "subscriber")
LEAVING = (Fate.ARCHIVED, Fate.ERASED)


@dataclass(kw_only=True)
class Night:
    """A company and the run of its night."""

    lab: Lab
    ports: Ports

    @cached_property
    def fates(self) -> Mapping[Place, Answer]:
        """Return the right fate of every row, nobody being on hold."""
        return self.lab.company.fates()

    @cached_property
    def due(self) -> list[int]:
        """Return the ordinary people of whom something leaves."""
        return due_people(self.lab)

    @cached_property
    def person(self) -> int:
        """Return who is due in the most systems."""
        return max(self.due, key=lambda person: len(self.leaving(person)))

    def leaving(self, person: int) -> set[str]:
        """Return the systems whose record of *person* leaves by itself."""
        mine = (a for a in self.fates.values() if a.person == person)
        return {a.system for a in mine if a.table in ROOTS and a.fate in LEAVING}

    def plan(self) -> Plan:
        """Return the plan of the clock's day."""
        return plan(self.ports, self.lab.clock.at.date())

    def run(self, made: Plan | None = None) -> None:
        """Do *made*, or the plan of the day."""
        apply(self.ports, made or self.plan())

    def hold(self, person: int, **options: Any) -> str:
        """Put *person* on hold, found by one row; return its id."""
        return held(self.ports, proposal(rows=(row_of(self.lab, person),), **options)).id

    def state(self) -> State:
        """Read every row, and everything sealed."""
        return state_of(self.lab.urls, self.ports.archive)

    def rows_of(self, person: int) -> dict[Place, Mapping[str, Any]]:
        """Return every row of *person* still there, column by column."""
        rows = state_of(self.lab.urls).rows
        return {p: row for p, row in rows.items() if p in self.fates and self.fates[p].person == person}

    def wrong(self, before: State, *held: int) -> list[str]:
        """Return what is not as the oracle says, the people *held* being untouched.

        How many statistics are alike depends on who is held: baskets are judged by the tests of anonymity.
        """
        fates = {place: a for place, a in self.fates.items() if a.person not in held}
        found = differences(fates, before, self.state())
        return [line for line in found if not line.startswith("('shop', 'basket")]


@pytest.fixture
def night_of(make_lab_of: Callable[..., Lab]) -> Iterator[Callable[..., Night]]:
    """Give a function that loads a company and opens its workspace."""
    with ExitStack() as stack:

        def made(**options: int) -> Night:
            lab = make_lab_of(**options)
            return Night(lab=lab, ports=stack.enter_context(lab.ports()))

        yield made
