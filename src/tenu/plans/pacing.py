"""How fast a run may go, and when: the size of the next chunk, the rest after it, the hours it may work. Pure.

A returning customer waits at most for the transaction that holds their row, so transactions are kept short: their size
follows how long the last ones took, up fast at first, then up by steps and down by half, as networks share a line.

Source: policy C-RET-02 (the run must not disturb the service it serves); GDPR 32(1)(b).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from tenu.periods.civil import wall_clock
from tenu.periods.holidays import Region, public_holidays

Outside = Literal["stop", "wait"]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SUNDAY = 6
FIRST = 50
"""People of the first chunk: nobody knows yet how long one takes."""
STEPS = 20
"""How many steps lead from nothing to the largest chunk."""
CALM = 0.7
"""Below this part of the target, a chunk may grow."""
LONGEST_REST = 60.0
LOOK_AHEAD_DAYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours a run may work, on the controller's wall clock; *days* from 0 (Monday), by the day the window opens.

    A window whose *end* is not after its *start* ends the next day.
    """

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class LagProbe:
    """How the lag of a system's replicas is asked. *url*: where; the system itself when None. *query*: seconds, in SQL."""

    url: str | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """tenu.toml's ``[pacing]``; every value may be changed while a run works.

    *target_ms*: how long a transaction should last; 0 makes every chunk as large as ``chunk``. *smallest*: people per
    chunk at least. *duty*: percent of the time a run works, between chunks it rests. *max_lag_seconds*: how late the
    replicas may be; 0 does not look. *max_minutes*: how long one run may last; 0 is no limit. *windows*: when it may
    work, always when there are none; *outside*: whether it then stops or waits. *holidays*: where public holidays
    count as Sundays. *lag*: by system.
    """

    target_ms: int = 200
    smallest: int = 20
    duty: int = 100
    max_lag_seconds: int = 10
    max_minutes: int = 0
    outside: Outside = "stop"
    holidays: Region | None = None
    windows: tuple[Window, ...] = ()
    lag: Mapping[str, LagProbe] = field(default_factory=dict)


class Pace:
    """The size of the next chunk: doubled until a chunk comes near the target, then a step up, or half down."""

    def __init__(self, *, first: int = FIRST) -> None:
        self._size = first
        self._searching = True

    def size(self, pacing: Pacing, most: int) -> int:
        """Return how many the next chunk may hold, *most* at most."""
        if not pacing.target_ms:
            return most
        self._size = max(min(pacing.smallest, most), min(self._size, most))
        return self._size

    def took(self, seconds: float, pacing: Pacing, most: int, *, whole: bool, waited: bool) -> None:
        """Learn from one chunk.

        Args:
            seconds: How long its transaction lasted.
            pacing: The settings of the moment.
            most: The largest chunk allowed.
            whole: Whether the chunk was as large as ``size`` said: a smaller one says little about growing.
            waited: Whether somebody waited behind it.
        """
        target = pacing.target_ms / 1000
        if waited or seconds > target:
            self._searching = False
            self._size = int(self._size * max(0.125, min(0.5, target / seconds if seconds else 0.5)))
        elif whole and seconds < CALM * target:
            grown = self._size * 2 if self._searching else self._size + max(1, most // STEPS)
            self._size = min(most, grown)


def rest(seconds: float, pacing: Pacing) -> float:
    """Return how many seconds to rest after a chunk that lasted *seconds*, so that the duty cycle holds."""
    return min(LONGEST_REST, max(0.0, seconds) * (100 - pacing.duty) / pacing.duty)


def is_open(pacing: Pacing, at: datetime, zone: tzinfo) -> bool:
    """Return whether a run may work at the instant *at*; *zone* is the controller's."""
    day = wall_clock(at, zone).date()
    near = (day - timedelta(days=1), day)
    return not pacing.windows or any(opens <= at < closes for opens, closes in _hours(pacing, near, zone))


def next_opening(pacing: Pacing, at: datetime, zone: tzinfo) -> datetime | None:
    """Return the next instant (UTC) a window opens after *at*, None when none does within two weeks."""
    day = wall_clock(at, zone).date()
    days = [day + timedelta(days=n) for n in range(LOOK_AHEAD_DAYS)]
    return min((opens for opens, _ in _hours(pacing, days, zone) if opens > at), default=None)


def _hours(pacing: Pacing, days: Sequence[date], zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield when windows open and close, in UTC, for those that open on *days*."""
    for day in days:
        for window in pacing.windows:
            if _weekday(day, pacing.holidays) in window.days:
                ends = day if window.end > window.start else day + timedelta(days=1)
                yield _instant(day, window.start, zone), _instant(ends, window.end, zone)


def _instant(day: date, hour: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)


def _weekday(day: date, region: Region | None) -> int:
    if region is not None and day in public_holidays(day.year, region):
        return SUNDAY
    return day.weekday()
