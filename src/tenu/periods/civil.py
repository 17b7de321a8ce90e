"""Instants and civil days: an event belongs to the day the wall calendar shows where the controller is."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def civil_day(at: datetime, zone: tzinfo = PARIS) -> date:
    """Return the day *at* falls on in *zone*.

    Raises:
        ValueError: When *at* has no UTC offset.
    """
    return wall_clock(at, zone).date()


def wall_clock(at: datetime, zone: tzinfo = PARIS) -> datetime:
    """Return *at* as the clocks of *zone* show it.

    Raises:
        ValueError: When *at* has no UTC offset.
    """
    return aware(at).astimezone(zone)


def start_of_day(day: date, zone: tzinfo = PARIS) -> datetime:
    """Return the UTC instant *day* begins at in *zone*."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def aware(at: datetime) -> datetime:
    """Return *at* itself, once sure it is an instant.

    Raises:
        ValueError: When *at* has no UTC offset: the same digits are another instant in every time zone.
    """
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no UTC offset; write for example '2026-07-01T00:30:00+02:00'")
    return at
