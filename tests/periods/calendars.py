"""What the tests of this room share: days and periods to draw, and an Easter of their own."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tenu.periods.period import Period

DAY = timedelta(days=1)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
# Around the ends of months and of February is where calendars disagree.
edges = st.builds(
    lambda year, month, shift: date(year, month, 1) + timedelta(days=shift),
    st.integers(2000, 2099),
    st.integers(1, 12),
    st.integers(-4, 3),
)
any_day = st.one_of(days, edges)
periods = st.builds(
    lambda numbers: Period(years=numbers[0], months=numbers[1], days=numbers[2]),
    st.tuples(st.integers(0, 20), st.integers(0, 40), st.sampled_from([0, 0, 1, 28, 30, 31, 400])).filter(
        any
    ),
)


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus, independent of the package under test."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + timedelta(days=moon - weekday)
