"""The restricted archive: people sealed one by one, each under a key of its own, found by keyed hashes only.

Two stores. The *archive* holds sealed packages and the hashes they are found by; the *vault* holds each package's key,
wrapped by the archive key, which is in neither. Destroying a key in the vault ends its package in every backup of the
archive. A unit (the people of one chunk) is committed whole, and can be wiped whole when its source never was.

Source: policy C-RET-04 to C-RET-06, C-RET-19, C-RET-22; GDPR 32.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenu.adapters.archive_tables import ARCHIVE, MARK, SEALED, UNIT, VAULT, WRAPPED
from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.dialects import connect, turn
from tenu.adapters.databases.failures import translate
from tenu.datamap.identity import Identity, Likeness
from tenu.errors import TamperedError
from tenu.plans.facts import ArchiveFacts
from tenu.ports import Fate, Key, Sealed, Unit
from tenu.terms import IdentifierKind, Text

FORMAT = "tenu-archive-1"
_BATCH = 1_000
_FEW = 500
_NONCE = 12
_PACKAGE = ("subject", "unit", "system", "root", "until", "rows", "package")
_MARK = ("subject", "kind", "hash")
_KEY = ("subject", "until", "wrapped")


class Archive:
    """Sealed packages in *archive_url*, their keys in *vault_url*, both under *key* (32 bytes, kept elsewhere)."""

    def __init__(self, archive_url: str, vault_url: str, key: bytes) -> None:
        self._archive = connect(archive_url, writing=True)
        self._vault = connect(vault_url, writing=True)
        translate(self._archive, "archive")
        translate(self._vault, "vault")
        self._wrapping = AESGCM(key)
        self._index_key = HKDF(hashes.SHA256(), 32, salt=None, info=b"tenu archive index").derive(key)
        _create(self._archive, ARCHIVE)
        _create(self._vault, VAULT)

    def close(self) -> None:
        """Close every connection."""
        self._archive.dispose()
        self._vault.dispose()

    def put(
        self, run: str, task: str, unit: Unit, people: Iterable[Sealed], *, ground: str, words: bytes = b""
    ) -> int:
        """Seal *people* as one unit and commit it; return how many they are.

        Keys are committed first: a key without a package is harmless, a package without its key would be lost.

        Args:
            run: Digest of the plan.
            task: Name of the task.
            unit: The chunk.
            people: Whom to seal.
            ground: Why the archive exists, in the policy's words.
            words: What their packages have in common and is nobody's own (names of tables and columns), said once.
        """
        sealer = _Sealer(words)
        place = {"run": run, "task": task, "fate": int(unit.fate), "chunk": unit.chunk}
        count = 0
        with self._archive.begin() as archive:
            new = sa.insert(UNIT).values(**place, people=0, ground=ground, words=words)
            key: Any = archive.execute(new).inserted_primary_key
            waiting = iter(people)
            while batch := list(islice(waiting, _BATCH)):
                count += len(batch)
                sealed = sorted((_new_subject(), AESGCM.generate_key(256), person) for person in batch)
                with self._vault.begin() as vault:
                    insert_rows(vault, WRAPPED, _KEY, [self._wrapped(s, k, p) for s, k, p in sealed])
                insert_rows(archive, SEALED, _PACKAGE, [sealer.row(key.id, s, k, p) for s, k, p in sealed])
                insert_rows(archive, MARK, _MARK, [m for s, _, p in sealed for m in self._marks(s, p)])
            archive.execute(sa.update(UNIT).where(UNIT.c.id == key.id).values(people=count))
        return count

    def units(self, run: str) -> set[tuple[str, Unit]]:
        """Return the units *run* has committed here."""
        query = sa.select(UNIT.c.task, UNIT.c.fate, UNIT.c.chunk).where(UNIT.c.run == run)
        with self._archive.connect() as archive:
            return {
                (task, Unit(fate=Fate(fate), chunk=chunk)) for task, fate, chunk in archive.execute(query)
            }

    def wipe(self, run: str, task: str, unit: Unit) -> None:
        """Take back a unit whose source transaction never committed: there, every row is still in place."""
        same = [("run", run), ("task", task), ("fate", int(unit.fate)), ("chunk", unit.chunk)]
        mine = sa.select(UNIT.c.id).where(*(UNIT.c[name] == value for name, value in same))
        with self._archive.begin() as archive:
            numbers = [row[0] for row in archive.execute(mine)]
            theirs = sa.select(SEALED.c.subject).where(SEALED.c.unit.in_(numbers))
            subjects = [row[0] for row in archive.execute(theirs)]
            self._forget(archive, subjects)
            archive.execute(sa.delete(UNIT).where(UNIT.c.id.in_(numbers)))
        self._shred(subjects)

    def recall(self, people: Mapping[Key, Sequence[Identity]]) -> dict[Key, date]:
        """Return the last day of the archive of those of *people* who already have something in it."""
        mine = {
            key: [self._hashed(identity) for identity in identities] for key, identities in people.items()
        }
        wanted = {h for identities in mine.values() for i in identities for h in (*i.references, *i.emails)}
        if not wanted:
            return {}
        known = self._known(sorted(wanted))
        by_hash: dict[str, list[tuple[Identity, date]]] = {}
        for identity, until in known:
            for value in (*identity.references, *identity.emails):
                by_hash.setdefault(value, []).append((identity, until))
        found: dict[Key, date] = {}
        for key, identities in mine.items():
            for identity in identities:
                for value in (*identity.references, *identity.emails):
                    for theirs, until in by_hash.get(value, ()):
                        if identity.likeness(theirs) is Likeness.SAME:
                            found[key] = max(found.get(key, until), until)
        return found

    def expired(self, as_of: date) -> int:
        """Return how many packages have reached their last day on *as_of*."""
        with self._archive.connect() as archive:
            query = sa.select(sa.func.count()).select_from(SEALED).where(SEALED.c.until <= as_of)
            return int(archive.execute(query).scalar_one())

    def end(self, as_of: date) -> int:
        """End every package that reached its last day on *as_of*: its key first, which reaches the backups too."""
        with self._vault.begin() as vault:
            vault.execute(sa.delete(WRAPPED).where(WRAPPED.c.until <= as_of))
        with self._archive.begin() as archive:
            subjects = [
                r[0] for r in archive.execute(sa.select(SEALED.c.subject).where(SEALED.c.until <= as_of))
            ]
            self._forget(archive, subjects)
        return len(subjects)

    def audit(self, as_of: date, no_archive: Sequence[str]) -> ArchiveFacts:
        """Return what the archive holds that it should not.

        Args:
            as_of: A package whose last day is before it is past.
            no_archive: Rules that have no archive: no package may come from them alone.
        """
        alone = sa.or_(sa.false(), *(UNIT.c.task.like(f"%:{rule}") for rule in no_archive))
        counted: list[Any] = [
            sa.func.count(),
            sa.func.count(sa.case((SEALED.c.until < as_of, 1))),
            sa.func.count(sa.case((UNIT.c.ground == "", 1))),
            sa.func.count(sa.case((alone, 1))),
        ]
        with self._archive.connect() as archive:
            found = archive.execute(sa.select(*counted).select_from(SEALED.join(UNIT)))
            packages, past, groundless, forbidden = found.one()
        return ArchiveFacts(packages=packages, past=past, groundless=groundless, forbidden=forbidden)

    def open(self, subject: str) -> bytes:
        """Return the package of *subject*, opened.

        Raises:
            TamperedError: The package or its key was changed, or its key has been destroyed.
        """
        with self._archive.connect() as archive:
            query = sa.select(SEALED, UNIT.c.words).join(UNIT).where(SEALED.c.subject == subject)
            row = archive.execute(query).mappings().one()
        with self._vault.connect() as vault:
            wrapped = vault.execute(sa.select(WRAPPED.c.wrapped).where(WRAPPED.c.subject == subject)).scalar()
        try:
            key = _open(self._wrapping, wrapped or b"", bytes.fromhex(subject))
            about = _about(subject, row["system"], row["root"], row["until"], row["words"])
            packed = _open(AESGCM(key), row["package"], about)
            return zstandard.ZstdDecompressor(dict_data=_dictionary(row["words"])).decompress(packed)
        except (InvalidTag, ValueError):
            raise TamperedError(
                Text(
                    fr="ce dossier d'archive ne s'ouvre pas : il a été modifié ou sa clé a été détruite",
                    en="this archived file does not open: it was changed, or its key has been destroyed",
                )
            ) from None

    # ── sealing ──

    def _wrapped(self, subject: bytes, key: bytes, person: Sealed) -> tuple[Any, ...]:
        return subject, person.until, _seal(self._wrapping, key, subject)

    def _marks(self, subject: bytes, person: Sealed) -> Iterator[tuple[Any, ...]]:
        for kind, value in dict.fromkeys(person.identifiers):
            yield subject, kind.value, bytes.fromhex(self._hash(kind, value))

    def _hash(self, kind: IdentifierKind, value: str) -> str:
        return hmac.digest(self._index_key, f"{kind}\x1f{value}".encode(), "sha256")[:16].hex()

    def _hashed(self, identity: Identity) -> Identity:
        return Identity(
            references=frozenset(
                self._hash(IdentifierKind.CUSTOMER_REFERENCE, v) for v in identity.references
            ),
            emails=frozenset(self._hash(IdentifierKind.EMAIL, v) for v in identity.emails),
            name=self._hash(IdentifierKind.NAME, identity.name) if identity.name else "",
        )

    def _known(self, wanted: list[str]) -> list[tuple[Identity, date]]:
        subjects: dict[str, dict[str, set[str]]] = {}
        untils: dict[str, date] = {}
        all_marks = MARK.alias()
        with self._archive.connect() as archive:
            for start in range(0, len(wanted), _FEW):
                query = (
                    sa.select(all_marks.c.subject, all_marks.c.kind, all_marks.c.hash, SEALED.c.until)
                    .join(MARK, MARK.c.subject == all_marks.c.subject)
                    .join(SEALED, SEALED.c.subject == all_marks.c.subject)
                    .where(MARK.c.hash.in_(wanted[start : start + _FEW]))
                )
                for subject, kind, value, until in archive.execute(query):
                    subjects.setdefault(subject, {}).setdefault(kind, set()).add(value)
                    untils[subject] = until
        return [(_identity(marks), untils[subject]) for subject, marks in subjects.items()]

    def _forget(self, archive: sa.Connection, subjects: Sequence[str]) -> None:
        for start in range(0, len(subjects), _FEW):
            few = subjects[start : start + _FEW]
            archive.execute(sa.delete(MARK).where(MARK.c.subject.in_(few)))
            archive.execute(sa.delete(SEALED).where(SEALED.c.subject.in_(few)))

    def _shred(self, subjects: Sequence[str]) -> None:
        with self._vault.begin() as vault:
            for start in range(0, len(subjects), _FEW):
                vault.execute(sa.delete(WRAPPED).where(WRAPPED.c.subject.in_(subjects[start : start + _FEW])))


def _identity(marks: Mapping[str, set[str]]) -> Identity:
    return Identity(
        references=frozenset(marks.get(IdentifierKind.CUSTOMER_REFERENCE.value, ())),
        emails=frozenset(marks.get(IdentifierKind.EMAIL.value, ())),
        name=next(iter(marks.get(IdentifierKind.NAME.value, ())), ""),
    )


class _Sealer:
    """Seals the packages of one unit, whose *words* are said once for all of them."""

    def __init__(self, words: bytes) -> None:
        self._words = words
        self._compressor = zstandard.ZstdCompressor(
            level=1, dict_data=_dictionary(words), write_dict_id=False
        )

    def row(self, unit: int, subject: bytes, key: bytes, person: Sealed) -> tuple[Any, ...]:
        """Return *person* as a row of the archive, sealed under *key*."""
        about = _about(subject.hex(), person.system, person.root, person.until, self._words)
        package = _seal(AESGCM(key), self._compressor.compress(person.package), about)
        return subject, unit, person.system, person.root, person.until, person.rows, package


def _new_subject() -> bytes:
    """Return a name for a package: the millisecond, which keeps indexes dense, then 80 bits nobody can guess."""
    return (time.time_ns() // 1_000_000).to_bytes(6) + os.urandom(10)


def _dictionary(words: bytes) -> zstandard.ZstdCompressionDict | None:
    if not words:
        return None
    return zstandard.ZstdCompressionDict(words, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _about(subject: str, system: str, root: str, until: date, words: bytes) -> bytes:
    """Return what a package is bound to: moved, renamed, prolonged or told in other words, it no longer opens."""
    shared = hashlib.sha256(words).hexdigest()
    return "\x1f".join([FORMAT, subject, system, root, until.isoformat(), shared]).encode()


def _seal(cipher: AESGCM, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, about)


def _open(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)


def _create(store: sa.Engine, tables: sa.MetaData) -> None:
    """Create the tables of a new store; two processes may open it at once."""
    with store.connect() as connection:
        missing = not all(sa.inspect(connection).has_table(table.name) for table in tables.sorted_tables)
        connection.rollback()
        if missing:
            with turn(connection):
                tables.create_all(connection)
                connection.commit()
