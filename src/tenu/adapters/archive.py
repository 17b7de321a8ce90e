"""The restricted archive: people sealed one by one, each under a key of its own, found by keyed hashes only.

Two stores. The *archive* holds sealed packages and the hashes they are found by; the *vault* holds each package's key,
wrapped under the archivist's key, which is in neither. Destroying a key in the vault ends its package in every backup of
the archive. A unit (the people of one chunk) is committed whole, and can be wiped whole when its source never was.

Source: policy C-RET-04 to C-RET-06, C-RET-19, C-RET-22; GDPR 32.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters import archive_holds
from tenu.adapters.archive_ending import Ending
from tenu.adapters.archive_store import FEW, about, hashed_identity
from tenu.adapters.archive_tables import MARK, SEALED, UNIT
from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.dialects import turn
from tenu.adapters.envelopes import seal
from tenu.datamap.identity import Identity, Likeness
from tenu.plans.archive import Package
from tenu.ports import Fate, Key, Sealed, Unit
from tenu.terms import IdentifierKind

_PACKAGE = ("subject", "unit", "system", "root", "until", "rows", "package")
_MARK = ("subject", "kind", "hash")


class Archive(Ending):
    """Every verb tenu has on the archive."""

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
        named = [(subject, os.urandom(32), person) for subject, person in _named(people)]
        place = {"run": run, "task": task, "fate": int(unit.fate), "chunk": unit.chunk}
        with self._archive.begin() as archive:
            new = sa.insert(UNIT).values(**place, people=len(named), ground=ground, words=words)
            key: Any = archive.execute(new).inserted_primary_key
            sealer = _Sealer(key.id, words)
            self._vault.keep(run, task, [(s, k, p.until) for s, k, p in named])
            insert_rows(archive, SEALED, _PACKAGE, [sealer.row(*one) for one in named])
            insert_rows(archive, MARK, _MARK, [m for s, _, p in named for m in self._marks(s, p)])
        return len(named)

    def units(self, run: str) -> set[tuple[str, Unit]]:
        """Return the units *run* has committed here."""
        query = sa.select(UNIT.c.task, UNIT.c.fate, UNIT.c.chunk).where(UNIT.c.run == run)
        with self._archive.connect() as archive:
            return {
                (task, Unit(fate=Fate(fate), chunk=chunk)) for task, fate, chunk in archive.execute(query)
            }

    def recall(self, people: Mapping[Key, Sequence[Identity]]) -> dict[Key, date]:
        """Return the last day of the archive of those of *people* who already have something in it."""
        mine = {
            key: [self._hashed(identity) for identity in identities] for key, identities in people.items()
        }
        wanted = {h for identities in mine.values() for i in identities for h in (*i.references, *i.emails)}
        if not wanted:
            return {}
        with self._archive.connect() as archive:
            known = self._known(archive, sorted(wanted))
        by_hash: dict[str, list[tuple[Identity, date]]] = {}
        for _, identity, until in known:
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

    def hold(self, hold: str, people: Iterable[Identity], systems: Sequence[str]) -> int:
        """Spare the packages of *people* from their end, as long as *hold* is in force; return how many are new to it.

        Args:
            hold: Its id.
            people: What identifies them; who has neither reference nor e-mail is found by nobody.
            systems: Only packages of these systems; of all when there are none.
        """
        with self._archive.connect() as archive, turn(archive):
            subjects = self._same(archive, people)
            done = archive_holds.place(
                archive, self._vault.engine, hold, self._of(archive, subjects, systems)
            )
            archive.commit()
        return done

    def of(self, people: Iterable[Identity]) -> list[Package]:
        """Return the packages that are surely of one of *people*, oldest first; nobody is found without a reference or e-mail."""
        with self._archive.connect() as archive:
            return self._packages(archive, sorted(self._same(archive, people)))

    def release(self, hold: str) -> int:
        """Let the packages of *hold* end at their time; return how many they were."""
        with self._archive.connect() as archive, turn(archive):
            done = archive_holds.lift(archive, self._vault.engine, hold)
            archive.commit()
        return done

    def _same(self, archive: sa.Connection, people: Iterable[Identity]) -> set[str]:
        """Return the subjects of the packages that are surely of one of *people*."""
        mine = [self._hashed(identity) for identity in people]
        wanted = sorted({value for i in mine for value in (*i.references, *i.emails)})
        known = self._known(archive, wanted) if wanted else []
        return {s for s, theirs, _ in known if any(i.likeness(theirs) is Likeness.SAME for i in mine)}

    @staticmethod
    def _of(archive: sa.Connection, subjects: Iterable[str], systems: Sequence[str]) -> list[str]:
        """Return those of *subjects* that come from one of *systems*."""
        found: list[str] = []
        wanted = sorted(subjects)
        for start in range(0, len(wanted), FEW):
            query = sa.select(SEALED.c.subject).where(SEALED.c.subject.in_(wanted[start : start + FEW]))
            found += archive.execute(
                query.where(SEALED.c.system.in_(systems)) if systems else query
            ).scalars()
        return found

    # ── sealing ──

    def _marks(self, subject: bytes, person: Sealed) -> Iterator[tuple[Any, ...]]:
        for kind, value in dict.fromkeys(person.identifiers):
            yield subject, kind.value, bytes.fromhex(self._hash(kind, value))

    def _hashed(self, identity: Identity) -> Identity:
        return Identity(
            references=frozenset(
                self._hash(IdentifierKind.CUSTOMER_REFERENCE, v) for v in identity.references
            ),
            emails=frozenset(self._hash(IdentifierKind.EMAIL, v) for v in identity.emails),
            name=self._hash(IdentifierKind.NAME, identity.name) if identity.name else "",
        )

    def _known(self, archive: sa.Connection, wanted: list[str]) -> list[tuple[str, Identity, date]]:
        """Return the packages that carry one of the hashes *wanted*: subject, identity in hashes, last day."""
        subjects: dict[str, dict[str, set[str]]] = {}
        untils: dict[str, date] = {}
        all_marks = MARK.alias()
        for start in range(0, len(wanted), FEW):
            query = (
                sa.select(all_marks.c.subject, all_marks.c.kind, all_marks.c.hash, SEALED.c.until)
                .join(MARK, MARK.c.subject == all_marks.c.subject)
                .join(SEALED, SEALED.c.subject == all_marks.c.subject)
                .where(MARK.c.hash.in_(wanted[start : start + FEW]))
            )
            for subject, kind, value, until in archive.execute(query):
                subjects.setdefault(subject, {}).setdefault(kind, set()).add(value)
                untils[subject] = until
        return [(subject, hashed_identity(marks), untils[subject]) for subject, marks in subjects.items()]


class _Sealer:
    """Seals the packages of the unit numbered *unit*, whose *words* are said once for all of them."""

    def __init__(self, unit: int, words: bytes) -> None:
        self._unit = unit
        self._words = words
        self._compressor = zstandard.ZstdCompressor(level=1)

    def row(self, subject: bytes, key: bytes, person: Sealed) -> tuple[Any, ...]:
        """Return *person* as a row of the archive, sealed under *key*."""
        bound = about(subject.hex(), person.system, person.root, person.until, self._words)
        package = seal(AESGCM(key), self._compressor.compress(person.package), bound)
        return subject, self._unit, person.system, person.root, person.until, person.rows, package


def _named(people: Iterable[Sealed]) -> list[tuple[bytes, Sealed]]:
    """Give each package a name, in order: the millisecond, which keeps indexes dense, then 80 bits nobody can guess."""
    waiting = list(people)
    begun = (time.time_ns() // 1_000_000).to_bytes(6)
    return list(zip(sorted(begun + os.urandom(10) for _ in waiting), waiting, strict=True))
