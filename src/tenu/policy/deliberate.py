"""Promises stricter than the law, kept on purpose by someone."""

from __future__ import annotations

from enum import StrEnum

from tenu.documents import Located, document
from tenu.terms import Text


class Topic(StrEnum):
    """What a policy can promise beyond the law."""

    CONSENT_FOR_ALL_PROSPECTING = "consent_for_all_prospecting"
    NO_TRANSFER = "no_transfer"
    NO_AUTOMATED_DECISION = "no_automated_decision"
    NO_TRADE = "no_trade"


@document
class Deliberate(Located):
    """One such promise, confirmed: *owner* answers for keeping it (a function, not a person's name)."""

    topic: Topic
    why: Text
    owner: str | None = None
