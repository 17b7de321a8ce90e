"""Foreign keys as a live database declares them, those that cross from one schema to another included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.engine.reflection import Inspector, ObjectKind

from tenu.datamap.catalog import ForeignKey

_ON_DELETE = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

_POSTGRESQL = """
SELECT child.relname, CASE WHEN there.nspname = :home OR (CAST(:home AS text) IS NULL AND pg_table_is_visible(parent.oid))
    THEN NULL ELSE there.nspname END, parent.relname, k.confdeltype::text,
  (SELECT array_agg(a.attname::text ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS o(num, n)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.num),
  (SELECT array_agg(a.attname::text ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY AS o(num, n)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.num)
FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid
JOIN pg_namespace here ON here.oid = child.relnamespace JOIN pg_class parent ON parent.oid = k.confrelid
JOIN pg_namespace there ON there.oid = parent.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
  AND (here.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(child.oid)))
ORDER BY child.relname, k.conname
"""

_FROM_OUTSIDE = {
    "postgresql": """
SELECT DISTINCT here.nspname, child.relname FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid
JOIN pg_namespace here ON here.oid = child.relnamespace JOIN pg_class parent ON parent.oid = k.confrelid
JOIN pg_namespace there ON there.oid = parent.relnamespace
WHERE k.contype = 'f' AND here.oid <> there.oid
  AND (there.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(parent.oid)))
  AND (CAST(:schema AS text) IS NOT NULL OR NOT pg_table_is_visible(child.oid)) ORDER BY 1, 2
""",
    "mariadb": """
SELECT DISTINCT table_schema, table_name FROM information_schema.key_column_usage
WHERE referenced_table_schema = coalesce(:schema, database()) AND table_schema <> referenced_table_schema ORDER BY 1, 2
""",
}
"""A schema nobody names is whatever the search path shows, as SQLAlchemy reads it."""


def foreign_keys(
    connection: sa.Connection,
    inspector: Inspector,
    schema: str | None,
    roofs: Mapping[str, str],
    home: str | None,
) -> dict[str, list[ForeignKey]]:
    """Return the foreign keys of *schema* by table; those a partition declares are its roof's.

    Args:
        connection: A connection to the database.
        inspector: Its inspector.
        schema: Where the tables are; the engine's own default when None.
        roofs: Partition name to partitioned table name.
        home: The schema whose tables bear their plain name; a parent elsewhere is ``schema.table``.
    """
    here = home or inspector.default_schema_name
    found: dict[str, list[ForeignKey]] = {}
    for child, there, parent, key in _declared(connection, inspector, schema, home):
        place = parent if there in (None, here) else f"{there}.{parent}"
        found.setdefault(roofs.get(child, child), []).append(
            ForeignKey(
                columns=key.columns,
                parent=roofs.get(place, place),
                parent_columns=key.parent_columns,
                on_delete=key.on_delete,
            )
        )
    return found


def _declared(
    connection: sa.Connection, inspector: Inspector, schema: str | None, home: str | None
) -> Iterator[tuple[str, str | None, str, ForeignKey]]:
    """Yield child, schema of the parent (None: *home*) and parent of each foreign key of *schema*."""
    if connection.dialect.name == "postgresql":  # SQLAlchemy leaves out a schema that is on the search path
        rows = connection.execute(sa.text(_POSTGRESQL), {"schema": schema, "home": home})
        for child, there, parent, rule, columns, targets in rows:
            yield child, there, parent, _key(columns, parent, targets, _ON_DELETE[rule])
        return
    several = inspector.get_multi_foreign_keys(schema=schema, kind=ObjectKind.TABLE)
    for (_, name), keys in several.items():
        for key in keys:
            rule = str((key.get("options") or {}).get("ondelete") or "NO ACTION").upper()
            parent = key["referred_table"]
            said = _key(key["constrained_columns"], parent, key["referred_columns"], rule)
            yield name, key["referred_schema"] or schema, parent, said


def _key(columns: list[str], parent: str, targets: list[str], rule: str) -> ForeignKey:
    return ForeignKey(columns=tuple(columns), parent=parent, parent_columns=tuple(targets), on_delete=rule)


def pointing_from_outside(connection: sa.Connection, schema: str | None) -> dict[str, list[str]]:
    """Return, by schema, the tables elsewhere that point at tables of *schema*.

    MariaDB shows an account only the tables it has some right on.
    """
    query = _FROM_OUTSIDE.get(connection.dialect.name.replace("mysql", "mariadb"))
    found: dict[str, list[str]] = {}
    for other, table in connection.execute(sa.text(query), {"schema": schema}) if query else ():
        found.setdefault(str(other), []).append(str(table))
    return found
