"""Paths of files as a data map writes them: ``{camera}/{year}/{month}/{day}/**``, and the day they tell.

Parts are separated by ``/``. ``{year}``, ``{month}``, ``{day}``, ``{hour}``, ``{minute}``, ``{second}`` and ``{date}``
(``2026-11-03`` or ``20261103``) are dates; any other ``{name}`` and ``*`` stand for text inside one part; ``**``, the last
part only, for files at any depth. A name said twice says the same thing twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from tenu.periods.civil import civil_day

FilePath = tuple[str, ...]
"""Where a file or a folder is, from the root of its store."""
DEEP = "**"
_WIDTHS = {"year": 4, "month": 2, "day": 2, "hour": 2, "minute": 2, "second": 2}
_TOKEN = re.compile(r"\{([a-z][a-z0-9_]{0,30})\}|(\*)")
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


@dataclass(frozen=True)
class PathPattern:
    """One path, as written.

    Raises:
        ValueError: It is no path inside a store, or ``**`` is not its last part.
    """

    text: str

    def __post_init__(self) -> None:
        parts = self.text.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise ValueError(
                "a path goes down from the root of its store: no '/' at its ends, no '.', no '..'"
            )
        if DEEP in parts[:-1]:
            raise ValueError("'**' may only be the last part of a path")
        for part in parts:
            if any(brace in _TOKEN.sub("", part) for brace in "{}"):
                raise ValueError(f"'{part}' has a brace that names nothing; write for example {{camera}}")

    @cached_property
    def parts(self) -> FilePath:
        """Return the parts, ``**`` left out."""
        parts = tuple(self.text.split("/"))
        return parts[:-1] if self.is_deep else parts

    @property
    def is_deep(self) -> bool:
        """Return whether files may lie at any depth below its last part."""
        return self.text.rpartition("/")[2] == DEEP

    @cached_property
    def names(self) -> frozenset[str]:
        """Return what its braces name."""
        return frozenset(found[1] for found in _TOKEN.finditer(self.text) if found[1])

    @property
    def tells_day(self) -> bool:
        """Return whether whoever has the path has the day."""
        return "date" in self.names or {"year", "month", "day"} <= self.names

    @cached_property
    def _expressions(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_expression(part), re.DOTALL) for part in self.parts)

    def read(self, at: int, name: str, known: Mapping[str, str]) -> Mapping[str, str] | None:
        """Return what is *known* once the part numbered *at* is *name*; None when it cannot be."""
        found = self._expressions[at].fullmatch(name)
        if found is None:
            return None
        said = dict(known)
        for key, value in found.groupdict().items():
            if said.setdefault(key, value) != value:
                return None
        return said if _may_be(said) else None


@dataclass(frozen=True, slots=True)
class Trail:
    """How far a path was followed: the next part is numbered *at*, and its names say *known* so far."""

    pattern: PathPattern
    at: int
    known: Mapping[str, str]

    def into(self, folder: str) -> Trail | None:
        """Return the trail inside *folder*, None when the path does not lead there."""
        last = len(self.pattern.parts)
        if self.at >= last:
            return self if self.pattern.is_deep else None
        if self.at == last - 1 and not self.pattern.is_deep:
            return None
        known = self.pattern.read(self.at, folder, self.known)
        return None if known is None else Trail(self.pattern, self.at + 1, known)

    def ends(self, name: str) -> Trail | None:
        """Return the trail at a file called *name*, None when the path does not end there."""
        last = len(self.pattern.parts)
        if self.pattern.is_deep:
            return self if self.at >= last else None
        known = self.pattern.read(self.at, name, self.known) if self.at == last - 1 else None
        return None if known is None else Trail(self.pattern, last, known)

    def earliest(self) -> date:
        """Return the first day a file below may be of, as its names are written; ``date.min`` while nothing says it."""
        parts = _ymd(self.known)
        if "year" not in parts:
            return date.min
        return date(parts["year"], parts.get("month", 1), parts.get("day", 1) if "month" in parts else 1)

    def latest(self) -> date:
        """Return the last day a file below may be of; ``date.max`` while nothing says it."""
        parts = _ymd(self.known)
        if "year" not in parts:
            return date.max
        if "month" not in parts:
            return date(parts["year"], 12, 31)
        return next(_days_down(parts["year"], parts["month"], parts.get("day", 31)))

    def day(self, stored_in: ZoneInfo, zone: ZoneInfo) -> date:
        """Return the civil day in *zone* the names tell; an hour among them was written in *stored_in*.

        A day without an hour is taken as it is written.
        """
        parts = _ymd(self.known)
        written = date(parts["year"], parts["month"], parts["day"])
        if "hour" not in self.known:
            return written
        return civil_day(datetime.combine(written, _clock(self.known), stored_in), zone)


def _expression(part: str) -> str:
    """Return the regular expression of one part; a name said twice in it must say the same twice."""
    said: set[str] = set()
    pieces, end = [], 0
    for token in _TOKEN.finditer(part):
        pieces.append(re.escape(part[end : token.start()]))
        name, end = token[1], token.end()
        if name is None:
            pieces.append(".*")
        elif name in said:
            pieces.append(f"(?P={name})")
        else:
            pieces.append(f"(?P<{name}>{_values_of(name)})")
            said.add(name)
    return "".join([*pieces, re.escape(part[end:])])


def _values_of(name: str) -> str:
    if name == "date":
        return r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}"
    return f"[0-9]{{{_WIDTHS[name]}}}" if name in _WIDTHS else ".+?"


def _ymd(known: Mapping[str, str]) -> dict[str, int]:
    """Return the year, month and day that are known."""
    if found := _DATE.fullmatch(known.get("date", "")):
        return dict(zip(("year", "month", "day"), map(int, found.groups()), strict=True))
    return {name: int(known[name]) for name in ("year", "month", "day") if name in known}


def _clock(known: Mapping[str, str]) -> time:
    """Return the time of day that is known, its beginning where less is."""
    hour, minute, second = (int(known.get(name, 0)) for name in ("hour", "minute", "second"))
    return time(hour, minute, second)


def _may_be(known: Mapping[str, str]) -> bool:
    """Return whether some instant answers to the dates *known* (there is no month 13, no 31 June)."""
    parts = _ymd(known)
    try:
        date(parts.get("year", 2000), parts.get("month", 1), parts.get("day", 1))
        _clock(known)
    except ValueError:
        return False
    return True


def _days_down(year: int, month: int, day: int) -> Iterator[date]:
    """Yield the days of a month from *day*, or its last one, down."""
    for number in range(day, 0, -1):
        try:
            yield date(year, month, number)
        except ValueError:
            continue
