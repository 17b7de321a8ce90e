"""Whom nothing may change: one small table per people table, in tenu's own schema, that every deletion looks at.

It lives in the company's database because it must be seen by the very transaction that deletes, and it is written in
the same turn as chunks are: a chunk ends before a hold begins, or sees it.

Source: GDPR 17(3)(e), 18; policy C-PUR-12; state machines SM-4, SM-6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.desk import BATCH
from tenu.adapters.databases.finding import Finding
from tenu.adapters.databases.guards import OURS
from tenu.adapters.databases.openings import ANY_SESSION, seconds_now
from tenu.adapters.databases.work import PeopleList
from tenu.datamap.catalog import Catalog
from tenu.datamap.model import People
from tenu.datamap.ways import Owned, Path
from tenu.ports import Found, HeldRow, Key

LONGEST_NAME = 48
"""PostgreSQL cuts names at 63 characters, and an index is named after its table."""


def hold_tables(
    catalog: Catalog, tables: Mapping[str, sa.Table], people: Iterable[str], schema: str | None
) -> dict[str, sa.Table]:
    """Return, by people table, the definition of the table of those on hold: same key, same types."""
    found = {}
    for root in people:
        live = catalog.table(root)
        if live is not None and live.primary_key:
            keys = [tables[root].c[name].type for name in live.primary_key]
            found[root] = _table(own_name("hold", root), keys, schema)
    return found


def own_name(verb: str, table: str) -> str:
    """Return the name of what tenu keeps of *table* in a company's database; a digest stands for a name too long."""
    name = f"{OURS}{verb}_{table}"
    if len(name) <= LONGEST_NAME:
        return name
    return f"{OURS}{verb}_{hashlib.sha256(table.encode()).hexdigest()[:32]}"


def key_columns(hold: sa.FromClause) -> list[Any]:
    """Return the columns of a table of holds that are its people's key, in order."""
    return [column for column in hold.c if column.name.startswith("k") and column.name[1:].isdigit()]


def _table(name: str, keys: Sequence[sa.types.TypeEngine[object]], schema: str | None) -> sa.Table:
    return sa.Table(
        name,
        sa.MetaData(),
        *(sa.Column(f"k{i}", kind, primary_key=True, autoincrement=False) for i, kind in enumerate(keys)),
        sa.Column("hold", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("spreads", sa.SmallInteger, nullable=False),
        sa.Index(f"{name}_of", "hold"),
        schema=schema,
    )


class Holding(Finding):
    """The verbs that say whom nothing may change."""

    def place(self, hold: str, kind: str, root: str, keys: Iterable[Key], *, spreads: bool) -> int:
        """List people of *root* under *hold*; return how many were not listed yet.

        Args:
            hold: Its id.
            kind: ``legal_hold``, ``restriction``, or ``entangled`` for rows of others that would change with them.
            root: A people table.
            keys: Primary keys of their rows.
            spreads: Whether the same person's rows in other tables and systems are held too.
        """
        table = self.compiler.holds[root]
        wanted = set(keys) - {held.key for held in self.placed(root) if held.hold == hold}
        names = [*(column.name for column in key_columns(table)), "hold", "kind", "spreads"]
        rows = ((*key, hold, kind, int(spreads)) for key in sorted(wanted))
        while batch := list(islice(rows, BATCH)):
            insert_rows(self.connection, table, names, batch)
        self.analyse(table)
        return len(wanted)

    def let_through(self, hold: str, seconds: int) -> bool:
        """Let any session change what the restriction *hold* keeps, for *seconds* of the server's clock; not at all when 0.

        Return whether this database enforces restrictions: where it does not, nothing has to be let through.
        """
        opening = self.openings()
        if opening is None:
            return False
        past = opening.c.until <= seconds_now(self.engine)
        self.connection.execute(sa.delete(opening).where(sa.or_(opening.c.hold == hold, past)))
        if seconds:
            until = seconds_now(self.engine) + seconds
            self.connection.execute(sa.insert(opening).values(hold=hold, session=ANY_SESSION, until=until))
        return True

    def lift(self, hold: str) -> int:
        """Take everybody off *hold*; return how many rows of people that were."""
        done = 0
        self.let_through(hold, 0)
        for table in self.compiler.holds.values():
            done += self.connection.execute(sa.delete(table).where(table.c.hold == hold)).rowcount
        return done

    def placed(self, root: str) -> list[HeldRow]:
        """Return whom of *root* holds cover; nobody while this database is not prepared."""
        table = self.compiler.holds.get(root)
        if table is None:
            return []
        keys = key_columns(table)
        found = self.connection.execute(sa.select(table.c.hold, table.c.spreads, *keys))
        return [HeldRow(hold=hold, spreads=bool(spreads), key=tuple(key)) for hold, spreads, *key in found]

    def on_hold(self, root: str, people: People) -> Iterator[Found]:
        """Stream those of *root* whose hold spreads to their other rows, with what identifies them."""
        table = self.compiler.holds.get(root)
        if table is None:
            return
        rows = self.compiler.tables[root]
        keys = zip(self.primary_key(root), key_columns(table), strict=True)
        same = [rows.c[name] == mine for name, mine in keys]
        spreads = sa.select(sa.literal(1)).select_from(table).where(*same, table.c.spreads == 1)
        yield from self.people(root, people, rows, [sa.exists(spreads.correlate(rows))])

    def reached(self, held: PeopleList, child: Owned, link: Path, parent: Owned) -> list[Key]:
        """Return the people whose rows somebody on hold points at: deleting theirs would change what is held.

        Args:
            held: People of ``child.root``.
            child: The pointing rows, and how they lead to their person.
            link: The way from a pointing row to the row it points at.
            parent: That row, and how it leads to its own person.
        """
        rows = self.compiler.tables[child.table].alias()
        mine, person = self.compiler.join(rows, child.table, child.path)
        theirs, other = self.compiler.join(rows, child.table, (*link, *parent.path))
        keys = [other.c[name] for name in self.primary_key(parent.root)]
        query = sa.select(*keys).where(held.same(person), *(on for _, on in (*mine, *theirs))).distinct()
        return [tuple(row) for row in self.connection.execute(query)]
