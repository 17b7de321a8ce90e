"""An event belongs to its day in Paris, whatever the zone of the server."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periods.calendars import DAY, any_day
from tenu.periods import deadlines
from tenu.periods.civil import PARIS, civil_day, start_of_day, wall_clock

TICK = timedelta(microseconds=1)
zones = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "UTC"]).map(ZoneInfo)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-06-30T21:59:59+00:00", date(2026, 6, 30)),
        ("2026-06-30T22:00:00+00:00", date(2026, 7, 1)),
        ("2026-12-31T22:59:59+00:00", date(2026, 12, 31)),
        ("2026-12-31T23:00:00+00:00", date(2027, 1, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_paris(at: str, day: date) -> None:
    """Two hours ahead of UTC in summer, one in winter."""
    assert civil_day(datetime.fromisoformat(at)) == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24)]
)
def test_a_day_lasts_what_the_clocks_say(day: date, hours: int) -> None:
    """Days of a change of time are an hour shorter or longer."""
    assert start_of_day(day + DAY) - start_of_day(day) == timedelta(hours=hours)


@given(any_day, zones)
def test_a_day_starts_at_its_first_instant(day: date, zone: ZoneInfo) -> None:
    """The instant before belongs to the eve."""
    start = start_of_day(day, zone)
    assert (civil_day(start - TICK, zone), civil_day(start, zone)) == (day - DAY, day)


def test_the_start_of_a_day_is_a_utc_instant() -> None:
    """What goes to databases is UTC."""
    assert start_of_day(date(2026, 7, 1)).tzinfo is UTC


@pytest.mark.parametrize(
    "reader", [civil_day, wall_clock, deadlines.breach_due, deadlines.controller_notice_at]
)
def test_an_instant_without_offset_is_refused(reader: object) -> None:
    """The same digits are another instant elsewhere: nothing is guessed."""
    with pytest.raises(ValueError, match="no UTC offset"):
        reader(datetime(2026, 7, 1, 0, 30))  # type: ignore[operator]


@pytest.mark.parametrize("server", ["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_the_zone_of_the_server_changes_nothing(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server in Auckland answers as one in Paris."""
    monkeypatch.setenv("TZ", server)
    time.tzset()
    received_at = datetime.fromisoformat("2026-06-30T22:30:00+00:00")
    try:
        found = (civil_day(received_at), start_of_day(date(2026, 7, 1)), wall_clock(received_at).hour)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found == (date(2026, 7, 1), datetime(2026, 6, 30, 22, tzinfo=UTC), 0)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1)), st.integers(-12, 12))
def test_the_offset_an_instant_is_written_with_changes_nothing(naive: datetime, hours: int) -> None:
    """An instant is one instant in any spelling."""
    at = naive.replace(tzinfo=UTC)
    assert civil_day(at.astimezone(timezone(timedelta(hours=hours))), PARIS) == civil_day(at, PARIS)
