"""Ports that live in memory, for tests and for trying things out. Each passes the suite of the real adapter."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.ports import KeyLostError, key_name
from tenu.terms import Text

_NONCE = 12


@dataclass
class FixedClock:
    """A clock that stands where a test puts it, and moves only when somebody sleeps. *slept*: seconds, each time."""

    at: datetime
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the instant the test chose."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Move on by *seconds* at once."""
        self.slept.append(seconds)
        self.at += timedelta(seconds=max(0.0, seconds))


class MemoryKeyStore:
    """The keys of an archive that lasts as long as the object.

    Args:
        former: 32-byte secrets that wrapped keys of the first format.
    """

    def __init__(self, *former: bytes) -> None:
        self._former = former
        self._keys: dict[str, X25519PrivateKey] = {}
        self._index = os.urandom(32)

    def begin(self) -> None:
        """Make the first key, unless there is one already."""
        if not self._keys:
            self._add()

    def index_key(self) -> bytes:
        """Return the key of the hashes people are found by."""
        return self._index

    def sealing_key(self) -> bytes:
        """Return the public half of the present key."""
        if not self._keys:
            raise _lost()
        return self._keys[self.held()[0]].public_key().public_bytes_raw()

    def held(self) -> tuple[str, ...]:
        """Return the names of the keys that can open, the present one first."""
        return tuple(reversed(self._keys))

    def agree(self, key: str, public: bytes) -> bytes:
        """Return what the private half of *key* and the other side's *public* agree on."""
        if key not in self._keys:
            raise _lost()
        return self._keys[key].exchange(X25519PublicKey.from_public_bytes(public))

    def unwrap_former(self, wrapped: bytes, about: bytes) -> bytes:
        """Return a key of the first format."""
        for secret in self._former:
            with suppress(InvalidTag):
                return AESGCM(secret).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], about)
        raise _lost()

    def renew(self) -> str:
        """Make a new present key unless two are here already; return the present one's name."""
        if len(self._keys) == 1:
            self._add()
        return self.held()[0]

    def retire(self, key: str) -> None:
        """Forget *key*."""
        self._keys.pop(key, None)

    def _add(self) -> None:
        key = X25519PrivateKey.generate()
        self._keys[key_name(key.public_key().public_bytes_raw())] = key


def _lost() -> KeyLostError:
    return KeyLostError(
        Text(fr="cette clé n'est pas dans la mémoire", en="this key is not in this memory"),
        fix=Text(fr="gardez l'objet qui l'a faite", en="keep the object that made it"),
    )
