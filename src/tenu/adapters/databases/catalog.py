"""Reading a live database's catalog: tables, keys, types, partitions. No row is ever looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine.reflection import Inspector, ObjectKind

from tenu.adapters.databases import dialects
from tenu.adapters.databases.guards import OURS, Guards, read_guards
from tenu.adapters.databases.references import foreign_keys, pointing_from_outside
from tenu.datamap.catalog import Catalog, Column, ColumnKind, Table
from tenu.errors import UnreachableError
from tenu.terms import Text

SAMPLE = 50
"""Rows looked at to tell what a column holds."""

CHARACTERS = 4_000
"""How much of each; a longer document is not read as one."""


def read_catalog(connection: sa.Connection, schema: str | None) -> tuple[Catalog, Mapping[str, sa.Table]]:
    """Return the catalog of *schema* and its tables as SQLAlchemy sees them, foreign keys left out.

    A table of another schema that points at one of these is there too, as ``schema.table``: it holds rows back, or goes
    with them. The reflection is a fixed number of queries, plus as many for each such schema, however many tables.
    """
    inspector = sa.inspect(connection)
    tables, reflected = _read_schema(connection, inspector, schema, None)
    for other, names in pointing_from_outside(connection, schema).items():
        found, seen = _read_schema(connection, inspector, other, names, home=schema)
        tables, reflected = [*tables, *found], {**reflected, **seen}
    guards = read_guards(connection, schema)
    guarded = tuple(table if table.outside else _guarded(table, guards) for table in tables)
    return Catalog(engine=engine_of(connection), tables=guarded, copies=guards.copies), reflected


def _guarded(table: Table, guards: Guards) -> Table:
    parts = (table.name, *table.partitions)
    return replace(
        table,
        checks=guards.checks_of(table.name, [column.name for column in table.columns]),
        on_delete=tuple(dict.fromkeys(name for part in parts for name in guards.on_delete[part])),
        on_update=tuple(dict.fromkeys(name for part in parts for name in guards.on_update[part])),
    )


def _read_schema(
    connection: sa.Connection,
    inspector: Inspector,
    schema: str | None,
    only: Sequence[str] | None,
    home: str | None = None,
) -> tuple[list[Table], dict[str, sa.Table]]:
    """Return the tables of *schema*; with *only*, those of them, named as seen from the schema *home*."""
    roofs = _partition_roofs(connection, schema)
    asked: Any = {"schema": schema, "kind": ObjectKind.TABLE, "filter_names": only}
    columns = inspector.get_multi_columns(**asked)
    primary = inspector.get_multi_pk_constraint(**asked)
    foreign = foreign_keys(connection, inspector, schema, roofs, home if only else schema)
    unique = inspector.get_multi_unique_constraints(**asked)
    indexes = _indexes(inspector, schema, roofs)
    for name, hidden in _sqlite_unique(connection):
        indexes.setdefault(name, {})[hidden] = True
    metadata = sa.MetaData()
    tables, reflected = [], {}
    for place, found in columns.items():
        name = str(place[1])
        if name.startswith(OURS) or name in roofs:
            continue
        constraint = primary.get(place)
        key = tuple(constraint["constrained_columns"] or ()) if constraint else ()
        said = f"{schema}.{name}" if only else name
        tables.append(
            Table(
                name=said,
                columns=tuple(_column(c, connection.dialect) for c in found),
                primary_key=key,
                foreign_keys=tuple(dict.fromkeys(foreign.get(name) or ())),
                unique=tuple(
                    dict.fromkeys(
                        [
                            *(tuple(u["column_names"]) for u in unique.get(place) or ()),
                            *(index for index, only_once in indexes.get(name, {}).items() if only_once),
                        ]
                    )
                ),
                indexes=tuple(indexes.get(name, {})),
                partitions=tuple(sorted(part for part, roof in roofs.items() if roof == name)),
                outside=bool(only),
            )
        )
        reflected[said] = sa.Table(
            name,
            metadata,
            *(
                sa.Column(c["name"], c["type"], primary_key=c["name"] in key, nullable=c["nullable"])
                for c in found
            ),
            schema=schema,
        )
    _collate(connection, schema, reflected)
    return tables, reflected


def _collate(connection: sa.Connection, schema: str | None, reflected: Mapping[str, sa.Table]) -> None:
    """Give the columns of MariaDB the collation they have from their table: a list of people must compare as they do."""
    if engine_of(connection) != "mariadb":
        return
    query = sa.text(
        "SELECT table_name, column_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = coalesce(:schema, database()) AND collation_name IS NOT NULL"
    )
    named = {table.name: table for table in reflected.values()}
    for table, column, collation in connection.execute(query, {"schema": schema}):
        if table in named and isinstance(kept := named[table].c[column].type, sa.String):
            kept.collation = collation


def engine_of(connection: sa.Connection) -> str:
    """Return the engine's name: sqlite, postgresql or mariadb."""
    name = connection.dialect.name
    return "mariadb" if name == "mysql" else name


def _column(found: Any, dialect: sa.Dialect) -> Column:
    kind = _kind(found["type"])
    length = getattr(found["type"], "length", None) if kind is ColumnKind.TEXT else None
    return Column(
        name=found["name"],
        kind=kind,
        type_name=_type_name(found["type"], dialect),
        nullable=bool(found["nullable"]),
        length=length,
        generated=bool(found.get("computed") or (found.get("identity") or {}).get("always")),
    )


def _type_name(type_: Any, dialect: sa.Dialect) -> str:
    try:
        return str(type_.compile(dialect=dialect))
    except sa.exc.CompileError:
        return type(type_).__name__.upper()


def _kind(type_: Any) -> ColumnKind:  # noqa: PLR0911 - one line per kind is the clearest table
    if isinstance(type_, sa.Boolean):
        return ColumnKind.BOOLEAN
    if isinstance(type_, sa.DateTime):
        return ColumnKind.ZONED_INSTANT if type_.timezone else ColumnKind.INSTANT
    if isinstance(type_, sa.Date):
        return ColumnKind.DAY
    if isinstance(type_, sa.Integer):
        return ColumnKind.INTEGER
    if isinstance(type_, sa.Numeric):
        return ColumnKind.NUMBER
    if isinstance(type_, sa.JSON):
        return ColumnKind.JSON
    if isinstance(type_, sa.LargeBinary | sa.types._Binary):
        return ColumnKind.BINARY
    if isinstance(type_, sa.String) and not isinstance(type_, sa.Enum):
        return ColumnKind.TEXT
    return ColumnKind.OTHER


def _indexes(
    inspector: Inspector, schema: str | None, roofs: Mapping[str, str]
) -> dict[str, dict[tuple[str, ...], bool]]:
    """Return, by table, the columns of each index and whether it is unique; a roof has those all its partitions have."""
    found: dict[str, dict[tuple[str, ...], bool]] = {}
    for (_, name), several in inspector.get_multi_indexes(schema=schema, kind=ObjectKind.TABLE).items():
        found[name] = {}
        for index in several:
            columns = tuple(column for column in index["column_names"] if column)
            only_once = bool(index["unique"]) and len(columns) == len(index["column_names"])
            found[name][columns] = only_once or found[name].get(columns, False)
    for roof in set(roofs.values()):
        parts = [set(found.get(part, ())) for part, top in roofs.items() if top == roof]
        for columns in sorted(set.intersection(*parts) if parts else ()):
            found.setdefault(roof, {}).setdefault(columns, False)
    return found


def _sqlite_unique(connection: sa.Connection) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the table and columns of each unique index of SQLite, those its constraints make without a name included."""
    if connection.dialect.name != "sqlite":
        return
    query = sa.text(
        "SELECT t.name, i.name, c.name FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c "
        "WHERE t.type = 'table' AND i.\"unique\" AND NOT i.partial ORDER BY t.name, i.name, c.seqno"
    )
    for (table, _), rows in groupby(connection.execute(query), key=lambda row: (row[0], row[1])):
        columns = tuple(row[2] for row in rows)
        if all(columns):
            yield table, columns


def _partition_roofs(connection: sa.Connection, schema: str | None) -> dict[str, str]:
    """Return partition name -> partitioned table name (PostgreSQL; elsewhere partitions are not tables)."""
    if connection.dialect.name != "postgresql":
        return {}
    query = sa.text(
        "SELECT part.relname, roof.relname FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid "
        "JOIN pg_class roof ON roof.oid = i.inhparent JOIN pg_namespace n ON n.oid = part.relnamespace "
        "WHERE roof.relkind = 'p' "
        "AND (n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(part.oid)))"
    )
    direct: dict[str, str] = {
        str(part): str(roof) for part, roof in connection.execute(query, {"schema": schema})
    }

    def top(name: str) -> str:
        return top(direct[name]) if name in direct else name

    return {part: top(part) for part in direct}


LOOKED = 1_000
"""Rows whose value is looked for where a link may lead."""
_VOID: Mapping[ColumnKind, Any] = {ColumnKind.INTEGER: 0, ColumnKind.TEXT: ""}


class Unknown:
    """A database nobody described yet: its catalog, and a few values of each text column.

    Args:
        url: Where it is, environment variables already resolved.
        schema: Its schema, the connection's own when None.

    Raises:
        UnreachableError: It does not answer.
    """

    def __init__(self, url: str, schema: str | None = None) -> None:
        self._engine = dialects.connect(url, writing=False)
        try:
            self._connection = self._engine.connect()
        except sa.exc.OperationalError as error:
            kind = type(error.orig).__name__
            raise UnreachableError(
                Text(fr=f"cette base ne répond pas ({kind})", en=f"this database does not answer ({kind})"),
                fix=Text(
                    fr="vérifiez l'adresse et que le serveur tourne",
                    en="check the address, and that the server runs",
                ),
            ) from None
        self._catalog, self._tables = read_catalog(self._connection, schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()

    def catalog(self) -> Catalog:
        """Return the live catalog."""
        return self._catalog

    def sample(self, table: str) -> Mapping[str, list[str]]:
        """Return a few values of each text and document column of *table*, for evidence: nobody keeps or shows them."""
        live = self._catalog.table(table)
        read = (ColumnKind.TEXT, ColumnKind.JSON)
        names = [c.name for c in live.columns if c.kind in read] if live else []
        if not names:
            return {}
        rows = self._tables[table]
        query = sa.select(*(sa.cast(rows.c[name], sa.Text) for name in names)).limit(SAMPLE)
        found = self._connection.execute(query).all()
        return {
            name: [str(row[i])[:CHARACTERS] for row in found if row[i] is not None]
            for i, name in enumerate(names)
        }

    def lead(self, child: str, column: str, parent: str, key: str) -> tuple[int, int]:
        """Return how many of a few values of *column* were looked for in *key* of *parent*, and how many were found.

        Nothing, zero and the empty text point nowhere, and are not looked for.
        """
        pointing, there = self._tables[child].c[column], self._tables[parent].c[key]
        live = self._catalog.table(child)
        void = [
            pointing != _VOID[c.kind]
            for c in (live.columns if live else ())
            if c.name == column and c.kind in _VOID
        ]
        some = sa.select(pointing.label("value")).where(pointing.is_not(None), *void).limit(LOOKED).subquery()
        values = sa.select(some.c.value).distinct().subquery()
        query = sa.select(sa.func.count(), sa.func.count(there)).select_from(
            values.outerjoin(there.table, there == values.c.value)
        )
        looked, found_there = self._connection.execute(query).one()
        return looked, found_there
