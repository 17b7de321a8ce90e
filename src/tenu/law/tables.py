"""Law as data with dates: when each value holds, where it comes from, how sure we are of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from tenu.periods.period import Period
from tenu.terms import Text

T = TypeVar("T")
Mark = Literal["V1", "V2", "V3"]
"""V1: the text itself was read; V2: read through a source that quotes it; V3: to be checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[T]):
    """One value of the law.

    It holds from *valid_from* (None: proposed, never in force) through *valid_to* (None: no end known), civil
    days of Paris.
    """

    value: T
    valid_from: date | None
    valid_to: date | None = None
    source: str
    mark: Mark
    note: Text | None = None

    def holds_on(self, as_of: date) -> bool:
        """Tell whether the value is in force on *as_of*."""
        started = self.valid_from is not None and self.valid_from <= as_of
        return started and (self.valid_to is None or as_of <= self.valid_to)


def in_force(entries: Iterable[Entry[T]], as_of: date) -> Entry[T] | None:
    """Return the entry in force on *as_of*, the latest started when several are, None when none is."""
    holding = [entry for entry in entries if entry.holds_on(as_of)]
    return max(holding, key=lambda entry: entry.valid_from or date.min, default=None)


PHONE_CONSENT: tuple[Entry[Period], ...] = (
    Entry(
        value=Period(years=1),
        valid_from=date(2026, 8, 11),
        source="C. conso. L223-1, R223-1 (loi 2025-594 art. 13, décret 2026-662)",
        mark="V2",
        note=Text(
            fr="avant ce jour, la prospection téléphonique suivait une liste d'opposition",
            en="before that day, telephone prospecting followed an opposition list",
        ),
    ),
)
"""How long a consent to be called may be used, once prior consent is required (T-31, T-35)."""

TRACKER_CHOICE: tuple[Entry[Period], ...] = (
    Entry(value=Period(months=6), valid_from=date(2020, 10, 1), source="CNIL 2020-092", mark="V3"),
)
"""How long a choice on trackers is kept before asking again, yes or no (T-23)."""

TRACKER_LIFE: tuple[Entry[Period], ...] = (
    Entry(value=Period(months=13), valid_from=date(2020, 10, 1), source="CNIL 2020-091", mark="V2"),
)
"""How long a tracker may last after its first deposit (T-22)."""

AUDIENCE_RECORDS: tuple[Entry[Period], ...] = (
    Entry(value=Period(months=25), valid_from=date(2020, 10, 1), source="CNIL 2020-091", mark="V2"),
)
"""How long audience records may be kept (T-24)."""

BREACH_NOTICE_HOURS: tuple[Entry[int], ...] = (
    Entry(value=72, valid_from=date(2018, 5, 25), source="GDPR 33(1)", mark="V2"),
    Entry(
        value=96,
        valid_from=None,
        source="COM(2025) 837 (Digital Omnibus)",
        mark="V2",
        note=Text(fr="proposition, pas encore en vigueur", en="proposed, not in force"),
    ),
)
"""Hours to notify a breach to the authority (T-06)."""

AUTHORITY_ADDRESS: tuple[Entry[tuple[str, ...]], ...] = (
    Entry(
        value=("3 place de Fontenoy", "TSA 80715", "75334 Paris cedex 07"),
        valid_from=date(2018, 5, 25),
        source="cnil.fr",
        mark="V2",
    ),
)
"""Where the French authority receives complaints by post; every answer gives it (C-CNI-01)."""
