"""Reading the archive: finding packages, counting them, opening one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters.archive_holds import FREE
from tenu.adapters.archive_reach import reach
from tenu.adapters.archive_store import FEW, ArchiveStore, about, dictionary, hashed_identity
from tenu.adapters.archive_tables import MARK, SEALED, UNIT
from tenu.adapters.envelopes import unseal
from tenu.adapters.vault import Wrapped
from tenu.errors import TamperedError
from tenu.plans.archive import Package, Reach, Shelf
from tenu.plans.facts import ArchiveFacts
from tenu.plans.package import opened
from tenu.terms import IdentifierKind, Text


class Reading(ArchiveStore):
    """What can be asked of the archive without changing it."""

    def search(self, wanted: Mapping[IdentifierKind, str]) -> list[Package]:
        """Return the packages that bear every identifier of *wanted*, already normalised, oldest first."""
        pairs = [(kind.value, self._hash(kind, value)) for kind, value in wanted.items()]
        same = sa.or_(*(sa.and_(MARK.c.kind == kind, MARK.c.hash == value) for kind, value in pairs))
        query = sa.select(MARK.c.subject).where(same).group_by(MARK.c.subject)
        with self._archive.connect() as archive:
            found = archive.scalars(query.having(sa.func.count() == len(pairs)))
            return self._packages(archive, sorted(found))

    def packages(self, subjects: Sequence[str]) -> list[Package]:
        """Return the packages called *subjects*, those that exist, oldest first."""
        with self._archive.connect() as archive:
            return self._packages(archive, sorted(set(subjects)))

    def shelves(self) -> list[Shelf]:
        """Return how many packages end in each month, by system and ground."""
        counts = sa.func.count(), sa.func.sum(SEALED.c.rows)
        place = SEALED.c.until, SEALED.c.system, UNIT.c.ground
        query = sa.select(*place, *counts).select_from(SEALED.join(UNIT)).group_by(*place)
        packages: Counter[tuple[str, str, str]] = Counter()
        rows: Counter[tuple[str, str, str]] = Counter()
        with self._archive.connect() as archive:
            for until, system, ground, count, held in archive.execute(query):
                shelf = (f"{until:%Y-%m}", system, ground)
                packages[shelf] += count
                rows[shelf] += int(held)
        return sorted(
            Shelf(month=m, system=s, ground=g, packages=count, rows=rows[m, s, g])
            for (m, s, g), count in packages.items()
        )

    def keys(self) -> tuple[str, ...]:
        """Return the names of the keys that may seal: one, or two while a rotation is under way."""
        return self._vault.names()

    def reach(self) -> Reach:
        """Return who could read the archive or the vault without being meant to, as the servers tell it."""
        return reach(self._archive, self._vault.engine, self._around)

    def audit(self, as_of: date, no_archive: Sequence[str]) -> ArchiveFacts:
        """Return what the archive holds that it should not.

        Args:
            as_of: A package whose last day is before it is past.
            no_archive: Rules that have no archive: no package may come from them alone.
        """
        alone = sa.or_(sa.false(), *(UNIT.c.task.like(f"%:{rule}") for rule in no_archive))
        counted: list[Any] = [
            sa.func.count(),
            sa.func.count(sa.case((sa.and_(SEALED.c.until < as_of, FREE), 1))),
            sa.func.count(sa.case((UNIT.c.ground == "", 1))),
            sa.func.count(sa.case((alone, 1))),
        ]
        with self._archive.connect() as archive:
            found = archive.execute(sa.select(*counted).select_from(SEALED.join(UNIT)))
            packages, past, groundless, forbidden = found.one()
        return ArchiveFacts(
            packages=packages, past=past, groundless=groundless, forbidden=forbidden, reach=self.reach()
        )

    def open(self, subject: str) -> bytes:
        """Return the package of *subject*, opened: ``{"table": {"columns": […], "rows": [[…]]}}``.

        Raises:
            TamperedError: The package or its key was changed, or its key has been destroyed.
            KeyLostError: The key that opens the archive is not here, or this account may not read it.
        """
        with self._archive.connect() as archive:
            query = sa.select(SEALED, UNIT.c.words).join(UNIT).where(SEALED.c.subject == subject)
            row = archive.execute(query).mappings().one_or_none()
        kept = next(self._vault.wrapped(subject, subject), None)
        if row is None or kept is None:
            raise shut()
        return self._opened(row, kept)

    def _opened(self, row: Mapping[Any, Any], kept: Wrapped) -> bytes:
        """Return one package of the archive, opened with its key as the vault keeps it."""
        bound = about(row["subject"], row["system"], row["root"], row["until"], row["words"])
        try:
            packed = unseal(AESGCM(self._vault.unwrap(kept)), row["package"], bound)
            plain = zstandard.ZstdDecompressor(dict_data=dictionary(row["words"])).decompress(packed)
            return opened(row["words"], plain)
        except (InvalidTag, ValueError):
            raise shut() from None

    def _packages(self, archive: sa.Connection, subjects: Sequence[str]) -> list[Package]:
        rows = (SEALED.c[name] for name in ("subject", "system", "root", "rows", "until"))
        query = sa.select(*rows, UNIT.c.ground).select_from(SEALED.join(UNIT)).order_by(SEALED.c.subject)
        found: list[Package] = []
        for start in range(0, len(subjects), FEW):
            few = subjects[start : start + FEW]
            marks = _marks(archive, few)
            found.extend(
                Package(**row, identity=hashed_identity(marks.get(row["subject"], {})))
                for row in archive.execute(query.where(SEALED.c.subject.in_(few))).mappings()
            )
        return found


def _marks(archive: sa.Connection, subjects: Sequence[str]) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for subject, kind, value in archive.execute(sa.select(MARK).where(MARK.c.subject.in_(subjects))):
        found.setdefault(subject, {}).setdefault(kind, set()).add(value)
    return found


def shut() -> TamperedError:
    """Return the error that says a package does not open."""
    return TamperedError(
        Text(
            fr="ce dossier d'archive ne s'ouvre pas : il a été modifié ou sa clé a été détruite",
            en="this archived file does not open: it was changed, or its key has been destroyed",
        ),
        fix=Text(
            fr="« tenu archive verify » dit lesquels ; cherchez-le dans une sauvegarde de l'archive du même jour",
            en="'tenu archive verify' says which ones; look for it in a backup of the archive of the same day",
        ),
    )
