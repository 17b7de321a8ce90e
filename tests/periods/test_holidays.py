"""French public holidays, checked against an Easter computed here, and the working days between them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periods.calendars import DAY, any_day, easter
from tenu.periods.holidays import Region, add_working_days, is_working_day, public_holidays, roll

regions = st.sampled_from(Region)
FIXED = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]


def expected(year: int) -> set[date]:
    movable = {easter(year) + timedelta(days=shift) for shift in (1, 39, 50)}
    return movable | {date(year, month, day) for month, day in FIXED}


@pytest.mark.parametrize("year", range(2008, 2101))
def test_the_national_list_follows_easter(year: int) -> None:
    """Eleven holidays, three of them by the moon."""
    assert public_holidays(year) == expected(year)


@pytest.mark.parametrize("year", range(2008, 2101))
def test_alsace_and_moselle_have_two_more(year: int) -> None:
    """Good Friday and 26 December."""
    more = {easter(year) - timedelta(days=2), date(year, 12, 26)}
    assert public_holidays(year, Region.ALSACE_MOSELLE) == expected(year) | more


@pytest.mark.parametrize(
    ("region", "day"),
    [
        (Region.GUADELOUPE, date(2026, 5, 27)),
        (Region.MARTINIQUE, date(2026, 5, 22)),
        (Region.GUYANE, date(2026, 6, 10)),
        (Region.REUNION, date(2026, 12, 20)),
        (Region.MAYOTTE, date(2026, 4, 27)),
    ],
)
def test_overseas_adds_the_abolition_day_only(region: Region, day: date) -> None:
    """Customary days are working days: they must not lengthen a deadline."""
    assert public_holidays(2026, region) - public_holidays(2026) == {day}


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 5, 13), True),
        (date(2026, 5, 14), False),
        (date(2026, 5, 15), True),
        (date(2026, 5, 16), False),
        (date(2026, 5, 17), False),
        (date(2026, 5, 18), True),
    ],
)
def test_around_ascension_only_the_bridge_is_worked(day: date, working: bool) -> None:
    """The Friday after Ascension is a working day, Saturday is not."""
    assert is_working_day(day) is working


@given(any_day, regions)
def test_rolling_gives_the_first_working_day(day: date, region: Region) -> None:
    """No working day is jumped over, and the one found is worked."""
    end = roll(day, region)
    worked = [is_working_day(day + shift * DAY, region) for shift in range((end - day).days + 1)]
    assert worked == [False] * (len(worked) - 1) + [True]


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 1), 0, date(2026, 9, 1)),
        (date(2026, 9, 1), 3, date(2026, 9, 4)),
        (date(2026, 9, 4), 1, date(2026, 9, 7)),
        (date(2026, 9, 5), 1, date(2026, 9, 7)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, count: int, end: date) -> None:
    """The day of the event is not counted, and weekends and holidays are not either."""
    assert add_working_days(start, count) == end
