"""How much a plan may touch: each limit on both its sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tenu.plans.bounds import Bounds, Ceilings, TableCeiling, bound, enough, excesses

PLACE = ("shop", "account", "erase")
CEILINGS = Ceilings(
    people=None, rows=None, table_rows=None, share=20, share_from=10, tolerance=10, tolerance_rows=5
)


def bounds(found: int, held: int, ceilings: Ceilings = CEILINGS) -> Bounds:
    """Return the limits of a plan that erases *found* rows of a table of *held*, counted as far as it takes."""
    counted = min(held, enough(found, ceilings.of("shop.account")))
    return Bounds(
        people=ceilings.people,
        rows=ceilings.rows,
        tolerance=ceilings.tolerance,
        tolerance_rows=ceilings.tolerance_rows,
        tables=(bound(PLACE, found, counted, ceilings),),
    )


def over(found: int, held: int, ceilings: Ceilings = CEILINGS) -> list[str]:
    """Return the kinds of limit such a plan is over."""
    return [excess.kind for excess in excesses(bounds(found, held, ceilings), people=found, rows=found)]


@pytest.mark.parametrize(("found", "held", "kinds"), [(200, 1000, []), (201, 1000, ["share"])])
def test_a_share_of_a_table_is_a_limit(found: int, held: int, kinds: list[str]) -> None:
    """A fifth of the table passes, one row more does not."""
    assert over(found, held) == kinds


@pytest.mark.parametrize(("found", "kinds"), [(10, []), (11, ["share"])])
def test_a_share_is_judged_from_a_few_rows_on(found: int, kinds: list[str]) -> None:
    """Ten rows of a table of eleven prove nothing, eleven of eleven do."""
    assert over(found, 11) == kinds


@pytest.mark.parametrize("held", [1_000, 1_000_000_000])
def test_a_table_is_counted_only_as_far_as_its_share_asks(held: int) -> None:
    """The cost follows what is due: a table a million times larger is not read further."""
    assert bounds(100, held).tables[0].held == 501


@pytest.mark.parametrize(("most", "kinds"), [(100, []), (99, ["people", "rows"])])
def test_the_whole_run_has_limits(most: int, kinds: list[str]) -> None:
    """People and rows of the run, at the limit and one over."""
    assert over(100, 10_000, replace(CEILINGS, people=most, rows=most)) == kinds


def test_one_table_may_have_limits_of_its_own() -> None:
    """A log that goes every year may lose more of itself than a table of people, and fewer rows."""
    own = {"shop.account": TableCeiling(rows=50, share=100)}
    assert over(100, 100, replace(CEILINGS, tables=own)) == ["table"]


def test_what_is_set_now_binds_older_plans() -> None:
    """A plan made under looser limits is held to those of today."""
    tightened = bounds(100, 1000).tightened(replace(CEILINGS, share=5))
    assert [excess.kind for excess in excesses(tightened, 100, 100)] == ["share"]


def test_an_older_plan_is_not_loosened() -> None:
    """What a plan says of its limits stays, when tenu.toml allows more since."""
    loosened = bounds(300, 1000).tightened(replace(CEILINGS, share=90))
    assert [excess.kind for excess in excesses(loosened, 300, 300)] == ["share"]


def test_the_message_says_found_and_total() -> None:
    """Whoever reads it knows how much of how much, in both languages."""
    (excess,) = excesses(bounds(300, 1000), 300, 300)
    assert ("300 lignes" in excess.message.fr, "300 rows to erase of 1000, 30 %" in excess.message.en) == (
        True,
        True,
    )


@pytest.mark.parametrize(("counted", "allowed"), [(0, 5), (50, 55), (51, 56), (1000, 1100)])
def test_a_run_may_change_little_more_than_was_counted(counted: int, allowed: int) -> None:
    """A tenth more, and always a few rows."""
    assert bounds(0, 0).allowed(counted) == allowed
