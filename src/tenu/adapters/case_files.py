"""What must be said about a person while their request lives: sealed, apart from the journal, and able to forget.

One row per request, sealed with AES-256-GCM under a key that is not in the database. The journal holds the request's
number and nothing of what is here.

Source: GDPR 5(1)(c), 5(1)(e), 12(6), 32; time rule T-38; law 5.0 « proof kept ».
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters import vault_migrations
from tenu.adapters.archive_tables import CASE_FILE
from tenu.adapters.store_schema import open_store
from tenu.errors import TamperedError
from tenu.plans.case_file import CaseFile
from tenu.ports import Node
from tenu.terms import IdentifierKind, Text

_NONCE = 12
_FEW = 500


class CaseFiles:
    """The files of requests, in the vault at *url*, under *key* (32 bytes, kept elsewhere)."""

    def __init__(self, url: str, key: bytes) -> None:
        self._engine = open_store(url, "vault", vault_migrations)
        self._cipher = AESGCM(key)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def keep(self, *files: CaseFile) -> None:
        """Write *files*, in place of what was kept of the same requests: all of them, or none."""
        rows = [{"number": f.number, "until": f.until, "sealed": self._sealed(f)} for f in files]
        numbers = [file.number for file in files]
        with self._engine.begin() as connection:
            for start in range(0, len(numbers), _FEW):
                few = numbers[start : start + _FEW]
                connection.execute(sa.delete(CASE_FILE).where(CASE_FILE.c.number.in_(few)))
                connection.execute(sa.insert(CASE_FILE), rows[start : start + _FEW])

    def files(self, numbers: Collection[str]) -> dict[str, CaseFile]:
        """Return what is kept of several requests, by number; those of which nothing is kept are absent.

        Raises:
            TamperedError: One was changed, or written under another key.
        """
        wanted, found = sorted(set(numbers)), {}
        query = sa.select(CASE_FILE.c.number, CASE_FILE.c.sealed, CASE_FILE.c.until)
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), _FEW):
                few = CASE_FILE.c.number.in_(wanted[start : start + _FEW])
                for row in connection.execute(query.where(few)):
                    found[row.number] = replace(self._opened(row.number, row.sealed), until=row.until)
        return found

    def file(self, number: str) -> CaseFile | None:
        """Return what is kept of request *number*, None when nothing is, or no longer.

        Raises:
            TamperedError: It was changed, or written under another key.
        """
        return self.files([number]).get(number)

    def forget(self, as_of: date) -> int:
        """Destroy every file whose last day is before *as_of*; return how many."""
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(CASE_FILE).where(CASE_FILE.c.until < as_of)).rowcount

    def _sealed(self, file: CaseFile) -> bytes:
        nonce = os.urandom(_NONCE)
        plain = asdict(replace(file, until=None)) | {"rows": [_told(node) for node in file.rows]}
        said = json.dumps(plain, ensure_ascii=False).encode()
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
    rows = tuple(map(_node, said.pop("rows", ())))
    return CaseFile(**said, sought=sought, rows=rows)


def _told(node: Node) -> list[Any]:
    """Return one row of a people table as JSON says it, the type of each part of its key included."""
    (system, table), key = node
    return [system, table, [[type(part).__name__, _plain(part)] for part in key]]


def _plain(part: Any) -> Any:
    return part if isinstance(part, int | str) else part.hex() if isinstance(part, bytes) else str(part)


def _node(said: list[Any]) -> Node:
    system, table, key = said
    return (system, table), tuple(_READ[kind](part) for kind, part in key)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "int": int,
    "str": str,
    "bytes": bytes.fromhex,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "Decimal": Decimal,
    "UUID": UUID,
}
"""What a part of a key may be, and how it is read again."""
