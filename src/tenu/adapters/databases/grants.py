"""The rights tenu needs in a company's database, and those it has not been given. Asked of the catalog, never tried."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

RIGHTS = ("SELECT", "UPDATE", "DELETE")


def missing_grants(
    connection: sa.Connection, tables: Iterable[str], schema: str | None, ours: Sequence[sa.Table]
) -> tuple[str, ...]:
    """Return the rights the connected account lacks to run a plan on *tables*, as a DBA would write them.

    Args:
        connection: A connection under tenu's account.
        tables: The tables a data map describes and the database has.
        schema: Where they are; the engine's own default when None.
        ours: The tables tenu keeps of its own, the receipts first; it takes names back from the others.
    """
    names = sorted(tables)
    match connection.dialect.name:
        case "postgresql":
            return tuple(_postgresql(connection, names, schema, ours))
        case "sqlite":
            return tuple(_sqlite(connection))
        case _:
            return tuple(_mariadb(connection, names, ours))


def _postgresql(
    connection: sa.Connection, tables: list[str], schema: str | None, ours: Sequence[sa.Table]
) -> Iterator[str]:
    query = sa.text(
        "SELECT c.relname, r FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "CROSS JOIN unnest(cast(:rights AS text[])) r "
        "WHERE (n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(c.oid))) "
        "AND c.relname = ANY(:tables) "
        "AND c.relkind IN ('r', 'p') AND NOT has_table_privilege(c.oid, r) ORDER BY 1, 2"
    )
    asked = {"rights": list(RIGHTS), "schema": schema, "tables": tables}
    yield from (f"{right} ON {table}" for table, right in connection.execute(query, asked))
    hidden = sa.text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE (n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(c.oid))) "
        "AND c.relname = ANY(:tables) AND row_security_active(c.oid) ORDER BY 1"
    )
    for (table,) in connection.execute(hidden, {"schema": schema, "tables": tables}):
        yield f"BYPASSRLS ({table})"
    if not connection.execute(sa.text("SELECT has_database_privilege(current_database(), 'TEMP')")).scalar():
        yield "TEMPORARY ON DATABASE"
    asked_of_ours = sa.text(
        "SELECT CASE WHEN to_regclass(:name) IS NOT NULL THEN "
        "(SELECT bool_and(has_table_privilege(to_regclass(:name), r)) FROM unnest(cast(:rights AS text[])) r) "
        "WHEN to_regnamespace(:schema) IS NOT NULL THEN has_schema_privilege(to_regnamespace(:schema)::oid, 'CREATE') "
        "ELSE has_database_privilege(current_database(), 'CREATE') END"
    )
    prepare = connection.dialect.identifier_preparer
    for table in ours:
        named = {"name": prepare.format_table(table), "schema": table.schema, "rights": _rights(table, ours)}
        if not connection.execute(asked_of_ours, named).scalar():
            yield f"CREATE SCHEMA {table.schema}"
            return


def _rights(table: sa.Table, ours: Sequence[sa.Table]) -> list[str]:
    """Return what tenu does to one of its own tables: a receipt, the first of them, is written for good."""
    return ["SELECT", "INSERT"] if table is ours[0] else ["SELECT", "INSERT", "DELETE"]


def _mariadb(connection: sa.Connection, tables: list[str], ours: Sequence[sa.Table]) -> Iterator[str]:
    held = {
        (str(table), str(right).upper())
        for table, right in connection.execute(
            sa.text(
                "SELECT '*', privilege_type FROM information_schema.user_privileges WHERE grantee = :me UNION "
                "SELECT '*', privilege_type FROM information_schema.schema_privileges "
                "WHERE grantee = :me AND database() LIKE table_schema UNION "
                "SELECT table_name, privilege_type FROM information_schema.table_privileges "
                "WHERE grantee = :me AND table_schema = database()"
            ),
            {"me": _grantee(connection)},
        )
    }

    def has(table: str, right: str) -> bool:
        return bool({("*", right), (table, right)} & held)

    for table in tables:
        yield from (f"{right} ON {table}" for right in RIGHTS if not has(table, right))
    if not has("*", "CREATE TEMPORARY TABLES"):
        yield "CREATE TEMPORARY TABLES"
    inspector = sa.inspect(connection)
    for mine in ours:
        if not inspector.has_table(mine.name) and not has(mine.name, "CREATE"):
            yield f"CREATE ON {mine.name}"
        yield from (f"{right} ON {mine.name}" for right in _rights(mine, ours) if not has(mine.name, right))


def _grantee(connection: sa.Connection) -> str:
    """Return the account's name as MariaDB's privilege tables spell it: 'user'@'host'."""
    user, _, host = str(connection.execute(sa.text("SELECT current_user()")).scalar()).rpartition("@")
    return f"'{user}'@'{host}'"


def _sqlite(connection: sa.Connection) -> Iterator[str]:
    path = connection.engine.url.database
    if (
        path
        and path != ":memory:"
        and not (os.access(path, os.W_OK) and os.access(os.path.dirname(path) or ".", os.W_OK))
    ):
        yield f"chmod u+w {os.path.basename(path)}"
