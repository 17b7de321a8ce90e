"""What every verb on a database needs: its connection, its compiler, and how an effect finds its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from tenu.adapters.databases import dialects, packing
from tenu.adapters.databases.compile import Clause, Compiler
from tenu.adapters.databases.openings import EVERY, LONGEST, opening_table, seconds_now, session_number
from tenu.adapters.databases.work import PeopleList
from tenu.datamap.catalog import ColumnKind
from tenu.datamap.ways import first_unlike
from tenu.plans.package import Heading
from tenu.plans.selection import matching
from tenu.plans.task import Change, Effect, Ending, Seal
from tenu.ports import Key, Rows

Said = TypeVar("Said")
BATCH = 5_000
FEW = 500


class DropTemporary(sa.schema.DropTable):
    """``DROP TABLE`` of a temporary one: unless that is said, MariaDB commits, and lets go of every lock."""


@compiles(DropTemporary, "mysql")
@compiles(DropTemporary, "mariadb")
def _drop_temporary(drop: DropTemporary, compiler: Any, **_options: Any) -> str:
    return f"DROP TEMPORARY TABLE {compiler.preparer.format_table(drop.element)}"


class Desk:
    """One connection to one database. Nothing is kept unless ``commit`` is called."""

    def __init__(self, connection: sa.Connection, compiler: Compiler, receipt: sa.Table) -> None:
        self.connection = connection
        self.compiler = compiler
        self.receipt = receipt
        self._tables_made = 0
        self._reached: dict[Change, Any] = {}
        self._vitals: dict[tuple[Any, ...], Sequence[Any]] = {}
        self._said: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    @property
    def engine(self) -> str:
        """Return the name of the engine: sqlite, postgresql or mariadb."""
        return self.compiler.catalog.engine

    def commit(self) -> None:
        """Keep what was changed since the last commit."""
        self.connection.commit()

    @contextmanager
    def transaction(self, *, restricted: bool = False) -> Iterator[None]:
        """Commit what is done inside, all of it; or nothing, when anything fails. One at a time in this database.

        Args:
            restricted: Whether the law lets it change rows of restricted people; a database that enforces is told so, for this
                session, in a row that is gone before the commit.

        Raises:
            BusyError: Rows, or the turn, were held by somebody else for too long; nothing was changed.
        """
        self.connection.rollback()
        try:
            dialects.take_turn(self.connection)
            with self._let_through() if restricted else nullcontext():
                yield
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            raise
        finally:
            dialects.end_turn(self.connection)

    def openings(self) -> sa.Table | None:
        """Return the table that says which restrictions let changes through; None where this database enforces none."""
        opening = opening_table(self.receipt.schema)
        there = sa.inspect(self.connection).has_table(opening.name, schema=opening.schema)
        return opening if there else None

    @contextmanager
    def _let_through(self) -> Iterator[None]:
        """Have the triggers of this database pass over what this session changes inside; a rollback takes it back too."""
        opening = self.openings()
        if opening is None:
            yield
            return
        session, until = session_number(self.engine), seconds_now(self.engine) + LONGEST
        self.connection.execute(sa.insert(opening).values(hold=EVERY, session=session, until=until))
        yield
        mine = sa.delete(opening).where(opening.c.hold == EVERY, opening.c.session == session)
        self.connection.execute(mine)

    def stream(self, query: sa.Select[Any]) -> Iterator[Any]:
        """Yield the rows of *query* without ever holding more than one batch of them."""
        with self.connection.execute(query, execution_options={"yield_per": BATCH}) as result:
            yield from result

    def number(self, query: sa.Select[Any]) -> int:
        """Return the single number *query* computes."""
        return int(self.connection.execute(query).scalar_one())

    def longer_than(self, tables: Sequence[str], rows: int) -> frozenset[str]:
        """Return those of *tables* that have more than *rows* rows; no more than these are looked at."""
        longer = set[str]()
        for start in range(0, len(tables), FEW):
            few = tables[start : start + FEW]
            known = (self.compiler.tables[table] for table in few)
            beyond = (sa.select(sa.literal(1)).select_from(table).offset(rows).limit(1) for table in known)
            found = self.connection.execute(sa.select(*(one.scalar_subquery() for one in beyond))).one()
            longer |= {table for table, one_more in zip(few, found, strict=True) if one_more}
        return frozenset(longer)

    def as_text(self, rows: sa.FromClause, table: str, name: str) -> Any:
        """Return the column *name* of *rows*, rows of *table*, as text; NULL where SQLite holds bytes in it."""
        found = self.compiler.catalog.table(table)
        column = found.column(name) if found else None
        value = rows.c[name]
        if self.engine == "sqlite":
            return sa.case((sa.func.typeof(value) != "blob", sa.cast(value, sa.Text)))
        if column is not None and column.kind is ColumnKind.TEXT:
            return sa.type_coerce(value, sa.Text)  # what SQLAlchemy makes of a SET is no text
        return sa.cast(value, sa.CHAR if self.engine == "mariadb" else sa.Text)

    def next_name(self, stem: str) -> str:
        """Return a table name this session has not used yet."""
        self._tables_made += 1
        return f"{stem}_{self._tables_made}"

    def drop(self, table: sa.Table) -> None:
        """Drop a temporary table of ours; what is under way in the transaction stays under way."""
        self.connection.execute(DropTemporary(table))

    def analyse(self, table: sa.Table) -> None:
        """Tell PostgreSQL how long a table of ours is: it takes an empty one for long, and never counts a temporary one."""
        if self.engine == "postgresql":
            name = self.connection.dialect.identifier_preparer.format_table(table)
            self.connection.exec_driver_sql(f"ANALYZE {name}")

    def primary_key(self, table: str) -> tuple[str, ...]:
        """Return the primary key of *table*, empty when it has none."""
        found = self.compiler.catalog.table(table)
        return found.primary_key if found else ()

    def one_of(self, columns: Sequence[Any], keys: Sequence[Key]) -> Clause:
        """Return the rows whose *columns* are one of *keys* (a few hundred at most)."""
        if len(columns) == 1:
            return sa.and_(columns[0].in_([key[0] for key in keys]))
        return sa.and_(sa.tuple_(*columns).in_([tuple(key) for key in keys]))

    def rows_of(
        self, effect: Effect, chosen: PeopleList, *mine: Clause, alias: bool = False, whose: bool = True
    ) -> tuple[sa.FromClause, list[Clause]]:
        """Return the rows of the effect's table and the conditions that tie them to the people of *chosen*.

        Args:
            effect: Whose rows are meant.
            chosen: The people.
            mine: Which of them matter, asked of the list.
            alias: Whether the rows are read under another name than their table's.
            whose: Whether the statement says whose each row is; when not, the list may be left out of it.
        """
        far = first_unlike(effect.path)
        if far is None:
            rows, tied = self.said_once((effect, chosen, alias), lambda: self._rows(effect, chosen, alias))
            return rows, [*tied, *mine]
        table = self.compiler.tables[effect.table]
        rows = table.alias() if alias else table
        keys = _keys_of(chosen)
        among = self._among(rows, effect, far, keys, mine)
        if whose:
            among += [*self.compiler.tied(rows, effect.table, effect.path, keys), *mine]
        return rows, [*among, self.compiler.where(effect.where, rows, effect.table)]

    def _rows(
        self, effect: Effect, chosen: PeopleList, alias: bool
    ) -> tuple[sa.FromClause, tuple[Clause, ...]]:
        table = self.compiler.tables[effect.table]
        rows: sa.FromClause = table.alias() if alias else table
        where = self.compiler.where(effect.where, rows, effect.table)
        return rows, (*self.compiler.tied(rows, effect.table, effect.path, _keys_of(chosen)), where)

    def said_once(self, of: tuple[Any, ...], say: Callable[[], Said]) -> Said:
        """Return what *say* says of *of*, said again only when another list of people must be read: the SQL of a chunk is that
        of the chunk before, and writing it costs more than sending it.
        """
        key = (tuple(map(id, of)), self.compiler.listing())
        if key not in self._said:
            self._said[key] = (of, say())  # *of* is kept: nothing else may take its identity
        found: Said = self._said[key][1]
        return found

    def _among(
        self, rows: sa.FromClause, effect: Effect, far: int, keys: Mapping[str, Any], mine: Sequence[Clause]
    ) -> list[Clause]:
        """Return a link by likeness, the *far* one on the way, as a list looked up once for the statement.

        Compared pair by pair, rows and people would cost their product: no index answers what must be computed.
        """
        hop, beyond = effect.path[far], effect.path[far + 1 :]
        joins, here = self.compiler.join(rows, effect.table, effect.path[:far])
        start = effect.path[far - 1].table if far else effect.table
        there = self.compiler.tables[hop.table].alias()
        ((ours, theirs),) = self.compiler.sides(hop, here, dict(there.c))
        asked = [self.compiler.where(matching(hop.there), there, hop.table), theirs.is_not(None)]
        query = sa.select(theirs).where(*asked, *self.compiler.tied(there, hop.table, beyond, keys), *mine)
        return [*(on for _, on in joins), *self.compiler.facts(hop, here, start, None), ours.in_(query)]

    def heading(self, seal: Seal) -> Heading:
        """Return the names of the columns *seal* covers, and how this engine writes their cells."""
        return packing.heading(self.engine, seal.table, self.cells(seal, self.compiler.tables[seal.table]))

    def cells(self, seal: Seal, rows: sa.FromClause) -> list[packing.Cell]:
        """Return the live columns *seal* covers, in the order of its table, and where each is read in *rows*."""
        table = self.compiler.catalog.table(seal.table)
        named = (column for column in (table.columns if table else ()) if column.name in seal.columns)
        return [(column, rows.c[column.name]) for column in named]

    def gathered(self, query: sa.Select[Any]) -> Iterator[Rows]:
        """Yield what *query* gathers: a person's key, their rows as one text, how many."""
        for row in self.connection.execute(query).all():
            yield row[:-2], row[-2], row[-1]

    def latest(self, endings: Sequence[Ending], rows: sa.FromClause, table: str) -> list[Any]:
        """Return, for each ending, the latest value of its column for the person at hand, a row of *table*."""
        latest: list[Any] = []
        for ending in endings:
            joins, end = self.compiler.join(rows, table, ending.path)
            place = ending.path[-1].table if ending.path else table
            present = self.compiler.present(end, place, ending.column)
            day = end.c[ending.column] if present is None else sa.case((present, end.c[ending.column]))
            where = self.compiler.where(ending.where, end, place)
            if not ending.path:
                latest.append(sa.case((where, day)))
                continue
            query = sa.select(sa.func.max(day)).select_from(*(there for there, _ in joins))
            latest.append(query.where(*(on for _, on in joins), where).correlate(rows).scalar_subquery())
        return latest

    def ended(self, endings: Sequence[Ending], values: Sequence[object], table: str) -> list[date | None]:
        """Return the civil days of what ``latest`` found."""
        places = [ending.path[-1].table if ending.path else table for ending in endings]
        forms = [self.compiler.form(p, e.column) for p, e in zip(places, endings, strict=True)]
        return [self.compiler.dates.civil(v, f) for v, f in zip(values, forms, strict=True)]


def _keys_of(chosen: PeopleList) -> dict[str, Any]:
    """Return where a list holds each part of the key of its people."""
    return dict(zip(chosen.keys, chosen.key_columns(), strict=True))
