"""Which rows: a small algebra over tables, links and civil days, without any dialect and without any clock.

``adapters/databases`` compiles it to SQL; ``plans/decision.py`` says the same in Python, and a property test
holds one to the other. Days are civil days in the controller's time zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tenu.datamap.anonymity import Method
from tenu.datamap.conditions import TODAY, Scalar, Test, days_of, values_of
from tenu.datamap.paths import Keys, path_of
from tenu.datamap.ways import Fact, Facts, Hop

Cleared = str | int | bool | date | datetime | None
"""What a column may become in a row that stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equals:
    """The column holds one of *values*; None among them means NULL."""

    column: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The column's civil day is *day* or later; NULL is not."""

    column: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """The column's civil day is *day* or earlier; NULL is not."""

    column: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """The column's number is *value* or more; NULL is not."""

    column: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """At least one row at the end of *path*, read from the row at hand, satisfies *where*."""

    path: tuple[Hop, ...]
    where: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """The row's own columns are equal, pair by pair; NULL equals nothing."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meets:
    """Both paths lead from the row at hand to one row. Their last joins name the same columns there, and compare plainly."""

    one: tuple[Hop, ...]
    other: tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncleared:
    """At least one of the columns still holds something else than what clearing leaves."""

    columns: tuple[Clearing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What becomes of one value inside a JSON document: it is removed, or is *to*."""

    keys: Keys
    to: str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What a column becomes in a row that stays: *to* None is NULL; ``{key}`` in a text is the row's own key.

    *keep*: all that is left of the value, whatever *to* says. *inside*: the column is a document, of which these values
    alone change.
    """

    column: str
    to: Cleared
    keep: Method | None = None
    inside: tuple[Inside, ...] = ()

    @property
    def empties(self) -> bool:
        """Return whether nothing is left of the column."""
        return self.keep is None and not self.inside

    @property
    def named(self) -> tuple[str, ...]:
        """Return what changes, as people read it: the column, or the paths of its document."""
        return tuple(f"{self.column}.{path_of(part.keys)}" for part in self.inside) or (self.column,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The row's key is in the named list of people: ``held`` (whom nothing may change), ``picked`` (a sample, done before the
    rest), or a task's own.

    ``spreading`` are those held whose rows elsewhere are held for it too: not those held in this system alone.
    """

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thin:
    """The row is anonymous and too few are like it: of a kind ``Session.thin`` found last for *table*, the row's own."""

    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every one of *parts* holds; true when there are none."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one of *parts* holds; false when there are none."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """*part* does not hold (unknown counts as not)."""

    part: Condition


Condition = (
    Equals
    | Since
    | Until
    | AtLeast
    | Linked
    | Alike
    | Meets
    | Uncleared
    | Listed
    | Thin
    | AllOf
    | AnyOf
    | Not
)

ALWAYS = AllOf(parts=())
NEVER = AnyOf(parts=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The rows of *table* that satisfy *where*."""

    table: str
    where: Condition


def all_of(parts: Iterable[Condition]) -> Condition:
    """Return the conjunction of *parts*, flat, without repeats, NEVER when one of them can never hold."""
    flat = dict.fromkeys(p for part in parts for p in (part.parts if isinstance(part, AllOf) else (part,)))
    if NEVER in flat:
        return NEVER
    return next(iter(flat)) if len(flat) == 1 else AllOf(parts=tuple(flat))


def any_of(parts: Iterable[Condition]) -> Condition:
    """Return the disjunction of *parts*, flat, without repeats, ALWAYS when one of them always holds."""
    flat = dict.fromkeys(p for part in parts for p in (part.parts if isinstance(part, AnyOf) else (part,)))
    if ALWAYS in flat:
        return ALWAYS
    return next(iter(flat)) if len(flat) == 1 else AnyOf(parts=tuple(flat))


def negate(part: Condition) -> Condition:
    """Return the condition that holds when *part* does not."""
    if part == ALWAYS:
        return NEVER
    if part == NEVER:
        return ALWAYS
    return part.part if isinstance(part, Not) else Not(part=part)


def matching(facts: Facts, as_of: date | None = None) -> Condition:
    """Return what a data map says of rows as a condition on the row at hand.

    Args:
        facts: As ``Layout.facts`` returns them.
        as_of: The day of the run, in the controller's time zone; None where nothing depends on it.
    """
    return all_of(linked(fact.through, _said(fact, as_of)) for fact in facts)


def _said(fact: Fact, as_of: date | None) -> Condition:
    plain = Equals(column=fact.column, values=values_of(fact.said))
    if not isinstance(fact.said, Test):
        return plain
    parts: list[Condition] = [negate(plain)] if plain.values else []
    for word, said in days_of(fact.said):
        day = as_of if said == TODAY else date.fromisoformat(said)
        if day is None:
            raise ValueError(f"{fact.column}: 'today' has no meaning here")
        one = timedelta(days=1)
        later = Since(column=fact.column, day=day + one)
        parts.append(later if word == "after" else Until(column=fact.column, day=day - one))
    return all_of(parts)


def linked(path: tuple[Hop, ...], where: Condition) -> Condition:
    """Return *where* at the end of *path*; *where* itself when the path is empty."""
    return Linked(path=path, where=where) if path and where != NEVER else where if not path else NEVER


def reads(condition: Condition, table: str) -> bool:
    """Return whether *condition* looks up rows of *table* besides the row at hand."""
    match condition:
        case Linked():
            return any(hop.table == table for hop in condition.path) or reads(condition.where, table)
        case Meets():
            return any(hop.table == table for hop in (*condition.one, *condition.other))
        case AllOf() | AnyOf():
            return any(reads(part, table) for part in condition.parts)
        case Not():
            return reads(condition.part, table)
        case _:
            return False
