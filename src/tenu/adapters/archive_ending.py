"""Ending what the archive holds: the key first, which reaches the backups, then the rows. And looking for what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from tenu.adapters.archive_holds import FREE, on_hold
from tenu.adapters.archive_reading import Reading
from tenu.adapters.archive_tables import MARK, SEALED, UNIT
from tenu.adapters.databases.dialects import turn
from tenu.adapters.vault import Wrapped
from tenu.errors import RefusedError, TamperedError
from tenu.plans.archive import Rotation, Soundness
from tenu.ports import Unit
from tenu.terms import Text

_PAGE = 1_000


class HeldError(RefusedError):
    """A package on hold cannot be ended before its hold is released."""


class Ending(Reading):
    """What ends packages, and what makes sure that nothing is left of them."""

    def wipe(self, run: str, task: str, unit: Unit) -> None:
        """Take back a unit whose source transaction never committed: there, every row is still in place."""
        same = [("run", run), ("task", task), ("fate", int(unit.fate)), ("chunk", unit.chunk)]
        mine = sa.select(UNIT.c.id).where(*(UNIT.c[name] == value for name, value in same))
        with self._archive.begin() as archive:
            numbers = list(archive.scalars(mine))
            theirs = sa.select(SEALED.c.subject).where(SEALED.c.unit.in_(numbers))
            subjects = list(archive.scalars(theirs))
            self._forget(archive, subjects)
            archive.execute(sa.delete(UNIT).where(UNIT.c.id.in_(numbers)))
        self._vault.destroy(subjects)

    def sweep(self, run: str, system: str) -> int:
        """Destroy the keys that *run* made for *system* and that never got their package; return how many.

        Only where no chunk of that run can be in progress.
        """
        count = 0
        for envelope, subjects in self._vault.unsettled(run, system):
            orphans = self._without_package(subjects)
            self._vault.destroy(orphans)
            self._vault.settle(envelope)
            count += len(orphans)
        return count

    def expired(self, as_of: date) -> int:
        """Return how many packages have reached their last day on *as_of*, those on hold left out."""
        with self._archive.connect() as archive:
            query = sa.select(sa.func.count()).select_from(SEALED).where(SEALED.c.until <= as_of, FREE)
            return int(archive.execute(query).scalar_one())

    def end(self, as_of: date) -> int:
        """End every package that reached its last day on *as_of*: its key first, which reaches the backups too.

        A package on hold stays. Holds are placed in the same turn: none comes between a key and its package.
        """
        past = sa.and_(SEALED.c.until <= as_of, FREE)
        with self._archive.connect() as archive, turn(archive):
            theirs = MARK.c.subject.in_(sa.select(SEALED.c.subject).where(past))
            archive.execute(sa.delete(MARK).where(theirs))
            self._vault.destroy_past(as_of)
            done = archive.execute(sa.delete(SEALED).where(past)).rowcount
            archive.commit()
        return done

    def destroy(self, subjects: Sequence[str]) -> None:
        """End the packages called *subjects* now, keys first.

        Raises:
            HeldError: One of them is on hold: nothing was destroyed.
        """
        with self._archive.connect() as archive, turn(archive):
            if held := on_hold(archive, subjects):
                raise HeldError(
                    Text(fr=f"{held} de ces dossiers sont gelés", en=f"{held} of these packages are on hold"),
                    fix=Text(fr="tenu hold list dit par quel gel", en="tenu hold list says by which hold"),
                )
            self._vault.destroy(subjects)
            self._forget(archive, subjects)
            archive.commit()

    def rotate(self, progress: Callable[[int, int], None]) -> Rotation:
        """Put every key under a new archive key, and retire the former one; cut short, it goes on when run again."""
        return self._vault.rotate(progress)

    def verify(
        self, as_of: date, before: str, one_in: int, progress: Callable[[int, int], None]
    ) -> Soundness:
        """Go through the whole archive and vault, a page at a time, and return what is wrong.

        Args:
            as_of: A package whose last day is before it is past.
            before: Only subjects sealed before this one are judged: a chunk may be in progress.
            one_in: Open one package in so many; 1 opens them all, 0 none.
            progress: Told how many packages were seen, of how many.
        """
        with self._archive.connect() as archive:
            total = archive.execute(sa.select(sa.func.count()).select_from(SEALED)).scalar_one()
            past = sa.select(sa.func.count()).select_from(SEALED).where(SEALED.c.until < as_of, FREE)
            seen = Soundness(past=archive.execute(past).scalar_one())
        last = "00" * 16
        while page := self._names_after(last):
            seen = self._judged(seen, page, last, before, one_in)
            last = page[-1]
            progress(seen.packages, total)
        return replace(seen, orphans=(*seen.orphans, *self._orphans_after(last, before)))

    def _judged(self, seen: Soundness, page: list[str], last: str, before: str, one_in: int) -> Soundness:
        """Return *seen* with what one *page* of subjects, those after *last*, adds to it."""
        kept = {key.subject: key for key in self._vault.wrapped(last, page[-1])}
        tried = [s for n, s in enumerate(page, seen.packages) if one_in and n % one_in == 0 and s in kept]
        orphans = [s for s in kept.keys() - set(page) if last < s < before]
        return replace(
            seen,
            packages=seen.packages + len(page),
            tried=seen.tried + len(tried),
            sealed_shut=(*seen.sealed_shut, *self._shut(tried, kept)),
            keyless=(*seen.keyless, *self._still_here([s for s in page if s not in kept and s < before])),
            orphans=(*seen.orphans, *self._without_package(orphans)),
        )

    def _shut(self, subjects: Sequence[str], kept: dict[str, Wrapped]) -> list[str]:
        """Return those of *subjects* whose package does not open."""
        found = []
        query = sa.select(SEALED, UNIT.c.words).join(UNIT).where(SEALED.c.subject.in_(subjects))
        with self._archive.connect() as archive:
            for row in archive.execute(query).mappings():
                try:
                    self._opened(row, kept[row["subject"]])
                except TamperedError:
                    found.append(row["subject"])
        return found

    def _names_after(self, subject: str) -> list[str]:
        query = sa.select(SEALED.c.subject).where(SEALED.c.subject > subject)
        with self._archive.connect() as archive:
            return list(archive.scalars(query.order_by(SEALED.c.subject).limit(_PAGE)))

    def _orphans_after(self, subject: str, before: str) -> list[str]:
        """Return the keys that come after the last package and have none."""
        found: list[str] = []
        while page := self._vault.after(subject, _PAGE):
            found.extend(self._without_package([s for s in page if s < before]))
            subject = page[-1]
        return found

    def _still_here(self, subjects: Sequence[str]) -> list[str]:
        """Return those of *subjects* whose package is still there: the others ended meanwhile."""
        query = sa.select(SEALED.c.subject).where(SEALED.c.subject.in_(subjects))
        with self._archive.connect() as archive:
            return sorted(archive.scalars(query)) if subjects else []

    def _without_package(self, subjects: Sequence[str]) -> list[str]:
        return sorted(set(subjects) - set(self._still_here(subjects)))
