"""Killed by SIGKILL at a statement or just after a commit, drawn at random, over and over: ``./test --matrix`` kills 200 times.

``test_killed`` kills by the clock and at named points; here each kill falls on a statement, wherever the time goes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from random import Random

import pytest

from faults.injecting import Injector, Kind, Phase, injecting
from faults.proof import lost, objections
from lab import Lab
from tenu.operations.apply import apply
from tenu.plans.plan import Plan

KILLS, KILLS_OF_THE_MATRIX = 3, 200
LONGEST_CHUNK = 40
"""Statements of the longest transaction, about."""


class Killer(Injector):
    """Kills the process instead of failing."""

    def fail(self, connection: object) -> Exception:
        """End here."""
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("still alive")


def _apply_and_die(lab: Lab, made: Plan, kind: Kind, at: int, later: int) -> bool:
    """Apply in a child that dies at statement *at* of a transaction, *later* ones after the first; return whether it did."""
    child = os.fork()
    if child == 0:
        try:
            with lab.ports() as ports, injecting(ports, Killer()) as (watched, killer):
                killer.aim(kind, Phase.INSIDE, at)
                killer.later = later
                apply(watched, made)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_killed_at_any_statement_and_finished(
    make_lab_of: Callable[..., Lab], request: pytest.FixtureRequest
) -> None:
    """After each kill every row is in the database or sealed; the next apply ends where the oracle says."""
    whole = request.config.getoption("--matrix")
    lab = make_lab_of(people=120, chunk=1) if whole else make_lab_of(people=60)
    before, made, missing, killed = lab.state(), lab.plan(), [], 0
    rng = Random(9)  # noqa: S311 - a seed, not a secret
    for _ in range(KILLS_OF_THE_MATRIX if whole else KILLS):
        kind = rng.choice((Kind.DISCONNECT, Kind.DISCONNECT, Kind.LOST_ANSWER))
        at = rng.randint(1, 3 if kind is Kind.LOST_ANSWER else LONGEST_CHUNK)
        killed += _apply_and_die(lab, made, kind, at, rng.randint(0, 2))
        missing += lost(lab, before, lab.state())
    print(f"killed {killed} times")
    found = list(objections(lab, before, lab.apply(made)))
    assert (killed > 0, missing, found) == (True, [], [])
