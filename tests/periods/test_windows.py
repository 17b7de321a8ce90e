"""When a consumer may be called, and how long a cookie may stay."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periods.calendars import DAY, any_day
from tenu.periods import windows
from tenu.periods.civil import PARIS, civil_day
from tenu.periods.holidays import Region
from tenu.periods.period import Period
from tenu.periods.tables import PhoneRegime
from tenu.periods.windows import CallRefusal

THIRTEEN_MONTHS = Period(months=13)
GIVEN = date(2026, 9, 10)
instants = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2060, 1, 1), timezones=st.just(PARIS)
)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("clock", "refusal"),
    [
        ("09:59:59", CallRefusal.HOUR),
        ("10:00:00", None),
        ("12:59:59", None),
        ("13:00:00", CallRefusal.HOUR),
        ("13:59:59", CallRefusal.HOUR),
        ("14:00:00", None),
        ("19:59:59", None),
        ("20:00:00", CallRefusal.HOUR),
    ],
)
def test_calls_keep_to_their_hours(clock: str, refusal: CallRefusal | None) -> None:
    """The first second is open, the last is closed."""
    found = windows.moment_refusal(paris(f"2026-11-12T{clock}"), zone=PARIS, region=Region.FR)
    assert found is refusal


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        ("2026-11-13", None),
        ("2026-11-14", CallRefusal.DAY),
        ("2026-11-15", CallRefusal.DAY),
        ("2026-11-16", None),
    ],
)
def test_nobody_is_called_at_the_weekend(day: str, refusal: CallRefusal | None) -> None:
    """Friday and Monday are open, what lies between is not."""
    found = windows.moment_refusal(paris(f"{day}T11:00:00"), zone=PARIS, region=Region.FR)
    assert found is refusal


@pytest.mark.parametrize(
    ("clock", "refusal"),
    [
        ("2026-11-14T17:59:59", CallRefusal.DAY),
        ("2026-11-14T18:00:00", None),
        ("2026-11-14T18:59:59", None),
        ("2026-11-14T19:00:00", CallRefusal.DAY),
    ],
)
def test_a_moment_the_consumer_chose_is_open(clock: str, refusal: CallRefusal | None) -> None:
    """A Saturday evening they asked for, for an hour and no longer."""
    agreed_at = paris("2026-11-14T18:00:00")
    found = windows.moment_refusal(paris(clock), zone=PARIS, region=Region.FR, agreed_at=agreed_at)
    assert found is refusal


@pytest.mark.parametrize(("region", "refusal"), [(Region.FR, None), (Region.ALSACE_MOSELLE, CallRefusal.DAY)])
def test_the_holidays_are_those_of_the_consumer(region: Region, refusal: CallRefusal | None) -> None:
    """Good Friday in Strasbourg."""
    assert windows.moment_refusal(paris("2027-03-26T11:00:00"), zone=PARIS, region=region) is refusal


def test_the_day_is_the_one_of_the_consumer() -> None:
    """Sunday evening in Paris is Monday morning in Wallis."""
    at = paris("2026-11-15T23:30:00")
    assert windows.moment_refusal(at, zone=ZoneInfo("Pacific/Wallis"), region=Region.FR) is None


@pytest.mark.parametrize(
    ("at", "regime"),
    [
        ("2026-08-10T23:59:59", PhoneRegime.OPPOSITION),
        ("2026-08-11T00:00:00", PhoneRegime.PRIOR_CONSENT),
    ],
)
def test_the_law_on_calls_changes_at_midnight_in_paris(at: str, regime: PhoneRegime) -> None:
    """One second separates the two regimes."""
    assert windows.phone_regime(paris(at)) is regime


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (GIVEN - DAY, False),
        (GIVEN, True),
        (date(2027, 9, 9), True),
        (date(2027, 9, 10), False),
    ],
)
def test_a_consent_to_calls_covers_one_year(day: date, covered: bool) -> None:
    """From its day to the eve of its anniversary."""
    assert windows.covers_call(GIVEN, day) is covered


def test_a_consent_older_than_the_law_counts_from_its_own_day() -> None:
    """It gains nothing from the change of law."""
    assert windows.last_calling_day(date(2026, 1, 15)) == date(2027, 1, 14)


@pytest.mark.parametrize(("day", "allowed"), [(date(2026, 10, 30), False), (date(2026, 10, 31), True)])
def test_a_fifth_attempt_waits_for_the_first_to_leave_the_window(day: date, allowed: bool) -> None:
    """Thirty days, both ends counted."""
    earlier = [date(2026, 10, 1), date(2026, 10, 8), date(2026, 10, 15), date(2026, 10, 22)]
    assert windows.is_attempt_allowed(earlier, day) is allowed


@given(st.lists(any_day, max_size=30), st.integers(0, 200))
def test_no_thirty_days_ever_hold_five_attempts(drawn: list[date], shift: int) -> None:
    """Whoever asks before each attempt never passes the frequency, in any window."""
    made: list[date] = []
    for day in sorted(GIVEN + timedelta(days=(d.toordinal() + shift) % 90) for d in drawn):
        if windows.is_attempt_allowed(made, day):
            made.append(day)
    assert all((later - first).days >= 30 for first, later in zip(made, made[4:], strict=False))


def test_every_reason_is_given_at_once() -> None:
    """A refusal hides no other."""
    found = windows.call_refusals(
        paris("2026-11-15T11:00:00"),
        consented_on=None,
        earlier_attempts=[date(2026, 11, 10)] * 4,
        zone=PARIS,
        region=Region.FR,
    )
    assert found == (CallRefusal.DAY, CallRefusal.FREQUENCY, CallRefusal.CONSENT)


@given(instants)
def test_the_longest_max_age_ends_with_the_last_day(set_at: datetime) -> None:
    """One second less is the last day, the limit itself is the first instant after it."""
    last = windows.tracker_last_day([civil_day(set_at)], THIRTEEN_MONTHS)
    # Arithmetic within one zone ignores changes of time: count in UTC.
    gone_at = set_at.astimezone(ZoneInfo("UTC")) + windows.longest_max_age(set_at, THIRTEEN_MONTHS)
    days = civil_day(gone_at - timedelta(seconds=1)), civil_day(gone_at)
    assert days == (last, last + DAY)


@pytest.mark.parametrize(
    ("set_at", "kept"), [("2026-02-28T22:59:59+01:00", True), ("2026-02-28T23:00:01+01:00", False)]
)
def test_393_days_pass_the_limit_when_the_clocks_change_that_night(set_at: str, kept: bool) -> None:
    """Set late on 28 February, the hour lost on 28 March pushes the end into the next day."""
    found = windows.is_max_age_kept(datetime.fromisoformat(set_at), timedelta(days=393), THIRTEEN_MONTHS)
    assert found is kept


@given(instants)
def test_392_days_are_always_within_thirteen_months(set_at: datetime) -> None:
    """The one fixed number of days that is safe at every second of every year."""
    assert windows.is_max_age_kept(set_at, timedelta(days=392), THIRTEEN_MONTHS)


def test_a_tracker_never_deposited_has_no_last_day() -> None:
    """Nothing is counted from nothing."""
    with pytest.raises(ValueError, match="empty"):
        windows.tracker_last_day([], THIRTEEN_MONTHS)
