"""What an answer to a rectification request is made of: what was corrected, where, what stays with a note, who is to be told.

Source: GDPR 12(3), 16, 19; LIL 50; policy C-RGT-08, C-RGT-09; law 5.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenu.plans.rectification import Change, Where
from tenu.plans.statements import Statement
from tenu.policy.recipients import RecipientClass
from tenu.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationFacts:
    """What was done for one rectification request.

    *changes*: corrected, with the former and the new value. *sealed*: documents nobody may alter, which keep the note of
    *statements*; *frozen*: everything did, for a legal hold is in force. *left*: what a human left as it is, with why.
    *recipients*: those the policy says receive such data, to be told (GDPR 19).
    """

    number: str
    received_on: date
    answered_on: date
    labels: Mapping[str, Text]
    categories: Mapping[Where, Text]
    changes: tuple[Change, ...]
    sealed: tuple[Change, ...]
    frozen: bool
    left: Mapping[Where, str]
    statements: tuple[Statement, ...]
    recipients: tuple[RecipientClass, ...]
