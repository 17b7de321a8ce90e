"""The benchmark's company: one web shop in a private, durable PostgreSQL, and the workspace that speaks of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import sql

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))  # the private servers of the tests

from floors import TABLES  # noqa: E402 - after the path
from meter import Meter  # noqa: E402 - after the path

from servers import HOST, USER, PostgreSQLServer  # noqa: E402 - after the path
from tenu.ports import Ports  # noqa: E402 - after the path
from tenu.wiring import open_ports  # noqa: E402 - after the path

AS_OF = date(2026, 3, 1)
SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
    "autovacuum": "off",
}
ERASED, ARCHIVED = "prospecting", "relation"
"""Two purposes of the sample policy: five years then nothing, five years then ten in the archive."""

UNSUPERVISED = 'max_share = 100\n[approval]\nneeded = "never"\n[pacing]\ntarget_ms = 0\n'
"""Chunks of the size asked for, and nobody to approve: what is measured is the work."""


class Noon:
    """A clock that stands at noon of the benchmark's day."""

    def now(self) -> datetime:
        """Return noon of the benchmark's day, UTC."""
        return datetime(AS_OF.year, AS_OF.month, AS_OF.day, 12, tzinfo=UTC)


class Shop:
    """A server of its own and the databases of the benchmark in it."""

    def __init__(self, server: PostgreSQLServer) -> None:
        self._server = server
        self.meter = Meter(int((server.folder / "data" / "postmaster.pid").read_text().split()[0]))

    def draw(self, name: str, *, people: int, due: int, script: str = "shop.sql") -> str:
        """Create the database *name* with *people* customers, or rows, of whom *due* are due; return its address."""
        self._server.fresh_database(name)
        text = (HERE / "company" / script).read_text("utf-8")
        text = text.replace("{people}", str(people)).replace("{due}", str(due)).replace("{as_of}", str(AS_OF))
        with psycopg.connect(self.address(name), autocommit=True) as connection:
            connection.execute(sql.SQL(text))
            connection.execute("VACUUM ANALYZE")
        return self.address(name)

    def copy(self, name: str, of: str) -> str:
        """Create the database *name* as a copy of another one, everything on disk; return its address."""
        self._server.drop(name)
        command = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(sql.Identifier(name), sql.Identifier(of)))
            connection.execute("CHECKPOINT")
        return self.address(name)

    def empty(self, name: str, *, like: str = "") -> str:
        """Create an empty database *name*, with the tables of *like* and their keys if asked; return its address."""
        self._server.fresh_database(name)
        if like:
            self.copy(name, like)
            with psycopg.connect(self.address(name), autocommit=True) as connection:
                connection.execute(sql.SQL(f"TRUNCATE {', '.join(TABLES)}"))
                for table in TABLES:
                    _keep_only_the_key(connection, table)
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of a database, as libpq reads it."""
        return (
            f"postgresql://{USER}:{self._server.address.password}@{HOST}:{self._server.address.port}/{name}"
        )

    @contextmanager
    def workspace(
        self, name: str, *, purpose: str, chunk: int, datamap: str = "shop.yaml", settings: str = ""
    ) -> Iterator[Ports]:
        """Open a new workspace about the database *name*, its archive and vault in databases of their own.

        *settings*: more of tenu.toml.
        """
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            policy = files("tenu.sample").joinpath("policy.yaml").read_text("utf-8")
            (folder / "policy.yaml").write_text(policy, "utf-8")
            (folder / "systems").mkdir()
            text = (HERE / "company" / datamap).read_text("utf-8")
            text = text.replace("@url", self._server.url(name)).replace("@purpose", purpose)
            (folder / "systems" / datamap).write_text(text, "utf-8")
            stores = "".join(f'{s} = "{self._server.fresh_database(s)}"\n' for s in ("archive", "vault"))
            (folder / "tenu.toml").write_text(
                f"chunk = {chunk}\n{UNSUPERVISED}{settings}[stores]\n{stores}", "utf-8"
            )
            with open_ports(folder, clock=Noon()) as ports:
                yield ports


@contextmanager
def running_shop() -> Iterator[Shop]:
    """Start a durable PostgreSQL of our own and end it."""
    with PostgreSQLServer(durable=True, settings=SETTINGS) as server:
        yield Shop(server)


def _keep_only_the_key(connection: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    """Drop foreign keys and other indexes: an archive by COPY has no use for them."""
    foreign = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
    for (name,) in connection.execute(foreign, [table]).fetchall():
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        connection.execute(drop.format(sql.Identifier(table), sql.Identifier(str(name))))
    other = (
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND NOT indisprimary"
    )
    for (name,) in connection.execute(other, [table]).fetchall():
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(str(name))))
