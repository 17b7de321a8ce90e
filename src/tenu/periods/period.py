"""A duration as a policy writes it: years, months and days, added the way Regulation 1182/71 adds them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from tenu.periods.spelling import Spelled
from tenu.terms import Language

_ISO = r"P(?=[0-9])(?:[0-9]{1,6}Y)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}W)?(?:[0-9]{1,6}D)?"
_UNIT = r"(?:years?|months?|weeks?|days?|ans?|années?|mois|semaines?|jours?)"
_PART = rf"[0-9]{{1,6}}\s+{_UNIT}"
_PATTERN = rf"^(?:{_ISO}|{_PART}(?:(?:,|\s+and|\s+et)?\s+{_PART})*)$"
_ACCEPTED = re.compile(_PATTERN)
_AMOUNT = re.compile(r"([0-9]+)\s*([a-zéYMWD]+)")
_FIELD_OF_INITIAL = {
    **dict.fromkeys("ya", "years"),
    "m": "months",
    **dict.fromkeys("ws", "weeks"),
    **dict.fromkeys("dj", "days"),
}
_WORDS: dict[Language, tuple[tuple[str, str], ...]] = {
    "fr": (("an", "ans"), ("mois", "mois"), ("jour", "jours")),
    "en": (("year", "years"), ("month", "months"), ("day", "days")),
}
_LONGEST_IN_YEARS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Spelled):
    """A duration of *years*, *months* and *days*, kept as it was written.

    Two periods are equal when written with the same numbers: 12 months and 1 year add alike but are not
    equal, and there is no order between 1 month and 30 days.

    Raises:
        ValueError: When a number is negative, all are zero, or the whole exceeds a thousand years.

    Source: Regulation (EEC, Euratom) 1182/71, art. 3(2)(c).
    """

    pattern: ClassVar[str] = _PATTERN
    examples: ClassVar[tuple[str, ...]] = ("5 years", "13 months", "30 days", "5 ans", "P1Y6M")

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        numbers = (self.years, self.months, self.days)
        if min(numbers) < 0:
            raise ValueError(f"a period cannot go back in time: {numbers}; write for example '5 years'")
        if not any(numbers):
            raise ValueError("a period of nothing is not a period; write for example '30 days'")
        if self.years + self.months // 12 + self.days // 366 >= _LONGEST_IN_YEARS:
            raise ValueError("a period must be shorter than 1000 years; write for example '5 years'")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period *text* writes, in ISO 8601 (``P1Y6M``, ``P2W``) or in words (``5 ans``).

        Raises:
            ValueError: When *text* is not a period, or names one unit twice.
        """
        written = text.strip()
        if not _ACCEPTED.match(written):
            raise ValueError(f"'{text}' is not a period; write for example '5 years', '13 months' or 'P30D'")
        numbers: dict[str, int] = {}
        for amount, unit in _AMOUNT.findall(written):
            field = _FIELD_OF_INITIAL[unit[0].lower()]
            if field in numbers:
                raise ValueError(f"'{text}' names {field} twice; write for example '1 year and 6 months'")
            numbers[field] = int(amount)
        days = numbers.get("days", 0) + 7 * numbers.get("weeks", 0)
        return cls(years=numbers.get("years", 0), months=numbers.get("months", 0), days=days)

    def __str__(self) -> str:
        """Return the period in ISO 8601."""
        lettered = zip(self._numbers, "YMD", strict=True)
        return "P" + "".join(f"{number}{letter}" for number, letter in lettered if number)

    def words(self, language: Language) -> str:
        """Return the period as people say it in *language*, such as ``1 an et 6 mois``."""
        named = zip(self._numbers, _WORDS[language], strict=True)
        parts = [f"{number} {many if number > 1 else one}" for number, (one, many) in named if number]
        last = " et " if language == "fr" else " and "
        return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]

    @property
    def _numbers(self) -> tuple[int, int, int]:
        return self.years, self.months, self.days


def add(day: date, period: Period) -> date:
    """Return *day* plus *period*: years and months first, then days.

    The same date, or the last day of the month when it does not exist. Never past ``date.max``, so that the
    "31 December 9999" some databases hold for "never" stays far away instead of failing.

    Source: Regulation 1182/71, art. 3(2)(c).
    """
    month = month_number(day) + 12 * period.years + period.months
    if month > month_number(date.max):
        return date.max
    moved = day_in_month(month, day.day)
    return moved + timedelta(days=min(period.days, (date.max - moved).days))


def month_number(day: date) -> int:
    """Return the months from January of year 0 to the month of *day*."""
    return 12 * day.year + day.month - 1


def day_in_month(number: int, day: int) -> date:
    """Return *day* of the month numbered *number*, or that month's last day when it is shorter.

    Raises:
        ValueError: When the month is outside the calendar (year 1 to 9999).
    """
    year, month = divmod(number, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"the year {year} is outside the calendar; use a later day or a shorter period")
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))
