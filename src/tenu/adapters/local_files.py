"""Files below one folder of this machine (a disk, a mounted share), reached from its root handle by handle.

Each folder is opened inside the one above, and only if it is a folder of the same mount: no link, ``..`` or mount can lead
outside, not even one put there meanwhile. A file that is to go is first set aside under a name of tenu's own, looked at
again there, then removed: whoever writes it anew under its name in between keeps what they wrote.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from tenu.datamap.file_paths import FilePath
from tenu.datamap.files import FileStore
from tenu.errors import StoreError, UnreachableError
from tenu.plans.store_port import Entry, EntryKind, Erased
from tenu.ports import BusyError
from tenu.terms import Text

SCHEME = "file"
MARK = ".tenu-store"
"""The empty file tenu leaves in the root it works in."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.ETXTBSY)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LocalFiles:
    """The files of *store* below *root*.

    Args:
        store: What its data map says.
        root: Its folder, the only one that may be reached through links.
        lock: The file whoever erases holds, for the life of their process at most.
    """

    def __init__(self, store: FileStore, root: Path, lock: Path) -> None:
        self.store = store
        self._root, self._lock = root, lock

    def list(self, folder: FilePath) -> Iterator[Entry] | None:
        """Return what *folder* holds, as it is read; None when it may not be read or is there no more.

        A folder that turns out to be a mount tells itself, and nothing of what is in it.

        Raises:
            UnreachableError: The root itself cannot be read, or holds nothing at all and tenu never worked there: that is
                how a share looks that is not mounted.
        """
        try:
            handle = self._opened(folder)
        except OSError as error:
            if not folder:
                raise self._silent() from None
            return (
                iter([Entry(name=folder[-1], kind=EntryKind.MOUNT)]) if error.errno == errno.EXDEV else None
            )
        entries = self._entries(handle)
        return entries if folder else self._of_root(entries)

    def erase(self, folder: FilePath, files: Iterable[tuple[str, str]], before: datetime) -> Iterator[Erased]:
        """Erase *files* of one folder, each provided it still is as it was seen and nobody changed it since.

        Args:
            folder: Opened once for all of them.
            files: Name and version of each.
            before: The instant since which nobody may have changed it (UTC).

        Raises:
            StoreError: The disk failed.
        """
        with self._within(folder) as handle:
            for name, seen in files:
                yield handle if isinstance(handle, Erased) else self._erase(name, handle, seen, before)

    def finish(self, found: FilePath, seen: str) -> Erased:
        """Return what an ``erase`` of the file *found* that was cut did, once what it had set aside is removed or back."""
        *folder, name = found
        with self._within(tuple(folder)) as handle:
            if isinstance(handle, Erased):
                return Erased.ERASED if handle is Erased.GONE else handle
            with self._failing():
                if _state(_aside(name), handle) is not None:
                    return _end(name, handle, seen)
            return Erased.ERASED if _state(name, handle) is None else Erased.CHANGED

    def settle(self, folders: Iterable[FilePath], empty: Iterable[FilePath]) -> None:
        """Return once what went from *folders* is off the disk, and those of *empty*, deepest first, that nothing is in."""
        for folder in folders:
            with self._within(folder) as handle:
                if isinstance(handle, int):
                    with self._failing():
                        os.fsync(handle)
        for *above, name in empty:
            with self._within(tuple(above)) as handle:
                if isinstance(handle, int):
                    with suppress(OSError):  # somebody keeps something there, or put it there just now
                        os.rmdir(name, dir_fd=handle)
                        os.fsync(handle)

    @contextmanager
    def open(self, found: FilePath) -> Iterator[BinaryIO]:
        """Open the file *found* for reading.

        Raises:
            UnreachableError: It is not a file of this store, or may not be read.
        """
        *folder, name = found
        try:
            handle = self._opened(tuple(folder))
            try:
                file = os.open(
                    name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle
                )
            finally:
                os.close(handle)
        except OSError:
            raise self._silent() from None
        with os.fdopen(file, "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise self._silent()
            yield opened

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be alone to erase in this store; a process that is killed gives its turn away.

        Raises:
            BusyError: Somebody else has the turn.
        """
        self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock.open("a", encoding="ascii") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                name = self.store.store
                raise BusyError(
                    Text(
                        fr=f"une autre exécution efface en ce moment dans « {name} »",
                        en=f"another run is erasing in '{name}' right now",
                    ),
                    fix=Text(fr="relancez quand elle a fini", en="run again once it has ended"),
                ) from None
            self._mark()
            yield

    def _of_root(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Return the entries of the root but tenu's own mark."""
        first = next(entries, None)
        if first is None:
            raise self._silent()
        return (entry for entry in chain((first,), entries) if entry.name != MARK)

    def _mark(self) -> None:
        """Leave tenu's mark in the root, so that it is not taken for an empty mount point once everything in it is gone."""
        if self.list(()) is not None:
            with suppress(OSError):  # who may not write here erases nothing either, and is told so
                flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
                os.close(os.open(self._root / MARK, flags, 0o644))

    def _entries(self, handle: int) -> Iterator[Entry]:
        try:
            device = os.fstat(handle).st_dev
            with os.scandir(handle) as names:
                for one in names:
                    with suppress(FileNotFoundError):
                        yield _entry(one.name, one.stat(follow_symlinks=False), device)
        except OSError:
            raise self._silent() from None
        finally:
            os.close(handle)

    def _opened(self, folder: FilePath) -> int:
        """Return a handle of *folder*; OSError when it is not one of this store."""
        handle = os.open(self._root, _FOLDER)
        try:
            mount = _mount(handle)
            for part in folder:
                if part in ("", ".", "..") or "/" in part:
                    raise FileNotFoundError(errno.ENOENT, "no part of a path")
                below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=handle)
                os.close(handle)
                handle = below
                if _mount(handle) != mount:
                    raise OSError(errno.EXDEV, "another file system")
        except BaseException:
            os.close(handle)
            raise
        return handle

    @contextmanager
    def _within(self, folder: FilePath) -> Iterator[int | Erased]:
        """Give a handle of *folder*; or what that makes of its files, when it is there no more or leads elsewhere now."""
        try:
            handle = self._opened(folder)
        except OSError as error:
            denied = Erased.REFUSED if error.errno in _REFUSALS else Erased.CHANGED
            yield Erased.GONE if error.errno == errno.ENOENT else denied
            return
        try:
            yield handle
        finally:
            os.close(handle)

    def _erase(self, name: str, handle: int, seen: str, before: datetime) -> Erased:
        state = _state(name, handle)
        if state is None:
            return Erased.GONE
        if not stat.S_ISREG(state.st_mode) or _version(state) != seen or _changed_at(state) > before:
            return Erased.CHANGED
        try:
            os.rename(name, _aside(name), src_dir_fd=handle, dst_dir_fd=handle)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return Erased.GONE
            if error.errno in _REFUSALS:
                return Erased.REFUSED
            raise self._failed() from None
        with self._failing():
            return _end(name, handle, seen)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Say what an error of the system means: the disk failed."""
        try:
            yield
        except OSError:
            raise self._failed() from None

    def _failed(self) -> StoreError:
        name = self.store.store
        return StoreError(
            Text(
                fr=f"le disque de « {name} » n'a pas fait ce qui lui était demandé",
                en=f"the disk of '{name}' did not do what it was asked",
            ),
            fix=Text(
                fr="regardez le journal du système ; « tenu apply » reprend ensuite",
                en="look at the system's log; 'tenu apply' goes on afterwards",
            ),
        )

    def _silent(self) -> UnreachableError:
        name = self.store.store
        return UnreachableError(
            Text(
                fr=f"les fichiers de « {name} » ne se lisent pas, ou le partage n'est pas monté",
                en=f"the files of '{name}' cannot be read, or the share is not mounted",
            ),
            fix=Text(
                fr="montez le partage, ou corrigez « url » et les droits du compte de tenu",
                en="mount the share, or correct 'url' and the rights of tenu's account",
            ),
        )


def _end(name: str, handle: int, seen: str) -> Erased:
    """Remove what was set aside of the file *name* when it is what was *seen*, else put it back under its name."""
    aside = _aside(name)
    state = os.stat(aside, dir_fd=handle, follow_symlinks=False)
    if _version(state) == seen:
        os.unlink(aside, dir_fd=handle)
        return Erased.ERASED
    _put_back(name, handle)
    return Erased.CHANGED


def _put_back(name: str, handle: int) -> None:
    """Give what was set aside its name back; whoever wrote anew under that name had replaced it, and it goes."""
    aside = _aside(name)
    try:
        os.link(aside, name, src_dir_fd=handle, dst_dir_fd=handle, follow_symlinks=False)
    except FileExistsError:
        pass
    except OSError:  # a file system without a second name for a file: look, then rename
        if _state(name, handle) is None:
            os.rename(aside, name, src_dir_fd=handle, dst_dir_fd=handle)
            return
    os.unlink(aside, dir_fd=handle)


def _entry(name: str, state: os.stat_result, device: int) -> Entry:
    kind = EntryKind.OTHER
    if stat.S_ISLNK(state.st_mode):
        kind = EntryKind.LINK
    elif stat.S_ISREG(state.st_mode):
        kind = EntryKind.FILE
    elif stat.S_ISDIR(state.st_mode):
        kind = EntryKind.FOLDER if state.st_dev == device else EntryKind.MOUNT
    return Entry(
        name=name,
        kind=kind,
        bytes=state.st_size,
        version=_version(state),
        modified_at=_instant(state.st_mtime_ns),
        changed_at=_changed_at(state),
        names=state.st_nlink,
    )


def _mount(handle: int) -> object:
    """Return what tells the mount of an open folder: Linux numbers them, two mounts of one disk included; else its device."""
    try:
        said = Path(f"/proc/self/fdinfo/{handle}").read_text(encoding="ascii")
    except OSError:
        return os.fstat(handle).st_dev
    return next((line for line in said.splitlines() if line.startswith("mnt_id:")), os.fstat(handle).st_dev)


def _state(name: str, handle: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=handle, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _version(state: os.stat_result) -> str:
    return f"{state.st_ino}:{state.st_size}:{state.st_mtime_ns}"


def _changed_at(state: os.stat_result) -> datetime:
    return _instant(max(state.st_mtime_ns, state.st_ctime_ns))


def _instant(nanoseconds: int) -> datetime:
    """Return an instant; one no calendar holds is as recent as can be."""
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1_000)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _aside(name: str) -> str:
    """Return the name a file is set aside under: always the same, so that whoever goes on after a crash finds it."""
    return f".tenu-erasing-{hashlib.sha256(os.fsencode(name)).hexdigest()[:24]}"
