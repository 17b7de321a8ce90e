"""Why data are processed, on which legal basis, over which channels, and under which retention rule."""

from __future__ import annotations

from enum import StrEnum

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, Identifier, Promise, ReadingId
from tenu.terms import Channel, LegalBasis, Text


class Unstated(StrEnum):
    """What the published text does not say of a purpose; the file then says what tenu applies."""

    BASIS = "basis"
    INTEREST = "interest"
    CATEGORIES = "categories"
    RECIPIENTS = "recipients"
    RETENTION = "retention"


@document
class Purpose(Located):
    """One reason to process data.

    *basis* is None when the text gives none. Whatever is listed in *unstated* is our reading, not the text's:
    the linter reports it and nothing shows it as a promise. *also_listed_as* are the other headings under
    which the text announces the same purpose; *merged_with* what it wrongly puts in the same sentence.

    Source: GDPR 5(1)(b), 6(1), 13(1)(c)-(d); policy C-PUR-01 to C-ACC-01.
    """

    id: Identifier
    label: Text
    says: Text
    basis: LegalBasis | None
    interest: Text | None = None
    legal_text: str | None = None
    unstated: tuple[Unstated, ...] = ()
    channels: tuple[Channel, ...] = ()
    categories: tuple[Identifier, ...]
    recipients: tuple[Identifier, ...] = ()
    retention: Identifier
    also_listed_as: tuple[Text, ...] = ()
    merged_with: Text | None = None
    method: Text | None = None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None

    def leaves_unstated(self, what: Unstated) -> bool:
        """Tell whether the published text is silent on *what*."""
        return what in self.unstated


@document
class PurposeLimits(Located):
    """What holds for all purposes: the list is closed, others are told at collection, none is a blank cheque.

    *headings_without_purpose* are headings of the text which group purposes without saying one.

    Source: GDPR 5(1)(b), 13(3); policy C-PUR-01, C-PUR-02, C-PUR-04; reading A-13.
    """

    promises: tuple[Promise, ...]
    headings_without_purpose: tuple[Text, ...] = ()


@document
class OfferedBasis(Located):
    """One of the bases the text lists, and what it says of it. *text* is the law cited, None when none is."""

    basis: LegalBasis
    says: Text
    clauses: tuple[ClauseId, ...]
    text: str | None = None


@document
class LegalBases(Located):
    """The section on legal bases. *tied_to_purposes* is False when bases are offered as a menu.

    Source: GDPR 6(1), 13(1)(c); policy C-LGB-01 to C-LGB-06.
    """

    says: Text
    tied_to_purposes: bool
    offered: tuple[OfferedBasis, ...]
    clauses: tuple[ClauseId, ...]
