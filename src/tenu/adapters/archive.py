"""The restricted archive: people sealed one by one, each under a key of its own, found by keyed hashes only.

Two stores. The *archive* holds sealed packages and the hashes they are found by; the *vault* holds each package's key,
wrapped by the archive key, which is in neither. Destroying a key in the vault ends its package in every backup of the
archive. A unit (the people of one chunk) is committed whole, and can be wiped whole when its source never was.

Source: policy C-RET-04 to C-RET-06, C-RET-19, C-RET-22; GDPR 32.
"""

from __future__ import annotations

import hmac
import os
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
from sqlalchemy.dialects.mysql import LONGBLOB

from tenu.adapters.databases.dialects import connect
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

_ARCHIVE = sa.MetaData()
_VAULT = sa.MetaData()
_BLOB = sa.LargeBinary().with_variant(LONGBLOB(), "mysql")

SEALED = sa.Table(
    "sealed",
    _ARCHIVE,
    sa.Column("subject", sa.String(32), primary_key=True),
    sa.Column("run", sa.String(64), nullable=False),
    sa.Column("task", sa.String(190), nullable=False),
    sa.Column("fate", sa.SmallInteger, nullable=False),
    sa.Column("chunk", sa.Integer, nullable=False),
    sa.Column("system", sa.String(64), nullable=False),
    sa.Column("root", sa.String(128), nullable=False),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("ground", sa.String(400), nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("package", _BLOB, nullable=False),
    sa.Index("sealed_unit", "run", "task", "fate", "chunk"),
)
MARK = sa.Table(
    "mark",
    _ARCHIVE,
    sa.Column("subject", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(24), primary_key=True),
    sa.Column("hash", sa.String(32), primary_key=True, index=True),
)
UNIT = sa.Table(
    "unit",
    _ARCHIVE,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("task", sa.String(190), primary_key=True),
    sa.Column("fate", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("people", sa.Integer, nullable=False),
)
WRAPPED = sa.Table(
    "wrapped_key",
    _VAULT,
    sa.Column("subject", sa.String(32), primary_key=True),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)


class Archive:
    """Sealed packages in *archive_url*, their keys in *vault_url*, both under *key* (32 bytes, kept elsewhere)."""

    def __init__(self, archive_url: str, vault_url: str, key: bytes) -> None:
        self._archive = connect(archive_url, writing=True)
        self._vault = connect(vault_url, writing=True)
        translate(self._archive, "archive")
        translate(self._vault, "vault")
        self._wrapping = AESGCM(key)
        self._index_key = HKDF(hashes.SHA256(), 32, salt=None, info=b"tenu archive index").derive(key)
        _ARCHIVE.create_all(self._archive)
        _VAULT.create_all(self._vault)

    def close(self) -> None:
        """Close every connection."""
        self._archive.dispose()
        self._vault.dispose()

    def put(self, run: str, task: str, unit: Unit, people: Iterable[Sealed]) -> int:
        """Seal *people* as one unit and commit it; return how many they are.

        Keys are committed first: a key without a package is harmless, a package without its key would be lost.
        """
        place = {"run": run, "task": task, "fate": int(unit.fate), "chunk": unit.chunk}
        compressor = zstandard.ZstdCompressor(level=3)
        count = 0
        with self._archive.begin() as archive:
            waiting = iter(people)
            while batch := list(islice(waiting, _BATCH)):
                count += len(batch)
                sealed = [(os.urandom(16).hex(), AESGCM.generate_key(256), person) for person in batch]
                with self._vault.begin() as vault:
                    vault.execute(sa.insert(WRAPPED), [self._wrapped(s, k, p) for s, k, p in sealed])
                rows = [{**place, **self._sealed(s, k, p, compressor)} for s, k, p in sealed]
                archive.execute(sa.insert(SEALED), rows)
                marks = [m for s, _, p in sealed for m in self._marks(s, p)]
                if marks:
                    archive.execute(sa.insert(MARK), marks)
            archive.execute(sa.insert(UNIT), [{**place, "people": count}])
        return count

    def units(self, run: str) -> set[tuple[str, Unit]]:
        """Return the units *run* has committed here."""
        query = sa.select(UNIT.c.task, UNIT.c.fate, UNIT.c.chunk).where(UNIT.c.run == run)
        with self._archive.connect() as archive:
            return {(task, Unit(fate=Fate(fate), chunk=chunk)) for task, fate, chunk in archive.execute(query)}

    def wipe(self, run: str, task: str, unit: Unit) -> None:
        """Take back a unit whose source transaction never committed: there, every row is still in place."""
        same = [("run", run), ("task", task), ("fate", int(unit.fate)), ("chunk", unit.chunk)]
        mine = sa.and_(*(SEALED.c[name] == value for name, value in same))
        with self._archive.begin() as archive:
            subjects = [row[0] for row in archive.execute(sa.select(SEALED.c.subject).where(mine))]
            self._forget(archive, subjects)
            archive.execute(sa.delete(UNIT).where(*(UNIT.c[name] == value for name, value in same)))
        self._shred(subjects)

    def recall(self, people: Mapping[Key, Sequence[Identity]]) -> dict[Key, date]:
        """Return the last day of the archive of those of *people* who already have something in it."""
        mine = {key: [self._hashed(identity) for identity in identities] for key, identities in people.items()}
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
            subjects = [r[0] for r in archive.execute(sa.select(SEALED.c.subject).where(SEALED.c.until <= as_of))]
            self._forget(archive, subjects)
        return len(subjects)

    def audit(self, as_of: date, no_archive: Sequence[str]) -> ArchiveFacts:
        """Return what the archive holds that it should not.

        Args:
            as_of: A package whose last day is before it is past.
            no_archive: Rules that have no archive: no package may come from them alone.
        """
        alone = sa.or_(sa.false(), *(SEALED.c.task.like(f"%:{rule}") for rule in no_archive))
        counted = [
            sa.func.count(),
            sa.func.count(sa.case((SEALED.c.until < as_of, 1))),
            sa.func.count(sa.case((SEALED.c.ground == "", 1))),
            sa.func.count(sa.case((alone, 1))),
        ]
        with self._archive.connect() as archive:
            packages, past, groundless, forbidden = archive.execute(sa.select(*counted).select_from(SEALED)).one()
        return ArchiveFacts(packages=packages, past=past, groundless=groundless, forbidden=forbidden)

    def open(self, subject: str) -> bytes:
        """Return the package of *subject*, opened.

        Raises:
            TamperedError: The package or its key was changed, or its key has been destroyed.
        """
        with self._archive.connect() as archive:
            row = archive.execute(sa.select(SEALED).where(SEALED.c.subject == subject)).mappings().one()
        with self._vault.connect() as vault:
            wrapped = vault.execute(sa.select(WRAPPED.c.wrapped).where(WRAPPED.c.subject == subject)).scalar()
        try:
            key = _open(self._wrapping, wrapped or b"", subject.encode())
            about = _about(subject, row["system"], row["root"], row["until"])
            return zstandard.ZstdDecompressor().decompress(_open(AESGCM(key), row["package"], about))
        except (InvalidTag, ValueError):
            raise TamperedError(
                Text(
                    fr="ce dossier d'archive ne s'ouvre pas : il a été modifié ou sa clé a été détruite",
                    en="this archived file does not open: it was changed, or its key has been destroyed",
                )
            ) from None

    # ── sealing ──

    def _wrapped(self, subject: str, key: bytes, person: Sealed) -> dict[str, Any]:
        return {"subject": subject, "until": person.until, "wrapped": _seal(self._wrapping, key, subject.encode())}

    def _sealed(self, subject: str, key: bytes, person: Sealed, compressor: Any) -> dict[str, Any]:
        about = _about(subject, person.system, person.root, person.until)
        return {
            "subject": subject,
            "system": person.system,
            "root": person.root,
            "until": person.until,
            "ground": person.ground,
            "rows": person.rows,
            "package": _seal(AESGCM(key), compressor.compress(person.package), about),
        }

    def _marks(self, subject: str, person: Sealed) -> Iterator[dict[str, str]]:
        for kind, value in dict.fromkeys(person.identifiers):
            yield {"subject": subject, "kind": kind.value, "hash": self._hash(kind, value)}

    def _hash(self, kind: IdentifierKind, value: str) -> str:
        return hmac.digest(self._index_key, f"{kind}\x1f{value}".encode(), "sha256")[:16].hex()

    def _hashed(self, identity: Identity) -> Identity:
        return Identity(
            references=frozenset(self._hash(IdentifierKind.CUSTOMER_REFERENCE, v) for v in identity.references),
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


def _about(subject: str, system: str, root: str, until: date) -> bytes:
    """Return what a package is bound to: moved, renamed or prolonged, it no longer opens."""
    return "\x1f".join([FORMAT, subject, system, root, until.isoformat()]).encode()


def _seal(cipher: AESGCM, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, about)


def _open(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
