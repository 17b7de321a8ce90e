"""The archive's keyed hash is HMAC-SHA-256, whatever it is computed with."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from tenu.plans.keyed_hash import KeyedHash


@given(st.binary(max_size=64), st.binary(max_size=200))
def test_a_keyed_hash_is_the_standard_library_s_hmac(key: bytes, message: bytes) -> None:
    """Every key and message give the bytes ``hmac`` gives: marks made before are still found."""
    assert KeyedHash(key).of(message) == hmac.digest(key, message, "sha256")
