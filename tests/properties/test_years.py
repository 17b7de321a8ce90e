"""A company lived through, night after night: every row always where the oracle of that day says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from lab import FixedClock, Lab
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import read_plan
from tenu.ports import Ports
from tenu.sample import Company
from tenu.sample.rows import SYSTEM_OF, Row
from verdict import Place, State, differences, state_of

DAY = timedelta(days=1)
SAMPLED = 61
"""Days between two verdicts when nothing happens: not a whole number of weeks or months."""


class Life:
    """A lab whose days go by. *told* remembers every row the company ever wrote, as it wrote it."""

    def __init__(self, lab: Lab, company: Company) -> None:
        self.lab = lab
        self.company = company
        self.told: dict[Place, dict[str, Any]] = {k: dict(v) for k, v in lab.state().rows.items()}

    def nights(self, first: date, last: date) -> Iterator[str]:
        """Let every day from *first* to *last* happen and yield where a night left something else than the oracle."""
        with self.lab.ports() as ports:
            day = first
            while day <= last:
                busy = self._happen(day) | self._run(ports, day)
                if busy or day.toordinal() % SAMPLED == 0 or day == last:
                    yield from (f"{day}: {said}" for said in self._verdict(ports, day))
                day += DAY

    def _happen(self, day: date) -> bool:
        entries = self.company.rows_on(day)
        if not entries:
            return False
        self.company.advance(self.lab.urls, day, day)
        now = state_of(self.lab.urls).rows
        for entry in entries:
            place = (SYSTEM_OF[entry.table], entry.table, entry.key)
            if isinstance(entry, Row):
                self.told[place] = dict(now[place])
            else:
                self.told[place][entry.column] = now[place][entry.column]
        return True

    def _run(self, ports: Ports, day: date) -> bool:
        assert isinstance(self.lab.clock, FixedClock)
        self.lab.clock.at += DAY
        made = plan(ports, day)
        if not made.is_empty or ports.archive.expired(day):
            apply(ports, read_plan(made.to_json()))
            return True
        return False

    def _verdict(self, ports: Ports, day: date) -> Iterator[str]:
        before = State(rows=self.told, sealed={})
        return differences(self.company.fates(day), before, state_of(self.lab.urls, ports.archive))
