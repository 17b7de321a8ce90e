"""Texts that must be remembered and may not be in the journal: whom a hold is about, what goes with somebody's data.

One sealed file per name in the vault, under a key derived from the workspace's; destroyed when what it is for ends.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenu.adapters import vault_migrations
from tenu.adapters.store_schema import open_store
from tenu.errors import TamperedError
from tenu.terms import Text

_NONCE = 12


class SealedFiles:
    """The files of one *table* of the vault at *url* (a name, then what is sealed), under a key derived from *key* (32 bytes).

    Args:
        url: Where the vault is.
        key: The workspace's.
        table: Of the vault.
        purpose: What the files are for; each purpose has a key of its own.
    """

    def __init__(self, url: str, key: bytes, table: sa.Table, purpose: str) -> None:
        self._vault = open_store(url, "vault", vault_migrations)
        self._table = table
        self._name, self._sealed = table.columns
        self._cipher = AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode()).derive(key))

    def close(self) -> None:
        """Close every connection."""
        self._vault.dispose()

    def keep(self, name: str, text: str) -> None:
        """Keep *text* as the file called *name*, in place of what it said before."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), name.encode())
        with self._vault.begin() as vault:
            vault.execute(sa.delete(self._table).where(self._name == name))
            vault.execute(sa.insert(self._table).values({self._name: name, self._sealed: sealed}))

    def read(self, name: str) -> str | None:
        """Return the file called *name*, None when there is none.

        Raises:
            TamperedError: It was changed, moved, or sealed under another key.
        """
        with self._vault.connect() as vault:
            sealed = vault.execute(sa.select(self._sealed).where(self._name == name)).scalar()
        return None if sealed is None else self._opened(name, sealed)

    def all(self) -> dict[str, str]:
        """Return every file, by name.

        Raises:
            TamperedError: One of them was changed, moved, or sealed under another key.
        """
        with self._vault.connect() as vault:
            found = vault.execute(sa.select(self._name, self._sealed).order_by(self._name)).all()
        return {name: self._opened(name, sealed) for name, sealed in found}

    def known(self) -> list[str]:
        """Return the names of the files."""
        with self._vault.connect() as vault:
            return list(vault.execute(sa.select(self._name).order_by(self._name)).scalars())

    def destroy(self, name: str) -> None:
        """Destroy the file called *name*."""
        with self._vault.begin() as vault:
            vault.execute(sa.delete(self._table).where(self._name == name))

    def _opened(self, name: str, sealed: bytes) -> str:
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode()).decode()
        except InvalidTag:
            raise TamperedError(
                Text(
                    fr=f"le dossier {name} ne s'ouvre pas : modifié, ou scellé sous une autre clé",
                    en=f"the file {name} does not open: changed, or sealed under another key",
                ),
                fix=Text(
                    fr="rendez keys/plan.key à sa valeur d'origine",
                    en="give keys/plan.key its original value",
                ),
            ) from None
