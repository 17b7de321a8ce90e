"""When data are collected, what is never collected, and what people are told at that moment."""

from __future__ import annotations

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, Identifier, Promise
from tenu.terms import Text


@document
class Occasion(Located):
    """A moment at which data may be collected (policy C-COL-01)."""

    id: Identifier
    label: Text


@document
class Occasions(Located):
    """The closed list of those moments."""

    says: Text
    clauses: tuple[ClauseId, ...]
    each: tuple[Occasion, ...]


@document
class Mandatory(Located):
    """Mandatory and optional items. *consequence* of not answering is None when the text is silent.

    Source: GDPR 13(2)(e); policy C-COL-04, C-COL-05.
    """

    says: Text
    consequence: Text | None
    clauses: tuple[ClauseId, ...]


@document
class ThirdPartySources(Located):
    """Others who collect data for the controller. *named* is empty when the text names none.

    Source: GDPR 14(2)(f); policy C-COL-06, C-COL-07.
    """

    says: Text
    undertake: Text
    named: tuple[str, ...]
    clauses: tuple[ClauseId, ...]


@document
class Minors(Located):
    """The rule about children (GDPR 8; LIL 45)."""

    consent_age: int
    says: Text


@document
class Collection(Located):
    """Everything the policy says about collecting.

    Source: GDPR 5(1)(a)-(c), 13, 14; policy C-COL-01 to C-COL-07, C-CAT-06.
    """

    occasions: Occasions
    limits: tuple[Promise, ...]
    mandatory: Mandatory
    third_parties: ThirdPartySources
    minors: Minors | None
