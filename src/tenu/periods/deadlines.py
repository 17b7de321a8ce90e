"""DUE: time to act. Months end on the same date, rolled to a working day; hours run day and night.

Source: GDPR 12, 14, 19, 33, 34; Regulation (EEC, Euratom) 1182/71.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tenu.periods.civil import aware
from tenu.periods.holidays import Region, add_working_days, roll
from tenu.periods.period import Period, add
from tenu.periods.tables import (
    ANSWER_MONTHS,
    BREACH_TO_AUTHORITY,
    BREACH_TO_CONTROLLER,
    BREACH_TO_PERSONS,
    EXTENDED_ANSWER_MONTHS,
    POLICY_CHANGE_NOTICE,
    PROMPT_QUESTION_WORKING_DAYS,
    RECIPIENT_NOTICE_WORKING_DAYS,
    THIRD_PARTY_NOTICE_MONTHS,
    value_on,
)

ALERT_DAYS_BEFORE = (10, 5, 2)
_HOUR = timedelta(hours=1)


def due_in_months(received: date, months: int, region: Region = Region.FR, suspended_days: int = 0) -> date:
    """Return the last day to act *months* after *received*, always counted from that day itself.

    Args:
        received: Civil day the request reached any official channel, whoever noticed it.
        months: Whole months.
        region: Where the act must be done; its holidays push the day.
        suspended_days: Days the clock did not run.

    Source: GDPR 12(3); Regulation 1182/71, art. 3(2)(c) and 3(4); EDPB 01/2022 §§157-161.
    """
    return roll(add(received, Period(months=months)) + timedelta(days=suspended_days), region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question put to the person (identity, clarification); *answered_on* is None until they answer.

    Raises:
        ValueError: When the answer comes before the question.
    """

    asked_on: date
    answered_on: date | None

    def __post_init__(self) -> None:
        if self.answered_on is not None and self.answered_on < self.asked_on:
            raise ValueError(f"answered on {self.answered_on}, before the question of {self.asked_on}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDue:
    """The two last days to answer: *promised_by* ignores any suspension, *tolled_by* counts it.

    Reminders and lateness follow *followed*, the earlier one (reading A-21).
    """

    promised_by: date
    tolled_by: date

    @property
    def followed(self) -> date:
        """Return the day reminders and lateness follow."""
        return min(self.promised_by, self.tolled_by)


def answer_due(
    received: date,
    *,
    region: Region = Region.FR,
    extension_noticed_on: date | None = None,
    question: Question | None = None,
    prompt_within: int | None = None,
) -> AnswerDue:
    """Return the last days to answer a request.

    Args:
        received: Civil day the request reached any official channel.
        region: Where the answer is made.
        extension_noticed_on: Day the person was told of an extension; a late notice changes nothing.
        question: The question that suspends the clock, if one was asked.
        prompt_within: Working days within which a question is prompt; None for the table's value.

    Source: GDPR 12(3); EDPB 01/2022 §§157-164.
    """
    extended = extension_noticed_on is not None and is_extension_valid(received, extension_noticed_on, region)
    months = value_on(EXTENDED_ANSWER_MONTHS if extended else ANSWER_MONTHS, received)
    tolled = suspended_days(received, question, region, prompt_within) if question else 0
    return AnswerDue(
        promised_by=due_in_months(received, months, region),
        tolled_by=due_in_months(received, months, region, tolled),
    )


def is_extension_valid(received: date, noticed_on: date, region: Region = Region.FR) -> bool:
    """Return whether the notice of an extension left within the first month.

    Source: GDPR 12(3).
    """
    return received <= noticed_on <= refusal_notice_by(received, region)


def refusal_notice_by(received: date, region: Region = Region.FR) -> date:
    """Return the last day to say that nothing will be done, and why. It is never extended nor suspended.

    It binds too when the person never answers a question: silence is no way out.

    Source: GDPR 11(2), 12(4), 12(6).
    """
    return due_in_months(received, value_on(ANSWER_MONTHS, received), region)


def suspended_days(
    received: date, question: Question, region: Region = Region.FR, prompt_within: int | None = None
) -> int:
    """Return the days *question* stops the clock: none when it was asked late or is still unanswered.

    An open question suspends nothing yet, so that the day followed never moves away by itself.

    Source: EDPB 01/2022 §159; the arithmetic is reading A-21.
    """
    within = value_on(PROMPT_QUESTION_WORKING_DAYS, received) if prompt_within is None else prompt_within
    if question.answered_on is None or question.asked_on > add_working_days(received, within, region):
        return 0
    return (question.answered_on - question.asked_on).days


def alerts(due_on: date, days_before: tuple[int, ...] = ALERT_DAYS_BEFORE) -> tuple[date, ...]:
    """Return the days to remind of something due on *due_on*, the earliest first."""
    return tuple(due_on - timedelta(days=days) for days in sorted(days_before, reverse=True))


def third_party_notice_by(
    obtained_on: date,
    *,
    first_message_on: date | None = None,
    first_disclosure_on: date | None = None,
    region: Region = Region.FR,
) -> date:
    """Return the last day to tell a person where their data came from: the first of three.

    Source: GDPR 14(3).
    """
    month = due_in_months(obtained_on, value_on(THIRD_PARTY_NOTICE_MONTHS, obtained_on), region)
    return min(day for day in (month, first_message_on, first_disclosure_on) if day is not None)


def recipient_notice_by(effective_on: date, region: Region = Region.FR) -> date:
    """Return the last day to tell recipients of a rectification, erasure or restriction.

    Source: GDPR 19, which gives no number; the working days are ours.
    """
    return add_working_days(effective_on, value_on(RECIPIENT_NOTICE_WORKING_DAYS, effective_on), region)


def change_notice_by(effective_on: date) -> date:
    """Return the last day to tell people of a change of policy; never later, even for a weekend.

    Source: reading A-04.
    """
    return effective_on - value_on(POLICY_CHANGE_NOTICE, effective_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachDue:
    """The two ends of the time to notify a breach, UTC instants: *strict_at* is the one to aim at."""

    strict_at: datetime
    regulation_at: datetime


def breach_due(aware_at: datetime) -> BreachDue:
    """Return when the authority must know of a breach, by elapsed time and by whole hours.

    Args:
        aware_at: Instant of reasonable certainty. No weekend, holiday or change of time moves the result.

    Raises:
        ValueError: When *aware_at* has no UTC offset.

    Source: GDPR 33(1); Regulation 1182/71, art. 3(1) and 3(2)(a); EDPB 9/2022.
    """
    instant = aware(aware_at).astimezone(UTC)
    length = value_on(BREACH_TO_AUTHORITY, instant.date())
    next_hour = instant.replace(minute=0, second=0, microsecond=0) + _HOUR
    return BreachDue(strict_at=instant + length, regulation_at=next_hour + length)


def controller_notice_at(aware_at: datetime) -> datetime:
    """Return the UTC instant by which a processor tells its controller of a breach.

    Source: GDPR 33(2), which says without delay; the hours are ours.
    """
    instant = aware(aware_at).astimezone(UTC)
    return instant + value_on(BREACH_TO_CONTROLLER, instant.date())


def persons_notice_at(high_risk_at: datetime) -> datetime:
    """Return the UTC instant by which the persons are told of a breach at high risk for them.

    Source: GDPR 34(1), which says without delay; the hours are ours.
    """
    instant = aware(high_risk_at).astimezone(UTC)
    return instant + value_on(BREACH_TO_PERSONS, instant.date())
