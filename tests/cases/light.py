"""Many small databases on one opened workspace: the policy is read once, and each database takes its system's place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases.world import AS_OF, HEAD, World, make_world
from tenu.adapters.databases.database import Database
from tenu.datamap.layout import lay_out
from tenu.datamap.model import System
from tenu.documents import read
from tenu.journal.memory import MemoryJournal
from tenu.operations.apply import apply
from tenu.operations.check import schema_findings
from tenu.operations.plan import plan
from tenu.plans.run import Run
from tenu.ports import Ports
from tenu.terms import Severity
from tenu.testing import MemoryLedger

Rows = Mapping[str, list[tuple[Any, ...]]]


@contextmanager
def opened(folder: Path) -> Iterator[Ports]:
    """Yield the ports every small database borrows: a policy, an archive and a journal, kept in *folder*."""
    with make_world(folder, f"sqlite:///{folder / 'none.db'}", "people: {}\ntables: {}\n").ports() as ports:
        yield ports


@dataclass(frozen=True, kw_only=True)
class Small:
    """One small database, and the ports to run on it."""

    ports: Ports
    world: World

    def found(self, worst: Severity = Severity.BLOCKER) -> list[str]:
        """Return the codes of what the checks say, down to *worst*, each once."""
        layouts = {
            name: lay_out(db.system, db.catalog(fresh=True)) for name, db in self.ports.databases.items()
        }
        order = list(Severity)
        found = schema_findings(self.ports, layouts, AS_OF)
        return sorted({f.code for f in found if order.index(f.severity) <= order.index(worst)})

    def run(self) -> Run:
        """Apply the day's plan."""
        return apply(self.ports, plan(self.ports, AS_OF))

    def left(self) -> Rows:
        """Apply the day's plan, look that nothing is left to do, and return every row."""
        self.run()
        assert plan(self.ports, AS_OF).is_empty
        return self.world.rows()


def apart(base: Ports, **changes: Any) -> Ports:
    """Return *base* with a ledger and a journal of its own: another database in its place would look restored."""
    return replace(base, ledger=MemoryLedger(), journal=MemoryJournal(), **changes)


@contextmanager
def small(base: Ports, url: str, datamap: str, *statements: str) -> Iterator[Small]:
    """Yield a small database at *url*, a SQLite file when it is empty, filled by *statements*."""
    folder = Path(tempfile.mkdtemp(prefix="small-"))
    world = World(folder=folder, url=url or f"sqlite:///{folder / 'small.db'}")
    system = read(HEAD.format(url=world.url) + datamap, file="small.yaml", model=System)
    workspace = replace(base.workspace, systems=(system,), map_digests={system.system: folder.name})
    database = Database(system, world.url, ZoneInfo(base.workspace.policy.time_zone))
    ports = apart(base, workspace=workspace, databases={system.system: database})
    try:
        world.do(*statements)
        yield Small(ports=ports, world=world)
    finally:
        database.close()
        shutil.rmtree(folder)
