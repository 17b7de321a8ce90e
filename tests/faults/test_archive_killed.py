"""Killed between the vault and the archive, and while the key changes: no orphan key, nothing shut, nothing lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from faults.proof import lost, objections
from lab import Lab
from tenu.adapters.archive import Archive
from tenu.adapters.key_store import FileKeyStore
from tenu.operations.apply import apply
from tenu.plans.archive import Soundness
from tenu.plans.plan import read_plan
from tenu.ports import Fate, Sealed, Unit
from tenu.testing import FixedClock
from tenu.wiring import open_ports

DAY = date(2031, 1, 1)
FIRST, LAST = "00" * 16, "ff" * 16
_PROCESSES = multiprocessing.get_context("forkserver")


def _die(*_arguments: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _apply_and_die(folder: Path, at: datetime, text: str) -> None:
    """Apply a plan; die once the keys of the second unit are in the vault and its packages are nowhere."""
    with open_ports(folder, clock=FixedClock(at)) as ports:
        archive: Any = ports.archive
        keep, left = archive._vault.keep, iter([False, True])

        def kept(*batch: Any) -> None:
            keep(*batch)
            if next(left):
                _die()

        archive._vault.keep = kept
        apply(ports, read_plan(text))


def _rotate_and_die(urls: tuple[str, str], keys: Path, point: str) -> None:
    """Change the key; die at *point*."""
    store = FileKeyStore(keys, {})
    archive: Any = Archive(*urls, store)
    match point:
        case "key made":
            archive._vault._admit = _die
        case "envelopes moved":
            archive.rotate(_die)
        case _:
            archive._vault._keys.retire = _die
    archive.rotate(_quiet)


def _quiet(_at: int, _total: int) -> None:
    """Show nothing."""


def killed(work: Callable[..., None], *arguments: Any) -> int | None:
    process = _PROCESSES.Process(target=work, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def keys_and_packages(lab: Lab) -> tuple[set[str], set[str]]:
    with lab.ports() as ports:
        archive: Any = ports.archive
        names = {subject for page in _pages(archive) for subject in page}
        return {key.subject for key in archive._vault.wrapped(FIRST, LAST)}, names


def _pages(archive: Any) -> list[list[str]]:
    pages, last = [], FIRST
    while page := archive._names_after(last):
        pages.append(page)
        last = page[-1]
    return pages


def test_killed_between_the_vault_and_the_archive(make_lab_of: Callable[..., Lab]) -> None:
    """Keys without a package are there after the kill; the next apply destroys them and goes on to the same end."""
    lab = make_lab_of(people=60, chunk=4)
    before, made = lab.state(), lab.plan()
    code = killed(_apply_and_die, lab.folder, lab.clock.at, made.to_json())
    keys, packages = keys_and_packages(lab)
    missing = lost(lab, before, lab.state())
    found = list(objections(lab, before, lab.apply(made)))
    after = keys_and_packages(lab)
    assert (code, bool(keys - packages), missing, found, after[0] ^ after[1]) == (-9, True, [], [], set())


@pytest.mark.parametrize("point", ["key made", "envelopes moved", "before the end"])
def test_killed_while_the_key_changes(tmp_path: Path, new_database: Callable[[str], str], point: str) -> None:
    """Wherever it is cut, every package opens, sealing goes on, and the change ends when it is run again."""
    urls = new_database("archive"), new_database("vault")
    archive = Archive(*urls, FileKeyStore(tmp_path, {}))
    seal_one(archive, chunk=0)
    code = killed(_rotate_and_die, urls, tmp_path, point)
    archive.close()
    again = Archive(*urls, FileKeyStore(tmp_path, {}))
    seal_one(again, chunk=1)
    meanwhile = again.verify(DAY, LAST, 1, _quiet)
    again.rotate(_quiet)
    after, names = again.verify(DAY, LAST, 1, _quiet), again.keys()
    again.close()
    secrets = (tmp_path / "archive.key").read_text().split()
    sound = Soundness(packages=2, tried=2)
    assert (code, meanwhile, after, len(names), len(secrets)) == (-9, sound, sound, 1, 1)


def seal_one(archive: Archive, *, chunk: int) -> None:
    one = Sealed(system="shop", root="customer", package=b"{}", rows=0, until=DAY, identifiers=())
    archive.put(
        "run", "shop.customer:contract", Unit(fate=Fate.ARCHIVE, chunk=chunk), [one], ground="evidence"
    )
