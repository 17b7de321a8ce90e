"""Archived people on hold: marked in the archive and in the vault, where the statements that end packages look.

The vault keeps its own marks so that no key of a held package is destroyed by a statement that cannot see the archive.

Source: GDPR 17(3)(e); policy C-PUR-12, C-RET-06; state machine SM-6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from tenu.adapters.archive_tables import ENVELOPE, HELD, HELD_KEY, SEALED, WRAPPED

_FEW = 500


FREE = ~sa.exists(sa.select(sa.literal(1)).select_from(HELD).where(HELD.c.subject == SEALED.c.subject))
"""A package no hold covers."""
FREE_KEY = ~sa.exists(
    sa.select(sa.literal(1)).select_from(HELD_KEY).where(HELD_KEY.c.subject == WRAPPED.c.subject)
)
"""The key of such a package."""
FREE_ENVELOPE = ~sa.exists(
    sa.select(sa.literal(1))
    .select_from(HELD_KEY)
    .where(HELD_KEY.c.subject >= ENVELOPE.c.first, HELD_KEY.c.subject <= ENVELOPE.c.last)
)
"""An envelope no such key needs any more."""


def place(archive: sa.Connection, vault: sa.Engine, hold: str, subjects: Sequence[str]) -> int:
    """Put the packages *subjects* under *hold*, keys first; return how many were not yet."""
    with vault.begin() as keys:
        _insert(keys, HELD_KEY, hold, subjects)
    return _insert(archive, HELD, hold, subjects)


def on_hold(archive: sa.Connection, subjects: Sequence[str]) -> int:
    """Return how many of *subjects* some hold covers."""
    found: set[str] = set()
    for start in range(0, len(subjects), _FEW):
        query = sa.select(HELD.c.subject).where(HELD.c.subject.in_(subjects[start : start + _FEW]))
        found.update(archive.execute(query).scalars())
    return len(found)


def lift(archive: sa.Connection, vault: sa.Engine, hold: str) -> int:
    """Take every package off *hold*; return how many they were."""
    done = archive.execute(sa.delete(HELD).where(HELD.c.hold == hold)).rowcount
    with vault.begin() as keys:
        keys.execute(sa.delete(HELD_KEY).where(HELD_KEY.c.hold == hold))
    return done


def _insert(store: sa.Connection, table: sa.Table, hold: str, subjects: Iterable[str]) -> int:
    known = set(store.execute(sa.select(table.c.subject).where(table.c.hold == hold)).scalars())
    new = [{"subject": subject, "hold": hold} for subject in subjects if subject not in known]
    for start in range(0, len(new), _FEW):
        store.execute(sa.insert(table), new[start : start + _FEW])
    return len(new)
