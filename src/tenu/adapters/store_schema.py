"""Opening the archive or the vault: their schema is brought up to date in one turn, whoever comes first."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from types import ModuleType

import sqlalchemy as sa

from tenu.adapters.databases.dialects import connect, turn
from tenu.adapters.databases.failures import translate

_ONE_AT_A_TIME = Lock()
"""Alembic keeps what it is doing in module globals: threads of one process take turns, whatever the database."""


def open_store(url: str, name: str, migrations: ModuleType) -> sa.Engine:
    """Return an engine on the store *name*, its schema as *migrations* says.

    A new SQLite file is made readable by its owner alone.

    Raises:
        UnreachableError: The store does not answer.
        StoreError: It answers that it cannot; the account may lack the right to change its schema.
    """
    _make_private(url)
    engine = connect(url, writing=True, kept=True)
    translate(engine, name)
    with engine.connect() as connection:
        current = _version(connection, migrations.VERSION_TABLE)
        connection.rollback()
        if current != migrations.HEAD:
            with turn(connection):
                upgrade(connection, migrations)
                connection.commit()
    return engine


def _make_private(url: str) -> None:
    parsed = sa.make_url(url)
    file = Path(parsed.database or ":memory:")
    if parsed.get_backend_name() == "sqlite" and file.name != ":memory:" and file.parent.is_dir():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _version(connection: sa.Connection, table: str) -> str | None:
    if not sa.inspect(connection).has_table(table):
        return None
    column: sa.ColumnClause[str] = sa.column("version_num")
    found = connection.execute(sa.select(column).select_from(sa.table(table, column))).scalar()
    return None if found is None else str(found)


def upgrade(connection: sa.Connection, migrations: ModuleType) -> None:
    """Bring the schema *connection* leads to up to the last version of *migrations*, inside its transaction."""
    # Alembic takes as long to import as the rest of the command: only when there is something to upgrade.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    package, _, folder = migrations.__name__.rpartition(".")
    config = Config()
    config.set_main_option("script_location", f"{package}:{folder}")
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
