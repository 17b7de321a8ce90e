"""What a run weighs on a database: how late its replicas are, who waits behind us, how large its tables are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import sqlalchemy as sa

LOOK_EVERY = 0.05
"""Seconds between two looks at who waits; a transaction shorter than that is never looked at."""
TRAIL = 10_000
"""Positions of the log remembered at most."""

_REPLICAS = """
    SELECT extract(epoch FROM clock_timestamp())::float8, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
           pg_wal_lsn_diff(min(replay_lsn), '0/0')::bigint,
           coalesce(extract(epoch FROM max(replay_lag)), 0)::float8
    FROM pg_stat_replication WHERE application_name <> 'pg_basebackup'
"""
_STANDBY = """
    SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END::float8
"""
_BEHIND = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    "AND :me = ANY(pg_blocking_pids(pid))",
    "mariadb": "SELECT count(DISTINCT w.requesting_trx_id) FROM information_schema.innodb_lock_waits w "
    "JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id WHERE b.trx_mysql_thread_id = :me",
}
_ME = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}


class Trail:
    """When each position of the log was seen, so that a replica that stands still is late by a growing time.

    PostgreSQL's own figure only moves when a replica replays something: one that replays nothing looks punctual.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=TRAIL)

    def late(self, now: float, written: int, replayed: int) -> float:
        """Return by how many seconds a replica at *replayed* is late, *written* being where the log is *now*."""
        if not self._seen or self._seen[-1][1] < written:
            self._seen.append((now, written))
        while self._seen and self._seen[0][1] <= replayed:
            self._seen.popleft()
        return now - self._seen[0][0] if self._seen else 0.0


def lag_of_replicas(connection: sa.Connection, query: str | None, trail: Trail) -> float | None:
    """Return the lag of the slowest replica of the server of *connection*, in seconds, as that server sees it.

    Args:
        connection: On the primary.
        query: The DBA's own question, a heartbeat table for example; the engine's statistics when None.
        trail: What was seen of this server before.

    Returns:
        None when there is no replica, when the engine does not tell (MariaDB's primary), or when tenu's account may
        not see it (PostgreSQL: GRANT pg_monitor).
    """
    if query is not None:
        return _seconds(connection, query)
    if _engine(connection) != "postgresql":
        return None
    now, written, replayed, told = connection.execute(sa.text(_REPLICAS)).one()
    if replayed is None:
        return None
    return float(max(trail.late(now, written, replayed), told if replayed < written else 0.0))


def lag_of_this(connection: sa.Connection, query: str | None) -> float | None:
    """Return by how many seconds the very server of *connection*, a replica, is late; None when it is no replica."""
    if query is not None:
        return _seconds(connection, query)
    match _engine(connection):
        case "postgresql":
            if not connection.execute(sa.text("SELECT pg_is_in_recovery()")).scalar():
                return None
            return _seconds(connection, _STANDBY)
        case "mariadb":
            rows = connection.execute(sa.text("SHOW ALL SLAVES STATUS")).mappings().all()
            late = [row["Seconds_Behind_Master"] for row in rows]
            return max((float("inf") if one is None else float(one) for one in late), default=None)
        case _:
            return None


def _seconds(connection: sa.Connection, query: str) -> float | None:
    found = connection.execute(sa.text(query)).scalar()
    return None if found is None else float(found)


@dataclass(slots=True)
class Waiting:
    """Who was seen waiting behind a transaction. *longest*: the most sessions at one time."""

    longest: int = 0


@contextmanager
def watching(engine: sa.Engine, working: sa.Connection) -> Iterator[Waiting]:
    """Look from another connection, while the block lasts, at how many sessions wait for *working*."""
    seen = Waiting()
    question = _BEHIND.get(_engine(working))
    if question is None:
        yield seen
        return
    me = working.execute(sa.text(_ME[_engine(working)])).scalar_one()
    over = Event()

    def look() -> None:
        if over.wait(LOOK_EVERY):
            return
        try:
            with engine.connect() as connection:
                while not over.is_set():
                    found = connection.execute(sa.text(question), {"me": me}).scalar_one()
                    connection.rollback()
                    seen.longest = max(seen.longest, int(found))
                    over.wait(LOOK_EVERY)
        except Exception:
            return

    looking = Thread(target=look, name="tenu-watch", daemon=True)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def sizes(connection: sa.Connection, tables: Mapping[str, sa.Table]) -> Mapping[str, int]:
    """Return about how many rows each table holds: the engine's estimate, or a count where it has none."""
    found = _estimates(connection, tables)
    for name in tables.keys() - found.keys():
        found[name] = connection.execute(sa.select(sa.func.count()).select_from(tables[name])).scalar_one()
    return found


def _estimates(connection: sa.Connection, tables: Mapping[str, sa.Table]) -> dict[str, int]:
    match _engine(connection):
        case "postgresql":
            prepare = connection.dialect.identifier_preparer
            question = sa.text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)")
            asked = {
                name: connection.execute(question, {"name": prepare.format_table(table)}).scalar()
                for name, table in tables.items()
            }
        case "mariadb":
            question = sa.text(
                "SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = database()"
            )
            every = {str(name): rows for name, rows in connection.execute(question)}
            asked = {name: every.get(table.name) for name, table in tables.items()}
        case _:
            asked = {}
    return {name: int(rows) for name, rows in asked.items() if rows is not None and rows >= 0}


def _engine(connection: sa.Connection) -> str:
    return connection.dialect.name.replace("mysql", "mariadb")
