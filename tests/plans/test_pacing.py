"""The pace of a run: sizes that follow the time chunks take, and hours on the controller's wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenu.periods.holidays import Region
from tenu.plans.pacing import Pace, Pacing, Window, is_open, next_opening, rest

PARIS = ZoneInfo("Europe/Paris")
NIGHTS = Pacing(windows=(Window(days=frozenset(range(5)), start=time(22), end=time(6)),))
"""Weekday nights, from ten to six."""


def chunks(pace: Pace, per_person: float, count: int, most: int = 1_000) -> list[int]:
    """Return the sizes of *count* chunks that take *per_person* seconds for each person."""
    sizes = []
    for _ in range(count):
        size = pace.size(Pacing(), most)
        sizes.append(size)
        pace.took(size * per_person, Pacing(), most, whole=True, waited=False)
    return sizes


def test_chunks_grow_fast_while_they_are_short() -> None:
    """Doubled until the largest allowed."""
    assert chunks(Pace(), 0.0, 6) == [50, 100, 200, 400, 800, 1000]


def test_chunks_settle_under_the_target() -> None:
    """At 0.4 ms a person, 500 people last 200 ms: no later chunk is much longer, none is tiny."""
    sizes = chunks(Pace(), 0.0004, 60)[10:]
    assert (max(sizes) * 0.0004 <= 0.2, min(sizes) >= 100) == (True, True)


def test_a_slow_database_gets_small_chunks() -> None:
    """Down to the smallest, not below."""
    assert chunks(Pace(), 1.0, 6)[-1] == Pacing().smallest


def test_somebody_waiting_halves_the_chunk() -> None:
    """Even a short transaction gives way when another waited behind it."""
    pace = Pace(first=400)
    pace.took(0.05, Pacing(), 1_000, whole=True, waited=True)
    assert pace.size(Pacing(), 1_000) == 200


def test_a_small_last_chunk_says_nothing_about_growing() -> None:
    """Three people done in no time do not prove that a thousand would be."""
    pace = Pace(first=100)
    pace.took(0.001, Pacing(), 1_000, whole=False, waited=False)
    assert pace.size(Pacing(), 1_000) == 100


def test_without_a_target_chunks_are_as_large_as_allowed() -> None:
    """``target_ms = 0``: nobody uses the service now."""
    assert Pace().size(Pacing(target_ms=0), 5_000) == 5_000


@given(st.lists(st.floats(0, 100), max_size=40), st.integers(1, 5_000))
def test_a_chunk_is_always_bounded(times: list[float], most: int) -> None:
    """Whatever the times, at least one person and never more than the setting."""
    pace, sizes = Pace(), []
    for seconds in times:
        sizes.append(pace.size(Pacing(), most))
        pace.took(seconds, Pacing(), most, whole=True, waited=False)
    assert all(1 <= size <= most for size in sizes)


@pytest.mark.parametrize(("duty", "seconds"), [(100, 0.0), (50, 0.2), (20, 0.8)])
def test_a_duty_cycle_is_a_rest_after_each_chunk(duty: int, seconds: float) -> None:
    """At 20 %, a chunk of 0.2 s is followed by 0.8 s of rest."""
    assert rest(0.2, Pacing(duty=duty)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-11-23T20:59:59+00:00", False),  # Monday, 21:59:59 in Paris
        ("2026-11-23T21:00:00+00:00", True),
        ("2026-11-24T04:59:59+00:00", True),  # Tuesday, 05:59:59
        ("2026-11-24T05:00:00+00:00", False),
        ("2026-11-28T04:00:00+00:00", True),  # Saturday morning belongs to Friday's night
        ("2026-11-28T22:00:00+00:00", False),
        ("2026-07-06T20:00:00+00:00", True),  # summer time: 22:00 in Paris
        ("2026-07-06T19:59:59+00:00", False),
    ],
)
def test_a_window_is_on_the_wall_clock(at: str, opened: bool) -> None:
    """Both sides of each edge, across midnight, in winter and summer time."""
    assert is_open(NIGHTS, datetime.fromisoformat(at), PARIS) is opened


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23T12:00:00+00:00", "2026-11-23T21:00:00+00:00"),
        ("2026-11-27T21:00:00+00:00", "2026-11-30T21:00:00+00:00"),  # Friday night, then Monday
    ],
)
def test_the_next_window_is_known(at: str, opens: str) -> None:
    """The first opening after the instant, a weekend skipped."""
    assert next_opening(NIGHTS, datetime.fromisoformat(at), PARIS) == datetime.fromisoformat(opens)


@pytest.mark.parametrize(("region", "opened"), [(None, True), (Region.FR, False)])
def test_a_public_holiday_may_count_as_a_sunday(region: Region | None, opened: bool) -> None:
    """The night of Wednesday 11 November 2026: worked, unless holidays are Sundays."""
    pacing = Pacing(windows=NIGHTS.windows, holidays=region)
    assert is_open(pacing, datetime(2026, 11, 11, 22, tzinfo=UTC), PARIS) is opened


def test_without_windows_a_run_may_always_work() -> None:
    """The default is no window at all."""
    assert is_open(Pacing(), datetime(2026, 11, 22, 12, tzinfo=UTC), PARIS)
