"""Comparing a column with a civil day, whatever way it writes dates, and reading one back.

A zero date of MariaDB, 0 or an empty text says that nobody knows: it is a missing date. Any other text that is no date
was written by somebody for something: it counts as a recent one, so that it never makes anybody look inactive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenu.datamap.catalog import ColumnKind
from tenu.datamap.model import DateForm
from tenu.periods.civil import civil_day, start_of_day

FIRST = date(1000, 1, 1)
"""Before this day a calendar holds nothing but zero dates."""
_FIRST_DIGITS = int(FIRST.strftime("%Y%m%d"))
_ZEROS = r"^$|^[ 0][-0 :.TZ]*$"
_SIGNS = {DateForm.ISO: r"^[1-9][0-9]{3}-[0-1][0-9]-[0-3][0-9]", DateForm.YYYYMMDD: r"^[1-9][0-9]{7}$"}
_SECOND = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """How one engine compares dates. *zone*: whose civil days count; *stored_in*: that of date-times without one."""

    engine: str
    zone: ZoneInfo
    stored_in: ZoneInfo

    def from_day(self, column: Any, kind: ColumnKind, form: DateForm | None, day: date) -> Any:
        """Return when *column* is on *day* or later, or holds what nobody can read as a date."""
        later, odd = self._later(column, kind, form, day), self._odd(column, kind, form)
        return later if odd is None else sa.or_(later, odd)

    def before_day(self, column: Any, kind: ColumnKind, form: DateForm | None, day: date) -> Any:
        """Return when *column* is earlier than *day*; never when it is no date."""
        earlier = sa.not_(self._later(column, kind, form, day))
        present = self.present(column, kind, form)
        return earlier if present is None else sa.and_(earlier, present)

    def present(self, column: Any, kind: ColumnKind, form: DateForm | None) -> Any | None:
        """Return when *column*, not NULL, holds a date; None when it cannot hold anything else."""
        match form or (DateForm.SECONDS if kind is ColumnKind.INTEGER else None):
            case DateForm.SECONDS | DateForm.MILLISECONDS:
                return column > 0
            case DateForm.YYYYMMDD if not _text(kind):
                return column >= _FIRST_DIGITS
            case DateForm.ISO | DateForm.YYYYMMDD as written:
                return column.regexp_match(_SIGNS[written])
            case None:
                if self._has_zero(kind):
                    return column >= sa.literal(FIRST, sa.Date())
                read = self._read_by_sqlite(column, kind)
                return None if read is None else read.is_not(None)

    def blank(self, column: Any, kind: ColumnKind, form: DateForm | None) -> Any | None:
        """Return when *column*, not NULL, says that there is no date; None when only NULL does."""
        match form:
            case DateForm.SECONDS | DateForm.MILLISECONDS:
                return column <= 0
            case DateForm.YYYYMMDD if not _text(kind):
                return column <= 0
            case DateForm.ISO | DateForm.YYYYMMDD:
                return column.regexp_match(_ZEROS)
            case None:
                return column < sa.literal(FIRST, sa.Date()) if self._has_zero(kind) else None

    def _odd(self, column: Any, kind: ColumnKind, form: DateForm | None) -> Any | None:
        """Return when *column* holds something that is neither a date nor none; None when it cannot."""
        match form:
            case DateForm.SECONDS | DateForm.MILLISECONDS:
                return None
            case DateForm.YYYYMMDD if not _text(kind):
                return sa.and_(column > 0, column < _FIRST_DIGITS)
            case DateForm.ISO | DateForm.YYYYMMDD as written:
                return sa.not_(column.regexp_match(f"{_ZEROS}|{_SIGNS[written]}"))
            case None:
                read = self._read_by_sqlite(column, kind)
                return None if read is None else sa.and_(read.is_(None), column.is_not(None))

    def _later(self, column: Any, kind: ColumnKind, form: DateForm | None, day: date) -> Any:
        instant = start_of_day(day, self.zone)
        match form or (DateForm.SECONDS if kind is ColumnKind.INTEGER else None):
            case DateForm.SECONDS:
                return column >= int(instant.timestamp())
            case DateForm.MILLISECONDS:
                return column >= int(instant.timestamp()) * 1000
            case DateForm.YYYYMMDD:
                said = day.strftime("%Y%m%d")
                return column >= (said if _text(kind) else int(said))
            case DateForm.ISO:
                moment = sa.func.replace(sa.func.substr(column, 1, 19), "T", " ", type_=sa.String())
                stored = instant.astimezone(self.stored_in).strftime(_SECOND)
                return sa.case(
                    (sa.func.length(column) <= 10, column >= day.isoformat()), else_=moment >= stored
                )
            case None:
                left, right = self._native(column, kind, day)
                return left >= right

    def civil(self, value: object, form: DateForm | None) -> date | None:
        """Return the civil day of a stored value; date-times without zone are in the system's own."""
        if isinstance(value, int) and form is not DateForm.YYYYMMDD:
            seconds = value / 1000 if form is DateForm.MILLISECONDS else value
            return civil_day(datetime.fromtimestamp(seconds, UTC), self.zone) if value > 0 else None
        if isinstance(value, int | str):
            value = _read(str(value), form)
        if isinstance(value, datetime):
            return civil_day(value if value.tzinfo else value.replace(tzinfo=self.stored_in), self.zone)
        return value if isinstance(value, date) else None

    def _native(self, column: Any, kind: ColumnKind, day: date) -> tuple[Any, Any]:
        """Return the column and the first moment of civil *day*, in forms this engine compares exactly."""
        instant = start_of_day(day, self.zone)
        stored = instant.astimezone(self.stored_in)
        read = self._read_by_sqlite(column, kind)
        if kind is ColumnKind.DAY:
            return (column, sa.literal(day, sa.Date())) if read is None else (read, day.isoformat())
        if read is not None:
            return read, stored.strftime(_SECOND)
        if kind is ColumnKind.ZONED_INSTANT:
            return column, sa.literal(instant, sa.DateTime(timezone=True))
        return column, sa.literal(stored.replace(tzinfo=None), sa.DateTime())

    def _read_by_sqlite(self, column: Any, kind: ColumnKind) -> Any | None:
        """Return *column* as the date SQLite reads in it, NULL when it reads none; None on the engines that have dates."""
        if self.engine != "sqlite" or kind is ColumnKind.INTEGER:
            return None
        read = sa.func.date if kind is ColumnKind.DAY else sa.func.datetime
        return read(column, type_=sa.String())

    def _has_zero(self, kind: ColumnKind) -> bool:
        return self.engine == "mariadb" and kind in (ColumnKind.DAY, ColumnKind.INSTANT)


def _text(kind: ColumnKind) -> bool:
    return kind not in (ColumnKind.INTEGER, ColumnKind.NUMBER)


def _read(text: str, form: DateForm | None) -> date | datetime | None:
    """Return the date *text* says, None when it says none."""
    try:
        if form is DateForm.YYYYMMDD:
            return datetime.strptime(text, "%Y%m%d").date()
        return (
            date.fromisoformat(text) if len(text) == len("2026-03-01") else datetime.fromisoformat(text[:19])
        )
    except ValueError:
        return None
