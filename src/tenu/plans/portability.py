"""What of a person's data they may take away: given or observed, on consent or contract. The rest is named, with why.

Source: GDPR 20(1), 20(4); LIL 55; guidelines WP242 rev.01; policy C-RGT-03; INV-22.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from tenu.plans.access import Cell, Copied
from tenu.policy.model import Policy
from tenu.terms import LegalBasis, Origin, Text

PORTABLE = (LegalBasis.CONSENT, LegalBasis.CONTRACT)


class LeftOut(StrEnum):
    """Why a column is not portable: a closed list."""

    OTHER_BASIS = "other_basis"
    DERIVED = "derived"
    NOT_OF_THE_PERSON = "not_of_the_person"
    SOMEBODY_ELSE = "somebody_else"


WHY: Mapping[LeftOut, Text] = MappingProxyType(
    {
        LeftOut.OTHER_BASIS: Text(
            fr="utilisée sur une autre base que votre consentement ou un contrat",
            en="used on another basis than your consent or a contract",
        ),
        LeftOut.DERIVED: Text(
            fr="déduite par nous, vous ne l'avez ni fournie ni produite",
            en="concluded by us, neither given nor produced by you",
        ),
        LeftOut.NOT_OF_THE_PERSON: Text(
            fr="ne dit rien de vous par elle-même (gestion interne)",
            en="says nothing of you by itself (internal management)",
        ),
        LeftOut.SOMEBODY_ELSE: Text(fr="parle d'une autre personne", en="speaks of somebody else"),
    }
)
"""Each reason as the person reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """Columns of one table that are not in the portable copy, for one reason."""

    system: str
    table: str
    columns: tuple[str, ...]
    why: LeftOut


def portable(
    copied: Iterable[Copied], policy: Policy
) -> tuple[tuple[Copied, ...], tuple[Omission, ...], tuple[str, ...]]:
    """Return the portable part of a copy, what was left out of it, and the columns whose origin nothing says.

    Those are taken for given: leaving them out would be against the person. Keys and links stay with the columns they
    tie together. A table the person has no row in is in neither.

    Args:
        copied: Everything that is the person's, live or archived; what is archived is no part of it.
        policy: Says the basis of each purpose, and where each category of data comes from.
    """
    kept: list[Copied] = []
    left: list[Omission] = []
    assumed: list[str] = []
    for table in copied:
        if not table.rows or table.archived_until is not None:
            continue
        reasons = [_left_out(cell, table, policy) for cell in table.columns]
        inside = [reason is None for reason in reasons]
        if any(inside):
            places = [i for i, cell in enumerate(table.columns) if inside[i] or cell.ties]
            kept.append(_cut(table, places))
            columns = [cell for i, cell in enumerate(table.columns) if inside[i]]
            assumed += [
                f"{table.system}.{table.table}.{c.name}" for c in columns if _origin(c, policy) is None
            ]
        left += _omissions(table, reasons, whole=not any(inside))
    return tuple(kept), tuple(left), tuple(assumed)


def _left_out(cell: Cell, table: Copied, policy: Policy) -> LeftOut | None:
    """Return why *cell* is not portable, None when it is."""
    bases = {policy.purpose(purpose).basis for purpose in cell.purposes or table.purposes}
    if cell.others:
        return LeftOut.SOMEBODY_ELSE
    if cell.category is None and cell.origin is None:
        return LeftOut.NOT_OF_THE_PERSON
    if _origin(cell, policy) is Origin.DERIVED:
        return LeftOut.DERIVED
    return None if bases & set(PORTABLE) else LeftOut.OTHER_BASIS


def _origin(cell: Cell, policy: Policy) -> Origin | None:
    """Return where *cell* comes from: as its data map says, or else as its category does."""
    known = {category.id: category.origin for category in policy.categories}
    return cell.origin or known.get(cell.category or "")


def _cut(table: Copied, places: list[int]) -> Copied:
    return replace(
        table,
        columns=tuple(table.columns[i] for i in places),
        rows=tuple(tuple(row[i] for i in places) for row in table.rows),
    )


def _omissions(table: Copied, reasons: list[LeftOut | None], *, whole: bool) -> Iterator[Omission]:
    for why in LeftOut:
        cells = zip(table.columns, reasons, strict=True)
        names = tuple(cell.name for cell, reason in cells if reason is why and (whole or not cell.ties))
        if names:
            yield Omission(system=table.system, table=table.table, columns=names, why=why)
