"""Counting anonymous rows: how many are alike, how varied what they tell is, and which are too few. One GROUP BY each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases.desk import Desk
from tenu.adapters.databases.work import PeopleList, people_list
from tenu.plans.anonymity import Measure
from tenu.plans.task import Anonymise, Crowd

THOUSAND = 1_000
EXACT = "1e0"
"""One, as a number that divides without rounding."""


class Measuring(Desk):
    """The verbs that say whether anonymous rows are."""

    def measure(self, crowd: Crowd, also: Sequence[tuple[Anonymise, PeopleList | None]] = ()) -> Measure:
        """Return what is counted on the rows of *crowd*, those *also* would add included.

        Args:
            crowd: Anonymous rows, and what they must satisfy.
            also: What rows would become, and the people they belong to; None for all it concerns.
        """
        rows = self._alike(crowd, also)
        found = [self._counted(crowd, rows, f"s{i}") for i in range(len(crowd.sensitive))]
        counted = found or [self._counted(crowd, rows, None)]
        size, classes, k, _, _, _ = counted[0]
        return Measure(
            rows=int(size or 0),
            classes=int(classes),
            k=int(k or 0),
            diversity=min(int(one[3] or 0) for one in counted),
            distance=max(round(float(one[4] or 0) * THOUSAND) for one in counted),
            thin=max(int(one[5] or 0) for one in counted),
        )

    def thin(self, crowd: Crowd) -> int:
        """List the rows of *crowd* that are of a class that fails; return how many. Conditions name them ``Thin``."""
        listed = self._new_thin(crowd.table)
        rows = self.compiler.tables[crowd.table]
        among = self.compiler.where(crowd.among, rows, crowd.table)
        keys = [rows.c[k] for k in self.primary_key(crowd.table)]
        told: list[str | None] = [f"s{i}" for i in range(len(crowd.sensitive))]
        for sensitive in told or [None]:
            classes = self._classes(crowd, self._alike(crowd, ()), sensitive)
            failing = sa.select(classes).where(_fails(crowd, classes)).subquery()
            query = sa.select(*keys, sa.literal(0), sa.literal(0)).select_from(
                rows.join(failing, _same_class(crowd, rows, failing))
            )
            known = sa.exists(sa.select(sa.literal(1)).select_from(listed.table).where(listed.same(rows)))
            names = [*(c.name for c in listed.key_columns()), "chunk", "fate"]
            fresh = query.where(among) if sensitive in (None, "s0") else query.where(among, sa.not_(known))
            self.connection.execute(sa.insert(listed.table).from_select(names, fresh))
        self.compiler.thin[crowd.table] = listed.table
        return self.number(sa.select(sa.func.count()).select_from(listed.table))

    def singles(self, crowd: Crowd, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Stream the values of *columns* that one row of *crowd* alone has."""
        rows = self.compiler.tables[crowd.table]
        among = self.compiler.where(crowd.among, rows, crowd.table)
        cells = [rows.c[name] for name in columns]
        query = sa.select(*cells).where(among, *(cell.is_not(None) for cell in cells)).group_by(*cells)
        for row in self.stream(query.having(sa.func.count() == 1)):
            yield tuple(row)

    def _new_thin(self, table: str) -> PeopleList:
        if (before := self.compiler.thin.pop(table, None)) is not None:
            self.drop(before)
        listed = people_list(self.compiler.catalog, self.compiler.tables, table, self.next_name("thin"))
        self.connection.execute(sa.schema.CreateTable(listed.table))
        return listed

    def _alike(self, crowd: Crowd, also: Sequence[tuple[Anonymise, PeopleList | None]]) -> sa.FromClause:
        """Return what is counted of each row: its quasi-identifiers q0, q1…, its sensitive columns s0, s1…"""
        rows = self.compiler.tables[crowd.table]
        names = (*crowd.quasi_identifiers, *crowd.sensitive)
        here = self.compiler.where(crowd.among, rows, crowd.table)
        parts = [_labelled(crowd, [rows.c[name] for name in names]).select_from(rows).where(here)]
        for effect, chosen in also:
            there, where = self._concerned(effect, chosen)
            told = (c for c in effect.clearings if c.column in names)
            becomes = {c.column: self.compiler.cleared(c, there, effect.table) for c in told}
            cells = [self._typed(becomes[n], rows.c[n]) if n in becomes else there.c[n] for n in names]
            parts.append(_labelled(crowd, cells).select_from(there).where(*where))
        whole = parts[0] if len(parts) == 1 else sa.union_all(*parts)
        alike = whole.subquery()
        said = [cell.is_not(None) for cell in alike.c if cell.name != "all"]
        return sa.select(alike).where(sa.or_(*said)).subquery() if said else alike

    def _typed(self, value: Any, column: Any) -> Any:
        """Return *value* as *column* would hold it, where the engine must be told."""
        return sa.cast(value, column.type) if self.engine == "postgresql" else value

    def _concerned(self, effect: Anonymise, chosen: PeopleList | None) -> tuple[sa.FromClause, list[Any]]:
        if chosen is not None:
            return self.rows_of(effect, chosen)
        rows = self.compiler.tables[effect.table]
        return rows, [self.compiler.where(effect.where, rows, effect.table)]

    def _counted(self, crowd: Crowd, rows: sa.FromClause, sensitive: str | None) -> Any:
        classes = self._classes(crowd, rows, sensitive)
        thin = sa.case((_fails(crowd, classes), classes.c.n), else_=0)
        of = sa.func
        query = sa.select(
            of.sum(classes.c.n),
            of.count(),
            of.min(classes.c.n),
            of.min(classes.c.d),
            of.max(classes.c.far),
            of.sum(thin),
        )
        return self.connection.execute(query.select_from(classes)).one()

    def _classes(self, crowd: Crowd, rows: sa.FromClause, sensitive: str | None) -> sa.FromClause:
        """Return each class with its rows (n), its different sensitive values (d), and how far it lies from all (far)."""
        quasi = [rows.c[name] for name in _quasi(crowd)]
        if sensitive is None:
            query = sa.select(*quasi, sa.func.count().label("n"), sa.func.count().label("d"), _nought("far"))
            return query.group_by(*quasi).subquery()
        value = rows.c[sensitive]
        cells = sa.select(*quasi, value, sa.func.count().label("n")).group_by(*quasi, value).subquery()
        if crowd.closeness is not None:
            cells = _shared(cells, _quasi(crowd), sensitive)
        classes = [cells.c[name] for name in _quasi(crowd)]
        far = (
            _nought("far")
            if crowd.closeness is None
            else (sa.literal_column(EXACT) - sa.func.sum(cells.c.shared)).label("far")
        )
        number = sa.func.sum(cells.c.n).label("n")
        return sa.select(*classes, number, sa.func.count().label("d"), far).group_by(*classes).subquery()


def _quasi(crowd: Crowd) -> list[str]:
    """Return the names the quasi-identifiers have in what is counted; rows with none are all of one class."""
    return [f"q{i}" for i in range(len(crowd.quasi_identifiers))] or ["all"]


def _labelled(crowd: Crowd, cells: Sequence[Any]) -> sa.Select[Any]:
    names = [f"q{i}" for i in range(len(crowd.quasi_identifiers))]
    named = zip([*names, *(f"s{i}" for i in range(len(crowd.sensitive)))], cells, strict=True)
    told = [cell.label(name) for name, cell in named]
    return sa.select(*told) if names else sa.select(*told, sa.cast(sa.literal(1), sa.Integer).label("all"))


def _shared(cells: sa.Subquery, quasi: list[str], sensitive: str) -> sa.Subquery:
    """Return *cells* with the part of their class's spread that all rows have too: what is missing to 1 is the distance."""
    one: sa.ColumnElement[Any] = sa.literal_column(EXACT)
    n = cells.c.n
    size = sa.func.sum(n).over(partition_by=[cells.c[name] for name in quasi])
    total = sa.func.sum(n).over(partition_by=[cells.c[sensitive]])
    mine, all_rows = one * n / size, one * total / sa.func.sum(n).over()
    told = sa.select(cells, mine.label("mine"), all_rows.label("of_all")).subquery()
    least = sa.case((told.c.mine < told.c.of_all, told.c.mine), else_=told.c.of_all)
    return sa.select(told, least.label("shared")).subquery()


def _nought(label: str) -> Any:
    return sa.literal_column("0").label(label)


def _fails(crowd: Crowd, classes: sa.FromClause) -> Any:
    wrong = [classes.c.n < crowd.k]
    if crowd.sensitive:
        wrong.append(classes.c.d < crowd.diversity)
    if crowd.sensitive and crowd.closeness is not None:
        wrong.append(classes.c.far > sa.literal(crowd.closeness, sa.Float) + sa.literal_column("1e-9"))
    return sa.or_(*wrong)


def _same_class(crowd: Crowd, rows: sa.FromClause, classes: sa.FromClause) -> Any:
    """Return the join of *rows* and their class; written with equalities alone, which every engine can hash."""
    same = []
    for i, name in enumerate(crowd.quasi_identifiers):
        mine, theirs = rows.c[name], classes.c[f"q{i}"]
        same.append(_text(mine) == _text(theirs))
        same.append(mine.is_(None) == theirs.is_(None))
    told = [rows.c[name].is_not(None) for name in (*crowd.quasi_identifiers, *crowd.sensitive)]
    return sa.and_(sa.true(), *same, sa.or_(*told) if told else sa.true())


def _text(value: Any) -> Any:
    return sa.func.coalesce(sa.cast(value, sa.String(250)), "")
