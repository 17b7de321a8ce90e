"""A day of every year, such as the close of a fiscal year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from tenu.periods.spelling import Spelled

_PATTERN = r"^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"
_A_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay(Spelled):
    """A month and a day; 29 February means the end of February, whatever the year.

    Raises:
        ValueError: When no year has that day.
    """

    pattern: ClassVar[str] = _PATTERN
    examples: ClassVar[tuple[str, ...]] = ("12-31", "03-31")

    month: int
    day: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12 or not 1 <= self.day <= calendar.monthrange(_A_LEAP_YEAR, self.month)[1]:
            raise ValueError(f"no year has a day {self}; write for example '12-31'")

    @classmethod
    def parse(cls, text: str) -> MonthDay:
        """Return the day *text* writes as ``MM-DD``.

        Raises:
            ValueError: When *text* is not a day of the year.
        """
        if not re.match(_PATTERN, text.strip()):
            raise ValueError(f"'{text}' is not a day of the year; write month and day, for example '12-31'")
        month, day = text.strip().split("-")
        return cls(month=int(month), day=int(day))

    def in_year(self, year: int) -> date:
        """Return this day in *year*."""
        return date(year, self.month, min(self.day, calendar.monthrange(year, self.month)[1]))

    def __str__(self) -> str:
        """Return ``MM-DD``."""
        return f"{self.month:02}-{self.day:02}"
