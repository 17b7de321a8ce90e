"""A workspace of the sample company on one engine, for tests: files in a folder, databases beside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import Plan, read_plan
from tenu.plans.run import Run
from tenu.ports import Ports
from tenu.sample import Company
from tenu.sample.company import TODAY
from tenu.testing import FixedClock
from tenu.wiring import open_ports
from verdict import State, differences, state_of

SYSTEMS = ("crm", "erp", "shop", "mail")
STORES = ("archive", "vault")
UNSUPERVISED = """max_share = 100
tolerance = 0
tolerance_rows = 0

[approval]
needed = "never"

[requests]
two_people = false
"""
"""What tests of anything else say: no human to ask, no second one, no share to judge; but never a row more than was counted."""


@dataclass(kw_only=True)
class Lab:
    """A sample company loaded on one engine, its workspace in *folder*."""

    folder: Path
    company: Company
    urls: Mapping[str, str]
    clock: FixedClock

    @contextmanager
    def ports(self) -> Iterator[Ports]:
        """Open the workspace's ports, under the lab's own clock."""
        with open_ports(self.folder, clock=self.clock) as ports:
            yield ports

    def plan(self, as_of: date | None = None) -> Plan:
        """Return the plan of *as_of*, of the company's own day by default."""
        with self.ports() as ports:
            return plan(ports, as_of or self.company.as_of)

    def apply(self, made: Plan) -> Run:
        """Apply a plan as its file would say it."""
        with self.ports() as ports:
            return apply(ports, read_plan(made.to_json()))

    def state(self) -> State:
        """Read every row of every system, and everything sealed in the archive."""
        with self.ports() as ports:
            return state_of(self.urls, ports.archive)

    def differences(self, before: State) -> list[str]:
        """Return where the company is not what its oracle says, *before* being the state before the run."""
        return list(differences(self.company.fates(), before, self.state()))


def make_lab(
    folder: Path,
    database: Callable[[str], str],
    *,
    people: int = 100,
    chunk: int = 1_000,
    seed: int = 1,
    years: int = 0,
) -> Lab:
    """Load a sample company and write its workspace in *folder*.

    Args:
        folder: An empty folder.
        database: Gives the URL of an empty database from a name.
        people: How many people to draw, the deliberate cases included.
        chunk: People per transaction.
        seed: Seed of the sample.
        years: How long its history goes on after its day.
    """
    until = TODAY.replace(year=TODAY.year + years)
    company = Company.generate(people=people, seed=seed, until=until)
    urls = {system: database(system) for system in SYSTEMS}
    company.load(urls)
    with as_file(files("tenu.sample")) as sample:
        shutil.copy(sample / "policy.yaml", folder)
        (folder / "systems").mkdir()
        for system, url in urls.items():
            text = (sample / "systems" / f"{system}.yaml").read_text(encoding="utf-8")
            lines = [f"url: {url}" if line.startswith("url:") else line for line in text.splitlines()]
            (folder / "systems" / f"{system}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    stores = "\n".join(f'{name} = "{database(name)}"' for name in STORES)
    (folder / "tenu.toml").write_text(
        f"chunk = {chunk}\nlook_again_seconds = 0\n{UNSUPERVISED}\n[stores]\n{stores}\n", encoding="utf-8"
    )
    noon = datetime.combine(company.as_of, datetime.min.time(), UTC) + timedelta(hours=12)
    return Lab(folder=folder, company=company, urls=urls, clock=FixedClock(noon))
