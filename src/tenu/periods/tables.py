"""The values the law gives to time, each with its source, its days of validity and how far it was verified.

``mark`` says how the value is known: GDPR a well-known article of it, V1 the text itself was read,
V2 through a source that quotes it, V3 from memory and to be checked, OURS a choice of tenu no text fixes.
A value whose first day nobody needs starts ``SINCE_EVER``; a text that is only proposed has no ``valid_from``
and is never in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from tenu.periods.period import Period

T = TypeVar("T")

SINCE_EVER = date.min
PHONE_LAW_APPLIES_ON = date(2026, 8, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawValue(Generic[T]):
    """One *value* of a rule, in force from *valid_from* to *valid_to*, both included.

    *valid_from* is None while the text is only proposed; *valid_to* is None while nothing replaces it.
    """

    rule: str
    value: T
    source: str
    mark: Literal["GDPR", "V1", "V2", "V3", "OURS"]
    valid_from: date | None = SINCE_EVER
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Return whether the value applies on *on*."""
        started = self.valid_from is not None and self.valid_from <= on
        return started and (self.valid_to is None or on <= self.valid_to)


def value_on(history: Sequence[LawValue[T]], on: date) -> T:
    """Return the value of *history* in force on *on*.

    Raises:
        LookupError: When none is.
    """
    for entry in history:
        if entry.in_force(on):
            return entry.value
    raise LookupError(f"no value is in force on {on} among {history}; add the one of that day to the table")


class PhoneRegime(StrEnum):
    """What makes a prospecting call lawful."""

    OPPOSITION = "opposition"
    PRIOR_CONSENT = "prior_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHours:
    """Working-day hours in which a consumer may be called: each span's end is already outside."""

    spans: tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFrequency:
    """At most *attempts* calls in any *days* calendar days."""

    attempts: int
    days: int


# Time to act
ANSWER_MONTHS = (LawValue(rule="T-01", value=1, source="GDPR 12(3)", mark="GDPR"),)
EXTENDED_ANSWER_MONTHS = (LawValue(rule="T-02", value=3, source="GDPR 12(3)", mark="GDPR"),)
PROMPT_QUESTION_WORKING_DAYS = (
    LawValue(rule="T-04", value=3, source="EDPB 01/2022 §159 sets no number", mark="OURS"),
)
THIRD_PARTY_NOTICE_MONTHS = (LawValue(rule="T-05", value=1, source="GDPR 14(3)", mark="GDPR"),)
BREACH_TO_AUTHORITY = (
    LawValue(rule="T-06", value=timedelta(hours=72), source="GDPR 33(1)", mark="GDPR"),
    LawValue(
        rule="T-06", value=timedelta(hours=96), source="COM(2025) 837, proposed", mark="V2", valid_from=None
    ),
)
BREACH_TO_CONTROLLER = (LawValue(rule="T-07", value=timedelta(hours=24), source="GDPR 33(2)", mark="OURS"),)
BREACH_TO_PERSONS = (LawValue(rule="T-08", value=timedelta(hours=72), source="GDPR 34", mark="OURS"),)
RECIPIENT_NOTICE_WORKING_DAYS = (LawValue(rule="T-11", value=5, source="GDPR 19", mark="OURS"),)
POLICY_CHANGE_NOTICE = (LawValue(rule="T-36", value=timedelta(days=30), source="reading A-04", mark="OURS"),)

# Limits on the controller
PROSPECT_REFERENCE = (
    LawValue(rule="T-12", value=Period(years=3), source="CNIL, commercial management", mark="V2"),
)
TRACKER_LIFE = (LawValue(rule="T-22", value=Period(months=13), source="CNIL, trackers", mark="V2"),)
CHOICE_LIFE = (LawValue(rule="T-23", value=Period(months=6), source="CNIL 2020-092", mark="V3"),)
AUDIENCE_LIFE = (
    LawValue(rule="T-24", value=Period(months=25), source="CNIL, audience measurement", mark="V2"),
)
IMAGES = (
    LawValue(
        rule="T-25", value=(Period(months=1), Period(days=30)), source="CSI L252-5; CNIL, cameras", mark="V3"
    ),
)
BADGE_EVENTS = (LawValue(rule="T-26", value=Period(months=3), source="CNIL, access control", mark="V3"),)
SECURITY_LOGS_AT_MOST = (LawValue(rule="T-27", value=Period(months=12), source="CNIL 2021-122", mark="V2"),)
CANDIDATE_FILE = (LawValue(rule="T-28", value=Period(years=2), source="CNIL, recruitment", mark="V1"),)
CARD_PROOF = (LawValue(rule="T-29", value=Period(months=13), source="CNIL 2018-303; CMF L133-24", mark="V2"),)
DEFERRED_CARD_PROOF = (LawValue(rule="T-29", value=Period(months=15), source="CNIL 2018-303", mark="V2"),)
PHONE_CONSENT_LIFE = (
    LawValue(
        rule="T-31",
        value=Period(years=1),
        source="C. conso R223-1",
        mark="V2",
        valid_from=PHONE_LAW_APPLIES_ON,
    ),
)
INACTIVE_ACCOUNT = (
    LawValue(rule="T-37", value=Period(months=24), source="CNIL, inactive accounts", mark="V2"),
)
REQUEST_FILE = (LawValue(rule="T-38", value=Period(years=5), source="C. civ. 2224 by analogy", mark="OURS"),)

# Duties to keep
ACCOUNTING_RECORDS = (LawValue(rule="T-16", value=Period(years=10), source="C. com. L123-22", mark="V2"),)
TAX_DOCUMENTS = (LawValue(rule="T-17", value=Period(years=6), source="LPF L102 B", mark="V1"),)
ELECTRONIC_CONTRACT = (
    LawValue(rule="T-18", value=Period(years=10), source="C. conso L213-1, D213-2", mark="V3"),
)
ELECTRONIC_CONTRACT_CENTS = (LawValue(rule="T-18", value=12_000, source="C. conso D213-1", mark="V3"),)
SECURITY_LOGS_AT_LEAST = (LawValue(rule="T-27", value=Period(months=6), source="CNIL 2021-122", mark="V2"),)
SUPPRESSION_ENTRY = (
    LawValue(rule="T-30", value=Period(years=3), source="CNIL, prospecting; NS-48", mark="V3"),
)
PHONE_CONSENT_PROOF = (
    LawValue(
        rule="T-32",
        value=Period(years=3),
        source="C. conso R223-2",
        mark="V2",
        valid_from=PHONE_LAW_APPLIES_ON,
    ),
)

# Limitation of actions
CIVIL_LIMITATION = (LawValue(rule="T-19", value=Period(years=5), source="C. civ. 2224", mark="V3"),)
LIMITATION_LONG_STOP = (LawValue(rule="T-19", value=Period(years=20), source="C. civ. 2232", mark="V3"),)
CONSUMER_LIMITATION = (LawValue(rule="T-20", value=Period(years=2), source="C. conso L218-2", mark="V3"),)
COMMERCIAL_LIMITATION = (LawValue(rule="T-21", value=Period(years=5), source="C. com. L110-4", mark="V3"),)

# Calls
CALL_HOURS = (
    LawValue(
        rule="T-33",
        value=CallHours(spans=((time(10), time(13)), (time(14), time(20)))),
        source="C. conso D223-9",
        mark="V2",
    ),
)
CALL_FREQUENCY = (
    LawValue(rule="T-34", value=CallFrequency(attempts=4, days=30), source="C. conso D223-9", mark="V2"),
)
PHONE_REGIME = (
    LawValue(
        rule="T-35",
        value=PhoneRegime.OPPOSITION,
        source="C. conso L223-1 before law 2025-594",
        mark="V2",
        valid_to=PHONE_LAW_APPLIES_ON - timedelta(days=1),
    ),
    LawValue(
        rule="T-35",
        value=PhoneRegime.PRIOR_CONSENT,
        source="law 2025-594 art. 13",
        mark="V2",
        valid_from=PHONE_LAW_APPLIES_ON,
    ),
)
