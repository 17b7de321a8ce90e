"""Batches of files that go: what is kept of each while it goes, what the journal says of it, and how a cut one ends.

A file system has no transaction. Before a batch goes, its paths are sealed in the vault and the journal says how many they
are; what became of them follows. Whoever goes on after a crash reads the sealed paths, says what was done, and walks
again: nothing is erased for being on an old list.

Source: policy C-RET-07; GDPR 5(2), 17.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.operations.evidence import ACTS, begun_at
from tenu.plans.files import FileTask, FoundFile
from tenu.plans.plan import Plan
from tenu.plans.store_port import Erased, Files
from tenu.ports import BusyError, Fate, Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one batch did: *files* erased, which weighed *bytes*; of these *linked* have another name that still shows them."""

    files: int = 0
    bytes: int = 0
    linked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch of a *run*: files of one set of a *store*, by one *step* of the plan, numbered in that run and store."""

    run: str
    store: str
    step: str
    files: str
    chunk: int

    @property
    def list(self) -> str:
        """Return the name of the sealed list."""
        return f"{self.store}:{self.run[:24]}:{self.chunk}"

    def to_json(self, files: Iterable[FoundFile]) -> str:
        """Return the list: each path, its version, its size and how many names it has."""
        said = [[found.path, found.entry.version, found.entry.bytes, found.entry.names] for found in files]
        return json.dumps({"about": asdict(self), "files": said})


def write(ports: Ports, batch: Batch, done: Done) -> None:
    """Say what one batch did, then forget its paths."""
    tables = {as_name(f"erase:{batch.files}"): done.files} if done.files else {}
    body: dict[str, Json] = {
        "run": batch.run,
        "chunk": batch.chunk,
        "system": batch.store,
        "step": batch.step,
        "act": ACTS[Fate.END],
        "tables": tables,
        "subjects": 0,
        "bytes": done.bytes,
        "linked": done.linked,
    }
    ports.journal.append(Event(kind=EventKind.CHUNK_DONE, at=ports.clock.now(), body=body))
    ports.file_lists.destroy(batch.list)


def settle_files(ports: Ports) -> None:
    """Say what every batch that was cut had done, in whatever run; nothing that is still there is erased here.

    What had been set aside by the file system's own rename ends, or goes back when it is not what was seen. Where another
    run is at work, its batches are its own.

    Raises:
        UnreachableError: Its root cannot be read: nothing is concluded from files that are not seen there.
    """
    names = ports.file_lists.known()
    for store, files in ports.files.items():
        mine = [name for name in names if name.partition(":")[0] == store]
        if mine:
            files.list(())
            with suppress(BusyError), files.turn():
                for name in mine:
                    _settle(ports, files, name)


def _settle(ports: Ports, files: Files, name: str) -> None:
    text = ports.file_lists.read(name)
    if text is None:
        return
    said: dict[str, Any] = json.loads(text)
    batch = Batch(**said["about"])
    begun = _has(ports, batch, EventKind.FILES_ERASING)
    if not begun or _has(ports, batch, EventKind.CHUNK_DONE):
        ports.file_lists.destroy(name)
        return
    gone = [
        (weight, names)
        for path, version, weight, names in said["files"]
        if files.finish(tuple(path), version) is Erased.ERASED
    ]
    files.settle({tuple(path[:-1]): None for path, *_ in said["files"]}, ())
    done = Done(files=len(gone), bytes=sum(w for w, _ in gone), linked=sum(n > 1 for _, n in gone))
    write(ports, batch, done)


def batches(ports: Ports, run: str, store: str, kind: EventKind) -> Iterator[Mapping[str, Json]]:
    """Yield what the journal says of *run* in *store*."""
    for event in ports.journal.events(begun_at(ports, run), kind):
        if event.body["run"] == run and event.body["system"] == store:
            yield event.body


def _has(ports: Ports, batch: Batch, kind: EventKind) -> bool:
    return any(body["chunk"] == batch.chunk for body in batches(ports, batch.run, batch.store, kind))


def so_far(ports: Ports, run: str, store: str, task: FileTask) -> int:
    """Return how many files of *task* earlier parts of *run* erased."""
    step = as_name(task.name)
    done = (body for body in batches(ports, run, store, EventKind.CHUNK_DONE) if body["step"] == step)
    return sum(sum(_counts(body).values()) for body in done)


def _counts(body: Mapping[str, Json]) -> Mapping[str, int]:
    tables = body.get("tables", {})
    return {str(k): int(str(v)) for k, v in tables.items()} if isinstance(tables, Mapping) else {}


def erased_files(ports: Ports, plan: Plan, run: str) -> dict[tuple[str, str], Done]:
    """Return what *run* erased in all its parts, by store and set of files."""
    steps = {(t.system, as_name(t.name)): (t.system, t.table) for t in plan.tasks if t.system in ports.files}
    found: dict[tuple[str, str], Done] = {}
    for store in ports.files:
        for body in batches(ports, run, store, EventKind.CHUNK_DONE):
            place = steps[store, str(body["step"])]
            before, files = found.get(place, Done()), sum(_counts(body).values())
            found[place] = Done(
                files=before.files + files,
                bytes=before.bytes + int(str(body.get("bytes", 0))),
                linked=before.linked + int(str(body.get("linked", 0))),
            )
    return {place: done for place, done in found.items() if done.files}
