"""What becomes of everything held of somebody who asks to be erased, table by table: what is read before a decision is
taken, what was done once it was carried out, what the letter says. Pure.

Source: GDPR 12(4), 17(1), 17(3); law 5.5, 5.13; policy C-RGT-10, C-RGT-11; DPV 2.3 for the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from tenu.law.reason_codes import CODES as CODES_SAID
from tenu.law.reason_codes import ReasonCode
from tenu.terms import Text


class Becomes(StrEnum):
    """What becomes of rows.

    *columns*: some columns of rows that stay are emptied. *emptied*: only an empty row is left, because a row the law keeps
    points at it; *blank*: because a row of somebody else does. *archived*: sealed in the restricted archive, as evidence; *in_archive*: they were already. *kept*: left by
    a text of law. *running*: left because a contract under way needs them. *held*: left because of a hold.
    """

    ERASED = "erased"
    ANONYMISED = "anonymised"
    COLUMNS = "columns"
    EMPTIED = "emptied"
    BLANK = "blank"
    ARCHIVED = "archived"
    IN_ARCHIVE = "in_archive"
    KEPT = "kept"
    RUNNING = "running"
    HELD = "held"


CODES: Mapping[Becomes, ReasonCode] = MappingProxyType(
    {
        Becomes.EMPTIED: ReasonCode.LEGAL_DUTY,
        Becomes.KEPT: ReasonCode.LEGAL_DUTY,
        Becomes.ARCHIVED: ReasonCode.CLAIMS,
        Becomes.IN_ARCHIVE: ReasonCode.CLAIMS,
        Becomes.HELD: ReasonCode.CLAIMS,
        Becomes.RUNNING: ReasonCode.NOT_MET,
    }
)
"""The reason for what does not go. ``NOT_MET``, of a contract under way: no ground of GDPR 17(1) is met yet."""
IN_WORDS: Mapping[Becomes, Text] = MappingProxyType(
    {
        Becomes.ERASED: Text(fr="effacées", en="erased"),
        Becomes.ANONYMISED: Text(fr="anonymisées", en="anonymised"),
        Becomes.COLUMNS: Text(fr="vidées de certaines colonnes", en="emptied of some columns"),
        Becomes.EMPTIED: Text(
            fr="vidées : seule reste leur clé, que citent des pièces gardées",
            en="emptied: only their key stays, which documents kept refer to",
        ),
        Becomes.BLANK: Text(
            fr="vidées : rien de la personne n'y reste, et des lignes d'autres s'y réfèrent",
            en="emptied: nothing of the person stays, and rows of others refer to them",
        ),
        Becomes.ARCHIVED: Text(
            fr="scellées dans l'archive à accès restreint", en="sealed in the restricted archive"
        ),
        Becomes.IN_ARCHIVE: Text(
            fr="déjà dans l'archive à accès restreint", en="in the restricted archive already"
        ),
        Becomes.KEPT: Text(fr="gardées", en="kept"),
        Becomes.RUNNING: Text(
            fr="gardées : un contrat en cours en a besoin", en="kept: a contract under way needs them"
        ),
        Becomes.HELD: Text(
            fr="gardées : un litige ou une limitation l'impose",
            en="kept: a dispute or a restriction requires it",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What becomes of *rows* rows of one *table* of one *system*.

    *until*: last day the last of what stays is kept, None when nothing says it yet (a contract under way, a hold, a date nobody wrote).
    *text*: the text of law that keeps them, as the policy cites it; *why*: what is kept, or the ground, in words.
    """

    system: str
    table: str
    becomes: Becomes
    rows: int
    until: date | None = None
    text: str = ""
    why: Text | None = None

    @property
    def code(self) -> ReasonCode | None:
        """Return the reason for what does not go, None for what does."""
        return CODES.get(self.becomes)

    def plain(self) -> dict[str, Any]:
        """Return the holding as the documented JSON."""
        return {
            "system": self.system,
            "table": self.table,
            "becomes": str(self.becomes),
            "rows": self.rows,
            "until": self.until.isoformat() if self.until else None,
            "code": str(self.code) if self.code else None,
            "dpv": CODES_SAID[self.code].dpv if self.code else None,
            "text": self.text,
            "why": {"fr": self.why.fr, "en": self.why.en} if self.why else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureFacts:
    """What was done for one erasure request, and what stays: everything a letter about it is made of.

    *as_of*: civil day it was carried out. *plan*: digest of what carried it out, empty when nothing was held. *residual*: what
    the search that followed still found. *holdings*: ``Holding.system`` and ``table`` are names of the data map, whose labels,
    purposes and categories say them in the company's words.
    """

    number: str
    as_of: date
    plan: str
    holdings: tuple[Holding, ...]
    residual: int = 0

    @property
    def kept(self) -> tuple[Holding, ...]:
        """Return what does not go."""
        return tuple(holding for holding in self.holdings if holding.code)

    def plain(self) -> dict[str, Any]:
        """Return the facts as the documented JSON."""
        return {
            "request": self.number,
            "as_of": self.as_of.isoformat(),
            "plan": self.plan or None,
            "residual": self.residual,
            "holdings": [holding.plain() for holding in self.holdings],
        }


def read_facts(said: Mapping[str, Any]) -> ErasureFacts:
    """Return the facts ``ErasureFacts.plain`` wrote."""
    return ErasureFacts(
        number=said["request"],
        as_of=date.fromisoformat(said["as_of"]),
        plan=said["plan"] or "",
        residual=said["residual"],
        holdings=tuple(
            Holding(
                system=one["system"],
                table=one["table"],
                becomes=Becomes(one["becomes"]),
                rows=one["rows"],
                until=date.fromisoformat(one["until"]) if one["until"] else None,
                text=one["text"],
                why=Text(**one["why"]) if one["why"] else None,
            )
            for one in said["holdings"]
        ),
    )


def gathered(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    """Return *holdings* with what is alike counted together, in the order of systems and tables.

    Columns emptied in a row that then goes, or is emptied whole, are not told apart.
    """
    found: dict[tuple[object, ...], Holding] = {}
    whole = set()
    for one in holdings:
        alike = (one.system, one.table, one.becomes, one.until, one.text)
        rows = one.rows + (found[alike].rows if alike in found else 0)
        found[alike] = Holding(
            system=one.system, table=one.table, becomes=one.becomes, rows=rows,
            until=one.until, text=one.text, why=one.why,
        )  # fmt: skip
        if one.becomes in (
            Becomes.ERASED,
            Becomes.EMPTIED,
            Becomes.BLANK,
            Becomes.ARCHIVED,
            Becomes.ANONYMISED,
        ):
            whole.add((one.system, one.table))
    order = list(Becomes)
    return tuple(
        sorted(
            (
                h
                for h in found.values()
                if h.becomes is not Becomes.COLUMNS or (h.system, h.table) not in whole
            ),
            key=lambda h: (h.system, h.table, order.index(h.becomes), h.until or date.max),
        )
    )
