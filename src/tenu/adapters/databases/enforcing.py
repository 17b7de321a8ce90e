"""Triggers by which a company's database itself refuses to change, or to delete, the rows of a restricted person.

Each looks the row's person up in the table of holds, by key, along the very links the data map gives: nothing is copied, so a row
is kept from the instant its person is listed, and free again in the transaction that takes them off. Legal holds and the rows
they entangle are passed over. Applications need no right on tenu's tables: a trigger reads them under the rights of its author.

Source: GDPR 18(2); policy C-RGT-16; INV-06.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.visitors import replacement_traverse

from tenu.adapters.databases.compile import Clause, Compiler
from tenu.adapters.databases.failures import NUMBER, STATE
from tenu.adapters.databases.holding import key_columns, own_name
from tenu.adapters.databases.openings import opened
from tenu.datamap.catalog import Table
from tenu.datamap.enforcement import OWN_TABLE, OWN_VIEW, Piece
from tenu.datamap.layout import Layout
from tenu.datamap.reach import part_names
from tenu.datamap.ways import CHANGING, Owned, begins
from tenu.journal.holds import HoldKind
from tenu.plans.mixing import part_columns
from tenu.plans.signs import ways_to
from tenu.terms import Text

UPDATE, DELETE = "UPDATE", "DELETE"
WORDS = "sous limitation du traitement (RGPD 18) / under restriction of processing (GDPR 18)"
_CASCADE = Text(
    fr="une clé étrangère l'emporte en cascade avec une ligne d'autrui, et MariaDB n'y déclenche rien",
    en="a foreign key takes it along with a row of somebody else, and MariaDB fires nothing then",
)
_UNLIKE = Text(
    fr="ses lignes tiennent à leur personne par une ressemblance que SQLite ne sait pas calculer sans tenu",
    en="its rows are tied to their person by a likeness SQLite cannot compute without tenu",
)


def protected(layout: Layout) -> dict[str, list[Owned]]:
    """Return, by table, every way its rows are, wholly or in part, those of a person: each table tenu must enforce on."""
    found: dict[str, list[Owned]] = {}
    for estate in layout.estates:
        tables = dict.fromkeys(one.table for one in (*estate.owned, *estate.parts))
        for table in tables:
            found.setdefault(table, []).extend(ways_to(estate, table))
    return found


def out_of_reach(layout: Layout) -> dict[str, Text]:
    """Return the tables no trigger can speak for, each with why."""
    tables = protected(layout)
    match layout.catalog.engine:
        case "sqlite":  # it has no normaliser but tenu's own
            return {
                table: _UNLIKE for table, ways in tables.items() if any(_by_likeness(one) for one in ways)
            }
        case "mariadb":
            return {table: _CASCADE for table, ways in tables.items() if _cascades(layout, table, ways)}
        case _:
            return {}


def _by_likeness(owned: Owned) -> bool:
    return any(hop.like.kind is not None for hop in owned.path)


def _cascades(layout: Layout, table: str, ways: Iterable[Owned]) -> bool:
    """Return whether rows of *table* go, or change, with a parent that is not their person's own, and so not refused."""
    return any(
        reference.on_delete in CHANGING and not any(begins(owned.path, reference.up()) for owned in ways)
        for reference in layout.references
        if reference.child == table
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes the pieces of one database.

    *holds*: its tables of people on hold, by people table; *own*: what ``prepare`` makes there; *schema*: the one its tables are in;
    *home*: the one of tenu's own, if apart.
    """

    layout: Layout
    compiler: Compiler
    holds: Mapping[str, sa.Table]
    own: Sequence[sa.Table]
    opening: sa.Table
    dialect: sa.Dialect
    schema: str | None
    home: str | None

    def pieces(self) -> tuple[Piece, ...]:
        """Return every piece this database must have: tenu's own tables, views on them, then triggers in the order of the data map."""
        spared = out_of_reach(self.layout) if self.dialect.name == "sqlite" else {}
        tables = [
            (table, ways)
            for name, ways in protected(self.layout).items()
            if name not in spared and (table := self.layout.catalog.table(name)) is not None
        ]
        own = (self._table(each) for each in (*self.own, self.opening))
        return (
            *own,
            *self._views(),
            *(piece for table, ways in tables for piece in self._triggers(table, ways)),
        )

    def dropping(self, kind: str, name: str, table: str) -> tuple[str, ...]:
        """Return what takes away the *kind*, trigger or view, called *name*."""
        if kind == "view":
            return (f"DROP VIEW IF EXISTS {self._own(name)}",)
        if self.dialect.name == "postgresql":
            return (
                f"DROP TRIGGER IF EXISTS {self._quoted(name)} ON {self._place(table)}",
                f"DROP FUNCTION IF EXISTS {self._own(name)}()",
            )
        return (f"DROP TRIGGER IF EXISTS {self._place(name)}",)

    # ── tables of tenu's own ──

    def opening_piece(self) -> Piece:
        """Return the table of openings, which goes with the last trigger that reads it."""
        return self._table(self.opening)

    def _table(self, table: sa.Table) -> Piece:
        make = [sa.schema.CreateTable(table), *(sa.schema.CreateIndex(index) for index in table.indexes)]
        first = [sa.schema.CreateSchema(self.home, if_not_exists=True)] if self.home else []
        create = tuple(self._sql(each) for each in (*first, *make))
        name = table.name
        return Piece(
            name=name, table=name, says=OWN_TABLE, create=create, drop=(f"DROP TABLE {self._own(name)}",)
        )

    # ── views: who is restricted, for any application to join ──

    def _views(self) -> Iterator[Piece]:
        for root, hold in self.holds.items():
            name = own_name("restricted", root)
            live = self.layout.catalog.table(root)
            keys = live.primary_key if live else ()
            columns = [mine.label(key) for mine, key in zip(key_columns(hold), keys, strict=True)]
            query = sa.select(*columns, hold.c.hold.label("restriction")).where(_restricts(hold))
            drop = self.dropping("view", name, root)
            create = f"CREATE VIEW {self._own(name)} AS {self._sql(query)}"
            yield Piece(name=name, table=root, says=OWN_VIEW, create=(create,), drop=drop)

    # ── triggers ──

    def _triggers(self, table: Table, ways: Sequence[Owned]) -> Iterator[Piece]:
        changing, deleting = (self._held(table, ways, event) for event in (UPDATE, DELETE))
        match self.dialect.name:
            case "postgresql":
                yield self._postgresql(UPDATE, "ROW", 19, "NEW", table, changing)
                yield self._postgresql(DELETE, "ROW", 11, "OLD", table, deleting)
                anybody = sa.select(sa.func.min(self._anybody(ways).c.hold)).scalar_subquery()
                yield self._postgresql("TRUNCATE", "STATEMENT", 34, "NULL", table, self._sql(anybody))
            case "sqlite":
                yield self._sqlite("update", UPDATE, table, f"{changing} IS NOT NULL")
                yield self._sqlite("delete", DELETE, table, f"{deleting} IS NOT NULL")
                yield from self._replacing(table, ways)
            case _:
                yield self._mariadb(UPDATE, table, changing)
                yield self._mariadb(DELETE, table, deleting)

    def _postgresql(self, event: str, each: str, kind: int, goes_on: str, table: Table, held: str) -> Piece:
        name = own_name(event.lower(), table.name)
        body = f"""
DECLARE restriction text;
BEGIN
  restriction := {held};
  IF restriction IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '{STATE}', TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA,
      MESSAGE = '{STATE} ' || restriction || ': {WORDS}';
  END IF;
  RETURN {goes_on};
END
"""
        function, drop = self._own(name), self.dropping("trigger", name, table.name)
        return Piece(
            name=name,
            table=table.name,
            says=f"{kind} enabled {body}",
            create=(
                f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = pg_catalog, pg_temp AS $tenu${body}$tenu$",
                drop[0],
                f"CREATE TRIGGER {self._quoted(name)} BEFORE {event} ON {self._place(table.name)} "
                f"FOR EACH {each} EXECUTE FUNCTION {function}()",
            ),
            drop=drop,
        )

    def _mariadb(self, event: str, table: Table, held: str) -> Piece:
        name = own_name(event.lower(), table.name)
        body = (
            f"BEGIN DECLARE restriction VARCHAR(40); DECLARE said VARCHAR(128); SET restriction = {held}; "
            f"IF restriction IS NOT NULL THEN SET said = CONCAT('{STATE} ', restriction, ': {WORDS}'); "
            f"SIGNAL SQLSTATE '{STATE}' SET MYSQL_ERRNO = {NUMBER}, MESSAGE_TEXT = said; END IF; END"
        )
        drop = self.dropping("trigger", name, table.name)
        place = f"{self._place(name)} BEFORE {event} ON {self._place(table.name)}"
        create = f"CREATE OR REPLACE TRIGGER {place} FOR EACH ROW {body}"  # never a moment without it
        return Piece(name=name, table=table.name, says=f"BEFORE {event} {body}", create=(create,), drop=drop)

    def _sqlite(self, verb: str, event: str, table: Table, when: str) -> Piece:
        name, place = own_name(verb, table.name), self._place(table.name)
        create = (
            f"CREATE TRIGGER {self._quoted(name)} BEFORE {event} ON {place} FOR EACH ROW WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{STATE}: {WORDS}'); END"
        )
        drop = self.dropping("trigger", name, table.name)
        return Piece(name=name, table=table.name, says=create, create=(*drop, create), drop=drop)

    # ── conditions ──

    def _held(self, table: Table, ways: Iterable[Owned], event: str) -> str:
        """Return SQL for the restriction that keeps the row ``OLD`` of *table* from *event*, NULL when none does."""
        columns = [sa.column(c.name, c.type) for c in self.compiler.tables[table.name].c]
        old, new = sa.table("OLD", *columns), sa.table("NEW", *(sa.column(c.name, c.type) for c in columns))
        found = [self._restriction(owned, old, *self._meant(table, owned, event, old, new)) for owned in ways]
        return self._sql(found[0] if len(found) == 1 else sa.func.coalesce(*found), old, new)

    def _meant(
        self, table: Table, owned: Owned, event: str, old: sa.TableClause, new: sa.TableClause
    ) -> Iterator[Clause]:
        """Yield when *event* touches what is theirs of a row of several people: nobody's restriction freezes another's part."""
        names = part_names(self.layout.system.tables[table.name])
        if not names:
            return
        mine = part_columns(self.layout, table.name, owned.part)
        if event == DELETE:
            if owned.part is not None:
                yield sa.or_(sa.false(), *(old.c[name].is_not(None) for name in mine))
            return
        others = {
            c for name in names if name != owned.part for c in part_columns(self.layout, table.name, name)
        }
        whole = [column.name for column in table.columns if column.name not in others]
        theirs = whole if owned.part is None else [*mine, *({owned.part} & {c.name for c in table.columns})]
        yield sa.or_(sa.false(), *(_differs(old.c[name], new.c[name]) for name in theirs))

    def _restriction(self, owned: Owned, rows: sa.FromClause, *only: Clause) -> Any:
        """Return the restriction of whoever *rows* are of, by one way; NULL when there is none, or when not *only*."""
        hold = self.holds[owned.root].alias("held")
        live = self.layout.catalog.table(owned.root)
        keys = dict(zip(live.primary_key if live else (), key_columns(hold), strict=True))
        mine = self.compiler.tied(rows, owned.table, owned.path, keys)
        query = sa.select(hold.c.hold).where(*only, *mine, *self._in_force(hold))
        return query.limit(1).correlate(rows).scalar_subquery()

    def _replacing(self, table: Table, ways: Iterable[Owned]) -> Iterator[Piece]:
        """Yield what stops a row from taking the place of one that is kept: ``OR REPLACE`` deletes it, and fires nothing."""
        unique = dict.fromkeys(names for names in (table.primary_key, *table.unique) if names)
        if not unique:
            return
        rows = self.compiler.tables[table.name]
        new = sa.table("NEW", *(sa.column(c.name, c.type) for c in rows.c))
        alike = [sa.and_(*(rows.c[name] == new.c[name] for name in names)) for names in unique]
        kept = sa.or_(*(self._restriction(owned, rows).is_not(None) for owned in ways))
        found = sa.select(sa.literal(1)).select_from(rows).where(sa.or_(*alike), kept)
        when = self._sql(sa.exists(found.correlate(new)), new)
        columns = ", ".join(dict.fromkeys(self._quoted(name) for names in unique for name in names))
        yield self._sqlite("insert", "INSERT", table, when)
        yield self._sqlite("rename", f"UPDATE OF {columns}", table, when)

    def _anybody(self, ways: Iterable[Owned]) -> sa.Subquery:
        """Return the restrictions in force on anybody the rows of a table may be of."""
        holds = [self.holds[root].alias() for root in dict.fromkeys(owned.root for owned in ways)]
        rows = [sa.select(hold.c.hold).where(*self._in_force(hold)) for hold in holds]
        return sa.union_all(*rows).subquery()

    def _in_force(self, hold: sa.FromClause) -> tuple[Clause, Clause]:
        """Return when rows of *hold* restrict, and nothing lets the session at hand through."""
        return _restricts(hold), sa.not_(opened(self.layout.catalog.engine, self.opening, hold.c.hold))

    # ── spelling ──

    def _sql(self, said: Any, *rows: sa.TableClause) -> str:
        """Return *said* as SQL with its values in place, the columns of *rows* (``OLD``, ``NEW``) as a trigger calls them."""

        def as_trigger(element: Any, **_options: Any) -> Any:
            mine = isinstance(element, sa.ColumnClause) and element.table in rows
            name = f"{element.table.name}.{self._quoted(element.name)}" if mine else ""
            return sa.literal_column(name, element.type) if mine else None

        if rows:
            said = replacement_traverse(said, {}, as_trigger)
        options: dict[str, Any] = {"compile_kwargs": {"literal_binds": True}}
        if self.schema:
            options |= {"schema_translate_map": {None: self.schema}, "render_schema_translate": True}
        if isinstance(said, sa.schema.ExecutableDDLElement):
            options = {}
        return str(said.compile(dialect=self.dialect, **options)).replace("%%", "%").strip()

    def _quoted(self, name: str) -> str:
        return self.dialect.identifier_preparer.quote_identifier(name)

    def _place(self, table: str) -> str:
        return f"{self._quoted(self.schema)}.{self._quoted(table)}" if self.schema else self._quoted(table)

    def _own(self, name: str) -> str:
        return f"{self._quoted(self.home)}.{self._quoted(name)}" if self.home else self._quoted(name)


def _restricts(hold: sa.FromClause) -> Clause:
    return hold.c.kind == str(HoldKind.RESTRICTION)


def _differs(before: Any, after: Any) -> Clause:
    """Return whether two values are not the same; PostgreSQL compares JSON as text only."""
    sides = [sa.cast(side, sa.Text) if isinstance(side.type, sa.JSON) else side for side in (before, after)]
    return sa.and_(sides[0].is_distinct_from(sides[1]))
