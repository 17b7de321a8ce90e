"""What the company sends to everybody every quarter: a mailing of the CRM, a campaign of the mail tool."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from tenu.sample.calendar import civil
from tenu.sample.rows import Row

YEARS_BEFORE = 14
SEASONS = ("hiver", "printemps", "été", "automne")
_SENT = time(8)


def sent_before(at: datetime) -> tuple[int, datetime]:
    """Return the number and the instant of the last sending before *at* (UTC without zone)."""
    year, quarter = at.year, (at.month - 1) // 3 + 1
    if at < _sent_at(year, quarter):
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    return _number(year, quarter), _sent_at(year, quarter)


def sendings(as_of: date, until: date) -> Iterator[Row]:
    """Yield the mailings and campaigns of the years before *as_of* and of those up to *until*."""
    for year in range(as_of.year - YEARS_BEFORE, until.year + 1):
        for quarter, season in enumerate(SEASONS, start=1):
            sent_at = _sent_at(year, quarter)
            if civil(sent_at) <= until:
                yield from _sending(_number(year, quarter), f"{season} {year}", sent_at)


def _sending(number: int, when: str, sent_at: datetime) -> Iterator[Row]:
    yield Row("mailing", {"id": number, "title": f"Catalogue {when}", "sent_at": sent_at}, sent_at)
    yield Row(
        "campaign", {"id": number, "title": f"La lettre d'Hélianthe, {when}", "sent_at": sent_at}, sent_at
    )


def _number(year: int, quarter: int) -> int:
    return year * 10 + quarter


def _sent_at(year: int, quarter: int) -> datetime:
    return datetime.combine(date(year, 3 * quarter - 1, 12), _SENT)
