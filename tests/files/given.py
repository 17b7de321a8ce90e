"""Recordings of two cameras in a folder, and a workspace that watches over them and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from time import sleep
from typing import Any

from lab import UNSUPERVISED
from tenu.datamap.file_paths import FilePath
from tenu.datamap.files import FileStore
from tenu.documents import read
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import Plan, read_plan
from tenu.plans.run import Run
from tenu.plans.store_port import Erased, Files
from tenu.ports import Ports
from tenu.testing import FixedClock
from tenu.wiring import open_ports

CAMERAS = """store: cameras
label: {fr: Caméras, en: Cameras}
url: file:cameras
country: FR
declared: {by: dpo@helianthe.example, on: 2026-03-01}
backups_kept_days: 7
files:
  recordings: {path: "{camera}/{year}/{month}/{day}/**", rule: video, purposes: [video], category: images}
ignored: [lost+found]
"""


def store_of(text: str = CAMERAS, **changes: str) -> FileStore:
    """Return the store a data map describes, *changes* replacing pieces of its text."""
    for former, now in changes.items():
        text = text.replace(former, now)
    return read(text, file="systems/cameras.yaml", model=FileStore)


@dataclass(kw_only=True)
class Cameras:
    """The workspace in *folder*. Its clock is the machine's: a file cannot be made older than it is."""

    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime.now(UTC) + timedelta(minutes=1)))

    @property
    def root(self) -> Path:
        """Return the root of the store."""
        return self.folder / "cameras"

    @property
    def today(self) -> date:
        """Return the day of the workspace, well inside it everywhere in Europe."""
        return self.clock.at.date()

    def ago(self, days: int) -> date:
        """Return the day *days* before today."""
        return self.today - timedelta(days=days)

    def record(self, *days: int, camera: str = "yard", content: bytes = b"film") -> list[Path]:
        """Write one recording for each of *days* ago, and return them."""
        paths = [self.root / camera / f"{self.ago(back):%Y/%m/%d}" / "0900.mp4" for back in days]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return paths

    def settle(self) -> None:
        """Set the clock to the machine's, some ticks of its file system after and before any write."""
        sleep(0.05)
        self.clock.at = datetime.now(UTC)

    @contextmanager
    def ports(self, **changes: Any) -> Iterator[Ports]:
        """Open the workspace."""
        with open_ports(self.folder, clock=self.clock) as ports:
            yield replace(ports, **changes)

    def plan(self) -> Plan:
        """Return today's plan."""
        with self.ports() as ports:
            return plan(ports, self.today)

    def apply(self, made: Plan) -> Run:
        """Apply *made* as its file would say it."""
        with self.ports() as ports:
            return apply(ports, read_plan(made.to_json()))


def make_cameras(folder: Path, text: str = CAMERAS, settings: str = "") -> Cameras:
    """Write a workspace in *folder*: the sample's policy, the data map *text*, an empty root."""
    with as_file(files("tenu.sample")) as sample:
        shutil.copy(sample / "policy.yaml", folder)
    (folder / "systems").mkdir()
    (folder / "systems" / "cameras.yaml").write_text(text, encoding="utf-8")
    (folder / "cameras").mkdir()
    roles = f"[roles]\n{''.join(f'{role} = [{_me()!r}]' + chr(10) for role in ('dpo', 'counsel', 'dba'))}"
    (folder / "tenu.toml").write_text(
        f"{UNSUPERVISED}\n{roles}\n[holds]\ntwo_people = false\n{settings}", "utf-8"
    )
    return Cameras(folder=folder)


def _me() -> str:
    from tenu.adapters.staff import account  # noqa: PLC0415

    return account()


class Watched:
    """A store of files that tells *passes* each point an erasure passes; everything else is the store's own."""

    def __init__(self, files: Files, passes: Callable[[str], None]) -> None:
        self._files, self._passes = files, passes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def erase(self, folder: FilePath, files: Iterable[tuple[str, str]], before: datetime) -> Iterator[Erased]:
        self._passes("before erase")
        for fate in self._files.erase(folder, files, before):
            self._passes("after erase")
            yield fate

    def settle(self, folders: Iterable[FilePath], empty: Iterable[FilePath]) -> None:
        self._files.settle(folders, empty)
        self._passes("after settle")


def tree(root: Path) -> list[str]:
    """Return every file and folder below *root*, tenu's mark left out."""
    found = (Path(folder, name) for folder, folders, names in os.walk(root) for name in (*folders, *names))
    return sorted(str(path.relative_to(root)) for path in found if path.name != ".tenu-store")
