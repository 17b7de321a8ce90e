"""French public holidays and working days.

The ``holidays`` package gives the national list (France without subdivision) and Alsace-Moselle (its
subdivision 6AE, which has the same days as 57). Its overseas lists mix the one holiday the law adds there
with customary ones, so the abolition days are written here.

Source: C. trav. L3133-1; L3134-13 [V3]; L3422-2 [V3]; Regulation 1182/71, art. 2.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_DAY = timedelta(days=1)
_SATURDAY = 5


class Region(StrEnum):
    """Where an act must be done, or where a consumer lives; FR is the mainland but Alsace and Moselle."""

    FR = "FR"
    ALSACE_MOSELLE = "FR-ALM"
    GUADELOUPE = "FR-GP"
    MARTINIQUE = "FR-MQ"
    GUYANE = "FR-GF"
    REUNION = "FR-RE"
    MAYOTTE = "FR-YT"


_ABOLITION = {
    Region.GUADELOUPE: (5, 27),
    Region.MARTINIQUE: (5, 22),
    Region.GUYANE: (6, 10),
    Region.REUNION: (12, 20),
    Region.MAYOTTE: (4, 27),
}


@lru_cache(maxsize=256)
def public_holidays(year: int, region: Region = Region.FR) -> frozenset[date]:
    """Return the public holidays of *year* in *region*. The solidarity day stays one; bridge days are not."""
    # The package is slow to import: only who asks for a working day pays for it.
    from holidays import country_holidays  # noqa: PLC0415

    subdivision = "6AE" if region is Region.ALSACE_MOSELLE else None
    days = set(country_holidays("FR", subdiv=subdivision, years=year))
    if region in _ABOLITION:
        days.add(date(year, *_ABOLITION[region]))
    return frozenset(days)


def is_working_day(day: date, region: Region = Region.FR) -> bool:
    """Return whether *day* is neither a Saturday, nor a Sunday, nor a public holiday.

    Source: Regulation 1182/71, art. 2(2).
    """
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year, region)


def roll(day: date, region: Region = Region.FR) -> date:
    """Return *day*, or the first working day after it.

    Source: Regulation 1182/71, art. 3(4).
    """
    while not is_working_day(day, region):
        day += _DAY
    return day


def add_working_days(day: date, count: int, region: Region = Region.FR) -> date:
    """Return the working day that comes *count* working days after *day*, which itself is not counted.

    Source: Regulation 1182/71, art. 3(1).
    """
    for _ in range(count):
        day = roll(day + _DAY, region)
    return day
