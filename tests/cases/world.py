"""A workspace on databases nobody here designed: their own tables, a data map, the packaged policy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lab import UNSUPERVISED
from tenu.datamap.drift import compare
from tenu.datamap.layout import Layout, lay_out
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import Plan, read_plan
from tenu.plans.run import Run
from tenu.ports import Ports
from tenu.terms import Severity
from tenu.testing import FixedClock
from tenu.wiring import open_ports

AS_OF = date(2026, 3, 1)

HEAD = """
system: unknown
label: {{fr: Base inconnue, en: Unknown database}}
url: {url}
country: FR
declared: {{by: dpo@helianthe.example, on: 2026-03-01}}
"""

WORDS = {
    "sqlite": {"instant": "TIMESTAMP", "uuid": "CHAR(36)", "json": "JSON"},
    "postgresql": {"instant": "TIMESTAMP", "uuid": "UUID", "json": "JSONB"},
    "mariadb": {"instant": "DATETIME", "uuid": "UUID", "json": "JSON"},
}
"""What each engine calls a date-time without zone, a UUID, and a document."""


@dataclass(kw_only=True)
class World:
    """One database somebody else designed, its workspace in *folder*."""

    folder: Path
    url: str
    as_of: date = AS_OF

    @property
    def engine(self) -> str:
        """Return sqlite, postgresql or mariadb."""
        return sa.make_url(self.url).get_backend_name().replace("mysql", "mariadb")

    @contextmanager
    def ports(self) -> Iterator[Ports]:
        """Open the workspace's ports at noon of the world's day."""
        noon = datetime.combine(self.as_of, datetime.min.time(), UTC) + timedelta(hours=12)
        with open_ports(self.folder, clock=FixedClock(noon)) as ports:
            yield ports

    def layout(self) -> Layout:
        """Return the layout of the only system."""
        with self.ports() as ports:
            (database,) = ports.databases.values()
            return lay_out(database.system, database.catalog())

    def found(self, worst: Severity = Severity.MAJOR) -> list[str]:
        """Return what the checks of the data map say, as ``CODE message``, down to *worst*."""
        with self.ports() as ports:
            (database,) = ports.databases.values()
            findings = compare(lay_out(database.system, database.catalog()), ports.workspace.policy)
        order = list(Severity)
        return [f"{f.code} {f.message.en}" for f in findings if order.index(f.severity) <= order.index(worst)]

    def plan(self) -> Plan:
        """Return the plan of the world's day."""
        with self.ports() as ports:
            return plan(ports, self.as_of)

    def apply(self, made: Plan | None = None) -> Run:
        """Apply a plan, a fresh one by default, as its file would say it."""
        made = made or self.plan()
        with self.ports() as ports:
            return apply(ports, read_plan(made.to_json()))

    def rows(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return every row of every table that is not tenu's, sorted, binary and all."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            names = [n for n in sa.inspect(connection).get_table_names() if not n.startswith("tenu_")]
            quoted = {name: connection.dialect.identifier_preparer.quote(name) for name in names}
            rows = {
                name: sorted(
                    (tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {q}")), key=repr
                )
                for name, q in quoted.items()
            }
        engine.dispose()
        return rows

    def do(self, *statements: str) -> None:
        """Run *statements*, written in standard SQL but for the words of ``WORDS``, between braces."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            if self.engine == "mariadb":
                connection.exec_driver_sql("SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'")
            for statement in statements:
                for word, type_name in WORDS[self.engine].items():
                    statement = statement.replace(f"{{{word}}}", type_name)  # noqa: PLW2901
                connection.exec_driver_sql(statement)
        engine.dispose()


def make_world(
    folder: Path, url: str, datamap: str, *statements: str, archive: Callable[[str], str] | None = None
) -> World:
    """Create the tables and write the workspace.

    Args:
        folder: Where the workspace goes; made when it does not exist.
        url: An empty database.
        datamap: The data map, whole with ``{url}``, or only what follows its heading.
        statements: What creates and fills the tables.
        archive: Gives the URL of tenu's own stores from their name; SQLite files by default.
    """
    (folder / "systems").mkdir(parents=True, exist_ok=True)
    with as_file(files("tenu.sample")) as sample:
        shutil.copy(sample / "policy.yaml", folder)
    (folder / "tenu.toml").write_text(UNSUPERVISED, encoding="utf-8")
    world = World(folder=folder, url=url)
    write_map(world, datamap)
    world.do(*statements)
    return world


def write_map(world: World, datamap: str) -> None:
    """Write the data map of *world* (again)."""
    text = datamap if "system:" in datamap else HEAD.format(url=world.url) + datamap
    (world.folder / "systems" / "unknown.yaml").write_text(
        text.replace("${PAGILA_URL}", world.url), encoding="utf-8"
    )
