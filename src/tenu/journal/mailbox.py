"""Messages that came by e-mail, as the journal tells them: what their words propose, what a human made of each.

Source: GDPR 12(2); state machine SM-1, its first line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind


class MessageState(StrEnum):
    """What was made of a message. ATTACHED: by its thread it answers an open request, a human reads it there."""

    NEW = "new"
    ATTACHED = "attached"
    TAKEN = "taken"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. *received_on*: civil day the server had it; *rights*: what its words propose; *request*: the one it is part of."""

    id: str
    received_on: date
    rights: tuple[str, ...]
    whole: bool
    state: MessageState = MessageState.NEW
    request: str | None = None


def messages(events: Iterable[Event]) -> dict[str, Message]:
    """Return every message *events* tell of, in the order they were read. Of two words on one, the first counts."""
    found: dict[str, Message] = {}
    for event in events:
        number = str(event.body.get("message"))
        match event.kind:
            case EventKind.MAIL_RECEIVED:
                found.setdefault(number, _received(event))
            case EventKind.MAIL_TAKEN if _is_free(found.get(number)):
                found[number] = replace(
                    found[number], state=MessageState.TAKEN, request=str(event.body["request"])
                )
            case EventKind.MAIL_DISMISSED if _is_free(found.get(number)):
                found[number] = replace(found[number], state=MessageState.DISMISSED)
            case _:
                pass
    return found


def _is_free(message: Message | None) -> bool:
    """Return whether a human may still say what a message is: one that was dismissed may be taken after all."""
    return message is not None and message.state is not MessageState.TAKEN


def _received(event: Event) -> Message:
    said = event.body
    rights, request = said["rights"], said.get("request")
    return Message(
        id=str(said["message"]),
        received_on=date.fromisoformat(str(said["received_on"])),
        rights=tuple(map(str, rights)) if isinstance(rights, tuple) else (),
        whole=bool(said["whole"]),
        state=MessageState.ATTACHED if request else MessageState.NEW,
        request=str(request) if request else None,
    )
