"""What a search looked at: the coverage an answer must show, system by system. Pure data.

Source: GDPR 15(1); policy C-RGT-01 (« count(access replies without store coverage manifest at 100 %) = 0 »).
"""

from __future__ import annotations

from dataclasses import dataclass

from tenu.terms import IdentifierKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCovered:
    """One people table, and the kinds of identifier it was searched *by*; none: nobody could be looked up in it."""

    table: str
    by: tuple[IdentifierKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One system. *tables* hang from its *people*; *declared_without* hold no personal data, the data map says.

    *answered* False: the system was silent, and nothing is concluded from it.
    """

    system: str
    answered: bool
    people: tuple[TableCovered, ...]
    tables: tuple[str, ...]
    declared_without: tuple[str, ...]
