"""Limits and duties of retention, as cut-off days.

MAX is a limit on the controller: it is reached at the end of its last day and is executed on that very day.
MIN is a duty to keep: its last day belongs to it. Neither ever rolls to a working day.
Every question has two forms that always agree: one day at a time (``last_day``), and the whole table at once
(``cut_off``: the latest anchor concerned), so that no database ever does calendar arithmetic.

Source: GDPR 5(1)(e); Regulation 1182/71, art. 3(2)(c).
"""

from __future__ import annotations

from datetime import date, timedelta

from tenu.periods.monthday import MonthDay
from tenu.periods.period import Period, add, day_in_month, month_number

_DAY = timedelta(days=1)


def last_day(anchor: date, period: Period) -> date:
    """Return the day at whose end the limit of *period* from *anchor* is reached (MAX)."""
    return add(anchor, period)


def is_due(anchor: date, period: Period, as_of: date) -> bool:
    """Return whether the limit is to be executed on *as_of* or should have been before (MAX)."""
    return last_day(anchor, period) <= as_of


def is_overdue(anchor: date, period: Period, as_of: date) -> bool:
    """Return whether the limit was already passed when *as_of* began (MAX)."""
    return last_day(anchor, period) < as_of


def cut_off(as_of: date, period: Period) -> date:
    """Return the latest anchor that is due on *as_of*: due is exactly ``anchor <= cut_off``.

    Raises:
        ValueError: When that anchor would be before year 1.
        OverflowError: Same, by days alone.
    """
    reached = as_of - timedelta(days=period.days)
    start = month_number(reached) - 12 * period.years - period.months
    # Every later day of the starting month is clamped onto the last day of a shorter one.
    is_month_end = reached == day_in_month(month_number(reached), 31)
    return day_in_month(start, 31 if is_month_end else reached.day)


def overdue_cut_off(as_of: date, period: Period) -> date:
    """Return the latest anchor overdue on *as_of*: overdue is exactly ``anchor <= overdue_cut_off``."""
    return cut_off(as_of - _DAY, period)


def shortest_last_day(anchor: date, *periods: Period) -> date:
    """Return the last day when several limits apply together (images: one month and thirty days)."""
    return min(last_day(anchor, period) for period in periods)


def shortest_cut_off(as_of: date, *periods: Period) -> date:
    """Return the latest anchor due on *as_of* when several limits apply together."""
    return max(cut_off(as_of, period) for period in periods)


def archive_span(active_until: date, archive_until: date) -> tuple[date, date] | None:
    """Return the first and last day of the archive, None when it would end no later than the active phase."""
    return (active_until + _DAY, archive_until) if archive_until > active_until else None


def execution_day(reached_on: date, held_until: date | None) -> date:
    """Return the day a limit reached on *reached_on* is executed: a legal hold pushes it to its release.

    Args:
        reached_on: Last day of the limit.
        held_until: Day the hold is released; None when there is no hold.
    """
    return reached_on if held_until is None else max(reached_on, held_until)


def kept_through(anchor: date, period: Period) -> date:
    """Return the last day of the duty to keep (MIN)."""
    return add(anchor, period)


def releasable_from(anchor: date, period: Period) -> date:
    """Return the first day the duty to keep is over (MIN); ``date.max`` when it never is."""
    through = kept_through(anchor, period)
    return through + _DAY if through < date.max else date.max


def release_cut_off(as_of: date, period: Period) -> date:
    """Return the latest anchor whose duty to keep is over on *as_of* (MIN)."""
    return cut_off(as_of - _DAY, period)


def fiscal_close(day: date, year_end: MonthDay) -> date:
    """Return the close of the fiscal year *day* falls in.

    Source: C. com. L123-22.
    """
    close = year_end.in_year(day.year)
    return close if day <= close else year_end.in_year(day.year + 1)


def fiscal_release_cut_off(as_of: date, period: Period, year_end: MonthDay) -> date:
    """Return the latest document day whose duty, counted from its fiscal close, is over on *as_of*."""
    released = release_cut_off(as_of, period)
    close = year_end.in_year(released.year)
    return close if close <= released else year_end.in_year(released.year - 1)
