"""The messages that came by e-mail, in the vault: what was read of each, and the message itself, sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters import pieces
from tenu.adapters.archive_tables import INCOMING, INCOMING_PLACE
from tenu.letters.incoming import mail_of
from tenu.letters.port import Kept, Place

_FORGOTTEN = b""
"""What is left of a message that is forgotten: that it was seen, so that it is not taken for a new one."""


class IncomingStore:
    """The messages in the vault *engine* leads to, sealed under *key* (32 bytes)."""

    def __init__(self, engine: sa.Engine, key: bytes) -> None:
        self._engine = engine
        self._cipher = AESGCM(key)

    def seen(self, mailbox: str, validity: int) -> frozenset[int]:
        """Return the uids of the messages of a mailbox that are kept already."""
        here = sa.and_(INCOMING_PLACE.c.mailbox == mailbox, INCOMING_PLACE.c.validity == validity)
        with self._engine.connect() as vault:
            return frozenset(vault.execute(sa.select(INCOMING_PLACE.c.uid).where(here)).scalars())

    def keep(self, place: Place, kept: Kept, raw: bytes) -> bool:
        """Keep a message seen at *place*, all or nothing; return whether it is new. A copy of one that is kept is not."""
        try:
            with self._engine.begin() as vault:
                return self._keep(vault, place, kept, raw)
        except sa.exc.IntegrityError:
            # Somebody else kept it an instant before: this time it is found.
            with self._engine.begin() as vault:
                return self._keep(vault, place, kept, raw)

    def untold(self) -> list[Kept]:
        """Return the messages the journal may not have heard of."""
        return self._where(INCOMING.c.told.is_(False))

    def told(self, message: str) -> None:
        """Say that the journal heard of one."""
        with self._engine.begin() as vault:
            vault.execute(sa.update(INCOMING).where(INCOMING.c.id == message).values(told=True))

    def all(self) -> list[Kept]:
        """Return every message that is not forgotten, in the order they came."""
        return self._where(sa.true())

    def one(self, message: str) -> Kept | None:
        """Return one message, None when there is none or it is forgotten."""
        return next(iter(self._where(INCOMING.c.id == message)), None)

    def raw(self, message: str) -> bytes:
        """Return one message as it came."""
        with self._engine.connect() as vault:
            return pieces.read(vault, self._cipher, message)

    def threads(self) -> dict[str, str]:
        """Return the thread of every message, by its number."""
        with self._engine.connect() as vault:
            return {row.id: row.thread for row in vault.execute(sa.select(INCOMING.c.id, INCOMING.c.thread))}

    def undated(self) -> frozenset[str]:
        """Return the numbers of the messages that are kept and have no last day."""
        kept = sa.and_(INCOMING.c.until.is_(None), INCOMING.c.sealed != _FORGOTTEN)
        with self._engine.connect() as vault:
            return frozenset(vault.execute(sa.select(INCOMING.c.id).where(kept)).scalars())

    def end(self, message: str, until: date | None) -> None:
        """Give a message its last day, None while it has none."""
        with self._engine.begin() as vault:
            vault.execute(sa.update(INCOMING).where(INCOMING.c.id == message).values(until=until))

    def forget(self, as_of: date) -> int:
        """Destroy every message whose last day is before *as_of*; return how many."""
        past = INCOMING.c.until < as_of
        with self._engine.begin() as vault:
            pieces.drop(vault, sa.select(INCOMING.c.id).where(past))
            emptied = sa.update(INCOMING).where(past).values(sealed=_FORGOTTEN, until=None)
            return vault.execute(emptied).rowcount

    def _keep(self, vault: sa.Connection, place: Place, kept: Kept, raw: bytes) -> bool:
        known = vault.execute(sa.select(INCOMING.c.id).where(INCOMING.c.same == kept.same)).scalar()
        here = {"mailbox": place.mailbox, "validity": place.validity, "uid": place.uid}
        there = vault.execute(sa.select(sa.exists(INCOMING_PLACE).where(*_at(here)))).scalar()
        if not there:
            vault.execute(sa.insert(INCOMING_PLACE).values(**here, incoming=known or kept.id))
        if known is not None:
            return False
        said = {"mail": kept.mail.plain(), "whole": kept.whole, "digest": kept.digest}
        vault.execute(
            sa.insert(INCOMING).values(
                id=kept.id,
                same=kept.same,
                thread=kept.thread,
                received=int(kept.received_at.timestamp()),
                told=False,
                sealed=pieces.seal(self._cipher, json.dumps(said).encode(), kept.id),
            )
        )
        pieces.put(vault, self._cipher, kept.id, raw)
        return True

    def _where(self, which: sa.ColumnElement[bool]) -> list[Kept]:
        query = sa.select(INCOMING).where(which, INCOMING.c.sealed != _FORGOTTEN)
        place = sa.select(sa.func.min(INCOMING_PLACE.c.uid)).where(INCOMING_PLACE.c.incoming == INCOMING.c.id)
        order = (INCOMING.c.received, place.scalar_subquery(), INCOMING.c.id)
        with self._engine.connect() as vault:
            rows = vault.execute(query.order_by(*order)).all()
        return [self._kept(row) for row in rows]

    def _kept(self, row: Any) -> Kept:
        said = json.loads(pieces.unseal(self._cipher, row.sealed, row.id))
        return Kept(
            id=row.id,
            same=row.same,
            thread=row.thread,
            received_at=datetime.fromtimestamp(row.received, UTC),
            whole=said["whole"],
            digest=said["digest"],
            mail=mail_of(said["mail"]),
        )


def _at(place: dict[str, Any]) -> Iterator[sa.ColumnElement[bool]]:
    return (INCOMING_PLACE.c[name] == value for name, value in place.items())
