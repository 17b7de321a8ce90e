"""What keeps a restricted person's rows as they are inside a company's database: pieces wanted, found, missing, altered.

Pure: the adapter writes the pieces and reads them back, ``check`` and ``tenu hold enforce`` say what it found.

Source: GDPR 18(2); policy C-RGT-16; INV-06.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from tenu.datamap.findings import finding
from tenu.datamap.model import System
from tenu.errors import Finding
from tenu.terms import Severity, Text


class PieceState(StrEnum):
    """What a database has of one piece. *leftover*: it has one that the data map does not, or no longer, ask for."""

    THERE = "there"
    MISSING = "missing"
    ALTERED = "altered"
    LEFTOVER = "leftover"


SAID: Mapping[PieceState, Text] = MappingProxyType(
    {
        PieceState.THERE: Text(fr="en place", en="in place"),
        PieceState.MISSING: Text(fr="manque", en="missing"),
        PieceState.ALTERED: Text(fr="modifié ou désactivé", en="altered or disabled"),
        PieceState.LEFTOVER: Text(fr="en trop", en="left over"),
    }
)
"""Each state as people read it."""


OWN_TABLE, OWN_VIEW = "table", "view"
"""What the catalog says of a table of tenu's, and of a view: that it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One trigger, view or table of tenu's in a company's database.

    *table*: the table it stands on, or lists people of. *says*: what the catalog must say of it. *create* and *drop* are SQL
    statements; *create* takes the place of a former one.
    """

    name: str
    table: str
    says: str
    create: tuple[str, ...]
    drop: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One piece and what the database has of it."""

    piece: Piece
    state: PieceState

    @property
    def sql(self) -> tuple[str, ...]:
        """Return the statements that put it right, none when it is."""
        match self.state:
            case PieceState.THERE:
                return ()
            case PieceState.MISSING | PieceState.ALTERED:
                return self.piece.create
            case PieceState.LEFTOVER:
                return self.piece.drop


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """What a database has of what its data map asks for, in the order it must be put right.

    *beyond*: the tables of the data map whose rows nothing of this can keep, each with why.
    """

    pieces: tuple[Seen, ...]
    beyond: Mapping[str, Text]

    @property
    def wrong(self) -> tuple[Seen, ...]:
        """Return the pieces that are not as they must be."""
        return tuple(seen for seen in self.pieces if seen.state is not PieceState.THERE)

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables whose rows are kept, or will be once everything is right."""
        kept = (s.piece for s in self.pieces if s.state is not PieceState.LEFTOVER)
        return tuple(dict.fromkeys(piece.table for piece in kept if piece.says not in (OWN_TABLE, OWN_VIEW)))


def seen(wanted: Sequence[Piece], live: Mapping[tuple[str, str], Piece]) -> tuple[Seen, ...]:
    """Return each piece *wanted*, then each *live* one nobody wants, by table and name: the last written goes first."""
    found = [Seen(piece=piece, state=_state(piece, live.get((piece.table, piece.name)))) for piece in wanted]
    asked = {(piece.table, piece.name) for piece in wanted}
    left = [piece for place, piece in live.items() if place not in asked]
    return (*(Seen(piece=piece, state=PieceState.LEFTOVER) for piece in left), *found)


def _state(piece: Piece, live: Piece | None) -> PieceState:
    if live is None:
        return PieceState.MISSING
    return PieceState.THERE if _words(live.says) == _words(piece.says) else PieceState.ALTERED


def _words(text: str) -> list[str]:
    return text.split()


def enforcement_findings(system: System, found: Enforcement) -> Iterator[Finding]:
    """Yield what a database does not keep as its data map says, worst first."""
    place = system.at.get("enforce_restrictions", system.place)
    fix = (f"tenu hold enforce --system {system.system}",) * 2
    if tables := _tables(found, PieceState.MISSING, PieceState.ALTERED):
        yield finding(
            "D-ENF-01", Severity.MAJOR, place,
            (f"{system.system} laisse changer les lignes d'une personne sous limitation : {tables}",
             f"{system.system} lets rows of a restricted person change: {tables}"), fix, ("C-RGT-16",),
        )  # fmt: skip
    for name, why in found.beyond.items():
        yield finding(
            "D-ENF-02", Severity.MAJOR, place,
            (f"{system.system} ne peut pas protéger « {name} » : {why.fr}", f"{system.system} cannot protect '{name}': {why.en}"),
            ("faites-le respecter par l'application elle-même", "have the application itself obey"), ("C-RGT-16",),
        )  # fmt: skip
    if tables := _tables(found, PieceState.LEFTOVER):
        yield finding(
            "D-ENF-03", Severity.MINOR, place,
            (f"{system.system} protège encore ce que sa carte ne lui demande plus : {tables}",
             f"{system.system} still protects what its data map no longer asks for: {tables}"), fix,
        )  # fmt: skip


def _tables(found: Enforcement, *states: PieceState) -> str:
    return ", ".join(_named(seen.piece for seen in found.pieces if seen.state in states))


def _named(pieces: Iterable[Piece]) -> list[str]:
    return list(dict.fromkeys(piece.table for piece in pieces))
