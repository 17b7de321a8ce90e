"""Envelopes: what wraps the keys of one batch of packages, sealed to the archivist's public half.

Whoever seals makes a pair of keys for the batch and forgets it: from then on only the archivist's private half opens the
envelope. The agreement (X25519, HKDF, AES-256-GCM, as RFC 9180 does it) is made once per batch, not once per person.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenu.plans.archive import key_name
from tenu.ports import KeyStore

_NONCE, _PUBLIC = 12, 32
_INFO = b"tenu archive envelope 1"


def seal(cipher: AESGCM, plain: bytes, about: bytes) -> bytes:
    """Return *plain* sealed under *cipher*, bound to *about*: 12 bytes of nonce, then the sealed text."""
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, about)


def unseal(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    """Return what ``seal`` sealed.

    Raises:
        InvalidTag: It was changed, or is about something else.
        ValueError: It is too short to be sealed.
    """
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)


def close_envelope(public: bytes, batch_key: bytes, envelope: bytes) -> bytes:
    """Return *batch_key* sealed to whoever holds the private half of *public*.

    Args:
        public: X25519 public half, 32 bytes.
        batch_key: 32 bytes.
        envelope: Identifier of the envelope, which it is bound to.
    """
    mine = X25519PrivateKey.generate()
    sent = mine.public_key().public_bytes_raw()
    shared = mine.exchange(X25519PublicKey.from_public_bytes(public))
    return sent + seal(_cipher(shared, sent, key_name(public)), batch_key, envelope)


def open_envelope(keys: KeyStore, key: str, sealed: bytes, envelope: bytes) -> bytes:
    """Return the batch key ``close_envelope`` sealed to *key*.

    Raises:
        KeyLostError: *keys* does not hold the private half of *key*.
        InvalidTag: The envelope was changed.
    """
    sent, rest = sealed[:_PUBLIC], sealed[_PUBLIC:]
    return unseal(_cipher(keys.agree(key, sent), sent, key), rest, envelope)


def _cipher(shared: bytes, sent: bytes, key: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=_INFO + sent + key.encode())
    return AESGCM(derived.derive(shared))
