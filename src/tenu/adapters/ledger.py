"""The ledger of erasures in a folder outside every database: one file per month, and its pepper, wrapped.

Lines are only ever added, under a lock, flushed to the disk before anybody goes on. Threads of one process may share it. A line that a crash cut short is cut
off by the next writer: nothing was destroyed yet. A month is forgotten as a whole: its pepper first, which makes every
copy of its lines unreadable.

Source: GDPR 5(1)(e), 17, 32; CEF 2025 on backups; policy C-RET-07.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.errors import StoreError
from tenu.plans.erasures import (
    Act,
    Closed,
    Entry,
    Hasher,
    Head,
    Person,
    Portion,
    altered,
    epoch_line,
    epoch_of,
    people_of,
    write_line,
)
from tenu.plans.ledger import Book
from tenu.plans.recall import Recall
from tenu.terms import Text

LINES, PEPPER, LOCK = ".ledger", ".pepper", "lock"
_NONCE = 12


class FileLedger:
    """The ledger in *folder*, made when missing. *key*: 32 bytes, kept elsewhere, that wrap the peppers."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._wrapping = AESGCM(key)
        self._book = Book()
        self._read: dict[str, int] = {}
        self._lines: dict[int, tuple[str, int, int]] = {}
        self._hashers: dict[str, Hasher] = {}
        self._alone = threading.RLock()

    # ── writing ──

    def write(self, at: datetime, act: Act, portion: Portion, people: Iterable[Person] = ()) -> Entry:
        """Add one line, on the disk before this returns.

        Raises:
            StoreError: It cannot be written; whoever asked must not go on.
            TamperedError: The ledger is not what tenu wrote.
        """
        with self._writing() as append:
            return append(at, act, portion, people)

    def settle(self, at: datetime, portion: Portion, *, done: bool) -> None:
        """Write the outcome of *portion*, unless it is written already."""
        with self._writing() as append:
            if not self._book.settled(portion):
                append(at, Act.DONE if done else Act.VOID, portion, ())

    def forget(self, before: date) -> list[Closed]:
        """Forget every whole epoch that ended before the day *before*, the present one excepted; return which."""
        with self._writing():
            names = [name for name in self._epochs()[:-1] if _last_day(name) < before]
            closed = [self._close(name) for name in names]
            for name in names:
                _destroy(self._folder / f"{name}{PEPPER}")
                (self._folder / f"{name}{LINES}").unlink()
            if names:
                _sync_folder(self._folder)
                self._start_again()
        return closed

    # ── reading ──

    def head(self) -> Head:
        """Return how far the ledger goes."""
        with self._reading() as book:
            return book.head

    def pending(self, system: str) -> list[Portion]:
        """Return what was intended in *system* and has no outcome yet."""
        with self._reading() as book:
            return book.pending(system)

    def done(self, system: str, after: int = 0) -> list[Entry]:
        """Return what was done in *system* after the entry numbered *after*."""
        with self._reading() as book:
            return book.done(system, after)

    def held(self, system: str) -> list[Entry]:
        """Return the latest word on who is held in each people table of *system*."""
        with self._reading() as book:
            return book.held(system)

    def contradicts(self, known: Sequence[Head]) -> bool:
        """Return whether what is *known* elsewhere of this ledger is not in it any more."""
        with self._reading() as book:
            return book.contradicts(known)

    def recall(self, entries: Iterable[Entry], day_of: Callable[[datetime], date]) -> Recall:
        """Return whom *entries* speak of. *day_of* gives the civil day of an instant."""
        with self._alone:
            intents = [(entry, self._book.intent_of(entry)) for entry in entries]
            return Recall(
                (self._hasher(self._lines[intent.number][0]), entry, day_of(entry.at), people_of(self._line(intent)))
                for entry, intent in intents
                if intent is not None and intent.people
            )  # fmt: skip

    # ── pieces ──

    @contextmanager
    def _writing(self) -> Iterator[Callable[[datetime, Act, Portion, Iterable[Person]], Entry]]:
        """Hold the ledger alone, among threads and processes, everything read; yield what adds a line to it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._alone, (self._folder / LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._catch_up()
                yield self._append
        except OSError as error:
            raise _cannot(error) from None

    def _append(self, at: datetime, act: Act, portion: Portion, people: Iterable[Person]) -> Entry:
        name = max(epoch_of(at), *self._epochs(), "")
        opens = not self._read.get(name)
        hasher = self._new_hasher(name) if opens else self._hasher(name)
        head, written = self._book.head, b""
        if opens:
            written, opening = epoch_line(head.number + 1, at, name, head.digest)
            head = Head(number=opening.number, digest=opening.digest)
        line, entry = write_line(head.number + 1, at, act, portion, hasher.pack(people), head.digest)
        with os.fdopen(_private(self._folder / f"{name}{LINES}"), "ab") as file:
            _cut(file, self._read.get(name, 0))
            file.write(written + line)
            file.flush()
            os.fsync(file.fileno())
        if opens:
            _sync_folder(self._folder)
        self._catch_up()
        return entry

    @contextmanager
    def _reading(self) -> Iterator[Book]:
        """Yield what the ledger says, everything read, while no other thread reads or writes."""
        with self._alone:
            try:
                self._catch_up()
            except OSError as error:
                raise _cannot(error) from None
            yield self._book

    def _catch_up(self) -> None:
        """Read the lines added since the last time; one that is not whole yet is not there yet."""
        for name in self._epochs():
            path, start = self._folder / f"{name}{LINES}", self._read.get(name, 0)
            if path.stat().st_size < start:
                raise altered()
            with path.open("rb") as file:
                file.seek(start)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    entry = self._book.read(line[:-1])
                    self._lines[entry.number] = (name, start, len(line))
                    start += len(line)
            self._read[name] = start

    def _start_again(self) -> None:
        self._book, self._read, self._lines = Book(), {}, {}
        self._catch_up()

    def _epochs(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob(f"*{LINES}"))

    def _line(self, entry: Entry) -> bytes:
        name, start, length = self._lines[entry.number]
        with (self._folder / f"{name}{LINES}").open("rb") as file:
            file.seek(start)
            return file.read(length).rstrip(b"\n")

    def _close(self, epoch: str) -> Closed:
        mine = [e for e in self._book.entries if self._lines[e.number][0] == epoch]
        last = mine[-1]
        return Closed(epoch=epoch, entries=len(mine), head=Head(number=last.number, digest=last.digest))

    def _hasher(self, epoch: str) -> Hasher:
        if epoch not in self._hashers:
            wrapped = (self._folder / f"{epoch}{PEPPER}").read_bytes()
            try:
                pepper = self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], epoch.encode())
            except (InvalidTag, ValueError):
                raise altered() from None
            self._hashers[epoch] = Hasher(pepper)
        return self._hashers[epoch]

    def _new_hasher(self, epoch: str) -> Hasher:
        """Make the pepper of a new epoch, on the disk before any line needs it; one left by a crash serves."""
        path = self._folder / f"{epoch}{PEPPER}"
        if not path.exists():
            nonce = os.urandom(_NONCE)
            new = path.with_suffix(".new")
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(nonce + self._wrapping.encrypt(nonce, secrets.token_bytes(32), epoch.encode()))
                file.flush()
                os.fsync(file.fileno())
            new.rename(path)
        return self._hasher(epoch)


def _cut(file: BinaryIO, whole: int) -> None:
    """Cut off the end of a line that a crash cut short: what it announced never began."""
    if file.seek(0, os.SEEK_END) > whole:
        file.truncate(whole)
        file.seek(whole)


def _private(path: Path) -> int:
    """Open *path* to add to it, made readable by its owner alone."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)


def _destroy(path: Path) -> None:
    """Write over a file, then remove it; what is left of an interrupted removal is removed the next time."""
    if path.exists():
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _last_day(epoch: str) -> date:
    year, month = map(int, epoch.split("-"))
    return date(year, month, monthrange(year, month)[1])


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot(error: OSError) -> StoreError:
    what = os.strerror(error.errno) if error.errno else type(error).__name__
    return StoreError(
        Text(
            fr=f"le registre des effacements ne peut pas être tenu ({what}) : rien n'est effacé sans lui",
            en=f"the ledger of erasures cannot be kept ({what}): nothing is erased without it",
        ),
        fix=Text(
            fr="vérifiez la place, le chemin et les droits : tenu.toml, stores.ledger",
            en="check the space, the path and the rights: tenu.toml, stores.ledger",
        ),
    )
