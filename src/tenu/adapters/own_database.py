"""tenu's own database: one SQLite file to start, PostgreSQL after. Alembic keeps its schema."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from tenu.adapters import migrations
from tenu.adapters.migrations import HEAD, VERSION_TABLE
from tenu.adapters.store_schema import upgrade
from tenu.errors import RefusedError, UnreachableError
from tenu.terms import Text

METADATA = MetaData()
LOCK_WAIT_SECONDS = 60
_WRITES = "tenu_writes"
_LOCK_OF_TENU = 0x74656E75


def open_database(url: str) -> Engine:
    """Return an engine on tenu's own database, its schema created or brought up to date first.

    Every transaction sees one state of the database from its first statement on.

    Raises:
        RefusedError: *url* is neither SQLite nor PostgreSQL.
        UnreachableError: The database does not answer.
    """
    engine = _engine(url)
    try:
        _bring_up_to_date(engine)
    except DBAPIError as error:
        engine.dispose()
        raise _silent(engine) from error
    return engine


def writing(engine: Engine) -> Engine:
    """Return *engine*, its transactions taking the write lock of SQLite at once rather than half-way."""
    return engine.execution_options(**{_WRITES: True})


def _engine(url: str) -> Engine:
    match make_url(url).get_backend_name():
        case "sqlite":
            engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        case "postgresql":
            driver = make_url(url).set(drivername="postgresql+psycopg")
            return create_engine(driver, isolation_level="REPEATABLE READ", pool_pre_ping=True)
    raise RefusedError(
        Text(
            fr="la base de tenu doit être SQLite ou PostgreSQL",
            en="tenu's own database must be SQLite or PostgreSQL",
        ),
        fix=Text(fr="donnez sqlite:///… ou postgresql://…", en="give sqlite:///… or postgresql://…"),
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: ``_begin_sqlite`` does, where SQLAlchemy says so.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    at_once = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if at_once else "BEGIN")


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as connection:
        current = _version(connection)
    if current == HEAD:
        return
    if engine.dialect.name != "postgresql":
        with writing(engine).begin() as connection:
            upgrade(connection, migrations)
        return
    # Whoever waited for the lock must see what its holder created: each statement looks again.
    with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_OF_TENU})
        upgrade(connection, migrations)


def _version(connection: Connection) -> str | None:
    """Return the schema's version, None when the database is new."""
    if connection.dialect.name == "postgresql":
        known = text("SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass(:name)")
    else:
        known = text("SELECT 1 FROM sqlite_master WHERE name = :name")
    if connection.execute(known, {"name": VERSION_TABLE}).scalar() is None:
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def _silent(engine: Engine) -> UnreachableError:
    shown = engine.url.render_as_string(hide_password=True)
    return UnreachableError(
        Text(
            fr=f"la base de tenu ne répond pas : {shown}", en=f"tenu's own database does not answer: {shown}"
        ),
        fix=Text(
            fr="vérifiez l'adresse, les droits et que le serveur tourne",
            en="check the address, the rights, and that the server runs",
        ),
    )
