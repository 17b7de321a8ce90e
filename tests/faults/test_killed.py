"""Killed by SIGKILL, at random and at every named point: nothing is lost, nothing is done twice, the rest is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from faults.proof import lost, objections, readable_and_alive
from faults.worker import POINTS, start
from lab import Lab

KILLS = 20
LONGEST_SECONDS = 1.2


def test_killed_twenty_times_at_random_and_finished(make_lab_of: Callable[..., Lab]) -> None:
    """After each kill every row is in the database or sealed; the next apply ends where the oracle says."""
    lab, rng = make_lab_of(people=120, chunk=4), Random(4)  # noqa: S311 - a seed, not a secret
    before, made = lab.state(), lab.plan()
    missing = []
    for _ in range(KILLS):
        process = start(lab, made)
        process.join(rng.uniform(0.1, LONGEST_SECONDS))
        process.kill()
        process.join()
        missing += lost(lab, before, lab.state())
    assert (missing, list(objections(lab, before, lab.apply(made)))) == ([], [])


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_point_of_a_chunk(make_lab_of: Callable[..., Lab], point: str, times: int) -> None:
    """Wherever a chunk is cut, its rows are in one place at least, and the next apply goes on."""
    lab = make_lab_of(people=60, chunk=4)
    before, made = lab.state(), lab.plan()
    process = start(lab, made, point=point, times=times)
    process.join()
    missing = lost(lab, before, lab.state())
    found = list(objections(lab, before, lab.apply(made)))
    assert (process.exitcode, missing, found) == (-9, [], [])


def test_a_run_cut_and_never_resumed_leaves_nobody_readable(make_lab_of: Callable[..., Lab]) -> None:
    """When the cut plan has expired, the next run first wipes what the archive held of people still here."""
    lab = make_lab_of(people=60, chunk=4)
    before = lab.state()
    process = start(lab, lab.plan(), point="after put", times=2)
    process.join()
    lab.clock.at += timedelta(hours=30)
    sealed_and_here = readable_and_alive(before, lab.state())
    lab.apply(lab.plan())
    assert (bool(sealed_and_here), readable_and_alive(before, lab.state()), lab.differences(before)) == (
        True,
        [],
        [],
    )
