"""A process that carries out erasures and dies on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from faults.worker import at_point, watched
from rights.asking import as_
from tenu.journal.kinds import EventKind
from tenu.operations.rights.erasure import erase
from tenu.testing import FixedClock
from tenu.wiring import open_ports

PROCESSES = multiprocessing.get_context("forkserver")


def erase_and_die(folder: Path, at: datetime, point: str, times: int) -> None:
    """Carry out every erasure that is ready, and die by SIGKILL the *times*-th time *point* is passed."""
    with open_ports(folder, clock=FixedClock(at)) as ports:
        passes = at_point(point, times, lambda: os.kill(os.getpid(), signal.SIGKILL))
        mine = watched(as_(ports, "alice"), passes)
        told: Any = _Told(mine.journal, passes)
        erase(replace(mine, journal=told), None)


class _Told:
    """A journal that tells when executions are about to be written."""

    def __init__(self, real: Any, passes: Callable[[str], None]) -> None:
        self._real, self._passes = real, passes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def append(self, *events: Any) -> None:
        """Pass just before executions are journaled."""
        if any(event.kind is EventKind.REQUEST_EXECUTED for event in events):
            self._passes("before executed")
        self._real.append(*events)
