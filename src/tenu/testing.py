"""Ports that live in memory, for tests and for trying things out. Each passes the suite of the real adapter."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.datamap.file_paths import FilePath
from tenu.datamap.files import FileStore
from tenu.plans.archive import key_name
from tenu.plans.erasures import (
    Act,
    Closed,
    Entry,
    Hasher,
    Head,
    Person,
    Portion,
    epoch_line,
    epoch_of,
    people_of,
    write_line,
)
from tenu.plans.ledger import Book
from tenu.plans.recall import Recall
from tenu.plans.store_port import Entry as FileEntry
from tenu.plans.store_port import EntryKind, Erased
from tenu.ports import KeyLostError
from tenu.terms import Text

_NONCE = 12


@dataclass
class FixedClock:
    """A clock that stands where a test puts it, and moves only when somebody sleeps. *slept*: seconds, each time."""

    at: datetime
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the instant the test chose."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Move on by *seconds* at once."""
        self.slept.append(seconds)
        self.at += timedelta(seconds=max(0.0, seconds))


class MemoryKeyStore:
    """The keys of an archive that lasts as long as the object.

    Args:
        former: 32-byte secrets that wrapped keys of the first format.
    """

    def __init__(self, *former: bytes) -> None:
        self._former = former
        self._keys: dict[str, X25519PrivateKey] = {}
        self._index = os.urandom(32)

    def begin(self) -> None:
        """Make the first key, unless there is one already."""
        if not self._keys:
            self._add()

    def index_key(self) -> bytes:
        """Return the key of the hashes people are found by."""
        return self._index

    def sealing_key(self) -> bytes:
        """Return the public half of the present key."""
        if not self._keys:
            raise _lost()
        return self._keys[self.held()[0]].public_key().public_bytes_raw()

    def held(self) -> tuple[str, ...]:
        """Return the names of the keys that can open, the present one first."""
        return tuple(reversed(self._keys))

    def agree(self, key: str, public: bytes) -> bytes:
        """Return what the private half of *key* and the other side's *public* agree on."""
        if key not in self._keys:
            raise _lost()
        return self._keys[key].exchange(X25519PublicKey.from_public_bytes(public))

    def unwrap_former(self, wrapped: bytes, about: bytes) -> bytes:
        """Return a key of the first format."""
        for secret in self._former:
            with suppress(InvalidTag):
                return AESGCM(secret).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], about)
        raise _lost()

    def renew(self) -> str:
        """Make a new present key unless two are here already; return the present one's name."""
        if len(self._keys) == 1:
            self._add()
        return self.held()[0]

    def retire(self, key: str) -> None:
        """Forget *key*."""
        self._keys.pop(key, None)

    def _add(self) -> None:
        key = X25519PrivateKey.generate()
        self._keys[key_name(key.public_key().public_bytes_raw())] = key


def _lost() -> KeyLostError:
    return KeyLostError(
        Text(fr="cette clé n'est pas dans la mémoire", en="this key is not in this memory"),
        fix=Text(fr="gardez l'objet qui l'a faite", en="keep the object that made it"),
    )


class MemoryLedger:
    """A ledger that lasts as long as the object; ``lines`` is what a file would hold, by epoch."""

    def __init__(self) -> None:
        self.lines: dict[str, list[bytes]] = {}
        self._hashers: dict[str, Hasher] = {}
        self._book = Book()

    def write(self, at: datetime, act: Act, portion: Portion, people: Iterable[Person] = ()) -> Entry:
        """Add one line."""
        name = max(epoch_of(at), *self.lines, "")
        if name not in self.lines:
            head = self._book.head
            self.lines[name], self._hashers[name] = [], Hasher(secrets.token_bytes(32))
            self._keep(name, *epoch_line(head.number + 1, at, name, head.digest))
        traces = self._hashers[name].pack(people)
        head = self._book.head
        return self._keep(name, *write_line(head.number + 1, at, act, portion, traces, head.digest))

    def settle(self, at: datetime, portion: Portion, *, done: bool) -> None:
        """Write the outcome of *portion*, unless it is written already."""
        if not self._book.settled(portion):
            self.write(at, Act.DONE if done else Act.VOID, portion)

    def forget(self, before: date) -> list[Closed]:
        """Forget every whole epoch that ended before the day *before*, the present one excepted; return which."""
        names = [name for name in sorted(self.lines)[:-1] if name < f"{before:%Y-%m}"]
        closed = [self._close(name) for name in names]
        for name in names:
            del self.lines[name], self._hashers[name]
        self._book = Book()
        for line in (line for name in sorted(self.lines) for line in self.lines[name]):
            self._book.read(line)
        return closed

    def head(self) -> Head:
        """Return how far the ledger goes."""
        return self._book.head

    def pending(self, system: str) -> list[Portion]:
        """Return what was intended in *system* and has no outcome yet."""
        return self._book.pending(system)

    def done(self, system: str, after: int = 0) -> list[Entry]:
        """Return what was done in *system* after the entry numbered *after*."""
        return self._book.done(system, after)

    def held(self, system: str) -> list[Entry]:
        """Return the latest word on who is held in each people table of *system*."""
        return self._book.held(system)

    def contradicts(self, known: Sequence[Head]) -> bool:
        """Return whether what is *known* elsewhere of this ledger is not in it any more."""
        return self._book.contradicts(known)

    def recall(self, entries: Iterable[Entry], day_of: Callable[[datetime], date]) -> Recall:
        """Return whom *entries* speak of. *day_of* gives the civil day of an instant."""
        intents = [(entry, self._book.intent_of(entry)) for entry in entries]
        return Recall(
            (self._hashers[name], entry, day_of(entry.at), people_of(line))
            for entry, intent in intents
            if intent is not None and intent.people
            for name, line in [self._line(intent)]
        )

    def _keep(self, name: str, line: bytes, entry: Entry) -> Entry:
        self.lines[name].append(line.rstrip(b"\n"))
        self._book.take(entry)
        return entry

    def _close(self, name: str) -> Closed:
        last = self._book.entries[sum(len(lines) for n, lines in self.lines.items() if n <= name) - 1]
        head = Head(number=last.number, digest=last.digest)
        return Closed(epoch=name, entries=len(self.lines[name]), head=head)

    def _line(self, entry: Entry) -> tuple[str, bytes]:
        at = entry.number - self._book.entries[0].number
        for name in sorted(self.lines):
            if at < len(self.lines[name]):
                return name, self.lines[name][at]
            at -= len(self.lines[name])
        raise LookupError(entry.number)


class MemoryFiles:
    """A store of files that lasts as long as the object. *listed*: the folders that were asked for, in order.

    Args:
        store: What its data map says.
    """

    def __init__(self, store: FileStore) -> None:
        self.store = store
        self.listed: list[FilePath] = []
        self._files: dict[FilePath, tuple[bytes, datetime]] = {}

    def write(self, path: str, content: bytes, at: datetime) -> None:
        """Write a file, whatever was there, as of the instant *at*."""
        self._files[tuple(path.split("/"))] = content, at

    def held(self) -> list[str]:
        """Return every path there is."""
        return sorted("/".join(path) for path in self._files)

    def list(self, folder: FilePath) -> Iterator[FileEntry] | None:
        """Return what *folder* holds; None when there is no such folder."""
        self.listed.append(folder)
        depth = len(folder)
        below = {path[depth]: path for path in self._files if path[:depth] == folder}
        return (
            iter([self._entry(folder, name, path) for name, path in below.items()])
            if below or not folder
            else None
        )

    def erase(self, folder: FilePath, files: Iterable[tuple[str, str]], before: datetime) -> Iterator[Erased]:
        """Erase files of one folder, each provided it still is as it was seen and nobody changed it since *before*."""
        for name, seen in files:
            yield self._erase((*folder, name), seen, before)

    def _erase(self, found: FilePath, seen: str, before: datetime) -> Erased:
        if found not in self._files:
            return Erased.GONE
        entry = self._entry(found[:-1], found[-1], found)
        if entry.version != seen or entry.changed_at is None or entry.changed_at > before:
            return Erased.CHANGED
        del self._files[found]
        return Erased.ERASED

    def finish(self, found: FilePath, seen: str) -> Erased:  # noqa: ARG002 - nothing is ever set aside here
        """Return what an ``erase`` that was cut did."""
        return Erased.CHANGED if found in self._files else Erased.ERASED

    def settle(self, folders: Iterable[FilePath], empty: Iterable[FilePath]) -> None:
        """Do nothing: a memory has no disk, and its folders are there only while they hold a file."""

    @contextmanager
    def open(self, found: FilePath) -> Iterator[BinaryIO]:
        """Open one file for reading."""
        yield BytesIO(self._files[found][0])

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Give the turn: nobody else knows this object."""
        yield

    def _entry(self, folder: FilePath, name: str, path: FilePath) -> FileEntry:
        if len(path) > len(folder) + 1:
            return FileEntry(name=name, kind=EntryKind.FOLDER)
        content, at = self._files[path]
        version = hashlib.sha256(content + at.isoformat().encode()).hexdigest()
        return FileEntry(
            name=name,
            kind=EntryKind.FILE,
            bytes=len(content),
            version=version,
            modified_at=at,
            changed_at=at,
        )
