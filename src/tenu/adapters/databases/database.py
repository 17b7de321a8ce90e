"""One of the company's databases: its catalog, and sessions on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenu.adapters.databases import dialects, pressure
from tenu.adapters.databases.catalog import read_catalog
from tenu.adapters.databases.changing import Changing
from tenu.adapters.databases.compile import Compiler
from tenu.adapters.databases.correcting import Correcting
from tenu.adapters.databases.dates import Dates
from tenu.adapters.databases.disk import settle_disk
from tenu.adapters.databases.enforced import schema_of, standing
from tenu.adapters.databases.enforcing import Writer, out_of_reach
from tenu.adapters.databases.failures import meaning, translate, unreachable
from tenu.adapters.databases.fingerprint import fingerprint
from tenu.adapters.databases.grants import missing_grants
from tenu.adapters.databases.holding import Holding, hold_tables
from tenu.adapters.databases.lists import Lists
from tenu.adapters.databases.measuring import Measuring
from tenu.adapters.databases.openings import opening_table
from tenu.adapters.databases.recording import Recorder
from tenu.adapters.databases.sampling import Sampling
from tenu.adapters.databases.seeking import Seeking
from tenu.adapters.databases.work import PeopleList, receipt_table
from tenu.datamap.catalog import Catalog
from tenu.datamap.enforcement import Enforcement, seen
from tenu.datamap.layout import lay_out
from tenu.datamap.model import System
from tenu.plans.disk import DiskState
from tenu.plans.pacing import LagProbe
from tenu.ports import Queue
from tenu.ports import Session as AnySession

OUR_SCHEMA = "tenu"


class Session(Lists, Holding, Seeking, Correcting, Changing, Measuring, Sampling):
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
        self._engines: dict[tuple[bool, bool], sa.Engine] = {}
        self._replicas: dict[str, sa.Engine] = {}
        self._trail = pressure.Trail()
        self._catalog: Catalog | None = None
        self._tables: dict[str, sa.Table] = {}
        self._lists: dict[tuple[str, str], PeopleList] = {}
        self._holds: dict[str, sa.Table] = {}
        self._ready = False
        self._seen: str | None = None

    def catalog(self, *, fresh: bool = False) -> Catalog:
        """Return the live catalog, read once unless *fresh*; then again, unless the engine can tell that nothing changed.

        Raises:
            UnreachableError: When the database does not answer.
        """
        if self._catalog is None or fresh:
            with self._connect(writing=False) as connection:
                # Looked at before the catalog is read: what changes meanwhile will show.
                seen = fingerprint(connection)
                if self._catalog is not None and seen is not None and seen == self._seen:
                    return self._catalog
                catalog, tables = read_catalog(connection, self.system.schema)
                described = self.system.tables.keys() & tables.keys()
                holds = hold_tables(catalog, tables, self.system.people, self._receipts().schema)
                ours = (self._receipts(), *holds.values())
                missing = missing_grants(connection, described, self.system.schema, ours)
                self._seen = seen
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

    def enforcement(self) -> Enforcement:
        """Return what this database has, and lacks, of what refuses changes to rows of restricted people.

        Raises:
            UnreachableError: When the database does not answer.
        """
        self.catalog()
        with self._connect(writing=False) as connection:
            writer = self._writer(connection)
            asked = self.system.enforce_restrictions
            wanted = writer.pieces() if asked else ()
            return Enforcement(
                pieces=seen(wanted, standing(connection, writer, wanted)),
                beyond=out_of_reach(writer.layout) if asked else {},
            )

    def enforce(self) -> Enforcement:
        """Make this database refuse what its data map asks it to refuse, and no more; return what was found before.

        Each piece is put right in a transaction of its own, so that no table waits for another; cut, it is done again.

        Raises:
            StoreError: The account may not create triggers here.
            BusyError: A table was used by somebody else for too long.
        """
        found = self.enforcement()
        with self._connect(writing=True) as connection:
            connection.execution_options(no_parameters=True)
            for each in found.wrong:
                with dialects.turn(connection):
                    for statement in each.sql:
                        connection.exec_driver_sql(statement)
                    connection.commit()
        self._ready = False
        return found

    def _writer(self, connection: sa.Connection) -> Writer:
        schema = self.system.schema
        if connection.dialect.name == "postgresql" and schema is None:
            schema = schema_of(connection, next(iter(self.system.people), ""))
        return Writer(
            layout=lay_out(self.system, self.catalog()),
            compiler=self._compiler(),
            holds=self._holds,
            own=(self._receipts(), *self._holds.values()),
            opening=opening_table(self._receipts().schema),
            dialect=connection.dialect,
            schema=None if connection.dialect.name == "sqlite" else schema,
            home=self._receipts().schema,
        )

    def lag(self, probe: LagProbe) -> float | None:
        """Return by how many seconds the slowest replica is late; None where there is none, or nobody may know.

        Raises:
            UnreachableError: What should answer does not.
        """
        if probe.url is None:
            with self._connect(writing=False, kept=True) as connection:
                return pressure.lag_of_replicas(connection, probe.query, self._trail)
        engine = self._elsewhere(probe.url)
        with engine.connect() as connection:
            return pressure.lag_of_this(connection, probe.query)

    def watch(self, session: AnySession) -> AbstractContextManager[Queue]:
        """Look, while a transaction of *session* lasts, at how many others wait for it; nobody where SQLite is."""
        return pressure.watching(self._engine(writing=False, kept=True), cast("Session", session).connection)

    def sizes(self, tables: Sequence[str]) -> Mapping[str, int]:
        """Return about how many rows each of *tables* holds, from the engine's statistics; counted where it has none."""
        with self._connect(writing=False) as connection:
            return pressure.sizes(connection, {name: self._table(name) for name in tables})

    def _table(self, name: str) -> sa.Table:
        self.catalog()
        return self._tables[name]

    def _elsewhere(self, url: str) -> sa.Engine:
        """Return an engine on a replica of this database."""
        if url not in self._replicas:
            self._replicas[url] = dialects.connect(url, writing=False)
            translate(self._replicas[url], self.system.system)
        return self._replicas[url]

    def settle_disk(self, tables: Sequence[str], *, vacuum: bool) -> DiskState:
        """Do what can be done about the bytes of rows deleted from *tables*, and say what remains.

        *vacuum*: whether PostgreSQL's tables are vacuumed here.
        """
        known = self._compiler().tables
        with self._connect(writing=False) as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            return settle_disk(
                connection, [known[table] for table in tables if table in known], vacuum=vacuum
            )

    def close(self) -> None:
        """Close every connection."""
        for engine in self._replicas.values():
            engine.dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _compiler(self) -> Compiler:
        return Compiler(
            system=self.system,
            catalog=self.catalog(),
            tables=self._tables,
            dates=Dates(
                engine=self.catalog().engine, zone=self._zone, stored_in=ZoneInfo(self.system.stored_in)
            ),
            listed={},
            thin={},
            holds=self._holds if self.prepared() else {},
            lists=self._lists,
        )

    def _receipts(self) -> sa.Table:
        postgresql = sa.make_url(self._url).get_backend_name() == "postgresql"
        return receipt_table(OUR_SCHEMA if postgresql else None)

    def _engine(self, *, writing: bool, kept: bool = False) -> sa.Engine:
        # SQLite alone locks from the start whoever will write; elsewhere those who read and those who write share connections.
        writing = writing and sa.make_url(self._url).get_backend_name() == "sqlite"
        if (writing, kept) not in self._engines:
            self._engines[writing, kept] = dialects.connect(self._url, writing=writing, kept=kept)
            translate(self._engines[writing, kept], self.system.system)
        return self._engines[writing, kept]

    @contextmanager
    def _connect(self, *, writing: bool, kept: bool = False) -> Iterator[sa.Connection]:
        url = sa.make_url(self._url)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            # SQLite would make an empty database, in which everybody looks inactive.
            raise unreachable(self.system.system, "FileNotFoundError")
        connection = self._engine(writing=writing, kept=kept).connect()
        try:
            yield connection
        except sa.exc.DBAPIError as error:  # reflection asks SQLAlchemy not to tell its listeners
            raise meaning(self.system.system, error) from None
        finally:
            connection.close()
