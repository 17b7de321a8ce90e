"""What the ledger remembers: who was erased, archived, emptied or held, in keyed hashes; and how its lines are chained.

A line is a header in JSON, the people in base64, and a digest of both and of the digest before: nothing can be changed,
removed or slipped in without breaking every digest after it. People are told by hashes keyed with the pepper of their
epoch (a month): once that pepper is destroyed, nobody can tell any more whom a line speaks of.

Source: GDPR 5(1)(c), 17, 32(1)(b); CEF 2025 on backups; policy C-RET-07.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tenu.datamap.identity import Identity
from tenu.errors import TamperedError
from tenu.plans.keyed_hash import KeyedHash
from tenu.terms import IdentifierKind, Text

HASH_BYTES = 16
NOBODY = (b"", 0)
"""The people of a line that names none."""
_MOST = 255
"""Values of one kind written of one person at most: their number is one byte."""
START = "0" * 64
"""What the first line of a ledger follows."""


class Act(StrEnum):
    """What a line says. *intent* comes before anything is destroyed, *done* or *void* once the outcome is known."""

    EPOCH = "epoch"
    INTENT = "intent"
    DONE = "done"
    VOID = "void"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What one line is about: one chunk of one task of one run, as its receipt in the company's database names it.

    For a hold, *task* is the people table and *run* what says they are held (``rows``, or the ``ledger`` itself).
    """

    system: str
    task: str
    run: str
    fate: int
    chunk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the clear, in memory only: the row of *place* (``system.table``) with this primary key."""

    place: str
    key: tuple[Any, ...]
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Somebody in keyed hashes: their row, and what identifies them."""

    key: bytes
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger, its people left out. *number* counts from 1; *digest* chains it to all before it."""

    number: int
    at: datetime
    act: Act
    portion: Portion
    people: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a ledger goes: the *number* and *digest* of its last line."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An epoch that was forgotten: its pepper is destroyed, its lines are gone."""

    epoch: str
    entries: int
    head: Head


class Hasher:
    """The keyed hashes of one epoch."""

    def __init__(self, pepper: bytes) -> None:
        self._keyed = KeyedHash(pepper)

    def pack(self, people: Iterable[Person]) -> tuple[bytes, int]:
        """Return *people* in keyed hashes, as a line holds them, and how many they are.

        For each: row, number of references, references, number of e-mails, e-mails, name or nothing.
        """
        packed = [self._packed(person) for person in people]
        return b"".join(packed), len(packed)

    def _packed(self, person: Person) -> bytes:
        who = person.identity
        return b"".join(
            [
                self.key(person.place, person.key),
                self._values(IdentifierKind.CUSTOMER_REFERENCE, who.references),
                self._values(IdentifierKind.EMAIL, who.emails),
                self._values(IdentifierKind.NAME, [who.name] if who.name else ()),
            ]
        )

    def _values(self, kind: IdentifierKind, values: Collection[str]) -> bytes:
        if not values:
            return b"\0"
        hashes = sorted([self._value(kind, value) for value in values])[:_MOST]
        return b"".join([bytes([len(hashes)]), *hashes])

    def key(self, place: str, key: tuple[Any, ...]) -> bytes:
        """Return the hash of the row of *place* with this primary key."""
        return self._hash("\x1f".join(["row", place, *map(str, key)]))

    def identity(self, identity: Identity) -> Identity:
        """Return *identity*, each of its values hashed."""
        return Identity(
            references=frozenset(
                self._value(IdentifierKind.CUSTOMER_REFERENCE, value).hex() for value in identity.references
            ),
            emails=frozenset(self._value(IdentifierKind.EMAIL, value).hex() for value in identity.emails),
            name=self._value(IdentifierKind.NAME, identity.name).hex() if identity.name else "",
        )

    def _value(self, kind: IdentifierKind, value: str) -> bytes:
        return self._hash(f"{kind}\x1f{value}")

    def _hash(self, said: str) -> bytes:
        return self._keyed.of(said.encode())[:HASH_BYTES]


def unpack_traces(packed: bytes) -> Iterator[Trace]:
    """Yield the traces ``Hasher.pack`` packed."""
    at = 0
    while at < len(packed):
        key, at = packed[at : at + HASH_BYTES], at + HASH_BYTES
        references, at = _values(packed, at)
        emails, at = _values(packed, at)
        name, at = _values(packed, at)
        who = Identity(references=frozenset(references), emails=frozenset(emails), name="".join(name))
        yield Trace(key=key, identity=who)


def _values(packed: bytes, at: int) -> tuple[list[str], int]:
    """Return the values written at *at*, and where they end."""
    start, end = at + 1, at + 1 + packed[at] * HASH_BYTES
    return [packed[i : i + HASH_BYTES].hex() for i in range(start, end, HASH_BYTES)], end


# ── lines ──


def write_line(
    number: int, at: datetime, act: Act, portion: Portion, traces: tuple[bytes, int], previous: str
) -> tuple[bytes, Entry]:
    """Return the line that follows the one whose digest is *previous*, and what it says.

    *traces*: what ``Hasher.pack`` gives; nothing and 0 when the line names nobody.
    """
    packed, people = traces
    header = {
        "n": number, "at": at.isoformat(), "act": act.value, "system": portion.system, "task": portion.task,
        "run": portion.run, "fate": portion.fate, "chunk": portion.chunk, "people": people,
    }  # fmt: skip
    said = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    said += b"\t" + base64.b64encode(packed)
    digest = _chained(previous, said)
    entry = Entry(number=number, at=at, act=act, portion=portion, people=people, digest=digest)
    return said + b"\t" + digest.encode() + b"\n", entry


def read_line(line: bytes, previous: str | None) -> Entry:
    """Return what *line*, without its end, says.

    Args:
        line: The bytes of one line.
        previous: Digest of the line before; None when that line is gone with its epoch.

    Raises:
        TamperedError: It does not follow *previous*, or was changed.
    """
    try:
        header, people, digest = line.split(b"\t")
        said = json.loads(header)
        follows = str(said["run"]) if said["act"] == Act.EPOCH and previous is None else previous
        if follows is None or _chained(follows, header + b"\t" + people) != digest.decode():
            raise ValueError
        return Entry(
            number=said["n"],
            at=datetime.fromisoformat(said["at"]),
            act=Act(said["act"]),
            portion=Portion(
                system=said["system"], task=said["task"], run=said["run"], fate=said["fate"], chunk=said["chunk"]
            ),
            people=said["people"],
            digest=digest.decode(),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        raise altered() from None


def people_of(line: bytes) -> tuple[Trace, ...]:
    """Return the people of a line ``read_line`` accepted."""
    try:
        return tuple(unpack_traces(base64.b64decode(line.split(b"\t")[1], validate=True)))
    except (binascii.Error, IndexError):
        raise altered() from None


def _chained(previous: str, said: bytes) -> str:
    return hashlib.sha256(previous.encode() + b"\n" + said).hexdigest()


def altered() -> TamperedError:
    """Return the error that says the ledger is not what tenu wrote."""
    return TamperedError(
        Text(
            fr="le registre des effacements a été modifié ou coupé",
            en="the ledger of erasures was changed or cut",
        ),
        fix=Text(
            fr="rendez-lui son contenu d'origine, depuis sa propre sauvegarde ; rien ne sera effacé d'ici là",
            en="give it back its original content, from its own backup; nothing will be erased until then",
        ),
    )


def epoch_line(number: int, at: datetime, epoch: str, previous: str) -> tuple[bytes, Entry]:
    """Return the line that opens *epoch*; it carries the digest it follows, for when the epoch before is forgotten."""
    opening = Portion(system="", task=epoch, run=previous, fate=0, chunk=0)
    return write_line(number, at, Act.EPOCH, opening, NOBODY, previous)


def epoch_of(at: datetime) -> str:
    """Return the name of the epoch of an instant: its month, UTC."""
    return f"{at:%Y-%m}"
