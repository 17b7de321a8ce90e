"""Conditions a data map sets on rows: values, nothing, anything else, before or after a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tenu.documents import Located, document

Scalar = str | int | bool | None
TODAY = "today"


def _values(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _day(value: Any) -> Any:
    if value != TODAY and value is not None:
        date.fromisoformat(str(value))
    return value


Day = Annotated[str, BeforeValidator(_day)]
"""``today``, the civil day of the run, or a day written YYYY-MM-DD."""


@document
class Test(Located):
    """A test of one column that no plain value says.

    *not*: any value but these, ``null`` included only when it is one of them not. *after*, *before*: the column's
    civil day is later, or earlier, than ``today`` (the day of the run) or than a day written YYYY-MM-DD.
    """

    __test__ = False

    not_: Annotated[tuple[Scalar, ...], BeforeValidator(_values)] = Field(default=(), alias="not")
    after: Day | None = None
    before: Day | None = None

    def passes(self, value: object) -> bool:
        """Return whether *value*, which no calendar is asked about, passes what ``not`` says of it alone."""
        return self.after is None and self.before is None and value not in self.not_


Said = Scalar | tuple[Scalar, ...] | Test
When = dict[str, Said]
"""Conditions on a row: a value, a list of values, null, or a test, by column; ``table.column`` reads the row it points at."""


def values_of(said: Said) -> tuple[Scalar, ...]:
    """Return the plain values *said* compares with, those it refuses included."""
    if isinstance(said, Test):
        return said.not_
    return tuple(said) if isinstance(said, list | tuple) else (said,)


def days_of(said: Said) -> Iterator[tuple[Literal["after", "before"], str]]:
    """Yield the comparisons of *said* with a day."""
    if isinstance(said, Test):
        if said.after is not None:
            yield "after", said.after
        if said.before is not None:
            yield "before", said.before


def satisfies(value: object, said: Said) -> bool:
    """Return whether a row whose column becomes *value* satisfies *said*; a comparison with a day never does."""
    return said.passes(value) if isinstance(said, Test) else value in values_of(said)
