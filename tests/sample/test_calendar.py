"""The sample's own calendar."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenu.sample.calendar import add_months, add_years, civil, closing, last_due, midday

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2024, 2, 29), date(2029, 2, 28)), (date(2023, 2, 28), date(2028, 2, 28))],
)
def test_29_february_is_clamped_and_28_is_not_moved(day: date, expected: date) -> None:
    """Five years after 29 February is 28 February; after 28 February it stays so, even in a leap year."""
    assert add_years(day, 5) == expected


@given(DAYS, st.sampled_from((12, 13, 60, 120)))
def test_last_due_is_the_last_day_whose_term_has_come(as_of: date, months: int) -> None:
    """The term of the day found has come, that of the next day has not."""
    found = last_due(as_of, months)
    following = date.fromordinal(found.toordinal() + 1)
    assert add_months(found, months) <= as_of < add_months(following, months)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2021, 1, 15, 22, 30), date(2021, 1, 15)),
        (datetime(2021, 1, 15, 23, 30), date(2021, 1, 16)),
        (datetime(2021, 6, 30, 21, 30), date(2021, 6, 30)),
        (datetime(2021, 6, 30, 22, 30), date(2021, 7, 1)),
    ],
)
def test_an_instant_belongs_to_the_day_in_paris(at: datetime, day: date) -> None:
    """Paris is one hour ahead of UTC in winter, two in summer."""
    assert civil(at) == day


@given(DAYS)
def test_midday_and_closing_are_of_their_day(day: date) -> None:
    """Both instants fall on the day they were made from, and closing is the later."""
    assert (civil(midday(day)), civil(closing(day)), midday(day) < closing(day)) == (day, day, True)
