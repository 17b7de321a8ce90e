"""A company lived through for years: on every day that changes something, every row is where the oracle of that day says.

The engine runs on each day the oracle's answers change, on the eve of it (nothing may go early), and on sampled days; with
``--matrix``, every night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from lab import Lab
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import read_plan
from tenu.ports import Ports
from tenu.sample import Company
from tenu.sample.rows import SYSTEM_OF, Row
from verdict import Place, State, differences, state_of

DAY = timedelta(days=1)
YEARS = {"sqlite": 15, "postgresql": 1, "mariadb": 1}
SAMPLED = 61
"""Days between two runs when nothing happens: neither whole weeks nor whole months."""


class Life:
    """A lab whose days go by. *told* is every row the company ever wrote, as it wrote it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.told: dict[Place, dict[str, Any]] = {place: dict(row) for place, row in lab.state().rows.items()}
        self._lived = lab.company.as_of

    def nights(self, days: Iterable[date]) -> Iterator[str]:
        """Live up to each of *days*, run that night, and yield what is not where the oracle of the day says."""
        with self.lab.ports() as ports:
            for day in days:
                self._live(day)
                self._run(ports, day)
                before = State(rows=self.told, sealed={})
                found = differences(
                    self.lab.company.fates(day), before, state_of(self.lab.urls, ports.archive)
                )
                yield from (f"{day}: {said}" for said in found)

    def _live(self, day: date) -> None:
        entries = self.lab.company.rows_between(self._lived + DAY, day)
        self.lab.company.advance(self.lab.urls, self._lived + DAY, day)
        now = state_of(self.lab.urls).rows if entries else {}
        for entry in entries:
            place = (SYSTEM_OF[entry.table], entry.table, entry.key)
            if isinstance(entry, Row):
                self.told[place] = dict(now[place])
            else:
                self.told[place][entry.column] = now[place][entry.column]
        self.lab.clock.at += day - self._lived
        self._lived = day

    @staticmethod
    def _run(ports: Ports, day: date) -> None:
        made = plan(ports, day)
        if not made.is_empty or ports.archive.expired(day):
            apply(ports, read_plan(made.to_json()))


def telling_days(company: Company) -> list[date]:
    """Return the days the oracle's answers change, their eves, and sampled days, in order."""
    telling, known = set(), None
    for number in range((company.until - company.as_of).days + 1):
        day = company.as_of + number * DAY
        answers = company.fates(day)
        if answers != known:
            telling |= {max(company.as_of, day - DAY), day}
        if number % SAMPLED == 0 or day == company.until:
            telling.add(day)
        known = answers
    return sorted(telling)


def every_night(company: Company) -> list[date]:
    """Return every day of the company's history, in order: hours of work, asked for by ``--matrix``."""
    return [company.as_of + number * DAY for number in range((company.until - company.as_of).days + 1)]


def test_every_row_is_where_the_oracle_says_for_years(
    make_lab_of: Callable[..., Lab], request: pytest.FixtureRequest
) -> None:
    """Whoever comes, goes, is archived or ends does so on the very day, over the four systems and the archive."""
    lab = make_lab_of(people=60, years=YEARS[request.node.callspec.params["new_database"]])
    nights = every_night if request.config.getoption("--matrix") else telling_days
    assert list(Life(lab).nights(nights(lab.company))) == []
