"""Ports that make something happen at a named point of a chunk, and another process that dies there."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from lab import Lab
from tenu.journal.kinds import EventKind
from tenu.operations.apply import apply
from tenu.plans.plan import Plan, read_plan
from tenu.ports import Ports
from tenu.testing import FixedClock
from tenu.wiring import open_ports

POINTS = ("after lock", "after put", "before commit", "before journal")
Passes = Callable[[str], None]
"""Told each point the run passes."""

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tenu.wiring", "tenu.operations.apply", "tenu.sample"])


def start(lab: Lab, made: Plan, *, point: str = "", times: int = 1) -> BaseProcess:
    """Start a process that applies *made*; with a *point*, it dies there by SIGKILL the *times*-th time it passes."""
    process = _PROCESSES.Process(target=_work, args=(lab.folder, lab.clock.at, made.to_json(), point, times))
    process.start()
    return process


def _work(folder: Path, at: datetime, text: str, point: str, times: int) -> None:
    with open_ports(folder, clock=FixedClock(at)) as ports:
        apply(watched(ports, at_point(point, times, _die)), read_plan(text))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_point(point: str, times: int, act: Callable[[], None]) -> Passes:
    """Return what does *act* the *times*-th time a run passes *point*."""
    left = times

    def passes(name: str) -> None:
        nonlocal left
        left -= name == point
        if name == point and left == 0:
            act()

    return passes


def watched(ports: Ports, passes: Passes) -> Ports:
    """Return *ports*, telling *passes* where the run is."""
    around: Any = {
        "databases": {name: _Database(database, passes) for name, database in ports.databases.items()},
        "archive": _Archive(ports.archive, passes),
        "ledger": _Ledger(ports.ledger, passes),
        "journal": _Journal(ports.journal, passes),
    }
    return replace(ports, **around)


class _Watched:
    """Hands everything on to the real adapter."""

    def __init__(self, real: Any, passes: Passes) -> None:
        self._real, self._passes = real, passes
        self._wrote = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Database(_Watched):
    @contextmanager
    def session(self, **options: Any) -> Iterator[Any]:
        """Yield a session that is watched too."""
        with self._real.session(**options) as session:
            yield _Session(session, self._passes)


class _Session(_Watched):
    @contextmanager
    def transaction(self, **options: Any) -> Iterator[None]:
        """Pass before it begins, after the commit of one that wrote a receipt, and after one that failed."""
        self._passes("before transaction")
        self._wrote = False
        try:
            with self._real.transaction(**options):
                yield
        except BaseException:
            self._passes("after rollback")
            raise
        if self._wrote:
            self._passes("after commit")

    def lock(self, *arguments: Any) -> Any:
        """Pass once people are locked."""
        locked = self._real.lock(*arguments)
        self._passes("after lock")
        return locked

    def note(self, *arguments: Any) -> None:
        """Pass once the receipt is written, the last thing before the commit."""
        self._real.note(*arguments)
        self._wrote = True
        self._passes("before commit")


class _Archive(_Watched):
    def put(self, *arguments: Any, **options: Any) -> Any:
        """Pass once a unit is in the archive and its source is not committed."""
        put = self._real.put(*arguments, **options)
        self._passes("after put")
        return put


class _Ledger(_Watched):
    def write(self, *arguments: Any) -> Any:
        """Pass once the ledger knows whom a chunk is about, and nothing was done yet."""
        written = self._real.write(*arguments)
        self._passes("after intent")
        return written

    def settle(self, *arguments: Any, **options: Any) -> None:
        """Pass once the ledger knows the outcome."""
        self._real.settle(*arguments, **options)
        self._passes("after outcome")


class _Journal(_Watched):
    def append(self, *events: Any) -> None:
        """Pass just before chunks are journaled."""
        if any(event.kind is EventKind.CHUNK_DONE for event in events):
            self._passes("before journal")
        self._real.append(*events)
