"""Files of a disk: what may go, and what nothing may reach."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from files.given import store_of, tree
from tenu.adapters.local_files import LocalFiles
from tenu.errors import UnreachableError
from tenu.plans.store_port import Entry, EntryKind, Erased, Files
from tenu.ports import BusyError
from tenu.testing import MemoryFiles

LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the root of a store with one file in one folder, and a folder beside it."""
    (tmp_path / "root" / "day").mkdir(parents=True)
    (tmp_path / "root" / "day" / "film").write_bytes(b"film")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "film").write_bytes(b"film")
    return tmp_path / "root"


@pytest.fixture
def files(root: Path) -> LocalFiles:
    """Give the store."""
    return LocalFiles(store_of(), root, root.parent / "locks" / "cameras.lock")


def erase(files: Files, path: tuple[str, ...], seen: str, before: datetime) -> Erased:
    """Return what becomes of one file that is to go."""
    (fate,) = files.erase(path[:-1], [(path[-1], seen)], before)
    return fate


def entry(files: LocalFiles, *path: str) -> Entry:
    """Return what a folder says of one of its names."""
    *folder, name = path
    found = {one.name: one for one in files.list(tuple(folder)) or ()}
    return found[name]


def test_a_file_goes_and_its_folder_once_it_is_empty(files: LocalFiles, root: Path) -> None:
    """A folder with something left in it stays."""
    (root / "day" / "other").write_bytes(b"")
    fates = [erase(files, ("day", "film"), entry(files, "day", "film").version, LATER)]
    files.settle([("day",)], [("day",)])
    before = tree(root)
    fates.append(erase(files, ("day", "other"), entry(files, "day", "other").version, LATER))
    files.settle([("day",)], [("day",)])
    assert (fates, before, tree(root)) == ([Erased.ERASED] * 2, ["day", "day/other"], [])


@pytest.mark.parametrize(
    "path", [("..", "outside", "film"), ("day", "..", "..", "outside", "film"), ("", "film")]
)
def test_no_path_leads_above_the_root(files: LocalFiles, root: Path, path: tuple[str, ...]) -> None:
    """The file beside the store is still there, and cannot be read either."""
    state = os.stat(root.parent / "outside" / "film")
    version = f"{state.st_ino}:{state.st_size}:{state.st_mtime_ns}"
    fate = erase(files, path, version, LATER)
    with pytest.raises(UnreachableError), files.open(path):
        pass
    assert (fate, tree(root.parent / "outside")) == (Erased.GONE, ["film"])


def test_a_folder_that_became_a_link_leads_nowhere(files: LocalFiles, root: Path) -> None:
    """Swapped between the listing and the erasure, its target keeps every file."""
    outside = root.parent / "outside"
    os.utime(outside / "film", ns=(1, 1))
    shutil.rmtree(root / "day")
    (root / "day").symlink_to(outside)
    state = os.stat(outside / "film")
    fate = erase(files, ("day", "film"), f"{state.st_ino}:{state.st_size}:{state.st_mtime_ns}", LATER)
    assert (fate, files.list(("day",)), tree(outside)) == (Erased.CHANGED, None, ["film"])


def test_a_link_is_told_as_one_and_never_removed(files: LocalFiles, root: Path) -> None:
    """Nor is what it points at."""
    (root / "day" / "link").symlink_to(root / "day" / "film")
    link = entry(files, "day", "link")
    assert (link.kind, erase(files, ("day", "link"), link.version, LATER)) == (EntryKind.LINK, Erased.CHANGED)


def test_a_device_or_a_pipe_is_no_file(files: LocalFiles, root: Path) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(root / "day" / "pipe")
    assert entry(files, "day", "pipe").kind is EntryKind.OTHER
    with pytest.raises(UnreachableError), files.open(("day", "pipe")):
        pass


def test_a_mount_inside_the_root_is_never_entered(files: LocalFiles, root: Path) -> None:
    """A folder of the same disk mounted there again counts as another one; where mounting is not allowed, nothing is shown."""
    (root / "mounted").mkdir()
    command = ["mount", "--bind", str(root.parent / "outside"), str(root / "mounted")]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this account may not mount")
    try:
        listed = [one.kind for one in files.list(("mounted",)) or ()]
        state = os.stat(root / "mounted" / "film")
        version = f"{state.st_ino}:{state.st_size}:{state.st_mtime_ns}"
        fate = erase(files, ("mounted", "film"), version, LATER)
    finally:
        subprocess.run(["umount", str(root / "mounted")], check=True)
    assert (listed, fate, tree(root.parent / "outside")) == ([EntryKind.MOUNT], Erased.CHANGED, ["film"])


def _rewritten(path: Path) -> None:
    path.write_bytes(b"new!")


def _replaced(path: Path) -> None:
    beside = path.with_name("beside")
    beside.write_bytes(b"film")
    beside.replace(path)


def _grown(path: Path) -> None:
    with path.open("ab") as opened:
        opened.write(b"more")


@pytest.mark.parametrize("write", [_rewritten, _replaced, _grown])
def test_a_file_written_again_since_it_was_listed_stays(files: LocalFiles, root: Path, write: Any) -> None:
    """Rewritten, replaced by another of the same size, or grown; not even its name moves for a moment."""
    seen = entry(files, "day", "film").version
    write(root / "day" / "film")
    before = (root / "day" / "film").stat()
    fate = erase(files, ("day", "film"), seen, LATER)
    after = (root / "day" / "film").stat()
    assert (fate, after.st_ino, after.st_ctime_ns, after.st_size) == (
        Erased.CHANGED,
        before.st_ino,
        before.st_ctime_ns,
        before.st_size,
    )


def test_a_file_touched_since_the_plan_stays_even_with_an_old_date(files: LocalFiles, root: Path) -> None:
    """A copy that keeps the date of its original is recent all the same."""
    made_at = datetime.now(UTC)
    sleep(0.05)  # a file system counts in ticks of some milliseconds
    os.utime(root / "day" / "film", ns=(1, 1))
    seen = entry(files, "day", "film").version
    assert (erase(files, ("day", "film"), seen, made_at), tree(root)) == (Erased.CHANGED, ["day", "day/film"])


@pytest.mark.parametrize("write", [_rewritten, _replaced])
def test_a_file_written_while_it_goes_keeps_what_was_written(
    files: LocalFiles, root: Path, monkeypatch: pytest.MonkeyPatch, write: Any
) -> None:
    """The writer comes in right after the old one was set aside."""
    rename = os.rename

    def and_then_a_writer(*args: Any, **keywords: Any) -> None:
        rename(*args, **keywords)
        write(root / "day" / "film")

    seen = entry(files, "day", "film").version
    monkeypatch.setattr("tenu.adapters.local_files.os.rename", and_then_a_writer)
    fate = erase(files, ("day", "film"), seen, LATER)
    assert (fate, tree(root), (root / "day" / "film").stat().st_size) == (
        Erased.ERASED,
        ["day", "day/film"],
        4,
    )


@pytest.mark.parametrize("links", [True, False], ids=["with hard links", "without"])
def test_a_file_written_just_before_it_is_set_aside_is_put_back(
    files: LocalFiles, root: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """The last look is at what was set aside, not at a name; also where a file has one name only (a Windows share)."""
    rename, times = os.rename, iter((True,))

    def after_a_writer(*args: Any, **keywords: Any) -> None:
        if next(times, False):
            _rewritten(root / "day" / "film")
        rename(*args, **keywords)

    def unsupported(*_args: Any, **_keywords: Any) -> None:
        raise PermissionError(1, "no hard links here")

    seen = entry(files, "day", "film").version
    monkeypatch.setattr("tenu.adapters.local_files.os.rename", after_a_writer)
    if not links:
        monkeypatch.setattr("tenu.adapters.local_files.os.link", unsupported)
    fate = erase(files, ("day", "film"), seen, LATER)
    assert (fate, tree(root), (root / "day" / "film").read_bytes()) == (
        Erased.CHANGED,
        ["day", "day/film"],
        b"new!",
    )


def test_what_a_crash_left_aside_ends_or_goes_back(
    files: LocalFiles, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone when it is what was seen, back under its name when it is not."""
    seen = entry(files, "day", "film").version

    def cut(*_args: Any, **_keywords: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tenu.adapters.local_files.os.unlink", cut)
        with pytest.raises(KeyboardInterrupt):
            erase(files, ("day", "film"), seen, LATER)
    left = tree(root)
    back = files.finish(("day", "film"), "another version"), tree(root)
    assert (len(left), left == ["day", "day/film"], back) == (2, False, (Erased.CHANGED, ["day", "day/film"]))
    with monkeypatch.context() as patched:
        patched.setattr("tenu.adapters.local_files.os.unlink", cut)
        with pytest.raises(KeyboardInterrupt):
            erase(files, ("day", "film"), seen, LATER)
    assert (files.finish(("day", "film"), seen), tree(root)) == (Erased.ERASED, ["day"])


def test_an_empty_root_is_taken_for_a_share_that_is_not_mounted(files: LocalFiles, root: Path) -> None:
    """Unless tenu worked there: nothing is concluded from files that are not seen."""
    with files.turn():
        pass
    shutil.rmtree(root / "day")
    marked = list(files.list(()) or ())
    (root / ".tenu-store").unlink()
    with pytest.raises(UnreachableError):
        files.list(())
    assert marked == []


def test_one_tenu_at_a_time_erases_in_a_store(files: LocalFiles, root: Path) -> None:
    """The second one is told so; the turn is free again afterwards."""
    other = LocalFiles(files.store, root, root.parent / "locks" / "cameras.lock")
    with files.turn(), pytest.raises(BusyError), other.turn():
        pass
    with other.turn():
        pass


def test_the_store_in_memory_says_what_the_disk_says(files: LocalFiles, root: Path) -> None:
    """Both erase what is as it was seen, and nothing else."""
    memory = MemoryFiles(files.store)
    memory.write("day/film", b"film", datetime(2026, 1, 1, tzinfo=UTC))
    stores = (files, memory)
    kinds = [[one.kind for one in store.list(()) or ()] for store in stores]
    seen = [next(iter(store.list(("day",)) or ())).version for store in stores]
    fates = [
        [erase(store, ("day", "film"), version, LATER) for version in ("other", mine, mine)]
        for store, mine in zip(stores, seen, strict=True)
    ]
    assert (kinds[0], fates[0], files.list(("none",))) == (kinds[1], fates[1], memory.list(("none",)))
