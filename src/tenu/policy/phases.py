"""The three phases people are told about, and the principles that hold for every duration."""

from __future__ import annotations

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, Promise
from tenu.terms import Phase, Text


@document
class PhasePromise(Located):
    """What the controller promises of one phase."""

    phase: Phase
    says: Text
    clauses: tuple[ClauseId, ...]


@document
class Phases(Located):
    """How data live. *table_is_exhaustive* is False when the published table only gives examples.

    *cited_texts* are the laws the published text cites for its legal periods.

    Source: GDPR 5(1)(e), 13(2)(a); policy C-RET-01 to C-RET-11.
    """

    says: Text
    phases: tuple[PhasePromise, ...]
    principles: tuple[Promise, ...]
    table_is_exhaustive: bool
    cited_texts: tuple[str, ...]
    clauses: tuple[ClauseId, ...]
