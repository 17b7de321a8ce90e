"""What must be said about a person while their request lives: sealed, apart from the journal, and able to forget.

One row per request, sealed with AES-256-GCM under a key that is not in the database. The journal holds the request's
number and nothing of what is here.

Source: GDPR 5(1)(c), 5(1)(e), 12(6), 32; time rule T-38; law 5.0 « proof kept ».
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters import vault_migrations
from tenu.adapters.archive_tables import CASE_FILE
from tenu.adapters.store_schema import open_store
from tenu.errors import TamperedError
from tenu.plans.case_file import CaseFile
from tenu.terms import IdentifierKind, Text

_NONCE = 12


class CaseFiles:
    """The files of requests, in the vault at *url*, under *key* (32 bytes, kept elsewhere)."""

    def __init__(self, url: str, key: bytes) -> None:
        self._engine = open_store(url, "vault", vault_migrations)
        self._cipher = AESGCM(key)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def keep(self, file: CaseFile) -> None:
        """Write *file*, in place of what was kept of the same request."""
        row = {"number": file.number, "until": file.until, "sealed": self._sealed(file)}
        with self._engine.begin() as connection:
            connection.execute(sa.delete(CASE_FILE).where(CASE_FILE.c.number == file.number))
            connection.execute(sa.insert(CASE_FILE), [row])

    def file(self, number: str) -> CaseFile | None:
        """Return what is kept of request *number*, None when nothing is, or no longer.

        Raises:
            TamperedError: It was changed, or written under another key.
        """
        with self._engine.connect() as connection:
            query = sa.select(CASE_FILE.c.sealed, CASE_FILE.c.until).where(CASE_FILE.c.number == number)
            row = connection.execute(query).one_or_none()
        return None if row is None else replace(self._opened(number, row.sealed), until=row.until)

    def forget(self, as_of: date) -> int:
        """Destroy every file whose last day is before *as_of*; return how many."""
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(CASE_FILE).where(CASE_FILE.c.until < as_of)).rowcount

    def _sealed(self, file: CaseFile) -> bytes:
        nonce = os.urandom(_NONCE)
        said = json.dumps(asdict(replace(file, until=None)), ensure_ascii=False).encode()
        return nonce + self._cipher.encrypt(nonce, said, file.number.encode())

    def _opened(self, number: str, sealed: bytes) -> CaseFile:
        try:
            said = json.loads(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], number.encode()))
        except InvalidTag:
            raise TamperedError(
                Text(
                    fr=f"le dossier de la demande {number} ne s'ouvre pas : modifié, ou écrit sous une autre clé",
                    en=f"the file of request {number} does not open: changed, or written under another key",
                )
            ) from None
        return _file(said)


def _file(said: dict[str, Any]) -> CaseFile:
    """Return the file that ``asdict`` and JSON turned into *said*."""
    sought = {IdentifierKind(kind): tuple(values) for kind, values in said.pop("sought").items()}
    said |= {name: tuple(said[name]) for name in ("notes", "confirmed", "refused")}
    return CaseFile(**said, sought=sought)
