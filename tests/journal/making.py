"""Events, keys and the naive tree the tests compare with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenu.journal.checkpoint import Signer
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = "6f1c9a52e0b74d3c8a15f2d07b9e4c36"
PLAN = sha256(b"plan").hexdigest()
SIGNER = Signer("acme.example/tenu", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer("acme.example/tenu", Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEYS = (SIGNER.verifier,)


def chunk(number: int) -> Event:
    """Return the event of one chunk of a run."""
    body = {"run": RUN, "chunk": number, "system": "crm", "rows": 5000}
    return Event(kind=EventKind.CHUNK_DONE, at=NOON + timedelta(seconds=number), body=body)


def chunks(count: int, start: int = 0) -> list[Event]:
    """Return the events of *count* chunks."""
    return [chunk(number) for number in range(start, start + count)]


def intent() -> Event:
    """Return the event that says a run is about to start."""
    return Event(kind=EventKind.RUN_INTENT, at=NOON, body={"run": RUN, "plan": PLAN})


def naive_root(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 section 2.1 defines it, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()
