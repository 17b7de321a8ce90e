"""What is done with data once collected, and what never is: operations, automated decisions."""

from __future__ import annotations

from enum import StrEnum

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, Promise, ReadingId
from tenu.terms import Text


class Operation(StrEnum):
    """What the controller says it does with data (policy C-OPS-02, C-OPS-03)."""

    STORE = "store"
    KEEP = "keep"
    RECTIFY = "rectify"
    ERASE = "erase"
    ARCHIVE = "archive"
    ANONYMISE = "anonymise"
    PSEUDONYMISE = "pseudonymise"
    DISCLOSE = "disclose"


@document
class Handling(Located):
    """The operations announced. *anonymisation_method* is None when the text describes none.

    Source: GDPR 4(2), 4(5), 30(1); policy C-OPS-01 to C-OPS-04.
    """

    operations: tuple[Operation, ...]
    promises: tuple[Promise, ...]
    anonymisation_method: Text | None = None


@document
class AutomatedDecisions(Located):
    """Whether decisions are taken without a human.

    Source: GDPR 22, 13(2)(f); policy C-ADM-01; reading A-09.
    """

    taken: bool
    says: Text
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None
