"""Time to act: months rolled to working days, suspensions, hours that never stop."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periods.calendars import DAY, any_day
from tenu.periods import deadlines
from tenu.periods.deadlines import Question
from tenu.periods.holidays import Region, is_working_day

regions = st.sampled_from(Region)
RECEIVED = date(2026, 9, 1)
instants = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2060, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(any_day, regions)
def test_a_month_is_never_shorter_than_28_days(received: date, region: Region) -> None:
    """Clamping and rolling never take a day away."""
    assert deadlines.due_in_months(received, 1, region) >= received + timedelta(days=28)


@given(any_day, st.integers(1, 24), regions, st.integers(0, 60))
def test_an_answer_is_always_due_on_a_working_day(
    received: date, months: int, region: Region, suspended: int
) -> None:
    """Whatever the length and the suspension."""
    assert is_working_day(deadlines.due_in_months(received, months, region, suspended), region)


@given(any_day, regions)
def test_a_suspension_of_no_day_is_no_suspension(received: date, region: Region) -> None:
    """A question answered the same day changes nothing."""
    question = Question(asked_on=received, answered_on=received)
    plain = deadlines.answer_due(received, region=region)
    assert deadlines.answer_due(received, region=region, question=question) == plain


@given(any_day, regions, st.integers(0, 10), st.integers(0, 90))
def test_a_suspension_never_moves_the_day_followed(
    received: date, region: Region, asked: int, answered: int
) -> None:
    """Reminders and lateness keep to the promised day."""
    asked_on = received + asked * DAY
    question = Question(asked_on=asked_on, answered_on=asked_on + answered * DAY)
    due = deadlines.answer_due(received, region=region, question=question)
    assert due.followed == due.promised_by


@pytest.mark.parametrize(("asked_on", "days"), [(date(2026, 9, 4), 10), (date(2026, 9, 5), 0)])
def test_a_question_suspends_when_asked_within_three_working_days(asked_on: date, days: int) -> None:
    """The third working day is prompt, the next day is not."""
    question = Question(asked_on=asked_on, answered_on=asked_on + timedelta(days=10))
    assert deadlines.suspended_days(RECEIVED, question) == days


def test_the_promptness_of_a_question_is_a_setting() -> None:
    """Another controller may hold itself to one working day."""
    question = Question(asked_on=date(2026, 9, 3), answered_on=date(2026, 9, 10))
    assert deadlines.suspended_days(RECEIVED, question, prompt_within=1) == 0


def test_an_answer_before_its_question_is_refused() -> None:
    """Such a suspension would be negative."""
    with pytest.raises(ValueError, match="before the question"):
        Question(asked_on=RECEIVED, answered_on=RECEIVED - DAY)


@pytest.mark.parametrize(
    ("noticed_on", "valid"),
    [
        (RECEIVED - DAY, False),
        (RECEIVED, True),
        (date(2026, 10, 1), True),
        (date(2026, 10, 2), False),
    ],
)
def test_an_extension_is_told_within_the_first_month(noticed_on: date, valid: bool) -> None:
    """On the last day still, the day after no more, and never before the request."""
    assert deadlines.is_extension_valid(RECEIVED, noticed_on) is valid


def test_reminders_come_ten_five_and_two_days_before() -> None:
    """The earliest comes first."""
    assert deadlines.alerts(date(2026, 10, 1)) == (date(2026, 9, 21), date(2026, 9, 26), date(2026, 9, 29))


@pytest.mark.parametrize(
    ("message", "disclosure", "notice_by"),
    [
        (None, date(2026, 10, 29), date(2026, 10, 29)),
        (date(2026, 10, 5), date(2026, 10, 4), date(2026, 10, 4)),
        (date(2026, 12, 1), None, date(2026, 10, 30)),
    ],
)
def test_the_source_of_data_is_told_at_the_first_of_three_days(
    message: date | None, disclosure: date | None, notice_by: date
) -> None:
    """A month, the first message, the first disclosure."""
    start = date(2026, 9, 30)
    found = deadlines.third_party_notice_by(start, first_message_on=message, first_disclosure_on=disclosure)
    assert found == notice_by


def test_recipients_are_told_within_five_working_days() -> None:
    """From a Wednesday before Ascension to the Thursday after it."""
    assert deadlines.recipient_notice_by(date(2026, 5, 13)) == date(2026, 5, 21)


@given(instants)
def test_a_breach_is_due_72_hours_after_it_is_known(aware_at: datetime) -> None:
    """Changes of time, weekends and holidays take or give nothing."""
    assert deadlines.breach_due(aware_at).strict_at - aware_at == timedelta(hours=72)


@given(instants)
def test_counting_whole_hours_gives_at_most_one_more(aware_at: datetime) -> None:
    """The reading by whole hours is never earlier than the strict one."""
    due = deadlines.breach_due(aware_at)
    assert timedelta(0) < due.regulation_at - due.strict_at <= timedelta(hours=1)


def test_a_processor_tells_its_controller_within_a_day() -> None:
    """Twenty-four elapsed hours, across a change of time too."""
    aware_at = datetime.fromisoformat("2026-10-24T12:00:00+02:00")
    assert deadlines.controller_notice_at(aware_at) == datetime.fromisoformat("2026-10-25T11:00:00+01:00")


def test_persons_are_told_of_a_high_risk_within_three_days() -> None:
    """Seventy-two elapsed hours."""
    found_at = datetime.fromisoformat("2026-05-22T16:30:00+02:00")
    assert deadlines.persons_notice_at(found_at) == datetime.fromisoformat("2026-05-25T16:30:00+02:00")
