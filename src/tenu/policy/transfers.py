"""Whether data leave the European Union, and with which safeguards."""

from __future__ import annotations

from enum import StrEnum

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, ReadingId
from tenu.terms import Text


class Tool(StrEnum):
    """What makes a transfer possible (GDPR 45, 46, 49)."""

    ADEQUACY = "adequacy"
    SAFEGUARDS = "safeguards"
    DEROGATION = "derogation"


@document
class TransferTool(Located):
    """A tool the text admits."""

    tool: Tool
    article: str
    says: Text
    clauses: tuple[ClauseId, ...]


@document
class Transfers(Located):
    """The rule (no transfer) and its exception. *derogations*: what the text says of art. 49.

    Source: GDPR 44 to 49, 13(1)(f); policy C-TRF-01 to C-TRF-04; readings A-07, A-08.
    """

    as_a_rule: bool
    says: Text
    tools: tuple[TransferTool, ...]
    copy_route: Text | None
    derogations: Text | None
    clauses: tuple[ClauseId, ...]
    readings: tuple[ReadingId, ...] = ()
