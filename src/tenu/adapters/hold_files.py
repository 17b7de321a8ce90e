"""What must be remembered of a hold and may not be in the journal: whom it is about, and the words of who asked.

One sealed file per hold in the vault, under a key derived from the workspace's; destroyed when the hold ends.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenu.adapters import vault_migrations
from tenu.adapters.archive_tables import HOLD_FILE
from tenu.adapters.store_schema import open_store
from tenu.errors import TamperedError
from tenu.terms import Text

_NONCE = 12


class HoldFiles:
    """The files of holds, in the vault at *url*, sealed under a key derived from *key* (32 bytes)."""

    def __init__(self, url: str, key: bytes) -> None:
        self._vault = open_store(url, "vault", vault_migrations)
        self._cipher = AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=b"tenu hold files").derive(key))

    def close(self) -> None:
        """Close every connection."""
        self._vault.dispose()

    def keep(self, hold: str, text: str) -> None:
        """Keep *text* as the file of *hold*, in place of what it said before."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), hold.encode())
        with self._vault.begin() as vault:
            vault.execute(sa.delete(HOLD_FILE).where(HOLD_FILE.c.hold == hold))
            vault.execute(sa.insert(HOLD_FILE).values(hold=hold, sealed=sealed))

    def read(self, hold: str) -> str | None:
        """Return the file of *hold*, None when there is none.

        Raises:
            TamperedError: It was changed, moved, or sealed under another key.
        """
        with self._vault.connect() as vault:
            sealed = vault.execute(sa.select(HOLD_FILE.c.sealed).where(HOLD_FILE.c.hold == hold)).scalar()
        if sealed is None:
            return None
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], hold.encode()).decode()
        except InvalidTag:
            raise TamperedError(
                Text(
                    fr=f"le dossier du gel {hold} ne s'ouvre pas : modifié, ou scellé sous une autre clé",
                    en=f"the file of hold {hold} does not open: changed, or sealed under another key",
                ),
                fix=Text(
                    fr="rendez keys/plan.key à sa valeur d'origine",
                    en="give keys/plan.key its original value",
                ),
            ) from None

    def known(self) -> list[str]:
        """Return the holds that have a file."""
        with self._vault.connect() as vault:
            return list(vault.execute(sa.select(HOLD_FILE.c.hold).order_by(HOLD_FILE.c.hold)).scalars())

    def destroy(self, hold: str) -> None:
        """Destroy the file of *hold*."""
        with self._vault.begin() as vault:
            vault.execute(sa.delete(HOLD_FILE).where(HOLD_FILE.c.hold == hold))
