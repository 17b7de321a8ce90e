"""What a store of files is asked, and what it answers: the shape its adapters fill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Protocol

from tenu.datamap.file_paths import FilePath
from tenu.datamap.files import FileStore


class EntryKind(StrEnum):
    """What a name of a folder stands for. ``other``: a device, a socket, a pipe. ``mount``: the root of another file system."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    MOUNT = "mount"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name of a folder. *bytes*: its size. *version*: tells two states of a file apart, as the store can.

    *modified_at*: when its content was last written; *changed_at*: when anything of it changed, never earlier (UTC).
    *names*: how many names the file has.
    """

    name: str
    kind: EntryKind
    bytes: int = 0
    version: str = ""
    modified_at: datetime | None = None
    changed_at: datetime | None = None
    names: int = 1


class Erased(StrEnum):
    """What became of a file that was to go. ``changed``: written again, it stays; ``refused``: the store does not let it go."""

    ERASED = "erased"
    GONE = "gone"
    CHANGED = "changed"
    REFUSED = "refused"


class Files(Protocol):
    """One store of files. Nothing outside its root is ever opened or erased: no link and no mount is followed.

    ``list`` tells a folder name by name; None when it may not be read or is not there any more. ``erase`` takes
    names of one folder, each with the version that was seen, looks again, and tells what became of each as it goes. ``finish`` says what an ``erase`` that was cut did. ``settle`` returns once what went from *folders* is off the
    disk, those left empty included when they may go. ``turn`` is one tenu at a time.
    """

    store: FileStore

    def list(self, folder: FilePath) -> Iterator[Entry] | None: ...
    def erase(
        self, folder: FilePath, files: Iterable[tuple[str, str]], before: datetime
    ) -> Iterator[Erased]: ...
    def finish(self, found: FilePath, seen: str) -> Erased: ...
    def settle(self, folders: Iterable[FilePath], empty: Iterable[FilePath]) -> None: ...
    def open(self, found: FilePath) -> AbstractContextManager[BinaryIO]: ...
    def turn(self) -> AbstractContextManager[None]: ...
