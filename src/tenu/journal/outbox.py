"""Letters sent by e-mail as the journal tells them: a letter that may have left is never sent again by itself.

An intent is written before a server is asked. Of two at once, the first in the journal is the one that counts.

Source: GDPR 5(1)(f), 12(3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind


class SendingState(StrEnum):
    """Where the sending of a letter is. UNKNOWN: it began, and nothing says how it ended."""

    UNKNOWN = "unknown"
    SENT = "sent"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The last attempt to send one letter.

    *letter*: its kind, or the notice it is. *digest*: SHA-256 of its PDF. *message*: the part of its Message-ID before the
    sign @. *at*: UTC instant of the intent.
    """

    request: str
    letter: str
    attempt: str
    digest: str
    message: str
    at: datetime
    state: SendingState = SendingState.UNKNOWN


def sendings(events: Iterable[Event]) -> dict[tuple[str, str], Sending]:
    """Return the attempt that counts of each letter, by request and letter; other events are ignored."""
    found: dict[tuple[str, str], Sending] = {}
    for event in events:
        match event.kind:
            case EventKind.LETTER_SENDING:
                began = _began(event)
                last = found.get((began.request, began.letter))
                if last is None or last.state is SendingState.NOT_SENT:
                    found[began.request, began.letter] = began
            case EventKind.LETTER_SENT | EventKind.LETTER_NOT_SENT:
                place = (str(event.body["request"]), str(event.body["letter"]))
                last = found.get(place)
                if last and last.attempt == event.body["attempt"]:
                    found[place] = replace(last, state=_ended(last, event.kind))
            case _:
                pass
    return found


def _ended(last: Sending, kind: EventKind) -> SendingState:
    """Return where *last* is: what left has left, whoever says the contrary."""
    left = kind is EventKind.LETTER_SENT or last.state is SendingState.SENT
    return SendingState.SENT if left else SendingState.NOT_SENT


def _began(event: Event) -> Sending:
    said = event.body
    return Sending(
        request=str(said["request"]),
        letter=str(said["letter"]),
        attempt=str(said["attempt"]),
        digest=str(said["digest"]),
        message=str(said["message"]),
        at=event.at,
    )
