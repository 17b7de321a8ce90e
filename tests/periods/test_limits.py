"""Limits end on their day, duties end after it, and a cut-off says the same for a whole table."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from periods.calendars import DAY, any_day, periods
from tenu.periods import limits
from tenu.periods.monthday import MonthDay
from tenu.periods.period import Period

FIVE_YEARS = Period(years=5)
ANCHOR, LAST = date(2021, 5, 20), date(2026, 5, 20)
year_ends = st.sampled_from(["12-31", "03-31", "06-30", "02-29", "02-28", "09-15"]).map(MonthDay.parse)


@pytest.mark.parametrize(("as_of", "due"), [(LAST - DAY, False), (LAST, True), (LAST + DAY, True)])
def test_a_limit_is_executed_on_its_last_day(as_of: date, due: bool) -> None:
    """Not the day before, and still the day after."""
    assert limits.is_due(ANCHOR, FIVE_YEARS, as_of) is due


@pytest.mark.parametrize(("as_of", "overdue"), [(LAST, False), (LAST + DAY, True)])
def test_a_limit_is_broken_once_its_last_day_is_over(as_of: date, overdue: bool) -> None:
    """Its last day itself breaks nothing."""
    assert limits.is_overdue(ANCHOR, FIVE_YEARS, as_of) is overdue


@pytest.mark.parametrize(
    ("as_of", "period", "latest"),
    [
        (date(2026, 5, 20), "P5Y", date(2021, 5, 20)),
        (date(2029, 2, 27), "P5Y", date(2024, 2, 27)),
        (date(2029, 2, 28), "P5Y", date(2024, 2, 29)),
        (date(2026, 2, 27), "P1M", date(2026, 1, 27)),
        (date(2026, 2, 28), "P1M", date(2026, 1, 31)),
        (date(2026, 3, 1), "P1M", date(2026, 2, 1)),
        (date(2026, 3, 30), "P1M", date(2026, 2, 28)),
        (date(2026, 3, 31), "P30D", date(2026, 3, 1)),
        (date(2026, 3, 1), "P1M1D", date(2026, 1, 31)),
    ],
)
def test_a_cut_off_is_exact_around_short_months(as_of: date, period: str, latest: date) -> None:
    """The last of a short month takes every longer day with it."""
    assert limits.cut_off(as_of, Period.parse(period)) == latest


@given(any_day, periods, any_day)
@example(date(2024, 2, 29), Period(years=1), date(2025, 2, 28))
def test_due_is_exactly_before_the_cut_off(anchor: date, period: Period, as_of: date) -> None:
    """One day at a time or the whole table at once: the same people."""
    assert limits.is_due(anchor, period, as_of) == (anchor <= limits.cut_off(as_of, period))


@given(any_day, periods, st.integers(-3, 3))
def test_due_agrees_with_the_cut_off_at_the_boundary(anchor: date, period: Period, shift: int) -> None:
    """The agreement holds on the very days where it could break."""
    as_of = limits.last_day(anchor, period) + shift * DAY
    assert limits.is_due(anchor, period, as_of) == (anchor <= limits.cut_off(as_of, period))


@given(any_day, periods)
def test_a_cut_off_is_the_latest_anchor(as_of: date, period: Period) -> None:
    """It is due itself, and the day after it is not."""
    latest = limits.cut_off(as_of, period)
    due = [limits.is_due(anchor, period, as_of) for anchor in (latest, latest + DAY)]
    assert due == [True, False]


@given(any_day, periods, st.integers(-3, 3))
def test_overdue_agrees_with_its_cut_off(anchor: date, period: Period, shift: int) -> None:
    """Overdue has its own cut-off, one day behind."""
    as_of = limits.last_day(anchor, period) + shift * DAY
    assert limits.is_overdue(anchor, period, as_of) == (anchor <= limits.overdue_cut_off(as_of, period))


@given(any_day, periods, st.integers(-3, 3))
def test_release_agrees_with_its_cut_off(anchor: date, period: Period, shift: int) -> None:
    """A duty is over exactly when the cut-off says so."""
    as_of = limits.kept_through(anchor, period) + shift * DAY
    assert (limits.releasable_from(anchor, period) <= as_of) == (
        anchor <= limits.release_cut_off(as_of, period)
    )


@given(any_day, periods)
def test_time_never_brings_data_back(as_of: date, period: Period) -> None:
    """What is due today is due tomorrow."""
    assert limits.cut_off(as_of, period) <= limits.cut_off(as_of + DAY, period)


@given(any_day, st.lists(periods, min_size=1, max_size=3), st.integers(-3, 3))
def test_several_limits_agree_with_their_cut_off(anchor: date, several: list[Period], shift: int) -> None:
    """The shortest of several limits has one cut-off too."""
    last = limits.shortest_last_day(anchor, *several)
    as_of = last + shift * DAY
    assert (last <= as_of) == (anchor <= limits.shortest_cut_off(as_of, *several))


@pytest.mark.parametrize("kept_for_ever", [date.max])
def test_a_day_that_means_never_is_never_due(kept_for_ever: date) -> None:
    """31 December 9999 stays far away instead of failing."""
    assert not limits.is_due(kept_for_ever, FIVE_YEARS, LAST)


def test_a_duty_without_end_is_never_released() -> None:
    """31 December 9999 has no next day to be released on."""
    assert limits.releasable_from(date.max, FIVE_YEARS) == date.max


def test_a_cut_off_before_the_calendar_is_refused() -> None:
    """A period longer than the years counted so far has no cut-off."""
    with pytest.raises(ValueError, match="outside the calendar"):
        limits.cut_off(date(500, 1, 1), Period(years=900))


@pytest.mark.parametrize(
    ("archive_until", "span"),
    [(LAST, None), (LAST + DAY, (LAST + DAY, LAST + DAY))],
)
def test_an_archive_needs_a_day_of_its_own(archive_until: date, span: tuple[date, date] | None) -> None:
    """An archive that ends with the active phase does not exist."""
    assert limits.archive_span(LAST, archive_until) == span


@pytest.mark.parametrize(
    ("held_until", "executed"), [(None, LAST), (LAST - DAY, LAST), (LAST, LAST), (LAST + DAY, LAST + DAY)]
)
def test_a_hold_pushes_the_execution_to_its_release(held_until: date | None, executed: date) -> None:
    """A hold released before the limit changes nothing."""
    assert limits.execution_day(LAST, held_until) == executed


@pytest.mark.parametrize(
    ("day", "year_end", "close"),
    [
        ("2026-12-31", "12-31", "2026-12-31"),
        ("2027-01-01", "12-31", "2027-12-31"),
        ("2026-03-31", "03-31", "2026-03-31"),
        ("2026-04-01", "03-31", "2027-03-31"),
        ("2028-02-29", "02-29", "2028-02-29"),
        ("2027-03-01", "02-29", "2028-02-29"),
        ("2028-02-29", "02-28", "2029-02-28"),
    ],
)
def test_a_document_falls_in_the_fiscal_year_that_closes_next(day: str, year_end: str, close: str) -> None:
    """The closing day itself still belongs to its year."""
    found = limits.fiscal_close(date.fromisoformat(day), MonthDay.parse(year_end))
    assert found == date.fromisoformat(close)


@given(any_day, periods, year_ends, st.integers(-3, 3))
def test_fiscal_release_agrees_with_its_cut_off(day: date, period: Period, end: MonthDay, shift: int) -> None:
    """Counted from the close of the fiscal year, the duty still has one cut-off on the document's day."""
    close = limits.fiscal_close(day, end)
    as_of = limits.kept_through(close, period) + shift * DAY
    released = limits.kept_through(close, period) < as_of
    assert released == (day <= limits.fiscal_release_cut_off(as_of, period, end))
