"""Finding people: what identifies the chosen ones, and who elsewhere carries the same identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases import dialects
from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.compile import Clause, Rows
from tenu.adapters.databases.desk import BATCH, FEW, Desk
from tenu.adapters.databases.dialects import LONGEST
from tenu.adapters.databases.work import LOOK_UP, PeopleList
from tenu.datamap.identity import LINKING, Identity, identity
from tenu.datamap.model import Elsewhere, People
from tenu.datamap.ways import Hop, own_facts
from tenu.plans.feeds import Reading
from tenu.plans.selection import Condition, matching
from tenu.plans.task import Ending, Vitals
from tenu.ports import Found, Key, Unit
from tenu.terms import IdentifierKind

Values = dict[IdentifierKind, list[str]]
"""What identifies one person, as stored."""


class Finding(Desk):
    """The verbs that say who somebody is."""

    def identities(self, chosen: PeopleList, people: People, unit: Unit | None = None) -> Iterator[Found]:
        """Stream the people of *chosen*, or of one chunk of it, with what identifies them."""
        rows = self.compiler.tables[chosen.root]
        where = [chosen.same(rows), *([chosen.unit(unit.fate, unit.chunk)] if unit is not None else [])]
        yield from self.people(chosen.root, people, rows, where)

    def select_people(self, root: str, people: People, where: Condition) -> Iterator[Found]:
        """Stream the people of *root* that satisfy *where*, with what identifies them."""
        rows = self.compiler.tables[root]
        yield from self.people(root, people, rows, [self.compiler.where(where, rows, root)])

    def judge(
        self, root: str, people: People, where: Condition, signs: Sequence[Condition], ends: Sequence[Ending]
    ) -> Iterator[tuple[Found, tuple[bool, ...]]]:
        """Yield the people of *root* that satisfy *where*, a few, with the last day of each of *ends*, and which of *signs* they show."""
        rows = self.compiler.tables[root]
        asked = [sa.case((self.compiler.where(sign, rows, root), 1), else_=0) for sign in signs]
        asked += self.latest(ends, rows, root)
        here, width = [self.compiler.where(where, rows, root)], len(signs)
        for key, values, rest in self._told(root, people, rows, here, asked, few=True):
            found = self._found(key, values, (), self.ended(ends, rest[width:], root))
            yield found, tuple(map(bool, rest[:width]))

    def stream_rows(self, asked: Reading) -> Iterator[tuple[Any, ...]]:
        """Stream the rows of *asked*, its columns in order, each as what is to be left of it."""
        table = asked.selection.table
        rows = self.compiler.tables[table]
        becomes = {c.column: self.compiler.cleared(c, rows, table) for c in asked.clearings}
        query = sa.select(*(becomes.get(name, rows.c[name]).label(name) for name in asked.columns))
        where = self.compiler.where(asked.selection.where, rows, table)
        return (tuple(row) for row in self.stream(query.where(where)))

    def census(self, root: str, people: People) -> Iterator[tuple[Key, Identity, date | None]]:
        """Stream everybody of *root*: key, identity, and the civil day their data were collected, None if unknown."""
        rows = self.compiler.tables[root]
        collected = rows.c[people.collected_at] if people.collected_at else sa.null()
        form = self.compiler.form(root, people.collected_at) if people.collected_at else None
        where = [self.compiler.where(matching(own_facts(people.where)), rows, root)]
        for key, values, (day,) in self._told(root, people, rows, where, [collected]):
            yield key, identity(values), self.compiler.dates.civil(day, form)

    def probe(
        self, root: str, people: People, wanted: Mapping[IdentifierKind, Iterable[str]], vitals: Vitals
    ) -> list[Found]:
        """Return the people of *root* who carry one of the *wanted* normalised identifiers, with their signs of life."""
        rows = self.compiler.tables[root]
        values = {
            kind: sorted(value for value in wanted[kind] if len(value) <= LONGEST)
            for kind in LINKING
            if kind in wanted
        }
        if sum(map(len, values.values())) <= FEW:
            carrying = self.carrying(root, people, rows, values)
            return list(self.people(root, people, rows, carrying, vitals, few=True))
        look_up = self._look_up(values)
        asked = {kind: sa.select(look_up.c.value).where(look_up.c.kind == kind.value) for kind in values}
        found = list(self.people(root, people, rows, self.carrying(root, people, rows, asked), vitals))
        self.drop(look_up)
        return found

    def people(
        self,
        root: str,
        people: People,
        rows: Rows,
        where: Sequence[Clause],
        vitals: Vitals | None = None,
        *,
        few: bool = False,
    ) -> Iterator[Found]:
        """Stream the people of *root* whose *rows* satisfy *where*, with what identifies them, and *vitals* when asked.

        *few*: they are few enough to be fetched at once, which takes one exchange with the server instead of three.
        """
        endings = vitals.endings if vitals is not None else ()
        asked = self._signs(root, rows, vitals) if vitals is not None else ()
        signs = len(asked) - len(endings)
        for key, values, rest in self._told(root, people, rows, where, asked, few=few):
            yield self._found(key, values, rest, self.ended(endings, rest[signs:], root))

    def _signs(self, root: str, rows: Rows, vitals: Vitals) -> Sequence[Any]:
        """Return the signs of life of *rows* as SQL, said once: linking asks for the same ones round after round."""
        said = (root, rows, vitals, *sorted(self.compiler.listed))
        if said not in self._vitals:
            signs = (vitals.alive, vitals.held, vitals.fresh)
            clauses = [sa.case((self.compiler.where(sign, rows, root), 1), else_=0) for sign in signs]
            self._vitals[said] = (*clauses, *self.latest(vitals.endings, rows, root))
        return self._vitals[said]

    def _told(
        self,
        root: str,
        people: People,
        rows: Rows,
        where: Sequence[Clause],
        asked: Sequence[Any],
        *,
        few: bool = False,
    ) -> Iterator[tuple[Key, Values, Sequence[Any]]]:
        """Stream the people of *root* whose *rows* satisfy *where*: key, what identifies them, what else is *asked*."""
        keys, own = self.primary_key(root), self._own(root, people, rows)
        more = self._more(root, people, rows, where)
        query = sa.select(*(rows.c[k] for k in keys), *(value for _, value in own), *asked).where(*where)
        told: Iterable[Any] = self.connection.execute(query) if few else self.stream(query)
        for row in told:
            key, rest = tuple(row[: len(keys)]), row[len(keys) + len(own) :]
            values = {kind: list(said) for kind, said in more.get(key, {}).items()}
            for (kind, _), value in zip(own, row[len(keys) : len(keys) + len(own)], strict=True):
                values.setdefault(kind, []).extend([str(value)] if value else [])
            yield key, values, rest

    def carrying(
        self, root: str, people: People, rows: Rows, wanted: Mapping[IdentifierKind, Any]
    ) -> list[Clause]:
        """Return when a row is a person's and carries an identifier among *wanted*: values, or queries, by kind."""
        engine = self.compiler.catalog.engine
        matches: list[Clause] = [
            dialects.normalised(engine, kind, value).in_(wanted[kind])
            for kind, value in self._own(root, people, rows)
            if kind in wanted
        ]
        for kind, hop, column in self._elsewhere(root, people):
            if kind in wanted:
                there = self.compiler.tables[hop.table].alias()
                same = dialects.normalised(engine, kind, there.c[column]).in_(wanted[kind])
                on = self.compiler.facts(hop, rows, root, there)
                on += [mine == theirs for mine, theirs in self.compiler.sides(hop, rows, dict(there.c))]
                matches.append(
                    sa.exists(sa.select(sa.literal(1)).select_from(there).where(*on, same).correlate(rows))
                )
        mine = self.compiler.where(matching(own_facts(people.where)), rows, root)
        return [mine, sa.or_(sa.false(), *matches)]

    def _own(self, root: str, people: People, rows: Rows) -> list[tuple[IdentifierKind, Any]]:
        """Return what identifies people in their own row; with duplicates merged, which rows are one."""
        named = [(kind, one) for kind, names in people.identified_by.items() for one in names]
        found: list[tuple[IdentifierKind, Any]] = [
            (kind, rows.c[name]) for kind, name in named if isinstance(name, str)
        ]
        if people.merged_into is not None:
            engine, scope = self.compiler.catalog.engine, f"{self.compiler.system.system}.{root}:"
            for name in (*self.primary_key(root), people.merged_into):
                text = dialects.as_text(engine, rows.c[name], 0, rows.c[name])
                known = sa.func.nullif(sa.func.nullif(text, "0"), "")
                found.append((IdentifierKind.RECORD, sa.literal(scope) + known))
        return found

    def _elsewhere(self, root: str, people: People) -> Iterator[tuple[IdentifierKind, Hop, str]]:
        """Yield the identifiers kept in other tables: their kind, the way to them, their column."""
        for kind, names in people.identified_by.items():
            for one in names:
                if isinstance(one, Elsewhere):
                    pairs = tuple(zip(self.primary_key(root), (one.by,), strict=True))
                    yield kind, Hop(table=one.table, pairs=pairs, there=own_facts(one.when)), one.column

    def _more(
        self, root: str, people: People, rows: Rows, where: Sequence[Clause]
    ) -> Mapping[Key, Mapping[IdentifierKind, list[str]]]:
        """Return what identifies, in other tables, the people whose *rows* satisfy *where*."""
        found: dict[Key, Values] = {}
        keys = [rows.c[k] for k in self.primary_key(root)]
        for kind, hop, column in self._elsewhere(root, people):
            joins, there = self.compiler.join(rows, root, (hop,))
            query = sa.select(*keys, there.c[column]).where(*(on for _, on in joins), *where)
            for *key, value in self.connection.execute(query):
                found.setdefault(tuple(key), {}).setdefault(kind, []).extend([str(value)] if value else [])
        return found

    def _look_up(self, wanted: Mapping[IdentifierKind, Sequence[str]]) -> sa.Table:
        self.connection.execute(sa.schema.CreateTable(LOOK_UP))
        rows = ((kind.value, value) for kind, values in wanted.items() for value in values)
        while batch := list(islice(rows, BATCH)):
            insert_rows(self.connection, LOOK_UP, ("kind", "value"), batch)
        return LOOK_UP

    @staticmethod
    def _found(key: Key, values: Values, signs: Sequence[Any], ended: Sequence[date | None]) -> Found:
        """Return a person from their key, what identifies them, and their *signs* of life, none when not asked."""
        return Found(
            key=key,
            identity=identity(values),
            values={kind: tuple(said) for kind, said in values.items()},
            alive=bool(signs and signs[0]),
            held=bool(signs and signs[1]),
            fresh=bool(signs and signs[2]),
            ended=tuple(ended),
        )
