"""Killed between the vault and the archive, and while the key changes: no orphan key, nothing shut, nothing lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from faults.proof import lost, objections
from lab import FixedClock, Lab
from tenu.operations.apply import apply
from tenu.plans.plan import read_plan
from tenu.wiring import open_ports

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


def _rotate_and_die(folder: Path, at: datetime, point: str) -> None:
    """Change the key; die at *point*."""
    with open_ports(folder, clock=FixedClock(at)) as ports:
        archive: Any = ports.archive
        keys = archive._vault._keys
        match point:
            case "key made":
                archive._vault._admit = _die
            case "envelopes moved":
                ports.archive.rotate(_die)
            case _:
                keys.retire = _die
        ports.archive.rotate(lambda _at, _total: None)


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
def test_killed_while_the_key_changes(tmp_path: Path, make_lab_of: Callable[..., Lab], point: str) -> None:
    """Wherever it is cut, every package opens, sealing goes on, and the change ends when it is run again."""
    lab = make_lab_of(people=60, chunk=4)
    lab.apply(lab.plan())
    code = killed(_rotate_and_die, lab.folder, lab.clock.at, point)
    with lab.ports() as ports:
        meanwhile = ports.archive.verify(lab.company.as_of, LAST, 1, lambda _at, _total: None)
        ports.archive.rotate(lambda _at, _total: None)
        after = ports.archive.verify(lab.company.as_of, LAST, 1, lambda _at, _total: None)
        secrets = (lab.folder / "keys" / "archive.key").read_text().split()
        keys = len(ports.archive.keys())
    assert (code, meanwhile.is_sound, after.is_sound, keys, len(secrets)) == (-9, True, True, 1, 1)
