"""The vault: the key of each archived package, wrapped. Destroying a key here ends its package in every backup.

Keys are wrapped batch by batch, each batch under a key of its own, itself in an envelope only the archivist opens.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters import vault_migrations
from tenu.adapters.archive_holds import FREE_ENVELOPE, FREE_KEY
from tenu.adapters.archive_tables import ENVELOPE, SEALING_KEY, WRAPPED
from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.dialects import turn
from tenu.adapters.envelopes import close_envelope, open_envelope, seal, unseal
from tenu.adapters.store_schema import open_store
from tenu.plans.archive import Rotation, key_name
from tenu.ports import KeyLostError, KeyStore
from tenu.terms import Text

_FEW = 500
_BATCH = 1_000
_KEY = ("subject", "until", "wrapped", "envelope")
ROTATION = "rotation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """One key as it is kept: *key* and *sealed* are its envelope's, None in the first format."""

    subject: str
    wrapped: bytes
    envelope: str | None
    key: str | None
    sealed: bytes | None


class Vault:
    """The vault at *url*, its envelopes under *keys*.

    Raises:
        KeyLostError: The keys are not those this vault was sealed with.
    """

    def __init__(self, url: str, keys: KeyStore) -> None:
        self.engine = open_store(url, "vault", vault_migrations)
        self._keys = keys
        self._register()
        self._batch_key = lru_cache(maxsize=1_000)(self._opened)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def keep(self, run: str, task: str, batch: Sequence[tuple[bytes, bytes, date]]) -> None:
        """Wrap and commit the keys of one *batch*: subject (16 bytes), key (32 bytes), last day, by subject."""
        with self.engine.begin() as vault:
            self._fill(vault, run, task, batch)

    def wrapped(self, first: str, last: str) -> Iterator[Wrapped]:
        """Yield the keys of the subjects from *first* to *last*, in order."""
        query = self._query().where(WRAPPED.c.subject.between(first, last)).order_by(WRAPPED.c.subject)
        with self.engine.connect() as vault:
            for row in vault.execute(query).mappings():
                yield Wrapped(**row)

    def after(self, subject: str, limit: int) -> list[str]:
        """Return the *limit* subjects that follow *subject*, in order."""
        query = sa.select(WRAPPED.c.subject).where(WRAPPED.c.subject > subject)
        with self.engine.connect() as vault:
            return list(vault.scalars(query.order_by(WRAPPED.c.subject).limit(limit)))

    def unwrap(self, kept: Wrapped) -> bytes:
        """Return the key of a package.

        Raises:
            KeyLostError: The secret that opens its envelope is not here.
            InvalidTag: The key or its envelope was changed.
        """
        about = bytes.fromhex(kept.subject)
        if kept.envelope is None or kept.key is None or kept.sealed is None:
            return self._keys.unwrap_former(kept.wrapped, about)
        return unseal(AESGCM(self._batch_key(kept.envelope, kept.key, kept.sealed)), kept.wrapped, about)

    def destroy(self, subjects: Sequence[str]) -> None:
        """Destroy the keys of *subjects*: their packages no longer open, in the archive and in its backups."""
        with self.engine.begin() as vault:
            self._delete(vault, subjects)

    def destroy_past(self, as_of: date) -> None:
        """Destroy every key whose package reached its last day on *as_of*, those on hold left out, and the envelopes left empty."""
        with self.engine.begin() as vault:
            vault.execute(sa.delete(WRAPPED).where(WRAPPED.c.until <= as_of, FREE_KEY))
            vault.execute(sa.delete(ENVELOPE).where(ENVELOPE.c.until <= as_of, FREE_ENVELOPE))

    def unsettled(self, run: str, system: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the envelopes *run* made for *system* and nobody looked at since, with their subjects."""
        mine = sa.select(ENVELOPE.c.id, ENVELOPE.c.task, ENVELOPE.c.first, ENVELOPE.c.last)
        with self.engine.connect() as vault:
            found = vault.execute(mine.where(ENVELOPE.c.run == run, ENVELOPE.c.settled.is_(False))).all()
        for envelope, task, first, last in found:
            if not task.startswith(f"{system}."):
                continue
            inside = sa.select(WRAPPED.c.subject).where(
                WRAPPED.c.subject.between(first, last), WRAPPED.c.envelope == envelope
            )
            with self.engine.connect() as vault:
                subjects = list(vault.scalars(inside))
            yield envelope, subjects

    def settle(self, envelope: str) -> None:
        """Say that every key of *envelope* has its package."""
        with self.engine.begin() as vault:
            vault.execute(sa.update(ENVELOPE).where(ENVELOPE.c.id == envelope).values(settled=True))

    def names(self) -> tuple[str, ...]:
        """Return the names of the keys that may seal: one, or two while a rotation is under way."""
        with self.engine.connect() as vault:
            return tuple(vault.scalars(sa.select(SEALING_KEY.c.name).order_by(SEALING_KEY.c.name)))

    def rotate(self, progress: Callable[[int, int], None]) -> Rotation:
        """Put every envelope under a new key, then retire the former ones; cut short, it goes on when run again.

        Raises:
            KeyLostError: A secret an envelope is sealed to is not here; the keys already moved stay moved.
        """
        with self.engine.connect() as vault, turn(vault):
            present = self._keys.renew()
            self._admit(vault, present)
            vault.commit()
        rewrapped = self._rewrap_former(progress)
        envelopes = self._move_envelopes(present, progress)
        with self.engine.begin() as vault:
            gone = sa.delete(SEALING_KEY).where(SEALING_KEY.c.name != present)
            vault.execute(gone)  # refused while an envelope is still sealed to one of them
        retired = tuple(name for name in self._keys.held() if name != present)
        for name in retired:
            self._keys.retire(name)
        return Rotation(present=present, retired=retired, envelopes=envelopes, rewrapped=rewrapped)

    # ── keys that may seal ──

    def _register(self) -> None:
        """Make sure the keys at hand are those of this vault; the very first ones are made here."""
        with self.engine.connect() as vault:
            if self._is_known(vault):
                return
            vault.rollback()
            with turn(vault):
                if not self._is_known(vault):
                    self._begin(vault)
                    self._admit(vault, key_name(self._keys.sealing_key()))
                vault.commit()

    def _is_known(self, vault: sa.Connection) -> bool:
        """Return whether the present key is one of this vault's.

        Raises:
            KeyLostError: The vault has keys, and the present one is not among them.
        """
        query = sa.select(SEALING_KEY.c.name, SEALING_KEY.c.proof)
        known = {row.name: row.proof for row in vault.execute(query)}
        if not known:
            return False
        name = key_name(self._keys.sealing_key())
        if name in known:
            if known[name] != self._proof(name):
                raise _another_key(known)
            return True
        if not set(self._keys.held()) & known.keys():
            raise _another_key(known)
        return False  # a rotation was cut before the vault knew its new key

    def _begin(self, vault: sa.Connection) -> None:
        if vault.execute(sa.select(SEALING_KEY.c.name).limit(1)).scalar() is not None:
            return
        former = vault.execute(sa.select(WRAPPED.c.subject, WRAPPED.c.wrapped).limit(1)).first()
        if former is not None:
            self._keys.unwrap_former(former.wrapped, bytes.fromhex(former.subject))
        self._keys.begin()

    def _admit(self, vault: sa.Connection, name: str) -> None:
        known = set(vault.scalars(sa.select(SEALING_KEY.c.name)))
        if name not in known:
            vault.execute(sa.insert(SEALING_KEY).values(name=name, proof=self._proof(name)))

    def _proof(self, name: str) -> str:
        return hmac.digest(self._keys.index_key(), b"tenu archive proof" + name.encode(), "sha256")[:16].hex()

    # ── envelopes ──

    def _fill(
        self, vault: sa.Connection, run: str, task: str, batch: Sequence[tuple[bytes, bytes, date]]
    ) -> None:
        """Make an envelope and put the keys of *batch* in it."""
        public, envelope, batch_key = self._keys.sealing_key(), os.urandom(16), AESGCM.generate_key(256)
        cipher, sealed = AESGCM(batch_key), close_envelope(public, batch_key, envelope)
        last_day = max(until for _, _, until in batch)
        first, last = batch[0][0], batch[-1][0]
        new = sa.insert(ENVELOPE).values(id=envelope, key=key_name(public), sealed=sealed, until=last_day)
        vault.execute(new.values(run=run, task=task, first=first, last=last, settled=False))
        keys = [(subject, until, seal(cipher, key, subject), envelope) for subject, key, until in batch]
        insert_rows(vault, WRAPPED, _KEY, keys)

    def _query(self) -> sa.Select[Any]:
        joined = WRAPPED.outerjoin(ENVELOPE, ENVELOPE.c.id == WRAPPED.c.envelope)
        return sa.select(
            WRAPPED.c.subject, WRAPPED.c.wrapped, WRAPPED.c.envelope, ENVELOPE.c.key, ENVELOPE.c.sealed
        ).select_from(joined)

    def _opened(self, envelope: str, key: str, sealed: bytes) -> bytes:
        return open_envelope(self._keys, key, sealed, bytes.fromhex(envelope))

    def _rewrap_former(self, progress: Callable[[int, int], None]) -> int:
        """Move the keys of the first format into envelopes; return how many."""
        query = sa.select(WRAPPED.c.subject, WRAPPED.c.until, WRAPPED.c.wrapped)
        query = query.where(WRAPPED.c.envelope.is_(None)).order_by(WRAPPED.c.subject).limit(_BATCH)
        done = 0
        while True:
            with self.engine.begin() as vault:
                found = vault.execute(query).all()
                if not found:
                    return done
                batch = [(bytes.fromhex(s), self._former(s, wrapped), until) for s, until, wrapped in found]
                self._delete(vault, [s for s, _, _ in found])
                self._fill(vault, ROTATION, "", batch)
            done += len(found)
            progress(done, 0)

    def _former(self, subject: str, wrapped: bytes) -> bytes:
        return self._keys.unwrap_former(wrapped, bytes.fromhex(subject))

    def _delete(self, vault: sa.Connection, subjects: Sequence[str]) -> None:
        for start in range(0, len(subjects), _FEW):
            vault.execute(sa.delete(WRAPPED).where(WRAPPED.c.subject.in_(subjects[start : start + _FEW])))

    def _move_envelopes(self, present: str, progress: Callable[[int, int], None]) -> int:
        """Seal every envelope again, to the present key; return how many."""
        public = self._keys.sealing_key()
        others = ENVELOPE.c.key != present
        with self.engine.connect() as vault:
            total = vault.execute(sa.select(sa.func.count()).select_from(ENVELOPE).where(others)).scalar_one()
        query = sa.select(ENVELOPE.c.id, ENVELOPE.c.key, ENVELOPE.c.sealed).where(others).limit(_BATCH)
        done = 0
        while True:
            with self.engine.begin() as vault:
                found = vault.execute(query).all()
                if not found:
                    return done
                moved = [
                    {"b_id": bytes.fromhex(e), "b_key": present, "b_sealed": self._again(public, e, k, s)}
                    for e, k, s in found
                ]
                change = sa.update(ENVELOPE).where(ENVELOPE.c.id == sa.bindparam("b_id"))
                vault.execute(
                    change.values(key=sa.bindparam("b_key"), sealed=sa.bindparam("b_sealed")), moved
                )
            done += len(found)
            progress(done, total)

    def _again(self, public: bytes, envelope: str, key: str, sealed: bytes) -> bytes:
        return close_envelope(public, self._opened(envelope, key, sealed), bytes.fromhex(envelope))


def _another_key(known: Iterable[str]) -> KeyLostError:
    names = ", ".join(name[:8] for name in known)
    return KeyLostError(
        Text(
            fr=f"la clé qui scelle ici n'est pas celle de cette archive ({names})",
            en=f"the key that seals here is not this archive's ({names})",
        ),
        fix=Text(
            fr="rendez keys/archive-sealing.key depuis sa sauvegarde ; après une rotation, copiez celui de l'archiviste",
            en="put keys/archive-sealing.key back from its backup; after a rotation, copy the archivist's",
        ),
    )
