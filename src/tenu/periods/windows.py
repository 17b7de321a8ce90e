"""When a consumer may be called, and how long a cookie may stay.

Source: C. conso L223-1, D223-9, R223-1; CNIL 2020-092; policy C-PUR-07 and the promise of 13 months.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from tenu.periods.civil import PARIS, aware, civil_day, start_of_day, wall_clock
from tenu.periods.holidays import Region, is_working_day
from tenu.periods.limits import last_day
from tenu.periods.period import Period
from tenu.periods.tables import (
    CALL_FREQUENCY,
    CALL_HOURS,
    PHONE_CONSENT_LIFE,
    PHONE_CONSENT_PROOF,
    PHONE_LAW_APPLIES_ON,
    PHONE_REGIME,
    PhoneRegime,
    value_on,
)

AGREED_CALL_LASTS = timedelta(hours=1)
_DAY = timedelta(days=1)


class CallRefusal(StrEnum):
    """Why time alone forbids a call."""

    DAY = "day"
    HOUR = "hour"
    FREQUENCY = "frequency"
    CONSENT = "consent"


def phone_regime(at: datetime, controller_zone: tzinfo = PARIS) -> PhoneRegime:
    """Return what makes a prospecting call lawful at *at*.

    Source: law 2025-594, art. 13.
    """
    return value_on(PHONE_REGIME, civil_day(at, controller_zone))


def call_refusals(
    at: datetime,
    *,
    consented_on: date | None,
    earlier_attempts: Iterable[date],
    zone: tzinfo,
    region: Region,
    agreed_at: datetime | None = None,
) -> tuple[CallRefusal, ...]:
    """Return every reason time gives to refuse a prospecting call at *at*; nothing when it gives none.

    Oppositions, withdrawals and running contracts are facts of the person, judged elsewhere.

    Args:
        at: Instant of the call.
        consented_on: Day the consumer consented to calls; None when they did not.
        earlier_attempts: Consumer's days of earlier calls, unanswered and provider's ones included.
        zone: Time zone of the consumer.
        region: Holidays of the consumer.
        agreed_at: Instant the consumer asked to be called at; it lifts days and hours only.

    Raises:
        ValueError: When an instant has no UTC offset.
    """
    day = civil_day(at, zone)
    found = [moment_refusal(at, zone=zone, region=region, agreed_at=agreed_at)]
    if not is_attempt_allowed(earlier_attempts, day):
        found.append(CallRefusal.FREQUENCY)
    if phone_regime(at) is PhoneRegime.PRIOR_CONSENT and not covers_call(consented_on, day):
        found.append(CallRefusal.CONSENT)
    return tuple(refusal for refusal in found if refusal is not None)


def moment_refusal(
    at: datetime, *, zone: tzinfo, region: Region, agreed_at: datetime | None = None
) -> CallRefusal | None:
    """Return why nobody may be called at *at*, by the clock and calendar of the consumer.

    A moment the consumer agreed to is open from that instant, for ``AGREED_CALL_LASTS`` (ours).

    Source: C. conso L223-1, D223-9.
    """
    if agreed_at is not None and aware(agreed_at) <= aware(at) < agreed_at + AGREED_CALL_LASTS:
        return None
    local = wall_clock(at, zone)
    if not is_working_day(local.date(), region):
        return CallRefusal.DAY
    spans = value_on(CALL_HOURS, local.date()).spans
    return None if any(start <= local.time() < end for start, end in spans) else CallRefusal.HOUR


def is_attempt_allowed(earlier_attempts: Iterable[date], day: date) -> bool:
    """Return whether one more call on *day* keeps within the frequency, whatever days end the window.

    Source: C. conso D223-9.
    """
    limit = value_on(CALL_FREQUENCY, day)
    first = day - timedelta(days=limit.days - 1)
    return sum(first <= attempt <= day for attempt in earlier_attempts) < limit.attempts


def last_calling_day(consented_on: date) -> date:
    """Return the last day a consent to calls covers: the eve of its anniversary, with no tacit renewal.

    Source: C. conso R223-1.
    """
    return last_day(consented_on, value_on(PHONE_CONSENT_LIFE, _phone_law_day(consented_on))) - _DAY


def phone_consent_proof_kept_through(consented_on: date) -> date:
    """Return the last day the proof of a consent to calls must be kept.

    Source: C. conso R223-2.
    """
    return last_day(consented_on, value_on(PHONE_CONSENT_PROOF, _phone_law_day(consented_on)))


def covers_call(consented_on: date | None, day: date) -> bool:
    """Return whether a consent given on *consented_on* still covers a call on *day*."""
    return consented_on is not None and consented_on <= day <= last_calling_day(consented_on)


def _phone_law_day(consented_on: date) -> date:
    # A consent older than the law is judged by it: the law asks for one on the day of the call.
    return max(consented_on, PHONE_LAW_APPLIES_ON)


def choice_asked_again_from(chosen_on: date, life: Period) -> date:
    """Return the first day a choice on trackers, yes or no alike, may be asked for again.

    Source: CNIL 2020-092.
    """
    return last_day(chosen_on, life)


def tracker_last_day(deposits: Iterable[date], life: Period) -> date:
    """Return the day by whose end a tracker is gone, counted from its first deposit: visits extend nothing.

    Raises:
        ValueError: When there is no deposit.

    Source: CNIL, trackers; the policy's own promise of 13 months.
    """
    return last_day(min(deposits), life)


def tracker_stops_on(chosen_on: date, choice_life: Period, deposits: Iterable[date], life: Period) -> date:
    """Return the day a tracker stops: the first of its own last day and of the end of the choice."""
    return min(choice_asked_again_from(chosen_on, choice_life), tracker_last_day(deposits, life))


def is_max_age_kept(set_at: datetime, max_age: timedelta, life: Period, zone: tzinfo = PARIS) -> bool:
    """Return whether a cookie set at *set_at* for *max_age* is gone by the end of its last day.

    Raises:
        ValueError: When *set_at* has no UTC offset.
    """
    return max_age <= longest_max_age(set_at, life, zone)


def longest_max_age(set_at: datetime, life: Period, zone: tzinfo = PARIS) -> timedelta:
    """Return the longest time a cookie first set at *set_at* may live: until its last day ends.

    No number of seconds is thirteen months: the calendar, and the change of time, decide each day.

    Raises:
        ValueError: When *set_at* has no UTC offset.
    """
    last = last_day(civil_day(set_at, zone), life)
    return start_of_day(last + _DAY, zone) - aware(set_at)
