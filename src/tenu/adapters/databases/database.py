"""One of the company's databases: its catalog, and sessions on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenu.adapters.databases import dialects
from tenu.adapters.databases.catalog import read_catalog
from tenu.adapters.databases.changing import Changing
from tenu.adapters.databases.compile import Compiler
from tenu.adapters.databases.failures import meaning, translate, unreachable
from tenu.adapters.databases.grants import missing_grants
from tenu.adapters.databases.holding import Holding, hold_tables
from tenu.adapters.databases.lists import Lists
from tenu.adapters.databases.measuring import Measuring
from tenu.adapters.databases.recording import Recorder
from tenu.adapters.databases.seeking import Seeking
from tenu.adapters.databases.work import PeopleList, receipt_table
from tenu.datamap.catalog import Catalog
from tenu.datamap.model import System

OUR_SCHEMA = "tenu"


class Session(Lists, Holding, Seeking, Changing, Measuring):
    """Every verb tenu has on one database, over one connection."""


class Database:
    """The database of one system of the data map.

    Args:
        system: Its data map.
        url: Where it is, environment variables already resolved.
        zone: The controller's time zone, whose civil days count.
    """

    def __init__(self, system: System, url: str, zone: ZoneInfo) -> None:
        self.system = system
        self._url = url
        self._zone = zone
        self._engines: dict[bool, sa.Engine] = {}
        self._catalog: Catalog | None = None
        self._tables: dict[str, sa.Table] = {}
        self._lists: dict[tuple[str, str], PeopleList] = {}
        self._holds: dict[str, sa.Table] = {}
        self._ready = False

    def catalog(self, *, fresh: bool = False) -> Catalog:
        """Return the live catalog, read once unless *fresh*.

        Raises:
            UnreachableError: When the database does not answer.
        """
        if self._catalog is None or fresh:
            with self._connect(writing=False) as connection:
                catalog, tables = read_catalog(connection, self.system.schema)
                described = self.system.tables.keys() & tables.keys()
                holds = hold_tables(catalog, tables, self.system.people, self._receipts().schema)
                ours = (self._receipts(), *holds.values())
                missing = missing_grants(connection, described, self.system.schema, ours)
                return self._keep(replace(catalog, missing_grants=missing), dict(tables), holds)
        return self._catalog

    def _keep(self, catalog: Catalog, tables: dict[str, sa.Table], holds: dict[str, sa.Table]) -> Catalog:
        """Keep what was just read, and return it; while it says the same, compiled statements keep their tables."""
        if self._catalog is None or catalog.shape() != self._catalog.shape():
            self._tables, self._lists, self._holds, self._ready = tables, {}, holds, False
        self._catalog = catalog
        return catalog

    @contextmanager
    def session(self, *, writing: bool = False) -> Iterator[Session]:
        """Yield a session; what was not committed when it ends is rolled back.

        Raises:
            UnreachableError: When the database does not answer.
        """
        compiler = self._compiler()
        with self._connect(writing=writing) as connection:
            yield Session(connection, compiler, self._receipts())

    @contextmanager
    def rehearsal(self) -> Iterator[tuple[Session, list[str]]]:
        """Yield a session that runs nothing, and the list of the SQL statements it would have run."""
        recorder = Recorder(self._engine(writing=False).dialect)
        yield (
            Session(cast("sa.Connection", recorder), self._compiler(), self._receipts()),
            recorder.statements,
        )

    def prepare(self) -> None:
        """Create what tenu keeps in this database, once: the receipts, and the lists of people on hold."""
        self.catalog()
        with self._connect(writing=True) as connection, dialects.turn(connection):
            if connection.dialect.name == "postgresql":
                connection.execute(sa.schema.CreateSchema(OUR_SCHEMA, if_not_exists=True))
            for table in (self._receipts(), *self._holds.values()):
                table.create(connection, checkfirst=True)
            connection.commit()
        with self.session(writing=True) as session:
            for table in self._holds.values():
                session.analyse(table)
            session.commit()

    def prepared(self) -> bool:
        """Return whether ``prepare`` has been done."""
        if not self._ready:
            self.catalog()
            with self._connect(writing=False) as connection:
                inspector, schema = sa.inspect(connection), self._receipts().schema
                names = (self._receipts().name, *(table.name for table in self._holds.values()))
                self._ready = all(inspector.has_table(name, schema=schema) for name in names)
        return self._ready

    def close(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _compiler(self) -> Compiler:
        return Compiler(
            catalog=self.catalog(),
            tables=self._tables,
            zone=self._zone,
            stored_in=ZoneInfo(self.system.stored_in),
            held={},
            thin={},
            holds=self._holds if self.prepared() else {},
            lists=self._lists,
        )

    def _receipts(self) -> sa.Table:
        postgresql = sa.make_url(self._url).get_backend_name() == "postgresql"
        return receipt_table(OUR_SCHEMA if postgresql else None)

    def _engine(self, *, writing: bool) -> sa.Engine:
        if writing not in self._engines:
            self._engines[writing] = dialects.connect(self._url, writing=writing)
            translate(self._engines[writing], self.system.system)
        return self._engines[writing]

    @contextmanager
    def _connect(self, *, writing: bool) -> Iterator[sa.Connection]:
        url = sa.make_url(self._url)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            # SQLite would make an empty database, in which everybody looks inactive.
            raise unreachable(self.system.system, "FileNotFoundError")
        engine = self._engine(writing=writing)
        connection = engine.connect()
        try:
            yield connection
        except sa.exc.DBAPIError as error:  # reflection asks SQLAlchemy not to tell its listeners
            raise meaning(self.system.system, error) from None
        finally:
            connection.close()
