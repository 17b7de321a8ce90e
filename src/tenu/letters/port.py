"""What tenu asks of whatever carries letters: a server that sends, packages behind a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tenu.letters.page import File
from tenu.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail. *message_id* without its angle brackets; *at*: UTC instant; *answers*: the Message-ID it answers."""

    message_id: str
    to: str
    subject: str
    text: str
    letter: File
    at: datetime
    answers: str | None = None


class Handed(StrEnum):
    """What became of an e-mail given to a server. UNKNOWN: it may or may not have taken it."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """What became of one e-mail, and the server's side of it in plain words, without an address."""

    outcome: Handed
    why: Text


class Mailer(Protocol):
    """A server that sends."""

    def sender(self) -> str: ...
    def send(self, mail: Mail) -> Handing: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One package behind a link: of which *request*, its digest, and the UTC instant its link stops opening it."""

    request: str
    package: str
    until: datetime


class Parcels(Protocol):
    """Packages behind single-use links."""

    def put(self, parcel: Parcel, token: str, content: bytes) -> None: ...
    def take(self, request: str, token: str, at: datetime) -> bytes | None: ...
    def forget(self, at: datetime) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailroom:
    """Everything that carries letters."""

    mailer: Mailer
    parcels: Parcels
