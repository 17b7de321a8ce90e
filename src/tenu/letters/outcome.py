"""What was done of each right, as a letter tells it: one line per holding, from the hands of whoever did it.

The operation of a right writes it when it has done its work, in the sealed file of the request. Nothing in it names a person but the values
a rectification changed, which go once the answer has left (``without_values``). A letter is rendered from these facts and the request
alone.

Source: GDPR 12(1), 12(4), 17(1)-(3), 18(3), 19; law 5.3 to 5.7 and 5.12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from tenu.law.reason_codes import ReasonCode
from tenu.policy.rights import Right
from tenu.terms import Text


class Fate(StrEnum):
    """What became of one holding."""

    COPIED = "copied"
    CORRECTED = "corrected"
    COMPLETED = "completed"
    ANNOTATED = "annotated"
    ERASED = "erased"
    ANONYMISED = "anonymised"
    DEFERRED = "deferred"
    KEPT = "kept"
    RESTRICTED = "restricted"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A value as it was and as it is now, in text; None where there was nothing, or is nothing any more."""

    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One holding and its fate.

    *what*: the data in plain words (« vos commandes »), never a value. *where*: the system, in plain words. *rows*: how many,
    None when counting says nothing. What is KEPT, DEFERRED or ANNOTATED says why: *code* and *ground* (the text of law or the
    policy's rule), *why* it applies here in the person's language, *until* its last day where there is one. *values*: what was
    CORRECTED, each pair once; for the person alone.
    """

    what: Text
    where: Text
    fate: Fate
    rows: int | None = None
    code: ReasonCode | None = None
    ground: Text | None = None
    why: str | None = None
    until: date | None = None
    values: tuple[Corrected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """A restriction: the *case* of GDPR 18(1) in plain words, since when; *lifts_on* and *why* once its end is decided."""

    case: Text
    since: date
    lifts_on: date | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightDone:
    """What was done of one right.

    *holdings*: everything it touched or kept. *stopped*: the uses and channels that ended (« e-mails commerciaux »).
    *told*: the recipients told, by name (GDPR 19). *backups_until*: last day a backup may still hold what was erased.
    *restricted*: the restriction it opened or is about to end. *done_on*: civil day.
    """

    right: Right
    done_on: date
    holdings: tuple[Holding, ...] = ()
    stopped: tuple[Text, ...] = ()
    told: tuple[str, ...] = ()
    backups_until: date | None = None
    restricted: Restricted | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values, for the file of the request."""
        said = _plain(self)
        assert isinstance(said, dict)  # noqa: S101 - a dataclass becomes an object
        return said


def read_done(said: Mapping[str, Any]) -> RightDone:
    """Return what ``RightDone.plain`` gave *said* for."""
    restricted = said["restricted"]
    return RightDone(
        right=Right(said["right"]),
        done_on=date.fromisoformat(said["done_on"]),
        holdings=tuple(_holding(one) for one in said["holdings"]),
        stopped=tuple(Text(**one) for one in said["stopped"]),
        told=tuple(said["told"]),
        backups_until=_day(said["backups_until"]),
        restricted=_restricted(restricted) if restricted else None,
    )


def without_values(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``RightDone.plain`` gave without the values it holds: the letter that left has them, nobody else needs them.

    Source: GDPR 5(1)(c), 5(1)(e).
    """
    return {**said, "holdings": [{**holding, "values": []} for holding in said["holdings"]]}


def _holding(said: Mapping[str, Any]) -> Holding:
    ground, code = said["ground"], said["code"]
    return Holding(
        what=Text(**said["what"]),
        where=Text(**said["where"]),
        fate=Fate(said["fate"]),
        rows=said["rows"],
        code=ReasonCode(code) if code else None,
        ground=Text(**ground) if ground else None,
        why=said["why"],
        until=_day(said["until"]),
        values=tuple(Corrected(**one) for one in said.get("values", ())),
    )


def _restricted(said: Mapping[str, Any]) -> Restricted:
    return Restricted(
        case=Text(**said["case"]),
        since=date.fromisoformat(said["since"]),
        lifts_on=_day(said["lifts_on"]),
        why=said["why"],
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
