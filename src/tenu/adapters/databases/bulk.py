"""Inserting many rows at once: COPY where the engine has it, and one prepared INSERT elsewhere.

COPY goes through SQLAlchemy's own execution, so that its failures are handled like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

_BINARY = frozenset({"BYTEA", "VARCHAR", "TEXT", "DATE", "SMALLINT", "INTEGER", "BIGINT"})
_TYPES = "copy_types"


def insert_rows(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert *rows*, tuples in the order of the columns *names*."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        insert = sa.insert(table)
        connection.execute(insert, [dict(zip(names, row, strict=True)) for row in rows])
        return
    prepare = connection.dialect.identifier_preparer
    columns = ", ".join(prepare.quote(name) for name in names)
    connection.exec_driver_sql(
        f"COPY {prepare.format_table(table)} ({columns}) FROM STDIN",
        [tuple(row) for row in rows],
        execution_options={_TYPES: _binary_types(connection.dialect, [table.c[name] for name in names])},
    )


def teach_copy(engine: sa.Engine) -> None:
    """Make *engine* (PostgreSQL) feed the rows of a COPY statement to the server."""
    sa.event.listen(engine, "do_execute", _copied)
    sa.event.listen(engine, "do_executemany", _copied)


def _copied(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Do a COPY and return True; leave any other statement to SQLAlchemy."""
    if _TYPES not in context.execution_options:
        return False
    types = context.execution_options[_TYPES]
    with cursor.copy(f"{statement} (FORMAT {'binary' if types else 'text'})") as copy:
        if types:
            copy.set_types(types)
        for row in parameters if context.executemany else [parameters]:
            copy.write_row(row)
    return True


def _binary_types(dialect: sa.Dialect, columns: Sequence[sa.Column[Any]]) -> tuple[str, ...]:
    """Return the type of each column, or nothing when one is not known well enough to be sent in binary."""
    names = [column.type.compile(dialect=dialect).split("(")[0].upper() for column in columns]
    return tuple(name.lower() for name in names) if _BINARY.issuperset(names) else ()
