"""What can be done about the bytes of deleted rows, engine by engine, without getting in anybody's way; what remains.

PostgreSQL's VACUUM runs as slowly as its own background one, without its last step (TRUNCATE), the only one that locks
readers out, and skips a table somebody has locked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

import sqlalchemy as sa

from tenu.plans.disk import Did, DiskState, Remains

_MAY_VACUUM = sa.text(
    "SELECT pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE') "
    "FROM pg_class c, pg_database d WHERE c.oid = cast(:name AS regclass) AND d.datname = current_database()"
)
_FOLLOWED = sa.text(
    "SELECT current_setting('archive_mode') <> 'off', "
    "(SELECT count(*) FROM pg_replication_slots) + (SELECT count(*) FROM pg_stat_replication)"
)
_MARIADB = sa.text("SELECT @@log_bin, @@expire_logs_days")
_FOLLOWERS = sa.text("SELECT count(*) FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")


def settle_disk(connection: sa.Connection, tables: Sequence[sa.Table], *, vacuum: bool) -> DiskState:
    """Do what can be done about the deleted rows of *tables*, and return it with what remains.

    Args:
        connection: A connection outside any transaction.
        tables: The tables rows were deleted from, or changed in.
        vacuum: Whether PostgreSQL's are vacuumed here; its own background process does it otherwise, in its own time.
    """
    match connection.dialect.name:
        case "sqlite":
            return _sqlite(connection)
        case "postgresql":
            return _postgresql(connection, tables, vacuum=vacuum)
        case _:
            return _mariadb(connection)


def _sqlite(connection: sa.Connection) -> DiskState:
    done, remains = [], [Remains.FREE_BLOCKS]
    if connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1:
        done.append(Did.ZEROED)
    else:
        remains.append(Remains.PAGES)
    if connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal":
        busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if busy:
            remains.insert(0, Remains.LOG_BUSY)
        else:
            done.append(Did.LOG_EMPTIED)
    return DiskState(engine="sqlite", done=tuple(done), remains=tuple(remains))


def _postgresql(connection: sa.Connection, tables: Sequence[sa.Table], *, vacuum: bool) -> DiskState:
    prepare = connection.dialect.identifier_preparer
    names = [prepare.format_table(table) for table in tables]
    allowed = [n for n in names if vacuum and connection.execute(_MAY_VACUUM, {"name": n}).scalar()]
    connection.exec_driver_sql("SET vacuum_cost_delay = '2ms'")
    for name in allowed:
        connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED, TRUNCATE FALSE, ANALYZE) {name}")
    archived, replicas = connection.execute(_FOLLOWED).one()
    everything = len(allowed) == len(names)
    undone = Remains.STATISTICS if vacuum else Remains.DEAD_ROWS
    found = [Remains.PAGES, *([] if everything else [undone]), Remains.WRITE_AHEAD_LOG]
    found += [Remains.LOG_ARCHIVE] if archived else []
    found += [Remains.REPLICAS] if replicas else []
    done = (Did.VACUUMED, Did.STATISTICS_RENEWED) if everything and names else ()
    return DiskState(engine="postgresql", done=done, remains=tuple(found), replicas=replicas)


def _mariadb(connection: sa.Connection) -> DiskState:
    logged, days = connection.execute(_MARIADB).one()
    replicas = int(connection.execute(_FOLLOWERS).scalar_one())
    kept = ceil(days) if logged and days else None
    found = tuple(_mariadb_remains(logged=bool(logged), replicas=replicas))
    return DiskState(engine="mariadb", done=(), remains=found, logs_kept_days=kept, replicas=replicas)


def _mariadb_remains(*, logged: bool, replicas: int) -> Iterator[Remains]:
    yield from (Remains.PAGES, Remains.UNDO, Remains.WRITE_AHEAD_LOG)
    if logged:
        yield Remains.BINARY_LOG
    if replicas:
        yield Remains.REPLICAS
