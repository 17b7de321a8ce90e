"""What each person may ask, how, and within which time the controller answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from tenu.documents import Located, document
from tenu.periods.period import Period
from tenu.policy.consent import Item, Route
from tenu.policy.promise import ClauseId, Identifier, Promise, ReadingId
from tenu.terms import Text


class Right(StrEnum):
    """The rights of the GDPR and of the French Act that a policy can list."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    COMPLAINT = "complaint"
    HUMAN_INTERVENTION = "human_intervention"
    POST_MORTEM_DIRECTIVES = "post_mortem_directives"


class Answer(StrEnum):
    """What an answer can hold: access (art. 15(1)), human intervention (22(3)), conditions told."""

    CONFIRMATION = "confirmation"
    COPY = "copy"
    PURPOSES = "purposes"
    CATEGORIES = "categories"
    RECIPIENTS = "recipients"
    RETENTION = "retention"
    RIGHTS = "rights"
    COMPLAINT = "complaint"
    SOURCE = "source"
    AUTOMATED_DECISIONS = "automated_decisions"
    DECISIVE_CRITERIA = "decisive_criteria"
    EXPRESS_VIEW = "express_view"
    CONTEST = "contest"
    MACHINE_READABLE = "machine_readable"
    DIRECT_TRANSFER = "direct_transfer"


class Case(StrEnum):
    """When a right applies, spelled from the articles that list the cases (17(1), 18(1), 20(1), 21)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION_UPHELD = "objection_upheld"
    UNLAWFUL = "unlawful"
    LEGAL_DUTY_TO_ERASE = "legal_duty_to_erase"
    COLLECTED_FROM_CHILD = "collected_from_child"
    ACCURACY_CONTESTED = "accuracy_contested"
    LEGAL_CLAIMS = "legal_claims"
    OBJECTION_PENDING = "objection_pending"
    CONSENT_OR_CONTRACT = "consent_or_contract"
    OBSOLETE_OR_WRONG = "obsolete_or_wrong"
    INCOMPLETE = "incomplete"
    PROSPECTING = "prospecting"
    PARTNER_PROSPECTING = "partner_prospecting"
    RESEARCH = "research"
    FRAUD = "fraud"
    PREVENTION = "prevention"
    ALL_LEGITIMATE_INTEREST = "all_legitimate_interest"


class Reserve(StrEnum):
    """What the text holds against an erasure (GDPR 17(3))."""

    LEGAL_DURATIONS = "legal_durations"
    FREEDOM_OF_EXPRESSION = "freedom_of_expression"
    LEGAL_DUTY = "legal_duty"
    PUBLIC_HEALTH = "public_health"
    ARCHIVES = "archives"
    LEGAL_CLAIMS = "legal_claims"


@document
class RightPromise(Located):
    """One right as the policy tells it.

    *uses_named* are uses the text names in it that need to be declared purposes.
    *changes_blocked* (restriction): the text says restricted data cannot be changed, without exception.
    *own_block* (objection): shown apart from the rest, as art. 21(4) asks.
    *automation_announced* (human intervention): the text says decisions may be automated.

    Source: GDPR 15 to 22; policy C-RGT-01 to C-RGT-18.
    """

    right: Right
    says: Text
    answers: tuple[Answer, ...] = ()
    cases: tuple[Case, ...] = ()
    exceptions: tuple[Reserve, ...] = ()
    effects: tuple[Promise, ...] = ()
    uses_named: tuple[Identifier, ...] = ()
    changes_blocked: bool = False
    own_block: bool = False
    automation_announced: bool = False
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Exercise(Located):
    """How rights are exercised: routes, what is asked, whether other routes are shut.

    Source: GDPR 12(2)-(6); policy C-RGT-19 to C-RGT-21; reading A-34.
    """

    says: Text
    routes: tuple[Route, ...]
    items: tuple[Item, ...]
    only_these_routes: bool
    free_of_charge: Text | None
    fee: Text | None = None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Deadline(Located):
    """How long an answer may take. *verified* is True when the text speaks of a verified request.

    Source: GDPR 12(3)-(4); policy C-RGT-22; reading A-21.
    """

    says: Text
    within: Period
    counted_from: Literal["receipt", "verification"]
    verified: bool
    extension: Text | None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Rights(Located):
    """Every right, and how it is exercised."""

    says: Text
    promised: tuple[RightPromise, ...]
    exercise: Exercise
    deadline: Deadline
    escalation: Promise
    recipients_are_told: Text | None
    faster_for_minors: Text | None

    def promise(self, right: Right) -> RightPromise | None:
        """Return what the policy says of *right*, or None when it does not list it."""
        return next((promise for promise in self.promised if promise.right is right), None)
