"""Packages that wait behind a single-use link, in the vault: sealed under the link's own token, which is kept nowhere.

Whoever holds the vault and its key, and not the link, opens nothing.

Source: GDPR 12(3), 32; law 5.0.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters import pieces
from tenu.adapters.archive_tables import PARCEL
from tenu.letters.port import Parcel


class Parcels:
    """The packages in the vault *engine* leads to, under *key* (32 bytes) and each link's token."""

    def __init__(self, engine: sa.Engine, key: bytes) -> None:
        self._engine = engine
        self._key = key

    def put(self, parcel: Parcel, token: str, content: bytes) -> None:
        """Keep *content* until its link is used; another link to the same package opens nothing any more."""
        former = sa.and_(PARCEL.c.request == parcel.request, PARCEL.c.package == parcel.package)
        link = link_of(token)
        row = {
            "link": link,
            "request": parcel.request,
            "package": parcel.package,
            "until": int(parcel.until.timestamp()),
        }
        with self._engine.begin() as vault:
            self._destroy(vault, former)
            vault.execute(sa.insert(PARCEL), [row])
            pieces.put(vault, self._cipher(token), link, content)

    def take(self, request: str, token: str, at: datetime) -> bytes | None:
        """Return what waits behind a link of *request*, once, and destroy it; None when it opens nothing (any more)."""
        link = link_of(token)
        mine = sa.and_(PARCEL.c.link == link, PARCEL.c.request == request)
        alive = sa.and_(mine, PARCEL.c.opened.is_(None), PARCEL.c.until > int(at.timestamp()))
        with self._engine.begin() as vault:
            taken = vault.execute(sa.update(PARCEL).where(alive).values(opened=int(at.timestamp())))
            if taken.rowcount != 1:
                return None
            content = pieces.read(vault, self._cipher(token), link)
            pieces.drop(vault, sa.select(PARCEL.c.link).where(mine))
        return content

    def forget(self, at: datetime) -> int:
        """Destroy what nobody fetched in time; return how many."""
        with self._engine.begin() as vault:
            return self._destroy(vault, PARCEL.c.until <= int(at.timestamp()))

    def _destroy(self, vault: sa.Connection, which: sa.ColumnElement[bool]) -> int:
        pieces.drop(vault, sa.select(PARCEL.c.link).where(which))
        return vault.execute(sa.delete(PARCEL).where(which)).rowcount

    def _cipher(self, token: str) -> AESGCM:
        return AESGCM(pieces.derived(self._key, b"tenu parcel" + token.encode()))


def link_of(token: str) -> str:
    """Return what stands for a link: the SHA-256 of its *token*, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
