"""What differs from one engine to the next, and nothing else: connecting, comparing, aggregating, locking."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.pool import NullPool, QueuePool

from tenu.adapters.databases.bulk import teach_copy
from tenu.adapters.databases.failures import busy
from tenu.datamap.identity import normalise
from tenu.terms import IdentifierKind

LONGEST = 500
"""Characters of the longest identifier anybody is looked up by; an e-mail has 254 at most."""

_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyy"
_TURN = 0x74656E7501
TURN_SECONDS = 5
_ONE_USE: Mapping[str, Any] = {"poolclass": NullPool}
_KEPT: Mapping[str, Any] = {"poolclass": QueuePool, "pool_pre_ping": True}
_SPELLED_ALIKE = (
    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1"
)
"""What a PostgreSQL database may have set otherwise, and the archive must read the same everywhere."""


def connect(url: str, *, writing: bool, kept: bool = False) -> sa.Engine:
    """Return an engine for *url* whose sessions behave alike everywhere: UTC, read committed, short lock waits.

    A session has a connection to itself: its lists of people end with it, whatever happens. PostgreSQL takes longer to begin a
    connection than to answer most questions: it forgets everything of a session, and its connection serves again.

    Args:
        url: Where the database is.
        writing: Whether a transaction takes SQLite's write lock from its start.
        kept: Whether connections are kept between two uses as they are, asked first whether they still answer: for uses that
            leave nothing on them. SQLite's are never kept, they cost nothing to open.
    """
    parsed = sa.make_url(url)
    pool = _KEPT if kept else _ONE_USE
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed, writing=writing)
        case "postgresql":
            options = f"-c lock_timeout=5s -c jit=off {_SPELLED_ALIKE}"
            engine = sa.create_engine(
                parsed,
                isolation_level="READ COMMITTED",
                # What the driver remembers having prepared would outlive the session that the server forgets.
                connect_args={"options": options, **({} if kept else {"prepare_threshold": None})},
                **_KEPT,
            )
            if not kept:
                sa.event.listen(engine, "reset", _forget_session)
            teach_copy(engine)
            return engine
        case "mysql" | "mariadb":
            engine = sa.create_engine(parsed, isolation_level="READ COMMITTED", **pool)
            sa.event.listen(engine, "connect", _settle_mariadb)
            return engine
        case other:
            raise ValueError(
                f"tenu does not drive {other} databases yet; it drives sqlite, postgresql and mariadb"
            )


def _forget_session(connection: Any, _record: Any, state: Any) -> None:
    """Take everything a session left on PostgreSQL from its *connection*: its transaction, its lists, its settings."""
    if state.terminate_only or connection.closed:
        return
    connection.rollback()
    at_once, connection.autocommit = connection.autocommit, True
    connection.execute("DISCARD ALL")
    connection.autocommit = at_once


def _sqlite(url: sa.URL, *, writing: bool) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": 15}, **_ONE_USE)

    def settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        for kind in IdentifierKind:
            connection.create_function(f"tenu_{kind}", 1, _normaliser(kind), deterministic=True)

    sa.event.listen(engine, "connect", settle)
    opening = "BEGIN IMMEDIATE" if writing else "BEGIN"
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(opening))
    return engine


def _normaliser(kind: IdentifierKind) -> Any:
    return lambda value: None if value is None else normalise(kind, str(value))


def _settle_mariadb(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET time_zone = '+00:00', innodb_lock_wait_timeout = 5, group_concat_max_len = 1073741824, "
            "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'"
        )


def take_turn(connection: sa.Connection) -> None:
    """Wait until no other tenu transaction changes this database. SQLite's write lock already says so.

    A process that was killed keeps its turn until the server has ended its transaction: only then can anybody tell
    what it committed.

    Raises:
        BusyError: The turn did not come.
    """
    match connection.dialect.name:
        case "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
        case "mysql" | "mariadb":
            got = connection.execute(
                sa.select(sa.func.get_lock(_turn_name(connection), TURN_SECONDS))
            ).scalar()
            if got != 1:
                raise busy(connection.engine.url.database or "", "GET_LOCK")


@contextmanager
def turn(connection: sa.Connection) -> Iterator[None]:
    """Do what is inside in one turn: even ``IF NOT EXISTS`` fails when two processes create the same thing at once."""
    take_turn(connection)
    try:
        yield
    finally:
        end_turn(connection)


def end_turn(connection: sa.Connection) -> None:
    """Let the next transaction have its turn, where the engine does not do it at the end of this one."""
    if connection.dialect.name in ("mysql", "mariadb") and not connection.invalidated:
        connection.execute(sa.select(sa.func.release_lock(_turn_name(connection))))
        connection.rollback()


def _turn_name(connection: sa.Connection) -> str:
    """Return the name of this database's turn: MariaDB's are the whole server's, 64 characters at most."""
    return f"tenu.{connection.engine.url.database}"[:64]


def normalised(engine: str, kind: IdentifierKind, column: Any) -> Any:
    """Return *column* as ``datamap.identity.normalise`` would return its values."""
    if engine == "sqlite":
        return getattr(sa.func, f"tenu_{kind}")(column)
    plain = _normalised(engine, kind, column)
    if engine == "mariadb":
        # Compared letter by letter, as Python does, whatever character set and collation the column has; a text without a
        # length is never looked up in a list, but compared with each of its values.
        short = sa.func.left(plain, LONGEST)
        return sa.cast(short, mysql.CHAR(LONGEST, charset="utf8mb4")).collate("utf8mb4_bin")
    return plain


def _normalised(engine: str, kind: IdentifierKind, column: Any) -> Any:
    match kind:
        case IdentifierKind.EMAIL:
            return sa.func.lower(_without(engine, column, r"\s"))
        case IdentifierKind.CUSTOMER_REFERENCE | IdentifierKind.POSTCODE:
            return sa.func.upper(_without(engine, column, r"\s"))
        case IdentifierKind.PHONE:
            return sa.func.right(_without(engine, column, r"[^0-9]"), 9)
        case IdentifierKind.NAME:
            plain = sa.func.lower(column)
            for accented, bare in (("œ", "oe"), ("æ", "ae"), *zip(_ACCENTED, _PLAIN, strict=True)):
                plain = sa.func.replace(plain, accented, bare)
            spaced = _replaced(engine, plain, r"[^a-z0-9]+", " ")
            return sa.func.trim(spaced)
        case IdentifierKind.RECORD:
            return column


def as_text(engine: str, column: Any, width: int, beside: Any) -> Any:
    """Return a number as text, zeros first up to *width* digits, ready to be compared with the column *beside* it."""
    if engine == "sqlite":
        return sa.func.printf(f"%0{width}d", column, type_=sa.String()) if width else sa.cast(column, sa.Text)
    text: Any = sa.cast(column, sa.String(190))
    if width:
        text = sa.case((sa.func.length(text) < width, sa.func.lpad(text, width, "0")), else_=text)
    collation = getattr(beside.type, "collation", None)
    return sa.collate(text, collation) if engine == "mariadb" and collation else text


def _without(engine: str, column: Any, pattern: str) -> Any:
    return _replaced(engine, column, pattern, "")


def _replaced(engine: str, column: Any, pattern: str, to: str) -> Any:
    if engine == "postgresql":
        return sa.func.regexp_replace(column, pattern, to, "g")
    return sa.func.regexp_replace(column, re.sub(r"\\s", "[[:space:]]", pattern), to)


def typed(engine: str, value: Any, type_: Any) -> Any:
    """Return *value* as one of *type_*, where a bare NULL would be taken for text."""
    if engine != "postgresql" or isinstance(type_, sa.types.NullType):
        return value
    return sa.cast(value, type_)
