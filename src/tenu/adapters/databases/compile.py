"""Compiling the selection algebra to SQLAlchemy expressions. Values are always bound, never written into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases import dialects, inside
from tenu.adapters.databases.coarsening import coarsened, drawn, moved
from tenu.adapters.databases.dates import Dates
from tenu.adapters.databases.work import PeopleList
from tenu.datamap.anonymity import Method, Redraw, Shift
from tenu.datamap.catalog import Catalog, Column
from tenu.datamap.model import DateForm, System
from tenu.datamap.ways import Hop, Spelling, first_unlike
from tenu.plans.selection import (
    Alike,
    AllOf,
    AnyOf,
    AtLeast,
    Clearing,
    Condition,
    Equals,
    Linked,
    Listed,
    Meets,
    Not,
    Since,
    Thin,
    Uncleared,
    Until,
    matching,
)

Rows = sa.FromClause
Clause = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiler:
    """Turns conditions on the rows of a table into SQL for one database.

    *listed* are this session's named lists of people, by name and people table; *holds* the tables that say for good, and to
    everybody, whom nothing may change; *thin* the lists of anonymous rows too few are like, by table. *lists* are the
    definitions made so far, by
    people table and name: SQLAlchemy compiles a statement once only if its tables are the very same objects.
    """

    system: System
    catalog: Catalog
    tables: Mapping[str, sa.Table]
    dates: Dates
    listed: MutableMapping[tuple[str, str], sa.Table]
    thin: MutableMapping[str, sa.Table]
    holds: Mapping[str, sa.Table]
    lists: MutableMapping[tuple[str, str], PeopleList]

    def listing(self) -> tuple[int, ...]:
        """Return what tells the lists a condition would read now from those it read before."""
        return tuple(id(table) for lists in (self.listed, self.thin, self.holds) for table in lists.values())

    def where(self, condition: Condition, rows: Rows, table: str, *, holds: bool = True) -> Clause:  # noqa: PLR0911, PLR0912 - a line per kind
        """Return *condition* on *rows* of *table*; with *holds* false, its negation (unknown counts as not)."""
        match condition:
            case Not(part=part):
                return self.where(part, rows, table, holds=not holds)
            case AllOf(parts=parts) | AnyOf(parts=parts):
                clauses = [self.where(part, rows, table, holds=holds) for part in parts]
                together = isinstance(condition, AllOf) == holds
                return sa.and_(sa.true(), *clauses) if together else sa.or_(sa.false(), *clauses)
            case Equals(column=name, values=values):
                return self._equals(rows, table, name, values, holds)
            case Since(column=name, day=day):
                return self._from_day(rows, table, name, day, holds)
            case Until(column=name, day=day):
                return self._through_day(rows, table, name, day, holds)
            case AtLeast(column=name, value=value):
                more = rows.c[name] >= value
                return more if holds else self._or_null(rows, table, name, rows.c[name] < value)
            case Linked(path=path, where=where):
                exists = self._linked(path, where, rows, table)
                return exists if holds else sa.not_(exists)
            case Uncleared(columns=columns):
                left = [self._left(clearing, rows, table) for clearing in columns]
                return (
                    sa.or_(sa.false(), *left)
                    if holds
                    else sa.and_(sa.true(), *(sa.not_(part) for part in left))
                )
            case Alike(pairs=pairs):
                same = sa.and_(*(rows.c[one] == rows.c[other] for one, other in pairs))
                return same if holds else sa.not_(sa.func.coalesce(same, sa.false()))
            case Meets(one=one, other=other):
                meets = self._meets(one, other, rows, table)
                return meets if holds else sa.not_(meets)
            case Listed(name=name):
                listed = self._listed(name, rows, table)
                if holds:
                    return sa.or_(sa.false(), *listed)
                return sa.and_(sa.true(), *(sa.not_(exists) for exists in listed))
            case Thin():
                thin = self._all_on((self.thin.get(table),), rows, table)
                return sa.or_(sa.false(), *thin) if holds else sa.not_(sa.or_(sa.false(), *thin))

    def join(self, start: Rows, table: str, path: tuple[Hop, ...]) -> tuple[list[tuple[Rows, Clause]], Rows]:
        """Return the joins that lead from *start*, rows of *table*, along *path*, and the rows at its end."""
        joins: list[tuple[Rows, Clause]] = []
        here = start
        for hop in path:
            there = self.tables[hop.table].alias()
            sides = self.sides(hop, here, dict(there.c))
            joins.append((there, sa.and_(*self.facts(hop, here, table, there), *(a == b for a, b in sides))))
            here, table = there, hop.table
        return joins, here

    def tied(self, rows: Rows, table: str, path: tuple[Hop, ...], keys: Mapping[str, Any]) -> list[Clause]:
        """Return what ties *rows* of *table* along *path* to a person, whose *keys* are given by column of the people table.

        The people table itself is left out when the last link already holds its key: whoever lists people has it too.
        """
        if path and not path[-1].there and {there for _, there in path[-1].pairs} == set(keys):
            joins, holder = self.join(rows, table, path[:-1])
            last = path[-2].table if len(path) > 1 else table
            same = [mine == theirs for mine, theirs in self.sides(path[-1], holder, keys)]
            return [*(on for _, on in joins), *self.facts(path[-1], holder, last, None), *same]
        joins, person = self.join(rows, table, path)
        return [*(on for _, on in joins), *(person.c[name] == mine for name, mine in keys.items())]

    def facts(self, hop: Hop, here: Rows, table: str, there: Rows | None) -> list[Clause]:
        """Return what *hop* asks of the rows at its two ends, besides their columns being alike."""
        asked = [self.where(matching(hop.here), here, table)] if hop.here else []
        if hop.there and there is not None:
            asked.append(self.where(matching(hop.there), there, hop.table))
        return asked

    def sides(self, hop: Hop, here: Rows, there: Mapping[str, Any]) -> list[tuple[Any, Any]]:
        """Return the two sides of each equality of *hop*; *there* are the columns at its end, by name."""
        like = hop.like
        found = []
        for name, other in hop.pairs:
            mine: Any = here.c[name]
            theirs = there[other]
            if like.kind is not None:
                mine, theirs = (
                    sa.func.nullif(dialects.normalised(self.catalog.engine, like.kind, end), "")
                    for end in (mine, theirs)
                )
            found.append((self._spelled(mine, like.here, theirs), self._spelled(theirs, like.there, mine)))
        return found

    def _spelled(self, column: Any, spelling: Spelling | None, beside: Any) -> Any:
        if spelling is None:
            return column
        text = dialects.as_text(self.catalog.engine, column, spelling.width, beside)
        return (
            sa.literal(spelling.before) + text + sa.literal(spelling.after)
            if spelling.before or spelling.after
            else text
        )

    def cleared(self, clearing: Clearing, rows: Rows, table: str, *, shift: Any = None) -> Any:
        """Return the value *clearing* leaves in a row of *table*; *shift*: the share drawn for its person."""
        if clearing.inside:
            column = self._column(table, clearing.column)
            return inside.emptied(self.catalog.engine, column, rows.c[clearing.column], clearing.inside)
        if clearing.keep is not None:
            return self._kept(
                clearing.keep, rows.c[clearing.column], self._column(table, clearing.column), shift
            )
        if not isinstance(clearing.to, str) or "{key}" not in clearing.to:
            return sa.null() if clearing.to is None else sa.literal(clearing.to)
        before, after = clearing.to.split("{key}", 1)
        key = self.catalog.table(table)
        parts: list[Any] = [sa.literal(before)]
        for name in key.primary_key if key else ():
            parts.extend([sa.cast(rows.c[name], sa.String(80)), sa.literal("-")])
        parts[-1] = sa.literal(after)
        value = parts[0]
        for part in parts[1:]:
            value = value.concat(part)
        return value

    def _kept(self, method: Method, value: Any, column: Column, shift: Any) -> Any:
        engine = self.catalog.engine
        match method:
            case Redraw():
                return drawn(engine, column, method)
            case Shift(days=days):
                return moved(engine, column.kind, value, days, shift)
            case _:
                return coarsened(engine, column, value, method)

    def _linked(self, path: tuple[Hop, ...], where: Condition, rows: Rows, table: str) -> Clause:
        far = first_unlike(path)
        if far == 0:
            return self._among(path, where, rows, table)
        if far is not None:
            path, where = path[:far], Linked(path=path[far:], where=where)
        joins, end = self.join(rows, table, path)
        clauses = [on for _, on in joins]
        ends = self.where(where, end, path[-1].table)
        query = sa.select(sa.literal(1)).select_from(*(there for there, _ in joins)).where(*clauses, ends)
        return sa.exists(query.correlate(rows))

    def _among(self, path: tuple[Hop, ...], where: Condition, rows: Rows, table: str) -> Clause:
        """Return a link by likeness as a list looked up once: asked row by row, no index could answer it."""
        first = self.tables[path[0].table].alias()
        ((mine, theirs),) = self.sides(path[0], rows, dict(first.c))
        joins, end = self.join(first, path[0].table, path[1:])
        there = [self.where(matching(path[0].there), first, path[0].table), *(on for _, on in joins)]
        ends = self.where(where, end, path[-1].table)
        query = sa.select(theirs).select_from(first, *(table for table, _ in joins))
        among = mine.in_(query.where(theirs.is_not(None), *there, ends))
        return sa.and_(*self.facts(path[0], rows, table, None), mine.is_not(None), among)

    def _meets(self, one: tuple[Hop, ...], other: tuple[Hop, ...], rows: Rows, table: str) -> Clause:
        ends = []
        joins: list[tuple[Rows, Clause]] = []
        for path in (one, other):
            there, end = self.join(rows, table, path[:-1])
            joins += there
            ends.append({name: end.c[here] for here, name in path[-1].pairs})
        same = [ends[0][name] == ends[1][name] for name in ends[0]]
        query = sa.select(sa.literal(1)).select_from(*(there for there, _ in joins))
        return sa.exists(query.where(*(on for _, on in joins), *same).correlate(rows))

    def _listed(self, name: str, rows: Rows, table: str) -> list[Clause]:
        """Return, for each list called *name*, whether the row is on it; whom nothing may change is also in ``holds``."""
        spreading = name == "spreading"
        mine = self.listed.get(("held" if spreading else name, table))
        kept = self.holds.get(table) if name in ("held", "spreading") else None
        return self._all_on((mine, kept), rows, table, spreading=spreading)

    def _all_on(
        self, lists: Iterable[sa.Table | None], rows: Rows, table: str, *, spreading: bool = False
    ) -> list[Clause]:
        """Return whether the row's key is on each of *lists*; with *spreading*, by a hold that spreads, where it says."""
        keys = (self.catalog.table(table) or _missing(table)).primary_key
        found: list[Clause] = []
        for held in lists:
            if held is not None:
                same = [rows.c[name] == held.c[f"k{i}"] for i, name in enumerate(keys)]
                if spreading and "spreads" in held.c:
                    same.append(held.c.spreads == 1)
                query = sa.select(sa.literal(1)).select_from(held).where(*same)
                found.append(sa.exists(query.correlate(rows)))
        return found

    def _left(self, clearing: Clearing, rows: Rows, table: str) -> Clause:
        column = rows.c[clearing.column]
        if clearing.inside:
            return inside.left(self.catalog.engine, column, clearing.inside)
        if clearing.to is None and clearing.keep is None:
            return column.is_not(None)
        left = self.cleared(clearing, rows, table)
        if clearing.keep is None:
            return sa.and_(column.is_not(None), column != left)
        return sa.and_(column.is_not(None), column.is_distinct_from(left))

    def _equals(self, rows: Rows, table: str, name: str, values: tuple[Any, ...], holds: bool) -> Clause:
        column, nullable = rows.c[name], self._column(table, name).nullable
        said = [value for value in values if value is not None]
        parts: list[Clause] = []
        if said:
            parts.append(column.in_(said) if len(said) > 1 else column == said[0])
        # A question whose answer is known costs a sub-query its engine would plan, and guess wrongly, for nothing.
        if None in values:
            parts.extend(self._blank(rows, table, name))
        if holds:
            return sa.or_(sa.false(), *parts)
        unlike = [sa.not_(part) for part in parts]
        return (
            sa.or_(column.is_(None), *unlike)
            if nullable and None not in values
            else sa.and_(sa.true(), *unlike)
        )

    def _from_day(self, rows: Rows, table: str, name: str, day: date, holds: bool) -> Clause:
        later = self.dates.from_day(rows.c[name], self._column(table, name).kind, self.form(table, name), day)
        return later if holds else self._or_null(rows, table, name, sa.not_(later))

    def _through_day(self, rows: Rows, table: str, name: str, day: date, holds: bool) -> Clause:
        next_day = date.fromordinal(day.toordinal() + 1)
        kind, form = self._column(table, name).kind, self.form(table, name)
        earlier = self.dates.before_day(rows.c[name], kind, form, next_day)
        return earlier if holds else self._or_null(rows, table, name, sa.not_(earlier))

    def _or_null(self, rows: Rows, table: str, name: str, clause: Clause) -> Clause:
        return sa.or_(clause, rows.c[name].is_(None)) if self._column(table, name).nullable else clause

    def _blank(self, rows: Rows, table: str, name: str) -> list[Clause]:
        """Return when a column says nothing: NULL, or what dates write for none."""
        column, known = rows.c[name], self._column(table, name)
        zero = self.dates.blank(column, known.kind, self.form(table, name))
        return [*([column.is_(None)] if known.nullable else []), *([] if zero is None else [zero])]

    def form(self, table: str, name: str) -> DateForm | None:
        """Return how a column that is no date writes dates, None when its type says it."""
        declared = self.system.tables.get(table)
        return declared.dates.get(name) if declared is not None else None

    def present(self, rows: Rows, table: str, name: str) -> Clause | None:
        """Return when a column of dates holds one; None when only NULL is none."""
        return self.dates.present(rows.c[name], self._column(table, name).kind, self.form(table, name))

    def _column(self, table: str, name: str) -> Column:
        found = (self.catalog.table(table) or _missing(table)).column(name)
        return found if found is not None else _missing(f"{table}.{name}")


def _missing(name: str) -> Any:
    raise KeyError(f"{name} is not in the catalog: run the data map checks before compiling")
