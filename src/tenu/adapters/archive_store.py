"""The two stores of the restricted archive, and how people are looked up in them: by keyed hashes only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import sqlalchemy as sa
import zstandard

from tenu.adapters import archive_migrations
from tenu.adapters.archive_reach import Surroundings
from tenu.adapters.archive_tables import MARK, SEALED
from tenu.adapters.store_schema import open_store
from tenu.adapters.vault import Vault
from tenu.datamap.identity import Identity
from tenu.plans.keyed_hash import KeyedHash
from tenu.plans.package import MARK_OF_WORDS
from tenu.ports import KeyStore
from tenu.terms import IdentifierKind

FORMAT = "tenu-archive-1"
FEW = 500


class ArchiveStore:
    """Sealed packages in *archive_url*, their keys in *vault_url*, both under *keys*, which are in neither.

    *around*: which accounts may reach them, and which should not.
    """

    def __init__(
        self, archive_url: str, vault_url: str, keys: KeyStore, around: Surroundings | None = None
    ) -> None:
        self._archive = open_store(archive_url, "archive", archive_migrations)
        self._vault = Vault(vault_url, keys)
        self._index = KeyedHash(keys.index_key())
        self._around = around or Surroundings()

    def close(self) -> None:
        """Close every connection."""
        self._archive.dispose()
        self._vault.close()

    def _hash(self, kind: IdentifierKind, value: str) -> str:
        return self._index.of(f"{kind}\x1f{value}".encode())[:16].hex()

    def _forget(self, archive: sa.Connection, subjects: Sequence[str]) -> None:
        for start in range(0, len(subjects), FEW):
            few = subjects[start : start + FEW]
            archive.execute(sa.delete(MARK).where(MARK.c.subject.in_(few)))
            archive.execute(sa.delete(SEALED).where(SEALED.c.subject.in_(few)))


def hashed_identity(marks: Mapping[str, set[str]]) -> Identity:
    """Return what designates a person, as keyed hashes by kind tell it."""
    return Identity(
        references=frozenset(marks.get(IdentifierKind.CUSTOMER_REFERENCE.value, ())),
        emails=frozenset(marks.get(IdentifierKind.EMAIL.value, ())),
        name=next(iter(marks.get(IdentifierKind.NAME.value, ())), ""),
    )


def dictionary(words: bytes) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary the packages of the first format were compressed with, if any."""
    if not words or words.startswith(MARK_OF_WORDS):
        return None
    return zstandard.ZstdCompressionDict(words, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def about(subject: str, system: str, root: str, until: date, words: bytes) -> bytes:
    """Return what a package is bound to: moved, renamed, prolonged or told in other words, it no longer opens."""
    return "\x1f".join([FORMAT, subject, system, root, until.isoformat(), _digest(words)]).encode()


@lru_cache(maxsize=16)
def _digest(words: bytes) -> str:
    return hashlib.sha256(words).hexdigest()
