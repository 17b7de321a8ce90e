"""Who receives data, in which capacity, and what is never done with it."""

from __future__ import annotations

from enum import StrEnum

from tenu.documents import Located, document
from tenu.policy.parties import Country
from tenu.policy.promise import ClauseId, Identifier, Promise, ReadingId
from tenu.terms import Text


class Role(StrEnum):
    """In which capacity a recipient receives data (GDPR 4(7)-(10))."""

    INTERNAL = "internal"
    PROCESSOR = "processor"
    CONTROLLER = "controller"
    JOINT = "joint"
    AUTHORITY = "authority"


@document
class RecipientClass(Located):
    """One class of recipients.

    *presented_as* is the capacity the text gives them, *role* the one they have in law.
    *named* lists members the text names. *bounded_by* is the safeguard the text sets, None when it sets none.

    Source: GDPR 4(7)-(10), 13(1)(e); policy C-RCP-06 to C-RCP-12.
    """

    id: Identifier
    label: Text
    role: Role
    presented_as: Role
    named: tuple[str, ...] = ()
    countries: tuple[Country, ...] = ()
    own_marketing: bool = False
    bounded_by: Text | None = None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Trade(Located):
    """Whether data are sold, rented or exchanged (policy C-RCP-04; reading A-35)."""

    ever: bool
    says: Text
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Recipients(Located):
    """Every class of recipients. *list_is_open*: the text introduces it as examples.

    Source: GDPR 13(1)(e), 28; policy C-RCP-01 to C-RCP-13.
    """

    says: Text
    clauses: tuple[ClauseId, ...]
    commitments: tuple[Promise, ...]
    trade: Trade
    list_is_open: bool
    classes: tuple[RecipientClass, ...]
