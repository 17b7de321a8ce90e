"""What stands of tenu's enforcement in a database, as its catalog says: found by name, told by text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from tenu.adapters.databases.enforcing import Writer
from tenu.adapters.databases.guards import OURS
from tenu.datamap.enforcement import OWN_TABLE, OWN_VIEW, Piece

_HERE = "(n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(c.oid)))"
_POSTGRESQL = f"""
SELECT c.relname, t.tgname, t.tgtype::text || CASE WHEN t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''
AND p.prosecdef
AND 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig) THEN ' enabled ' ELSE ' changed ' END || p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND NOT c.relispartition AND t.tgname LIKE :ours AND {_HERE} ORDER BY 1, 2
"""  # noqa: S608 - a constant
_MARIADB = """
SELECT event_object_table, trigger_name, concat(action_timing, ' ', event_manipulation, ' ', action_statement)
FROM information_schema.triggers WHERE trigger_schema = coalesce(:schema, database()) AND trigger_name LIKE :ours
ORDER BY 1, 2
"""
_SQLITE = (
    "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE :ours ORDER BY 1, 2"
)
_TRIGGERS = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}


def schema_of(connection: sa.Connection, table: str) -> str | None:
    """Return the schema PostgreSQL finds *table* in. It is not always the current one: an account called tenu has its own."""
    query = sa.text(
        "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relname = :table AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)"
    )
    return connection.execute(query, {"table": table}).scalar()


def standing(
    connection: sa.Connection, writer: Writer, wanted: Sequence[Piece]
) -> dict[tuple[str, str], Piece]:
    """Return every trigger, view and opening of tenu's that *connection* shows, by table and name; what others need goes last."""
    found = (
        *_triggers(connection, writer),
        *_views(connection, writer, wanted),
        *_tables(connection, writer, wanted),
    )
    return {(piece.table, piece.name): piece for piece in found}


def _triggers(connection: sa.Connection, writer: Writer) -> Iterator[Piece]:
    query = _TRIGGERS.get(connection.dialect.name, _MARIADB)
    asked = {"ours": f"{OURS.replace('_', '!_')}%", "schema": writer.schema}
    escaped = query.replace("LIKE :ours", "LIKE :ours ESCAPE '!'")
    for table, name, says in connection.execute(sa.text(escaped), asked):
        drop = writer.dropping("trigger", str(name), str(table))
        yield Piece(name=str(name), table=str(table), says=str(says), create=(), drop=drop)


def _views(connection: sa.Connection, writer: Writer, wanted: Sequence[Piece]) -> Iterator[Piece]:
    roots = {piece.name: piece.table for piece in wanted}
    for name in sorted(sa.inspect(connection).get_view_names(schema=writer.home)):
        if name.startswith(f"{OURS}restricted_"):
            table = roots.get(name, name)
            yield Piece(
                name=name, table=table, says=OWN_VIEW, create=(), drop=writer.dropping("view", name, table)
            )


def _tables(connection: sa.Connection, writer: Writer, wanted: Sequence[Piece]) -> Iterator[Piece]:
    inspector = sa.inspect(connection)
    ours = (*(piece for piece in wanted if piece.says == OWN_TABLE), writer.opening_piece())
    for piece in dict.fromkeys(ours):
        if inspector.has_table(piece.name, schema=writer.home):
            yield piece
