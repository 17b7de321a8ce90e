"""How long each purpose keeps people, in three phases, and which texts of law make some records stay longer.

Durations of the policy are limits on the controller (MAX: they end early and never roll to a working day);
legal periods are duties to keep (MIN: they end late).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from tenu.documents import Located, document
from tenu.periods.period import Period
from tenu.terms import End, Text


class Stricter(StrEnum):
    """Which wins when the law's reference is shorter than the promise."""

    KEEP_PROMISE = "keep_promise"
    FOLLOW_LAW = "follow_law"


class Scope(StrEnum):
    """What one clock runs for: a person (all their rows together) or each record by its own date."""

    PERSON = "person"
    RECORD = "record"


@document
class ActivePhase(Located):
    """The active base: how long after the last listed act.

    *restarted_by* is a closed list of kinds of act of the person; collection always counts as the first one.
    *suspended_while* names states during which the clock does not run (a contract still running).

    Source: GDPR 5(1)(e); policy C-RET-13, C-RET-14, C-RET-17, C-RET-18, C-RET-21.
    """

    lasts: Period
    restarted_by: tuple[str, ...] = ()
    suspended_while: tuple[str, ...] = ()
    at_most: Period | None = None


@document
class ArchivePhase(Located):
    """The restricted archive: until when, counted from which acts, on which ground.

    Source: GDPR 5(1)(e); policy C-RET-04, C-RET-06, C-RET-19, C-RET-22; reading A-29.
    """

    lasts: Period
    counted_from: tuple[str, ...]
    ground: Text
    reading: str | None = None


@document
class RetentionRule(Located):
    """One row of the retention table. *reading* names the ambiguity it settles when the text is silent."""

    id: str
    each: Scope
    active: ActivePhase
    archive: ArchivePhase | None
    end: End
    clauses: tuple[str, ...]
    reading: str | None = None
    when_law_is_stricter: Stricter | None = None


@document
class LegalPeriod(Located):
    """A duty to keep one type of record, whatever happens to its person.

    *counted_from*: ``document`` (the record's own day), ``fiscal_close`` (end of the fiscal year it falls in),
    ``performance`` (delivery, or the end of the service) or ``contract_end``; the data map names the column that holds
    that day. *at_least*: the amount, in euros, from which the duty exists; whatever the amount when there is none.

    Source: policy C-RET-10, C-RET-11.
    """

    id: str
    lasts: Period
    counted_from: Literal["document", "fiscal_close", "performance", "contract_end"]
    at_least: int | None = None
    text: str
    label: Text
    mark: Literal["V1", "V2", "V3"]
    clauses: tuple[str, ...]


@document
class Retention(Located):
    """Every duration the policy runs on."""

    rules: tuple[RetentionRule, ...]
    legal_periods: tuple[LegalPeriod, ...]
    when_law_is_stricter: Stricter

    def rule(self, identifier: str) -> RetentionRule:
        """Return the rule called *identifier*; KeyError when the policy has none."""
        return {rule.id: rule for rule in self.rules}[identifier]

    def legal_period(self, identifier: str) -> LegalPeriod:
        """Return the legal period called *identifier*; KeyError when the policy has none."""
        return {period.id: period for period in self.legal_periods}[identifier]
