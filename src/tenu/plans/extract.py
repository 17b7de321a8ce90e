"""Files a legal hold has copied out, so that the rest of their store goes on time: which, and what is said of each copy.

Source: policy C-SEC-01, C-PUR-12 (extraction only for incidents); CSI L252-5; T-25; GDPR 17(3)(e).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, BinaryIO, Protocol

from tenu.plans.files import FoundFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """The files of one set of a *store* from the civil day *since* to *until*, both included.

    *names*: what the names of the path must say, ``*`` for any text: ``{"camera": "entrance", "hour": "1[4-6]"}``.
    """

    store: str
    files: str
    since: date
    until: date
    names: Mapping[str, str]

    def takes(self, found: FoundFile) -> bool:
        """Return whether *found*, of its set and days, is one of them."""
        return all(fnmatchcase(found.names.get(name, ""), like) for name, like in self.names.items())

    def plain(self) -> dict[str, object]:
        """Return it as plain data."""
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {"store": self.store, "files": self.files, **days, "names": dict(self.names)}


def extract_of(said: Mapping[str, object]) -> Extract:
    """Return what ``Extract.plain`` gave."""
    names = said["names"]
    return Extract(
        store=str(said["store"]),
        files=str(said["files"]),
        since=date.fromisoformat(str(said["since"])),
        until=date.fromisoformat(str(said["until"])),
        names={str(k): str(v) for k, v in names.items()} if isinstance(names, Mapping) else {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file to copy: *path* as its store writes it, *day*, and how to *open* it."""

    path: str
    day: date
    open: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sealed case folder: how many *files*, their *bytes*, and the SHA-256 of its *manifest*, in hexadecimal."""

    files: int
    bytes: int
    manifest: str


class CaseFolders(Protocol):
    """Sealed folders, one per hold. ``keep`` leaves a whole folder on the disk, or none; ``take`` verifies what it yields."""

    def keep(self, name: str, key: bytes, about: Mapping[str, Any], pieces: Iterable[Piece]) -> Kept: ...
    def manifest(self, name: str, key: bytes) -> bytes: ...
    def take(self, name: str, key: bytes, number: int) -> Iterator[bytes]: ...
    def known(self) -> list[str]: ...
    def destroy(self, name: str) -> None: ...
