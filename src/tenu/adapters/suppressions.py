"""The suppression list, in tenu's own database: keyed hashes of addresses and numbers, which outlive every erasure.

Whoever reads the table without the key learns nobody's address; a re-import is recognised all the same.

Source: GDPR 21(3), 5(1)(c); SM-3 (SUPPRESSED); INV-02, INV-03.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from tenu.adapters.own_database import METADATA, open_database, writing
from tenu.plans.keyed_hash import KeyedHash
from tenu.plans.suppression import Address

SUPPRESSION = sa.Table(
    "suppression",
    METADATA,
    sa.Column("channel", sa.String(10), primary_key=True),
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("request", sa.String(32), nullable=False),
)
_FEW = 400


class Suppressions:
    """The suppression list in tenu's own database at *url*, hashed under *key* (32 bytes)."""

    def __init__(self, url: str, key: bytes) -> None:
        self._engine = open_database(url)
        self._hash = KeyedHash(key)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def add(self, addresses: Collection[Address], *, since: date, request: str) -> int:
        """List *addresses* from *since* on, for *request*; return how many were not listed yet."""
        hashed = {(one.channel.value, self._of(one)): one for one in addresses}
        with writing(self._engine).begin() as connection:
            known = self._known(connection, hashed.keys())
            rows = [
                {"channel": channel, "hash": value, "since": since, "request": request}
                for channel, value in hashed.keys() - known
            ]
            if rows:
                connection.execute(sa.insert(SUPPRESSION), rows)
        return len(rows)

    def among(self, addresses: Collection[Address]) -> set[Address]:
        """Return those of *addresses* that are listed."""
        hashed = {(one.channel.value, self._of(one)): one for one in addresses}
        with self._engine.connect() as connection:
            return {hashed[found] for found in self._known(connection, hashed.keys())}

    def is_empty(self) -> bool:
        """Return whether nobody ever objected."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(SUPPRESSION.c.since).limit(1)).first() is None

    def _known(
        self, connection: sa.Connection, wanted: Collection[tuple[str, bytes]]
    ) -> set[tuple[str, bytes]]:
        pairs, found = sorted(wanted), set[tuple[str, bytes]]()
        table = SUPPRESSION.c
        for start in range(0, len(pairs), _FEW):
            few = pairs[start : start + _FEW]
            among = table.hash.in_([value for _, value in few])
            rows = connection.execute(sa.select(table.channel, table.hash).where(among))
            found |= {(channel, bytes(value)) for channel, value in rows} & set(few)
        return found

    def _of(self, address: Address) -> bytes:
        return self._hash.of(f"{address.channel}\x1f{address.value}".encode())
