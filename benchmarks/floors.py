"""The least a careful DBA would write by hand for the same work, on one PostgreSQL connection."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

CUT_OFF = "2021-03-01"
TABLES = ("customers", "orders", "order_lines", "events")
PIPE_BYTES = 256 * 1024

DUE = f"""
    SELECT c.id FROM customers c
    WHERE c.created_at < '{CUT_OFF}' AND (c.last_form_at IS NULL OR c.last_form_at < '{CUT_OFF}')
      AND NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.placed_at >= '{CUT_OFF}')
      AND NOT EXISTS (SELECT FROM events e WHERE e.customer_id = c.id AND e.at >= '{CUT_OFF}'
                      AND e.kind IN ('reply', 'click', 'call'))"""
FOUND = {
    "order_lines": "order_lines t JOIN orders o ON o.id = t.order_id JOIN due ON due.id = o.customer_id",
    "events": "events t JOIN due ON due.id = t.customer_id",
    "orders": "orders t JOIN due ON due.id = t.customer_id",
    "customers": "customers t JOIN due ON due.id = t.id",
}
ERASED = {
    "order_lines": "order_lines t USING orders o, due WHERE o.id = t.order_id AND due.id = o.customer_id",
    "events": "events t USING due WHERE due.id = t.customer_id",
    "orders": "orders t USING due WHERE due.id = t.customer_id",
    "customers": "customers t USING due WHERE due.id = t.id",
}


@dataclass(frozen=True, slots=True)
class Floors:
    """The hand-written ways, on the database *source*; *archive* is another one, with empty tables of the same shape."""

    source: str
    archive: str = ""

    def find(self) -> int:
        """Return how many customers are due: one anti-join."""
        with _connected(self.source) as connection:
            return _number(connection, f"SELECT count(*) FROM ({DUE}) AS found")

    def find_and_count(self) -> dict[str, int]:
        """Return how many rows of each table belong to those who are due."""
        with _connected(self.source) as connection:
            _stage(connection)
            return {
                table: _number(connection, f"SELECT count(*) FROM {rows}") for table, rows in FOUND.items()
            }

    def erase(self) -> None:
        """Delete them in one transaction, set by set."""
        with _connected(self.source) as connection:
            _stage(connection)
            _erase(connection)

    def vacuum(self) -> None:
        """Vacuum and analyse what was deleted from, as the server's background process does once a fifth of it is dead."""
        with psycopg.connect(self.source, autocommit=True) as connection:
            for table in TABLES:
                connection.execute(sql.SQL(f"VACUUM (ANALYZE) {table}"))

    def move(self) -> None:
        """Copy their rows to the archive through binary COPY, then delete them; a crash in between leaves both."""
        with _connected(self.source) as connection, _connected(self.archive) as archive:
            _stage(connection)
            for table, rows in FOUND.items():
                _pipe(connection, archive, table, rows)
            archive.commit()
            _erase(connection)


def sizes(url: str) -> int:
    """Return how many bytes the tables of a database take, their indexes included."""
    query = (
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    with _connected(url) as connection:
        return _number(connection, query)


def left(url: str) -> dict[str, int]:
    """Return how many rows each table still has."""
    with _connected(url) as connection:
        return {table: _number(connection, f"SELECT count(*) FROM {table}") for table in TABLES}


def _connected(url: str) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(url, options="-c jit=off -c timezone=Europe/Paris")


def _number(connection: psycopg.Connection[tuple[int]], query: str) -> int:
    row = connection.execute(sql.SQL(query)).fetchone()
    return int(row[0]) if row else 0


def _stage(connection: psycopg.Connection[tuple[int]]) -> None:
    connection.execute(sql.SQL(f"CREATE TEMP TABLE due ON COMMIT PRESERVE ROWS AS {DUE}"))
    connection.execute("ALTER TABLE due ADD PRIMARY KEY (id)")
    connection.execute("ANALYZE due")


def _erase(connection: psycopg.Connection[tuple[int]]) -> None:
    for rows in ERASED.values():
        connection.execute(sql.SQL(f"DELETE FROM {rows}"))
    connection.commit()


def _pipe(
    source: psycopg.Connection[tuple[int]], archive: psycopg.Connection[tuple[int]], table: str, rows: str
) -> None:
    """Copy rows in binary, joined into large writes: libpq hands them out one by one."""
    out = sql.SQL(f"COPY (SELECT t.* FROM {rows}) TO STDOUT (FORMAT binary)")
    into = sql.SQL(f"COPY {table} FROM STDIN (FORMAT binary)")
    with (
        source.cursor() as reading,
        archive.cursor() as writing,
        reading.copy(out) as stream,
        writing.copy(into) as sink,
    ):
        waiting = bytearray()
        for part in stream:
            waiting += part
            if len(waiting) > PIPE_BYTES:
                sink.write(bytes(waiting))
                waiting.clear()
        sink.write(bytes(waiting))
