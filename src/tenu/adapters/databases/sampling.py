"""Reading what columns hold without reading whole tables: rows taken all along the key, and of these the texts worth it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases.desk import FEW, Desk
from tenu.datamap.catalog import ColumnKind
from tenu.datamap.contents import Part
from tenu.ports import Key

SPANS = 20
"""Into how many equal parts the values of a whole-number key are cut: rows are taken from each."""
CHARACTERS = 10_000
"""How much of a cell is read in a sample; all of it otherwise."""


class Sampling(Desk):
    """The verb that looks at contents."""

    def sample(self, table: str, columns: Sequence[str], hint: str, most: int | None) -> Iterator[Part]:
        """Yield rows of *table*, part by part; a row *hint* is in no text of is counted and not read.

        Args:
            table: A table of the catalog.
            columns: The columns to read, as text.
            hint: A regular expression every engine reads alike.
            most: How many rows at most, spread along the primary key; None reads them all.
        """
        for rows in self._parts(table, most):
            cells = [self.as_text(rows, table, name) for name in columns]
            if most is not None:
                cells = [sa.func.substr(cell, 1, CHARACTERS) for cell in cells]
            filled = [sa.func.count(sa.func.nullif(cell, "")) for cell in cells]
            number, *each = self.connection.execute(
                sa.select(sa.func.count(), *filled).select_from(rows)
            ).one()
            hinted = sa.or_(*(cell.regexp_match(hint) for cell in cells))
            found = self.stream(sa.select(*cells).select_from(rows).where(hinted))
            yield Part(rows=number, filled=tuple(each), texts=(tuple(row) for row in found))

    def _parts(self, table: str, most: int | None) -> Iterator[sa.FromClause]:
        """Yield the rows of each part; a table without a key gives its first rows, in whatever order it has them."""
        rows = self.compiler.tables[table]
        keys = [rows.c[name] for name in self.primary_key(table)]
        if most is None or not self.longer_than((table,), most):
            yield rows
        elif not keys:
            yield sa.select(rows).limit(most).subquery()
        else:
            chosen = self._keys(table, keys, most)
            for start in range(0, len(chosen), FEW):
                yield sa.select(rows).where(self.one_of(keys, chosen[start : start + FEW])).subquery()

    def _keys(self, table: str, keys: list[Any], most: int) -> list[Key]:
        """Return *most* keys: all along a whole number, from both ends of anything else."""
        live = self.compiler.catalog.table(table)
        column = live.column(live.primary_key[0]) if live else None
        if len(keys) == 1 and column is not None and column.kind is ColumnKind.INTEGER:
            return [(key,) for key in self._along(keys[0], most)]
        ends = [keys, [key.desc() for key in keys]]
        half = (most + 1) // 2
        halves = [self.connection.execute(sa.select(*keys).order_by(*end).limit(half)) for end in ends]
        return list(dict.fromkeys(tuple(row) for found in halves for row in found))[:most]

    def _along(self, key: Any, most: int) -> Iterator[int]:
        """Yield *most* values of *key*, as many from each part of its range; what a part lacks comes from the others."""
        low, high = self.connection.execute(sa.select(sa.func.min(key), sa.func.max(key))).one()
        if low is None:
            return
        edges = [low + (high + 1 - low) * part // SPANS for part in range(SPANS + 1)]
        spans = [(start, after - 1) for start, after in pairwise(edges)]
        while spans and most > 0:
            share, cut = max(1, most // len(spans)), []
            for start, end in spans:
                query = sa.select(key).where(key.between(start, end)).order_by(key).limit(min(share, most))
                found = list(self.connection.execute(query).scalars())
                yield from found
                most -= len(found)
                if len(found) == share and found[-1] < end:
                    cut.append((found[-1] + 1, end))
            spans = cut
