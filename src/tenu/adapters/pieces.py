"""Large contents in the vault, sealed piece by piece: no statement is larger than any engine takes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenu.adapters.archive_tables import PIECE
from tenu.errors import TamperedError
from tenu.terms import Text

SIZE = 512 * 1024
"""Bytes of a piece: MariaDB refuses a statement of more than 16 MB, and writes each byte as two at worst."""
_NONCE = 12


def derived(key: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes for one *purpose*, from which *key* cannot be had back."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(key)


def seal(cipher: AESGCM, content: bytes, about: str) -> bytes:
    """Return *content* sealed; it opens as what is *about* the same only."""
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, content, about.encode())


def unseal(cipher: AESGCM, sealed: bytes, about: str) -> bytes:
    """Return what was sealed.

    Raises:
        TamperedError: It was changed, moved, or sealed under another key.
    """
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except InvalidTag:
        raise TamperedError(
            Text(
                fr="un contenu du coffre ne s'ouvre pas : modifié, ou scellé sous une autre clé",
                en="something in the vault does not open: changed, or sealed under another key",
            ),
            fix=Text(
                fr="rendez keys/cases.key à sa valeur d'origine", en="give keys/cases.key its original value"
            ),
        ) from None


def put(connection: sa.Connection, cipher: AESGCM, owner: str, content: bytes) -> None:
    """Write *content* as the pieces of *owner*."""
    pieces = [content[at : at + SIZE] for at in range(0, len(content), SIZE)]
    for number, piece in enumerate(pieces):
        sealed = seal(cipher, piece, _about(owner, number, len(pieces)))
        connection.execute(sa.insert(PIECE).values(owner=owner, number=number, sealed=sealed))


def read(connection: sa.Connection, cipher: AESGCM, owner: str) -> bytes:
    """Return the content whose pieces are *owner*'s.

    Raises:
        TamperedError: A piece is missing, changed or another's.
    """
    query = sa.select(PIECE.c.sealed).where(PIECE.c.owner == owner).order_by(PIECE.c.number)
    sealed = connection.execute(query).scalars().all()
    return b"".join(_opened(cipher, owner, sealed))


def drop(connection: sa.Connection, owners: sa.Select[tuple[str]]) -> None:
    """Destroy the pieces of *owners*."""
    connection.execute(sa.delete(PIECE).where(PIECE.c.owner.in_(owners)))


def _opened(cipher: AESGCM, owner: str, sealed: Sequence[bytes]) -> Iterator[bytes]:
    for number, piece in enumerate(sealed):
        yield unseal(cipher, piece, _about(owner, number, len(sealed)))


def _about(owner: str, number: int, of: int) -> str:
    return f"{owner}\x1f{number}\x1f{of}"
