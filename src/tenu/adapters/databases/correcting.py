"""Correcting a few rows of one person: read under lock, compared by whoever asks, written in one statement per new value.

Source: GDPR 16; policy C-RGT-08.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases.desk import Desk
from tenu.ports import Key


class Correcting(Desk):
    """The verbs a rectification needs."""

    def values(self, table: str, columns: Sequence[str], keys: Sequence[Key]) -> dict[Key, tuple[Any, ...]]:
        """Return the *columns* of the rows of *table* whose primary key is one of *keys*, locked until the transaction ends."""
        rows = self.compiler.tables[table]
        own = [rows.c[name] for name in self.primary_key(table)]
        query = sa.select(*own, *(rows.c[name] for name in columns)).where(self.one_of(own, keys))
        found = self.connection.execute(query.with_for_update())
        return {tuple(row[: len(own)]): tuple(row[len(own) :]) for row in found}

    def assign(self, table: str, values: Mapping[str, Any], keys: Sequence[Key]) -> int:
        """Give the rows of *table* whose primary key is one of *keys* these *values*, by column; return how many there were."""
        rows = self.compiler.tables[table]
        own = [rows.c[name] for name in self.primary_key(table)]
        done = sa.update(rows).where(self.one_of(own, keys)).values({rows.c[n]: v for n, v in values.items()})
        return self.connection.execute(done).rowcount
