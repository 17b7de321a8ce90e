"""Has a database's schema, or what tenu may do there, changed since it was read? One statement, where the engine can tell.

A catalog takes a dozen and more to read. What it is read from is versioned by the engine itself: PostgreSQL stamps each row of its
own catalogs with the transaction that wrote it, SQLite keeps the text of the schema. MariaDB has nothing of the kind: there the
catalog is read again each time.
"""

from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa

from tenu.adapters.databases.grants import missing_grants

_OURS = "oid >= 16384"
"""Objects a database adds to PostgreSQL's own."""
_OF_TABLES = {
    "pg_attribute": ("attrelid", "attrelid || '.' || attnum"),
    "pg_attrdef": ("adrelid", "oid"),
    "pg_index": ("indexrelid", "indexrelid"),
    "pg_inherits": ("inhrelid", "inhrelid || '.' || inhparent"),
    "pg_trigger": ("tgrelid", "oid"),
    "pg_rewrite": ("ev_class", "oid"),
    "pg_policy": ("polrelid", "oid"),
}
"""What PostgreSQL's catalogs say of tables: the column that names the table, and what names the row."""
_OF_SCHEMAS = {"pg_constraint": "connamespace", "pg_type": "typnamespace", "pg_proc": "pronamespace"}
_OF_ALL = {
    "pg_enum": "oid",
    "pg_database": "oid",
    "pg_auth_members": "roleid || '.' || member",
    "pg_db_role_setting": "setdatabase || '.' || setrole",
}
_SEEN = " UNION ALL ".join(
    (
        "SELECT 'pg_namespace', oid || '', xmin || '' FROM spaces",
        "SELECT 'pg_class', oid || '', xmin || '' FROM tables",
        *(
            f"SELECT '{catalog}', {row} || '', xmin || '' FROM {catalog} WHERE {table} IN (SELECT t.oid FROM tables t)"  # noqa: S608 - constants
            for catalog, (table, row) in _OF_TABLES.items()
        ),
        *(
            f"SELECT '{catalog}', oid || '', xmin || '' FROM {catalog} WHERE {_OURS} AND {space} IN (SELECT s.oid FROM spaces s)"  # noqa: S608 - constants
            for catalog, space in _OF_SCHEMAS.items()
        ),
        *(f"SELECT '{catalog}', {row} || '', xmin || '' FROM {catalog}" for catalog, row in _OF_ALL.items()),  # noqa: S608 - constants
        "SELECT 'pg_roles', oid || '', concat_ws(' ', rolname, rolsuper, rolinherit, rolbypassrls) FROM pg_roles",
        "SELECT 'settings', current_user || '', concat_ws(' ', current_setting('search_path'), current_setting('row_security'))",
    )
)  # fmt: skip
_POSTGRESQL = f"""
WITH spaces AS (SELECT oid, xmin FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'),
tables AS (SELECT oid, xmin FROM pg_class WHERE {_OURS} AND relnamespace IN (SELECT s.oid FROM spaces s)),
seen (what, which, written) AS ({_SEEN})
SELECT md5(string_agg(what || ' ' || which || ' ' || written, ',' ORDER BY what, which, written)) FROM seen
"""  # noqa: S608 - constants
_SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2, 3"


def fingerprint(connection: sa.Connection) -> str | None:
    """Return what is the same only while the catalog *connection* leads to, and the rights there, are; None where nothing tells.

    Temporary tables and statistics are no part of it.
    """
    match connection.dialect.name:
        case "postgresql":
            return str(connection.execute(sa.text(_POSTGRESQL)).scalar_one())
        case "sqlite":
            said = [tuple(row) for row in connection.execute(sa.text(_SQLITE))]
            rights = missing_grants(connection, (), None, ())
            return sha256(repr((said, rights)).encode()).hexdigest()
        case _:
            return None
