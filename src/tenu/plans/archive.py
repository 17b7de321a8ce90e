"""The restricted archive as people see it from outside: packages, what they are kept for, and why one is opened.

Source: policy C-RET-04 to C-RET-06, C-RET-19, C-RET-22; SM-5 (ARCHIVED); INV-08.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tenu.datamap.identity import Identity, Likeness


def key_name(public: bytes) -> str:
    """Return the name of the key whose public half is *public*: 32 hexadecimal digits, the same everywhere."""
    return hashlib.sha256(b"tenu archive key" + public).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One sealed person of one system, seen from outside. *identity*: keyed hashes, which tell people apart and no more."""

    subject: str
    system: str
    root: str
    rows: int
    until: date
    ground: str
    identity: Identity

    @property
    def sealed_at(self) -> datetime:
        """Return the instant it was sealed (UTC), which its name begins with."""
        milliseconds = int(self.subject[:12], 16)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shelf:
    """How many packages end in one month (``YYYY-MM``), by system and by ground, and how many rows they hold."""

    month: str
    system: str
    ground: str
    packages: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a change of key did: its new name, those retired, envelopes sealed again, keys of the first format moved."""

    present: str
    retired: tuple[str, ...]
    envelopes: int
    rewrapped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What was found when the whole archive was gone through.

    *tried*: packages opened, or not: *sealed_shut*. *keyless*: packages without a key; *orphans*: keys without a package;
    *past*: packages past their last day. The three lists hold subjects.
    """

    packages: int = 0
    tried: int = 0
    past: int = 0
    sealed_shut: tuple[str, ...] = ()
    keyless: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Return whether nothing is wrong."""
        return not (self.past or self.sealed_shut or self.keyless or self.orphans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who could read the archive's stores without being meant to. None: the engine does not tell.

    *accounts*: accounts of the database server, by store, that hold a right on a table of the store. *files*: stores whose
    file others of this machine may read. *shared*: systems whose own account also opens a store.
    """

    accounts: tuple[str, ...] | None
    files: tuple[str, ...]
    shared: tuple[str, ...]


def people_of(packages: Iterable[Package]) -> tuple[tuple[Package, ...], ...]:
    """Return *packages* person by person: those that are surely one person's together, the others apart.

    Two groups are never merged on a doubt: a mailbox two customers share gives two people.
    """
    people: list[list[Package]] = []
    for package in packages:
        same = [p for p in people if any(_same(package, other) for other in p)]
        people = [p for p in people if p not in same] + [[*(x for p in same for x in p), package]]
    return tuple(tuple(sorted(p, key=lambda x: (x.system, x.root, x.subject))) for p in people)


def _same(one: Package, other: Package) -> bool:
    return one.identity.likeness(other.identity) is Likeness.SAME
