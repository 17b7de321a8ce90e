"""What happened: one event, and the exact bytes of it that are proved.

An event never holds a personal value. Each kind declares its keys and the shape of each value (``bodies``); anything else
is refused when the event is made, before it can be written anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenu.errors import TamperedError
from tenu.journal.bodies import BODIES
from tenu.journal.kinds import EventError, EventKind
from tenu.journal.shapes import Json
from tenu.terms import Text

LEAF_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Args:
        kind: Which thing, in the closed list.
        at: When, an aware UTC instant; microseconds are kept.
        body: What is said of it: the keys ``BODIES[kind]`` declares. Kept frozen: lists become tuples.

    Raises:
        EventError: *at* is not UTC, a key is missing or unknown, or a value is not of its shape.
    """

    kind: EventKind
    at: datetime
    body: Mapping[str, Json]

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise EventError(
                self.kind, "at", Text(fr="attendu : un instant UTC", en="expected: an aware UTC instant")
            )
        object.__setattr__(self, "body", BODIES[self.kind].read(self.kind, self.body))


_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False, default=dict
).encode


def leaf(event: Event) -> bytes:
    """Return the bytes of *event* that are hashed: a line of JSON, keys sorted, no space, UTF-8, no float."""
    at = event.at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    return _encode({"at": at, "body": dict(event.body), "kind": event.kind, "v": LEAF_VERSION}).encode()


def event_of(written: bytes) -> Event:
    """Return the event whose ``leaf`` is *written*.

    Raises:
        TamperedError: *written* is not, byte for byte, what ``leaf`` writes.
    """
    try:
        said: dict[str, Any] = json.loads(written)
        at = datetime.fromisoformat(said["at"])
        event = Event(kind=EventKind(said["kind"]), at=at, body=said["body"])
        same = leaf(event) == written
    except (ValueError, KeyError, TypeError, AttributeError, EventError):
        same = False
    if not same:
        raise TamperedError(
            Text(
                fr="cette ligne du journal n'est pas d'une forme connue",
                en="this journal line is not of a known form",
            )
        )
    return event


def kind_suffix(kind: str) -> bytes:
    """Return how every leaf of *kind* ends: lets a stored kind be checked against its leaf without parsing
    it.
    """
    return f',"kind":"{kind}","v":{LEAF_VERSION}}}'.encode()


def request_of(event: Event) -> str | None:
    """Return the number of the request *event* is about, None when it is about none."""
    number = event.body.get("request")
    return number if isinstance(number, str) else None


_ABOUT_REQUESTS = frozenset(
    str(kind) for kind, body in BODIES.items() if "request" in body.required.keys() | body.optional.keys()
)


def tells_of(kind: str, written: bytes, request: str | None) -> bool:
    """Return whether the leaf *written*, of *kind*, is about *request* (None: about none), without parsing it.

    Nothing else in a leaf of these kinds reads the same: their other maps hold numbers, and in texts quotation marks are escaped.
    """
    if request is None:
        return kind not in _ABOUT_REQUESTS or b'"request":"' not in written
    return kind in _ABOUT_REQUESTS and b'"request":"%b"' % request.encode() in written


def event_about(written: bytes, request: str | None) -> Event:
    """Return the event whose ``leaf`` is *written*, stored under *request* when one was asked for.

    Raises:
        TamperedError: *written* is not, byte for byte, what ``leaf`` writes, or is about another request.
    """
    event = event_of(written)
    if request is not None and request_of(event) != request:
        raise TamperedError(
            Text(
                fr=f"un événement est rangé sous {request} et n'en parle pas",
                en=f"an event is stored under {request} and is not about it",
            ),
            fix=Text(fr="tenu journal verify", en="tenu journal verify"),
        )
    return event
