"""The first journey: a plan, its file, its run, and every row where the sample company's oracle says."""

from __future__ import annotations

from collections.abc import Callable

from lab import Lab


def test_every_row_ends_as_the_oracle_says(make_lab_of: Callable[..., Lab]) -> None:
    """Over the four systems, each row is kept, emptied, archived until its day, or gone, as the oracle says."""
    lab = make_lab_of(people=400)
    before = lab.state()
    lab.apply(lab.plan())
    assert lab.differences(before) == []


def test_a_plan_after_a_run_is_empty(make_lab_of: Callable[..., Lab]) -> None:
    """Once a plan is applied, the same day asks for nothing more."""
    lab = make_lab_of(people=100)
    lab.apply(lab.plan())
    assert lab.plan().is_empty


def test_a_plan_applied_twice_changes_nothing_more(make_lab_of: Callable[..., Lab]) -> None:
    """The second apply of one plan finds everything done and leaves every row as it is."""
    lab = make_lab_of(people=100)
    made = lab.plan()
    lab.apply(made)
    after = lab.state()
    lab.apply(made)
    assert lab.state() == after


def test_planning_changes_nothing(make_lab_of: Callable[..., Lab]) -> None:
    """A plan reads only."""
    lab = make_lab_of(people=100)
    before = lab.state()
    lab.plan()
    assert lab.state() == before
