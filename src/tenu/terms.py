"""Closed vocabularies, spelled as the GDPR and the W3C DPV spell them.

Every word a policy, a data map or a journal may use for a closed choice lives here, once.
"""

from __future__ import annotations

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


class IdentifierKind(StrEnum):
    """What can designate a person in a system, always compared normalised."""

    CUSTOMER_REFERENCE = "customer_reference"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    POSTCODE = "postcode"
