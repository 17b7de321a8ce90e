"""Failures as each driver tells them, made to happen at a chosen statement, or commit, of a run."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import psycopg
import pymysql
import sqlalchemy as sa

from faults.worker import watched
from tenu.adapters.databases.database import Database
from tenu.ports import Ports


class Kind(StrEnum):
    """What goes wrong. ``LOST_ANSWER`` is a commit that is done and whose answer never comes."""

    DISCONNECT = "disconnect"
    DISK_FULL = "disk full"
    TIMEOUT = "statement timeout"
    DEADLOCK = "deadlock"
    LOCK = "lock timeout"
    LOST_ANSWER = "lost answer"


FATAL = (Kind.DISCONNECT, Kind.DISK_FULL, Kind.TIMEOUT, Kind.LOST_ANSWER)
BUSY = (Kind.DEADLOCK, Kind.LOCK)


class Phase(StrEnum):
    """Where a run is: before its first transaction, inside one, or after a commit."""

    BEFORE = "before"
    INSIDE = "inside"
    AFTER = "after"


_SQLITE = {
    Kind.DISK_FULL: "SQLITE_FULL",
    Kind.TIMEOUT: "SQLITE_INTERRUPT",
    Kind.DEADLOCK: "SQLITE_LOCKED",
    Kind.LOCK: "SQLITE_BUSY",
}
_POSTGRESQL: dict[Kind, type[psycopg.Error]] = {
    Kind.DISK_FULL: psycopg.errors.DiskFull,
    Kind.TIMEOUT: psycopg.errors.QueryCanceled,
    Kind.DEADLOCK: psycopg.errors.DeadlockDetected,
    Kind.LOCK: psycopg.errors.LockNotAvailable,
}
_MARIADB = {Kind.DISK_FULL: 1114, Kind.TIMEOUT: 1969, Kind.DEADLOCK: 1213, Kind.LOCK: 1205}


def failure(connection: Any, kind: Kind) -> Exception:
    """Leave *connection*, the driver's own, as this failure does, and return what the driver would raise."""
    match connection:
        case sqlite3.Connection():
            error = sqlite3.OperationalError(str(kind))
            error.sqlite_errorname = _SQLITE.get(kind, "SQLITE_IOERR")
            if connection.in_transaction and kind in (Kind.DISK_FULL, Kind.DISCONNECT):
                connection.execute("ROLLBACK")
            return error
        case psycopg.Connection():
            if kind not in _POSTGRESQL:
                connection.close()
                return psycopg.OperationalError("server closed the connection unexpectedly")
            with suppress(psycopg.Error):
                connection.execute("SELECT 1 / 0")
            return _POSTGRESQL[kind](str(kind))
        case _:
            return _failure_on_mariadb(connection, kind)


def _failure_on_mariadb(connection: Any, kind: Kind) -> Exception:
    if kind not in _MARIADB:
        connection._force_close()
        return pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")
    if kind is Kind.DEADLOCK:
        connection.rollback()
    return pymysql.err.OperationalError(_MARIADB[kind], str(kind))


@dataclass(kw_only=True)
class Injector:
    """Makes the statement number *at* of each passage through *phase* fail; ``fired`` counts how often it did.

    A fatal failure happens once a run, a busy one at every passage: what is tried again fails again. *later*: how many
    transactions to let pass first. *stepwise*: once a chunk is committed, the next one fails at its first statement, so
    that no run does two and each statement of each chunk has its turn.
    """

    kind: Kind = Kind.DISCONNECT
    phase: Phase = Phase.BEFORE
    at: int = 0
    later: int = 0
    stepwise: bool = False
    fired: int = 0
    committed: int = 0
    _now: Phase = Phase.BEFORE
    _count: int = 0
    _inside: bool = field(default=False, init=False)

    def aim(self, kind: Kind, phase: Phase, at: int) -> None:
        """Choose what happens next, and where; a run begins."""
        self.kind, self.phase, self.at = kind, phase, at
        self.fired = self.committed = self._count = 0
        self._now = Phase.BEFORE

    def passes(self, point: str) -> None:
        """Hear where the run is."""
        if point == "before transaction":
            self.later -= self._now is not Phase.BEFORE
            self._now, self._count = Phase.INSIDE, 0
        elif point == "after commit":
            self._now, self._count = Phase.AFTER, 0
            self.committed += 1
        elif point == "after rollback":
            self._now, self._count = Phase.AFTER, 0

    def due(self, *, commit: bool) -> bool:
        """Count one statement, or one commit, and return whether it is the one that fails."""
        if self._inside or not self.at:
            return False
        if self.kind is not Kind.LOST_ANSWER or commit:
            self._count += 1
        once = self.fired and self.kind in FATAL
        turn = 1 if self.stepwise and self.committed and self.phase is Phase.INSIDE else self.at
        here = self._now is self.phase and self._count == turn and not once and self.later < 1
        self.fired += here
        return here

    def fail(self, connection: Any) -> Exception:
        """Return the failure, whatever it takes to leave *connection* so not being counted."""
        self._inside = True
        try:
            return failure(connection, self.kind)
        finally:
            self._inside = False


@contextmanager
def injecting(ports: Ports, injector: Injector | None = None) -> Iterator[tuple[Ports, Injector]]:
    """Yield *ports* whose every statement and commit, in every store, an injector counts."""
    injector = injector or Injector()
    for engine, chunks in _engines(ports):
        _listen(engine, injector, chunks)
    yield watched(ports, injector.passes), injector


def _engines(ports: Ports) -> Iterator[tuple[sa.Engine, bool]]:
    """Yield every engine a run speaks to, and whether its commits are those of chunks."""
    for database in ports.databases.values():
        assert isinstance(database, Database)
        yield from ((database._engine(writing=writing), writing) for writing in (True, False))
    stores: Any = ports
    yield from (
        (e, False) for e in (stores.archive._archive, stores.archive._vault.engine, stores.journal._reads)
    )


def _listen(engine: sa.Engine, injector: Injector, chunks: bool) -> None:
    def execute(cursor: Any, *_: Any) -> None:
        if injector.due(commit=False):
            raise injector.fail(cursor.connection)

    for event in ("do_execute", "do_executemany", "do_execute_no_params"):
        sa.event.listen(engine, event, execute, insert=True, named=False)
    commit: Callable[[Any], None] = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        if not injector.due(commit=True):
            commit(connection)
            return
        driver = getattr(connection, "driver_connection", connection)
        if injector.kind is Kind.LOST_ANSWER:
            commit(connection)
            injector.committed += chunks
        raise injector.fail(driver)

    engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
