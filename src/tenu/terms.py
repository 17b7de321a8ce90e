"""Closed vocabularies, spelled as the GDPR and the W3C DPV spell them.

Every word a policy, a data map or a journal may use for a closed choice lives here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One sentence in the two languages people read tenu in, French first."""

    fr: str
    en: str

    def in_(self, language: Language) -> str:
        """Return the sentence in *language*."""
        return self.fr if language == "fr" else self.en


class LegalBasis(StrEnum):
    """The bases of GDPR 6(1), letters a to f."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Phase(StrEnum):
    """The three phases of a retained datum (policy C-RET-01, CNIL's active / intermediate archive / end)."""

    ACTIVE = "active"
    ARCHIVE = "archive"
    ENDED = "ended"


class End(StrEnum):
    """What happens when no phase is left (policy C-RET-07)."""

    ERASE = "erase"
    ANONYMISE = "anonymise"


class ClauseStatus(StrEnum):
    """The four truths of a clause. Anything not looked at is UNKNOWN, never KEPT."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    ATTESTED = "attested"


class EvidenceClass(StrEnum):
    """Where a clause's proof comes from: databases, public probe, registry, tenu's own ledger."""

    DATABASES = "D"
    PROBE = "P"
    REGISTRY = "R"
    LEDGER = "L"


class Deontic(StrEnum):
    """What kind of sentence a clause is: must, must never, may within bounds, a stated fact."""

    OBLIGATION = "O"
    PROHIBITION = "X"
    PERMISSION = "P"
    FACT = "F"


class Severity(StrEnum):
    """How bad a finding is."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"
    NOTE = "note"


class Channel(StrEnum):
    """How a person is reached."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"
    SMS = "sms"


class Origin(StrEnum):
    """Where a datum comes from: the person gave it, was seen using the service, or somebody concluded it.

    Source: GDPR 20(1); guidelines WP242 rev.01 (what is inferred or derived is not « provided »); policy C-RGT-03.
    """

    PROVIDED = "provided"
    OBSERVED = "observed"
    DERIVED = "derived"


class IdentifierKind(StrEnum):
    """What can designate a person in a system, always compared normalised.

    ``record`` is the row itself, by the name tenu gives it: what a duplicate and the row it was merged into share.
    """

    CUSTOMER_REFERENCE = "customer_reference"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    POSTCODE = "postcode"
    RECORD = "record"


class Motive(StrEnum):
    """Why an archived file may be opened: a closed list, none of which is curiosity.

    Source: policy C-RET-04, C-RET-05; GDPR 15, 17(3)(e), 58(1).
    """

    CLAIM = "claim"
    TAX = "tax"
    ACCOUNTING = "accounting"
    AUTHORITY = "authority"
    ACCESS_REQUEST = "access_request"


MOTIVES: Mapping[Motive, Text] = {
    Motive.CLAIM: Text(fr="réclamation ou litige", en="a claim or a dispute"),
    Motive.TAX: Text(fr="contrôle fiscal", en="a tax audit"),
    Motive.ACCOUNTING: Text(fr="contrôle comptable", en="an audit of the accounts"),
    Motive.AUTHORITY: Text(fr="demande d'une autorité", en="a request of an authority"),
    Motive.ACCESS_REQUEST: Text(
        fr="demande d'accès de la personne elle-même", en="the person's own access request"
    ),
}


class ArchiveEnd(StrEnum):
    """Why archived packages end: their last day came, an erasure was granted, or a copy put them back and they end again."""

    LAST_DAY = "last_day"
    ERASURE = "erasure"
    RETURNED = "returned"
