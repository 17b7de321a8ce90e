"""What tenu asks of whatever carries letters: a server that sends, a mailbox, the messages kept, packages behind a link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tenu.letters.incoming import ReadMail
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
class Arrived:
    """One message of a mailbox: its bytes, *whole* or only the first of them, and the UTC instant the server had it."""

    uid: int
    raw: bytes
    whole: bool
    received_at: datetime


class Folder(Protocol):
    """The folder of a mailbox, open. A *uid* names a message as long as *validity* is the same."""

    validity: int
    moves: bool

    def uids(self, after: int) -> list[int]: ...
    def fetch(self, uid: int) -> Arrived | None: ...
    def release(self, uid: int) -> None: ...


class Mailbox(Protocol):
    """The mailbox requests come to."""

    def name(self) -> str: ...
    def open(self) -> AbstractContextManager[Folder]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message was seen: which mailbox, by keyed hash, and there its uid under a validity."""

    mailbox: str
    validity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One message kept. *same*: keyed hash two copies of it share; *thread*: keyed hash of its Message-ID."""

    id: str
    same: str
    thread: str
    received_at: datetime
    whole: bool
    digest: str
    mail: ReadMail


class Incoming(Protocol):
    """The messages that came, sealed."""

    def seen(self, mailbox: str, validity: int) -> Collection[int]: ...
    def keep(self, place: Place, kept: Kept, raw: bytes) -> bool: ...
    def untold(self) -> list[Kept]: ...
    def told(self, message: str) -> None: ...
    def all(self) -> list[Kept]: ...
    def threads(self) -> Mapping[str, str]: ...
    def one(self, message: str) -> Kept | None: ...
    def raw(self, message: str) -> bytes: ...
    def end(self, message: str, until: date | None) -> None: ...
    def undated(self) -> frozenset[str]: ...
    def forget(self, as_of: date) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailroom:
    """Everything that carries letters."""

    mailer: Mailer
    mailbox: Mailbox
    incoming: Incoming
    parcels: Parcels
