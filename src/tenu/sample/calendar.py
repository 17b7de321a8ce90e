"""The sample's own calendar: small, and shared with nothing, so that its answers judge tenu's."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later, or the last of that month when the day does not exist.

    Source: Regulation 1182/71, 3(2)(c).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Return the anniversary of *day*, 29 February clamped to 28."""
    return add_months(day, 12 * years)


def last_due(as_of: date, months: int) -> date:
    """Return the latest day whose term of *months* has come on *as_of*; the next day's has not."""
    day = add_months(as_of, -months)
    while add_months(day + timedelta(days=1), months) <= as_of:
        day += timedelta(days=1)
    while add_months(day, months) > as_of:
        day -= timedelta(days=1)
    return day


def civil(at: date | datetime) -> date:
    """Return the civil day in Paris of *at*: a day, or an instant in UTC without zone."""
    if isinstance(at, datetime):
        return at.replace(tzinfo=UTC).astimezone(PARIS).date()
    return at


def midday(day: date) -> datetime:
    """Return an instant, UTC without zone, that is *day* in Paris all year long."""
    return datetime.combine(day, time(11))


def closing(day: date) -> datetime:
    """Return the last second of *day* in Paris, UTC without zone."""
    local = datetime.combine(day, time(23, 59, 59), tzinfo=PARIS)
    return local.astimezone(UTC).replace(tzinfo=None)
