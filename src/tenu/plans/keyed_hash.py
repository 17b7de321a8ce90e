"""HMAC-SHA-256 with the key's half of the work done once: the archive and the ledger hash a few short identifiers per person."""

from __future__ import annotations

import hashlib

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class KeyedHash:
    """HMAC-SHA-256 under one *key* of at most 64 bytes, several times cheaper than a new one each time.

    Source: RFC 2104.
    """

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(_BLOCK, b"\0")
        if len(padded) > _BLOCK:
            raise ValueError("a key is at most 64 bytes long")
        self._inner = hashlib.sha256(padded.translate(_INNER))
        self._outer = hashlib.sha256(padded.translate(_OUTER))

    def of(self, message: bytes) -> bytes:
        """Return the HMAC of *message*."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()
