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


def test_time_only_takes_away_and_what_is_done_is_never_asked_again(make_lab_of: Callable[..., Lab]) -> None:
    """Run after run, the rows left are some of those left before; a day that had work to do has none once it was run."""
    lab = make_lab_of(people=60)
    last = lab.company.as_of + STEPS[-1]
    planned, left = lab.plan(last).rows, [live(lab)]
    for step in STEPS:
        run(lab, lab.company.as_of + step)
        left.append(live(lab))
    assert [later <= earlier for earlier, later in pairwise(left)] == [True] * len(STEPS)
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
