"""What an anonymised row may keep, and what must be true of such rows before anybody calls them anonymous.

Source: GDPR recital 26; WP216 (singling out, linkability, inference); policy C-OPS-03, C-RET-08.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from tenu.documents import Located, document

Unit = Literal["month", "quarter", "year", "decade"]


UNITS: tuple[str, ...] = get_args(Unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarsen:
    """Keep the first day of a date's month, quarter, year or decade."""

    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Keep the lower bound of the band, *width* wide, a number lies in."""

    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shorten:
    """Keep the first *characters* of a text."""

    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Keep the coarser value *into* gives; *stays* are coarse already; anything else becomes *others*, None for NULL."""

    into: tuple[tuple[str, str], ...]
    stays: tuple[str, ...]
    others: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Move a date by the secret number of days drawn for its person, at most *days* either way."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Redraw:
    """Give the row a new key, drawn at random: nothing that held the old one finds it any more."""


Generalisation = Coarsen | Band | Shorten | Group
"""Depends on the value alone, and changes nothing when done twice."""
Method = Generalisation | Shift | Redraw
"""What becomes of a value that is not simply suppressed."""


@document
class Kept(Located):
    """What is left of one value; exactly one of these.

    *period*: the first day of a date's month, quarter, year or decade. *band*: the lower bound of a number's band of
    that width. *first*: that many first characters. *groups*: a coarser value for each value, *others* for the rest.
    *shift*: the date moved by a secret number of days, at most that many, the same for all dates of one person; for
    intervals and seasons only, never counted as anonymous by itself.
    """

    short: ClassVar[str] = "period"
    period: Unit | None = None
    band: Annotated[int, Field(ge=2)] | None = None
    first: Annotated[int, Field(ge=1)] | None = None
    groups: Mapping[str, str] | None = None
    others: str | None = None
    shift: Annotated[int, Field(ge=7)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Kept:
        said = (self.period, self.band, self.first, self.groups, self.shift)
        if sum(one is not None for one in said) != 1 or (self.others is not None and self.groups is None):
            raise ValueError(
                "give one of period, band, first, groups or shift ('others' only goes with 'groups')"
            )
        return self


def _as_ladder(value: Any) -> Any:
    return () if value is None else (value,) if isinstance(value, str | dict | Kept) else value


Ladder = Annotated[tuple[Kept, ...], BeforeValidator(_as_ladder)]
"""What is kept of a value; several steps, finest first, when rows too few of a kind may be made vaguer."""


@document
class Anonymity(Located):
    """What a table's anonymised rows must satisfy, measured before and after every run.

    *k*: how many rows at least share the same values of *quasi_identifiers* (what somebody may know of a person).
    *diversity*: how many different values of each *sensitive* column such rows have at least, so that belonging to
    them tells nothing. *closeness*: how far, from 0 to 1, the spread of a sensitive column among them may lie from its
    spread among all (t-closeness). Rows that fail are made vaguer where their columns have further steps, else deleted.
    """

    k: Annotated[int, Field(ge=1)]
    quasi_identifiers: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    diversity: Annotated[int, Field(ge=1)] = 1
    closeness: Annotated[float, Field(gt=0, le=1)] | None = None


def methods(ladder: tuple[Kept, ...]) -> tuple[Method, ...]:
    """Return the steps of *ladder*, finest first; none when the value is suppressed."""
    coarse = tuple(dict.fromkeys(v for kept in ladder for v in _outputs(kept)))
    return tuple(_method(kept, coarse) for kept in ladder)


def _outputs(kept: Kept) -> tuple[str, ...]:
    rest = () if kept.others is None else (kept.others,)
    return (*(kept.groups or {}).values(), *rest)


def _method(kept: Kept, coarse: tuple[str, ...]) -> Method:
    if kept.period is not None:
        return Coarsen(unit=kept.period)
    if kept.band is not None:
        return Band(width=kept.band)
    if kept.first is not None:
        return Shorten(characters=kept.first)
    if kept.shift is not None:
        return Shift(days=kept.shift)
    into = dict(kept.groups or {})
    stays = tuple(v for v in coarse if v not in into)
    return Group(into=tuple(into.items()), stays=stays, others=kept.others)
