"""A run that dies while files go: the next one says exactly what went, ends the rest, and erases nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from faults.worker import at_point
from files.given import Cameras, Watched, make_cameras, tree
from tenu.journal.kinds import EventKind
from tenu.operations import erasing_files
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.operations.runs import abort
from tenu.plans.plan import Plan, read_plan
from tenu.ports import Ports

DUE = 7
PROCESSES = multiprocessing.get_context("fork")


def die() -> None:
    """Be killed, as by ``kill -9``."""
    os.kill(os.getpid(), signal.SIGKILL)


def work(cameras: Cameras, text: str, point: str, times: int) -> None:
    """Apply a plan, three files at once, and die the *times*-th time a point is passed."""
    erasing_files.AT_ONCE = 3
    passes = at_point(point, times, die)
    unlink = os.unlink

    def unlinking(path: Any, **keywords: Any) -> None:
        if str(path).startswith(".tenu-erasing"):
            passes("set aside")
        unlink(path, **keywords)

    os.unlink = unlinking
    with cameras.ports() as ports:
        lists = Lists(ports.file_lists, passes)
        watched = {"cameras": Watched(ports.files["cameras"], passes)}
        apply(replace(ports, files=watched, file_lists=lists), read_plan(text))  # type: ignore[arg-type]


class Lists:
    """Sealed lists that tell when one is kept, and when it is about to be destroyed."""

    def __init__(self, lists: Any, passes: Any) -> None:
        self._lists, self._passes = lists, passes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lists, name)

    def keep(self, name: str, text: str) -> None:
        self._lists.keep(name, text)
        self._passes("list kept")

    def destroy(self, name: str) -> None:
        self._passes("outcome written")
        self._lists.destroy(name)


@pytest.fixture
def cameras(tmp_path: Path) -> Cameras:
    """Give a workspace with seven recordings past their day and two that are not."""
    made = make_cameras(tmp_path)
    made.record(*range(40, 40 + DUE), 1, 2)
    return made


def killed(cameras: Cameras, made: Plan, point: str, times: int) -> None:
    """Apply *made* in another process, which dies."""
    process = PROCESSES.Process(target=work, args=(cameras, made.to_json(), point, times))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def told(ports: Ports) -> int:
    """Return how many files the journal says were erased, in all runs."""
    events = ports.journal.events(kind=EventKind.CHUNK_DONE)
    return sum(sum(dict(event.body["tables"]).values()) for event in events)  # type: ignore[arg-type]


POINTS = [("list kept", 1), ("set aside", 4), ("after settle", 1), ("outcome written", 2)]


@pytest.mark.parametrize(("point", "times"), POINTS)
def test_a_run_that_was_killed_goes_on_and_counts_each_file_once(
    cameras: Cameras, point: str, times: int
) -> None:
    """Wherever it died: seven files told, seven gone, two left, no list of paths kept."""
    made = cameras.plan()
    killed(cameras, made, point, times)
    run = cameras.apply(made)
    with cameras.ports() as ports:
        said, lists, left = told(ports), ports.file_lists.known(), plan(ports, cameras.today)
    films = [path for path in tree(cameras.root) if not Path(cameras.root, path).is_dir()]
    assert (run.rows_of("erase"), said, len(films), lists, left.is_empty, run.is_complete) == (
        DUE, DUE, 2, [], True, True,
    )  # fmt: skip


def test_a_run_that_was_killed_and_aborted_says_what_it_did_and_erases_no_more(cameras: Cameras) -> None:
    """What had been set aside ends with it; the files of the same list that were still there stay."""
    made = cameras.plan()
    killed(cameras, made, "set aside", 2)
    with cameras.ports() as ports:
        abort(ports, None)
        said, lists = told(ports), ports.file_lists.known()
    films = [path for path in tree(cameras.root) if not Path(cameras.root, path).is_dir()]
    assert (said, len(films), lists) == (2, DUE + 2 - 2, [])


def test_a_file_written_anew_after_the_kill_stays(cameras: Cameras) -> None:
    """It is on the list of what was to go, and is another file now."""
    cameras.settle()
    made = cameras.plan()
    killed(cameras, made, "before erase", 1)
    (again,) = cameras.record(41, content=b"written since")
    run = cameras.apply(made)
    assert (run.rows_of("erase"), run.spared["came_back"], again.read_bytes()) == (
        DUE - 1,
        1,
        b"written since",
    )
