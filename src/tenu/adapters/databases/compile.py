"""Compiling the selection algebra to SQLAlchemy expressions. Values are always bound, never written into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenu.adapters.databases.coarsening import coarsened, drawn, moved
from tenu.adapters.databases.work import PeopleList
from tenu.datamap.anonymity import Method, Redraw, Shift
from tenu.datamap.catalog import Catalog, Column, ColumnKind
from tenu.datamap.layout import Hop
from tenu.periods.civil import start_of_day
from tenu.plans.selection import (
    AllOf,
    AnyOf,
    AtLeast,
    Clearing,
    Condition,
    Equals,
    Linked,
    Listed,
    Not,
    Since,
    Thin,
    Uncleared,
    Until,
)

Rows = sa.FromClause
Clause = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiler:
    """Turns conditions on the rows of a table into SQL for one database.

    *zone* is the controller's (whose civil days count), *stored_in* the zone of date-times without one.
    *listed* are this session's named lists of people, by name and people table; *holds* the tables that say for good, and to
    everybody, whom nothing may change; *thin* the lists of anonymous rows too few are like, by table. *lists* are the
    definitions made so far, by
    people table and name: SQLAlchemy compiles a statement once only if its tables are the very same objects.
    """

    catalog: Catalog
    tables: Mapping[str, sa.Table]
    zone: ZoneInfo
    stored_in: ZoneInfo
    listed: MutableMapping[tuple[str, str], sa.Table]
    thin: MutableMapping[str, sa.Table]
    holds: Mapping[str, sa.Table]
    lists: MutableMapping[tuple[str, str], PeopleList]

    def where(self, condition: Condition, rows: Rows, table: str, *, holds: bool = True) -> Clause:  # noqa: PLR0911 - a line per kind
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
                exists = self._linked(path, where, rows)
                return exists if holds else sa.not_(exists)
            case Uncleared(columns=columns):
                left = [self._left(clearing, rows, table) for clearing in columns]
                return (
                    sa.or_(sa.false(), *left)
                    if holds
                    else sa.and_(sa.true(), *(sa.not_(part) for part in left))
                )
            case Listed(name=name):
                listed = self._listed(name, rows, table)
                if holds:
                    return sa.or_(sa.false(), *listed)
                return sa.and_(sa.true(), *(sa.not_(exists) for exists in listed))
            case Thin():
                thin = self._all_on((self.thin.get(table),), rows, table)
                return sa.or_(sa.false(), *thin) if holds else sa.not_(sa.or_(sa.false(), *thin))

    def join(self, start: Rows, path: tuple[Hop, ...]) -> tuple[list[tuple[Rows, Clause]], Rows]:
        """Return the joins that lead from *start* along *path*, and the rows at its end."""
        joins: list[tuple[Rows, Clause]] = []
        here = start
        for hop in path:
            there = self.tables[hop.table].alias()
            joins.append((there, sa.and_(*(here.c[a] == there.c[b] for a, b in hop.pairs))))
            here = there
        return joins, here

    def cleared(self, clearing: Clearing, rows: Rows, table: str, *, shift: Any = None) -> Any:
        """Return the value *clearing* leaves in a row of *table*; *shift*: the share drawn for its person."""
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

    def _linked(self, path: tuple[Hop, ...], where: Condition, rows: Rows) -> Clause:
        joins, end = self.join(rows, path)
        clauses = [on for _, on in joins]
        inside = self.where(where, end, path[-1].table)
        query = sa.select(sa.literal(1)).select_from(*(there for there, _ in joins)).where(*clauses, inside)
        return sa.exists(query.correlate(rows))

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
        if None in values and (nullable or self._has_zero(table, name)):
            parts.append(self._blank(column, table, name))
        if holds:
            return sa.or_(sa.false(), *parts)
        unlike = [sa.not_(part) for part in parts]
        return (
            sa.or_(column.is_(None), *unlike)
            if nullable and None not in values
            else sa.and_(sa.true(), *unlike)
        )

    def _from_day(self, rows: Rows, table: str, name: str, day: date, holds: bool) -> Clause:
        left, right = self._comparable(rows, table, name, day)
        if holds and self.catalog.engine == "sqlite" and left is not rows.c[name]:
            # What SQLite cannot read as a date was written by somebody for something: it keeps its row.
            return sa.or_(left >= right, sa.and_(left.is_(None), rows.c[name].is_not(None)))
        return left >= right if holds else self._or_null(rows, table, name, left < right)

    def _through_day(self, rows: Rows, table: str, name: str, day: date, holds: bool) -> Clause:
        left, right = self._comparable(rows, table, name, date.fromordinal(day.toordinal() + 1))
        if not holds:
            return self._or_null(rows, table, name, left >= right)
        before = left < right
        return sa.and_(before, sa.not_(_zero(rows.c[name]))) if self._has_zero(table, name) else before

    def _or_null(self, rows: Rows, table: str, name: str, clause: Clause) -> Clause:
        if self._column(table, name).nullable or self._has_zero(table, name):
            return sa.or_(clause, self._blank(rows.c[name], table, name))
        return clause

    def _blank(self, column: Any, table: str, name: str) -> Clause:
        """Return when the column says nothing: NULL, or the day zero of MariaDB's looser modes."""
        return sa.or_(column.is_(None), _zero(column)) if self._has_zero(table, name) else column.is_(None)

    def _has_zero(self, table: str, name: str) -> bool:
        kinds = (ColumnKind.DAY, ColumnKind.INSTANT)
        return self.catalog.engine == "mariadb" and self._column(table, name).kind in kinds

    def _comparable(self, rows: Rows, table: str, name: str, day: date) -> tuple[Any, Any]:
        """Return the column and the first moment of civil *day*, in forms this engine compares exactly."""
        column, kind = rows.c[name], self._column(table, name).kind
        if kind is ColumnKind.DAY:
            return self._day(column, day)
        instant = start_of_day(day, self.zone)
        if kind is ColumnKind.INTEGER:
            return column, int(instant.timestamp())
        if self.catalog.engine == "sqlite":
            stored = instant.astimezone(self.stored_in).strftime("%Y-%m-%d %H:%M:%S")
            return sa.func.datetime(column, type_=sa.String()), stored
        if kind is ColumnKind.ZONED_INSTANT:
            return column, sa.literal(instant, sa.DateTime(timezone=True))
        return column, sa.literal(instant.astimezone(self.stored_in).replace(tzinfo=None), sa.DateTime())

    def _day(self, column: Any, day: date) -> tuple[Any, Any]:
        if self.catalog.engine == "sqlite":
            return sa.func.date(column, type_=sa.String()), day.isoformat()
        return column, sa.literal(day, sa.Date())

    def _column(self, table: str, name: str) -> Column:
        found = (self.catalog.table(table) or _missing(table)).column(name)
        return found if found is not None else _missing(f"{table}.{name}")


def _zero(column: Any) -> Clause:
    return column < sa.literal_column("'0001-01-01'")  # type: ignore[no-any-return]


def _missing(name: str) -> Any:
    raise KeyError(f"{name} is not in the catalog: run the data map checks before compiling")
