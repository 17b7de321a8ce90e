"""Time only takes away, an act only prolongs, and what is done is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta
from itertools import pairwise

from lab import Lab
from verdict import Place

STEPS = (timedelta(0), timedelta(days=1), timedelta(days=400), timedelta(days=1900))


def live(lab: Lab) -> set[Place]:
    """Return the places of every row of the four systems."""
    return set(lab.state().rows)


def run(lab: Lab, day: date) -> None:
    """Plan *day* and apply it."""
    lab.apply(lab.plan(day))


def test_time_never_brings_data_back(make_lab_of: Callable[..., Lab]) -> None:
    """Run after run, without any act in between, the rows that are left are some of those left before."""
    lab = make_lab_of(people=60)
    left = [live(lab)]
    for step in STEPS:
        run(lab, lab.company.as_of + step)
        left.append(live(lab))
    assert [later <= earlier for earlier, later in pairwise(left)] == [True] * len(STEPS)


def test_what_earlier_runs_did_is_never_asked_again(make_lab_of: Callable[..., Lab]) -> None:
    """A day that had work to do has none left once the days up to it, and that day, were run."""
    lab = make_lab_of(people=60)
    last = lab.company.as_of + STEPS[-1]
    planned = lab.plan(last).rows
    for step in STEPS:
        run(lab, lab.company.as_of + step)
    assert (planned > 0, lab.plan(last).is_empty) == (True, True)


def test_a_later_act_never_shortens(make_lab_of: Callable[..., Lab]) -> None:
    """Once people acted again, a plan of any later day asks for no more people than it did before they acted."""
    lab = make_lab_of(people=60)
    days = [lab.company.as_of + step for step in STEPS[:3]]
    before = [lab.plan(day).people for day in days]
    at = lab.clock.at.astimezone(UTC).replace(tzinfo=None)
    lab.company.come_back(lab.urls, range(50, 61), at)
    after = [lab.plan(day).people for day in days]
    assert all(now <= then for now, then in zip(after, before, strict=True))
