"""Creates the tables and fills them, in batches small enough for the memory to stay flat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import Connection, Table, and_, create_engine, insert, select, update

from tenu.errors import RefusedError
from tenu.sample.rows import SYSTEM_OF, Change, Row
from tenu.sample.schema import SYSTEMS
from tenu.terms import Text

BATCH = 20_000

Batch = dict[str, list[Row]]


def fill(engine_urls: Mapping[str, str], groups: Iterable[Sequence[Row]]) -> None:
    """Create the systems named by *engine_urls* and write the rows; a group is never split between batches.

    Rows of the systems not named are left out.

    Raises:
        RefusedError: a table to fill is not empty.
    """
    with ExitStack() as stack:
        connections = _connect(stack, engine_urls)
        for name, connection in connections.items():
            _create(connection, name)
        batch: Batch = defaultdict(list)
        for group in groups:
            for row in group:
                batch[row.table].append(row)
            if sum(map(len, batch.values())) >= BATCH:
                _flush(connections, batch)
        _flush(connections, batch)


def write(engine_urls: Mapping[str, str], entries: Iterable[Row | Change]) -> None:
    """Write rows and changes one by one, in their order; each database commits once."""
    with ExitStack() as stack:
        connections = _connect(stack, engine_urls)
        for entry in entries:
            if connection := connections.get(SYSTEM_OF[entry.table]):
                _write_one(connection, entry)
        for connection in connections.values():
            connection.commit()


def _write_one(connection: Connection, entry: Row | Change) -> None:
    table = SYSTEMS[SYSTEM_OF[entry.table]].tables[entry.table]
    if isinstance(entry, Row):
        connection.execute(insert(table), dict(entry.values))
        return
    this = and_(*(column == value for column, value in zip(table.primary_key, entry.key, strict=True)))
    connection.execute(update(table).where(this).values({entry.column: entry.value}))


def _connect(stack: ExitStack, engine_urls: Mapping[str, str]) -> dict[str, Connection]:
    """Return a connection for each system; systems of one database share theirs."""
    opened: dict[str, Connection] = {}
    for url in set(engine_urls.values()):
        engine = create_engine(url)
        stack.callback(engine.dispose)
        opened[url] = stack.enter_context(engine.connect())
    return {name: opened[url] for name, url in engine_urls.items()}


def _create(connection: Connection, system: str) -> None:
    tables = SYSTEMS[system]
    tables.create_all(connection)
    for table in tables.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise RefusedError(
                Text(
                    fr=f"{system}.{table.name} contient déjà des lignes",
                    en=f"{system}.{table.name} already holds rows",
                ),
                fix=Text(fr="donner une base vide", en="give an empty database"),
            )
    connection.commit()


def _flush(connections: Mapping[str, Connection], batch: Batch) -> None:
    for name, connection in connections.items():
        with connection.begin():
            for table in SYSTEMS[name].sorted_tables:
                if rows := batch.get(table.name):
                    _insert(connection, table, rows)
    batch.clear()


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), [dict(row.values) for row in rows])


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Stream the rows through COPY: five times cheaper than inserts on PostgreSQL."""
    quote = connection.dialect.identifier_preparer.quote
    names = [column.name for column in table.columns]
    columns = ", ".join(map(quote, names))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.values[name] for name in names])
