"""What a piece of work costs: wall seconds, and CPU seconds of this process and of every process of one server."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")
REAPING_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds: on the clock, of CPU in the server, of CPU in Python."""

    wall: float
    server: float
    python: float

    @property
    def cpu(self) -> float:
        """Return the CPU seconds of both sides; on a shared machine, steadier than the clock."""
        return self.server + self.python


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The costs of the same work done several times."""

    runs: Sequence[Cost]

    def best(self) -> Cost:
        """Return the run that took the least CPU."""
        return min(self.runs, key=lambda cost: cost.cpu)

    def median_cpu(self) -> float:
        """Return the median CPU seconds."""
        return median(cost.cpu for cost in self.runs)

    def median_wall(self) -> float:
        """Return the median wall seconds."""
        return median(cost.wall for cost in self.runs)


class Meter:
    """Measures work done with the server whose first process is *pid* (Linux: /proc is read)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def __call__(self, work: Callable[[], object]) -> Cost:
        """Do *work* and return its cost, the processes it ended included."""
        gc.collect()
        time.sleep(REAPING_SECONDS)
        server, python, wall = self._server(), time.process_time(), time.perf_counter()
        work()
        wall, python = time.perf_counter() - wall, time.process_time() - python
        time.sleep(REAPING_SECONDS)
        return Cost(wall=wall, python=python, server=self._server() - server)

    def _server(self) -> float:
        """Return the CPU seconds of the server so far: its first process, its ended children, its live ones."""
        own, ended, _ = _times(self._pid)
        return (own + ended + sum(_times(pid)[0] for pid in self._children())) / TICKS

    def _children(self) -> Iterable[int]:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _times(int(entry.name))[2] == self._pid:
                yield int(entry.name)


def _times(pid: int) -> tuple[int, int, int]:
    """Return a process's own ticks, those of its ended children, and its parent; zeros when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0, 0
    return int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14]), int(fields[1])
