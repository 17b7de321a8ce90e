"""Looking one person up, and copying what is theirs: few keys, no temporary table, nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases import packing
from tenu.adapters.databases.finding import Finding
from tenu.datamap.model import People
from tenu.plans.task import Seal
from tenu.ports import Found, Key, Rows, Wanted
from tenu.terms import IdentifierKind

ALONE = (
    IdentifierKind.CUSTOMER_REFERENCE,
    IdentifierKind.EMAIL,
    IdentifierKind.PHONE,
    IdentifierKind.RECORD,
)
"""The kinds a person can be looked up by alone; a postcode only serves with a name."""


class Seeking(Finding):
    """The verbs an answer to one person needs."""

    def seek(self, root: str, people: People, wanted: Wanted) -> list[Found]:
        """Return the people of *root* who carry one of the *wanted* normalised identifiers.

        A postcode is looked for only when a name is wanted too: the caller then compares names, which no engine spells
        like another.
        """
        rows = self.compiler.tables[root]
        asked = {
            kind: sorted(values)
            for kind, values in wanted.items()
            if kind in ALONE or self._serves(kind, wanted)
        }
        if not asked:
            return []
        return list(self.people(root, people, rows, self.carrying(root, people, rows, asked), few=True))

    def copy(self, holding: Seal, root: str, keys: Sequence[Key]) -> Iterator[Rows]:
        """Yield the rows *holding* covers for each person of *root* whose primary key is one of *keys* (a few)."""
        rows = self.compiler.tables[holding.table].alias()
        joins, person = self.compiler.join(rows, holding.table, holding.path)
        owner = [person.c[name] for name in self.primary_key(root)]
        written = packing.row(self.engine, self.cells(holding, rows))
        query: sa.Select[Any] = sa.select(*owner, packing.gathered(self.engine, written), sa.func.count())
        mine = self.one_of(owner, list(keys))
        yield from self.gathered(query.where(*(on for _, on in joins), mine).group_by(*owner))

    @staticmethod
    def _serves(kind: IdentifierKind, wanted: Wanted) -> bool:
        return kind is IdentifierKind.POSTCODE and IdentifierKind.NAME in wanted
