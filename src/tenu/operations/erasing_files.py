"""The files of a plan, erased batch by batch, each looked at again just before.

Source: policy C-SEC-01, C-RET-07; GDPR 5(1)(e), 17.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby, islice

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.operations.file_batches import Batch, Done, batches, so_far, write
from tenu.operations.filing import walk
from tenu.operations.pacer import Pacer
from tenu.plans.files import FileTask, FoundFile, file_tasks, may_empty
from tenu.plans.plan import Plan
from tenu.plans.rulebook import Rulebook
from tenu.plans.store_port import Erased, Files
from tenu.ports import Ports

AT_ONCE = 500
"""Files of one batch: what may have to be looked at again after a crash."""
Told = Callable[[int], None]
"""Told how many files were done."""


def erase_files(
    ports: Ports, plan: Plan, run: str, rules: Rulebook, pacer: Pacer, told: Told
) -> Counter[str]:
    """Erase the files *plan* counted, as far as they still are due; return how many stay, by reason.

    Raises:
        StoppedError: The run stops between two batches.
        BusyError: Another run is erasing in a store; nothing of it was changed.
        StoreError: A disk failed; what was done before is written.
    """
    spared: Counter[str] = Counter()
    counted = {task.name: task.rows for task in plan.tasks if task.system in ports.files}
    for files in ports.files.values():
        tasks = [task for task in file_tasks([files.store], rules) if counted.get(task.name)]
        if tasks:
            with files.turn():
                erasing = _Erasing(ports, files, run, plan.made_at, pacer)
                for task in tasks:
                    spared += erasing.do(task, counted[task.name], told)
    return spared


class _Erasing:
    """One run at work in one store, alone."""

    def __init__(self, ports: Ports, files: Files, run: str, before: datetime, pacer: Pacer) -> None:
        self._ports, self._files, self._run = ports, files, run
        self._before, self._pacer = before, pacer
        self._name = files.store.store
        self._chunks = len(list(batches(ports, run, self._name, EventKind.FILES_ERASING)))

    def do(self, task: FileTask, counted: int, told: Told) -> Counter[str]:
        """Erase the files of *task*, batch by batch, never more than the plan *counted* in all its parts."""
        spared: Counter[str] = Counter()
        left = counted - so_far(self._ports, self._run, self._name, task)
        due = iter(walk(self._ports, self._files, {task.files: task.before}))
        while left > 0:
            self._pacer.may_go_on(self._name)
            batch = list(islice(due, min(left, AT_ONCE)))
            if not batch:
                break
            with self._pacer.resting():
                fates = self._batch(task, batch)
            left -= fates[Erased.ERASED]
            told(len(batch))
            spared["came_back"] += fates[Erased.CHANGED]
            spared["refused"] += fates[Erased.REFUSED]
        return spared

    def _batch(self, task: FileTask, batch: Sequence[FoundFile]) -> Counter[Erased]:
        """Erase one batch: its paths sealed and its intent written before, what became of it after."""
        chunk, self._chunks = self._chunks, self._chunks + 1
        one = Batch(run=self._run, store=self._name, step=as_name(task.name), files=task.files, chunk=chunk)
        self._ports.file_lists.keep(one.list, one.to_json(batch))
        body: dict[str, Json] = {
            "run": self._run,
            "system": self._name,
            "step": one.step,
            "chunk": chunk,
            "files": len(batch),
            "bytes": sum(found.entry.bytes for found in batch),
        }
        self._ports.journal.append(Event(kind=EventKind.FILES_ERASING, at=self._ports.clock.now(), body=body))
        fates = [
            fate
            for folder, files in groupby(batch, lambda found: found.path[:-1])
            for fate in self._files.erase(
                folder, [(one.path[-1], one.entry.version) for one in files], self._before
            )
        ]
        gone = [found for found, fate in zip(batch, fates, strict=True) if fate is Erased.ERASED]
        folders = dict.fromkeys(found.path[:-1] for found in gone)
        empty = {
            above: None
            for found in {f.path[:-1]: f for f in gone}.values()
            for above in may_empty(self._files.store, task.files, found.path, task.before)
        }
        self._files.settle(folders, sorted(empty, key=len, reverse=True))
        done = Done(
            files=len(gone),
            bytes=sum(found.entry.bytes for found in gone),
            linked=sum(found.entry.names > 1 for found in gone),
        )
        write(self._ports, one, done)
        return Counter(fates)
