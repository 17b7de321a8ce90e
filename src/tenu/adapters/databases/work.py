"""What tenu keeps inside a company's database: lists of chosen people for one session, and receipts for good.

A list is a temporary table: it disappears with the connection, so a crash leaves nothing behind. A receipt is one
small row that commits, or rolls back, with the very change it speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from tenu.adapters.databases.dialects import LONGEST
from tenu.adapters.databases.guards import OURS
from tenu.datamap.catalog import Catalog

LOOK_UP = sa.Table(
    f"{OURS}lookup",
    sa.MetaData(),
    sa.Column("kind", sa.String(24), primary_key=True),
    sa.Column(
        "value",
        sa.String(LONGEST).with_variant(mysql.VARCHAR(LONGEST, collation="utf8mb4_bin"), "mysql", "mariadb"),
        primary_key=True,
    ),
    prefixes=["TEMPORARY"],
)
"""Identifiers somebody is looked up by; it lives as long as one question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleList:
    """A list of people of one table: their key (k0, k1 …), chunk, fate, and archive end known elsewhere.

    *share* is drawn when dates are moved; it lives no longer than the list.
    """

    root: str
    keys: tuple[str, ...]
    table: sa.Table

    def key_columns(self) -> list[sa.Column[Any]]:
        """Return the key columns, in the order of the people table's primary key."""
        return [self.table.c[f"k{i}"] for i in range(len(self.keys))]

    def same(self, rows: sa.FromClause) -> sa.ColumnElement[bool]:
        """Return the join between this list and *rows* of its people table."""
        return self.tied_to([rows.c[name] for name in self.keys])

    def tied_to(self, columns: Sequence[sa.ColumnElement[Any]]) -> sa.ColumnElement[bool]:
        """Return the join between this list and *columns* that hold its key, in the same order."""
        return sa.and_(*(column == mine for column, mine in zip(columns, self.key_columns(), strict=True)))

    def unit(self, fate: int, chunk: int) -> sa.ColumnElement[bool]:
        """Return the rows of one chunk of one fate."""
        return sa.and_(self.table.c.fate == fate, self.table.c.chunk == chunk)


def people_list(catalog: Catalog, tables: Mapping[str, sa.Table], root: str, name: str) -> PeopleList:
    """Return the definition of a list of people of *root*."""
    found = catalog.table(root)
    keys = found.primary_key if found else ()
    names = [f"k{i}" for i in range(len(keys))]
    table = sa.Table(
        f"{OURS}{name}",
        sa.MetaData(),
        *(
            sa.Column(k, tables[root].c[key].type, primary_key=True, autoincrement=False)
            for k, key in zip(names, keys, strict=True)
        ),
        sa.Column("chunk", sa.Integer, nullable=False),
        sa.Column("fate", sa.SmallInteger, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("share", sa.Integer),
        sa.UniqueConstraint("fate", "chunk", *names),
        prefixes=["TEMPORARY"],
    )
    return PeopleList(root=root, keys=keys, table=table)


@cache
def receipt_table(schema: str | None) -> sa.Table:
    """Return the definition of the receipts: one row per effect of one chunk of one task of one run."""
    return sa.Table(
        f"{OURS}receipt",
        sa.MetaData(),
        sa.Column("run", sa.String(64), primary_key=True),
        sa.Column("task", sa.String(190), primary_key=True),
        sa.Column("fate", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("effect", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("verb", sa.String(10), nullable=False),
        sa.Column("tbl", sa.String(128), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        schema=schema,
    )
