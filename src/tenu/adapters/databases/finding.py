"""Finding people: what identifies the chosen ones, and who elsewhere carries the same identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases import dialects
from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.desk import BATCH, Desk
from tenu.adapters.databases.work import LONGEST, LOOK_UP, PeopleList
from tenu.datamap.identity import LINKING, Identity, identity
from tenu.datamap.model import People
from tenu.plans.feeds import Reading
from tenu.plans.selection import Condition, matching
from tenu.plans.task import Vitals
from tenu.ports import Found, Key, Unit
from tenu.terms import IdentifierKind


class Finding(Desk):
    """The verbs that say who somebody is."""

    def identities(self, chosen: PeopleList, people: People, unit: Unit | None = None) -> Iterator[Found]:
        """Stream the people of *chosen*, or of one chunk of it, with what identifies them."""
        rows = self.compiler.tables[chosen.root]
        names = self.identifier_columns(people)
        query = sa.select(*chosen.key_columns(), *(rows.c[n] for _, n in names)).where(chosen.same(rows))
        if unit is not None:
            query = query.where(chosen.unit(unit.fate, unit.chunk))
        for row in self.stream(query):
            yield self.found(row, len(chosen.keys), names)

    def select_people(self, root: str, people: People, where: Condition) -> Iterator[Found]:
        """Stream the people of *root* that satisfy *where*, with what identifies them."""
        rows = self.compiler.tables[root]
        keys, names = self.primary_key(root), self.identifier_columns(people)
        query = sa.select(*(rows.c[k] for k in keys), *(rows.c[n] for _, n in names))
        for row in self.stream(query.where(self.compiler.where(where, rows, root))):
            yield self.found(row, len(keys), names)

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
        keys, names = self.primary_key(root), self.identifier_columns(people)
        collected = rows.c[people.collected_at] if people.collected_at else sa.null()
        query = sa.select(*(rows.c[k] for k in keys), *(rows.c[n] for _, n in names), collected)
        for row in self.stream(query.where(self.compiler.where(matching(people.where), rows, root))):
            found = self.found(row[:-1], len(keys), names)
            yield found.key, found.identity, self.civil(row[-1])

    def probe(
        self, root: str, people: People, wanted: Mapping[IdentifierKind, Iterable[str]], vitals: Vitals
    ) -> list[Found]:
        """Return the people of *root* who carry one of the *wanted* normalised identifiers, with their signs of life."""
        rows = self.compiler.tables[root]
        keys, names = self.primary_key(root), self.identifier_columns(people)
        look_up = self._look_up(wanted)
        matches = [
            dialects.normalised(self.engine, kind, rows.c[name]).in_(
                sa.select(look_up.c.value).where(look_up.c.kind == kind.value)
            )
            for kind, name in names
            if kind in LINKING
        ]
        signs = (vitals.alive, vitals.held, vitals.fresh)
        query = sa.select(
            *(rows.c[k] for k in keys),
            *(rows.c[n] for _, n in names),
            *(sa.case((self.compiler.where(sign, rows, root), 1), else_=0) for sign in signs),
            *self.latest(vitals.endings, rows),
        ).where(self.compiler.where(matching(people.where), rows, root), sa.or_(sa.false(), *matches))
        found = [self.found(row, len(keys), names, vital=True) for row in self.connection.execute(query)]
        self.connection.execute(sa.schema.DropTable(look_up))
        return found

    @staticmethod
    def identifier_columns(people: People) -> list[tuple[IdentifierKind, str]]:
        """Return every column that identifies people, with its kind."""
        return [(kind, name) for kind, names in people.identified_by.items() for name in names]

    def _look_up(self, wanted: Mapping[IdentifierKind, Iterable[str]]) -> sa.Table:
        self.connection.execute(sa.schema.CreateTable(LOOK_UP))
        rows = (
            (kind.value, value)
            for kind, values in wanted.items()
            for value in sorted(values)
            if len(value) <= LONGEST
        )
        while batch := list(islice(rows, BATCH)):
            insert_rows(self.connection, LOOK_UP, ("kind", "value"), batch)
        return LOOK_UP

    def found(
        self, row: Any, width: int, names: list[tuple[IdentifierKind, str]], *, vital: bool = False
    ) -> Found:
        """Return a row of a query as a person: its first *width* columns are the key, *names* what follows it."""
        values: dict[IdentifierKind, list[str]] = {}
        for (kind, _), value in zip(names, row[width : width + len(names)], strict=True):
            values.setdefault(kind, []).extend([str(value)] if value else [])
        rest = row[width + len(names) :]
        return Found(
            key=tuple(row[:width]),
            identity=identity(values),
            values={kind: tuple(said) for kind, said in values.items()},
            alive=bool(vital and rest[0]),
            held=bool(vital and rest[1]),
            fresh=bool(vital and rest[2]),
            ended=tuple(self.civil(value) for value in rest[3:]) if vital else (),
        )
