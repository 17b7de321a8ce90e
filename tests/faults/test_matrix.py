"""The fault matrix: each kind of failure at each statement and each commit of a run, as its driver tells it.

``./test`` runs a seeded share of it; ``./test --matrix`` runs it whole. After each failure every row is somewhere; what a
failed chunk sealed is not readable in the archive; in the end, everything is as one undisturbed run leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from random import Random

import pytest

from faults.injecting import BUSY, Injector, Kind, Phase, injecting
from faults.proof import lost, objections, readable_and_alive
from lab import Lab
from tenu.errors import TenuError
from tenu.operations.apply import apply
from tenu.plans.plan import Plan, read_plan
from tenu.ports import Ports
from verdict import state_of


class Attack:
    """One run, failed over and over: what was lost, how often it failed, and how long each chunk is."""

    def __init__(self, lab: Lab, ports: Ports, injector: Injector, share: int) -> None:
        self._lab, self._ports, self.injector = lab, ports, injector
        injector.stepwise = share == 1
        self._before = lab.state()
        self._made: Plan = read_plan(lab.plan().to_json())
        self._random = Random(7)  # noqa: S311 - a seed, not a secret
        self._share = share
        self.failures = 0
        self.found: list[object] = []

    def next(self, at: int) -> int:
        """Return the next statement to fail."""
        return at + (self._random.randint(1, 2 * self._share - 1) if self._share > 1 else 1)

    def strike(self, kind: Kind, phase: Phase, at: int) -> bool:
        """Apply, failing there; return whether anything failed."""
        self.injector.aim(kind, phase, at)
        with suppress(TenuError):
            apply(self._ports, self._made)
        self.injector.at = 0
        fired = self.injector.fired
        self.failures += fired
        if fired:
            now = state_of(self._lab.urls, self._ports.archive)
            self.found += lost(self._lab, self._before, now)
            if kind is Kind.TIMEOUT and phase is Phase.INSIDE:
                self.found += readable_and_alive(self._before, now)
        return bool(fired)

    def finish(self) -> list[object]:
        """Apply undisturbed and return everything that does not hold; say how many failures it took."""
        print(f"{self.failures} failures on {self._lab.urls['crm'].partition(':')[0]}")
        return [*self.found, *objections(self._lab, self._before, self._lab.apply(self._made))]


Step = Callable[[int], int]


@pytest.fixture
def step(request: pytest.FixtureRequest) -> Step:
    """Give of how many statements one fails, about, from what a share of the matrix affords: each one with ``--matrix``."""
    whole = request.config.getoption("--matrix")
    return lambda share: 1 if whole else share


def test_a_failure_inside_any_transaction(make_lab_of: Callable[..., Lab], step: Step) -> None:
    """Whatever statement of a chunk, or commit, fails, the run stops, nothing is lost, and the next one goes on."""
    lab = make_lab_of(people=60)
    kinds = (Kind.DISCONNECT, Kind.TIMEOUT, Kind.DISK_FULL)
    with lab.ports() as ports, injecting(ports) as (watched, injector):
        attack = Attack(lab, watched, injector, step(20))
        at = attack.next(0)
        while attack.strike(kinds[attack.failures % len(kinds)], Phase.INSIDE, at):
            at = attack.next(int(injector.stepwise) if injector.committed else at)
    assert (attack.failures > 0, attack.finish()) == (True, [])


def test_the_answer_of_any_commit_lost(make_lab_of: Callable[..., Lab], step: Step) -> None:
    """Each commit, of the vault, the archive and the database, is done and nobody hears of it: nothing is done twice."""
    lab = make_lab_of(people=60)
    with lab.ports() as ports, injecting(ports) as (watched, injector):
        attack, at = Attack(lab, watched, injector, step(2)), 1
        while attack.strike(Kind.LOST_ANSWER, Phase.INSIDE, at):
            at = 1 if injector.committed else at + 1
    assert (attack.failures > 0, attack.finish()) == (True, [])


def test_rows_others_hold_at_any_statement(make_lab_of: Callable[..., Lab], step: Step) -> None:
    """Whatever statement of every chunk finds its rows held, each time it tries, the chunk is left for another run."""
    lab = make_lab_of(people=60)
    with lab.ports() as ports, injecting(ports) as (watched, injector):
        attack, at, strikes = Attack(lab, watched, injector, step(14)), 0, count()
        while attack.strike(BUSY[next(strikes) % 2], Phase.INSIDE, at := attack.next(at)):
            pass
    assert (attack.failures > 0, attack.finish()) == (True, [])


@pytest.mark.parametrize(("phase", "share"), [(Phase.BEFORE, 60), (Phase.AFTER, 3)])
def test_a_failure_between_transactions(
    make_lab_of: Callable[..., Lab], step: Step, phase: Phase, share: int
) -> None:
    """Whatever fails before the first chunk, or between a commit and the next chunk, the next run goes on."""
    lab = make_lab_of(people=60, chunk=20)
    kinds = [kind for kind in Kind if kind is not Kind.LOST_ANSWER]
    with lab.ports() as ports, injecting(ports) as (watched, injector):
        attack, at = Attack(lab, watched, injector, step(share)), 0
        while attack.strike(kinds[attack.failures % len(kinds)], phase, at := attack.next(at)):
            pass
    assert (attack.failures > 0, attack.finish()) == (True, [])
