"""A backup of one database, and its restore: every row of every table, tenu's receipts included, on any engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

Backup = Mapping[str, list[dict[str, Any]]]
_UNTIE = {
    "postgresql": "SET session_replication_role = replica",
    "mysql": "SET foreign_key_checks = 0",
    "mariadb": "SET foreign_key_checks = 0",
    "sqlite": "PRAGMA foreign_keys = OFF",
}


def back_up(url: str) -> Backup:
    """Return every row of the database at *url*."""
    with _connected(url) as (connection, tables):
        return {t.fullname: [dict(r) for r in connection.execute(sa.select(t)).mappings()] for t in tables}


def restore(url: str, backup: Backup) -> None:
    """Put the database at *url* back as it was."""
    with _connected(url) as (connection, tables):
        for table in tables:
            connection.execute(sa.delete(table))
        for table in tables:
            if backup.get(table.fullname):
                connection.execute(sa.insert(table), backup[table.fullname])
        connection.commit()


@contextmanager
def _connected(url: str) -> Iterator[tuple[sa.Connection, list[sa.Table]]]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(_UNTIE[engine.dialect.name])
            metadata = sa.MetaData()
            metadata.reflect(connection, resolve_fks=False)
            if engine.dialect.name == "postgresql":
                # An account called tenu sees its schema by default: its tables are then reflected twice.
                for table in [t for t in metadata.tables.values() if t.name.startswith("tenu_")]:
                    metadata.remove(table)
                metadata.reflect(connection, schema="tenu", resolve_fks=False)
            yield connection, list(metadata.tables.values())
    finally:
        engine.dispose()
