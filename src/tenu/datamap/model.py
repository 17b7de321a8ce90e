"""Where personal data lives: one file per system, written once and compared with the live schema ever after."""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from tenu.datamap.conditions import When
from tenu.datamap.links import Link
from tenu.documents import Located, document, json_schema
from tenu.terms import IdentifierKind, Text


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), WithJsonSchema(_ONE_OR_MORE)]
"""One name, or a list of names."""


@document
class Elsewhere(Located):
    """Identifiers of people kept in rows of another *table*: *column* holds them, *by* points at the person's key.

    *when* tells those rows from the others (``{kind: email}``).
    """

    table: str
    column: str
    by: str
    when: When = dataclasses.field(default_factory=dict)


def _identifiers(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


Identifiers = Annotated[tuple[str | Elsewhere, ...], BeforeValidator(_identifiers)]
"""A column of the people table, identifiers kept elsewhere, or a list of both."""


@document
class People(Located):
    """A table whose rows each stand for one person.

    *role* keeps apart people who are never the same relation (a supplier is not a customer, even with one mailbox).
    *where* limits the table to the rows that are people (a guest's order without account). *merged_into*: the column
    that names the row a duplicate was merged into: both are one person.
    """

    identified_by: dict[IdentifierKind, Identifiers]
    collected_at: str | None = None
    role: str = "customer"
    where: When = dataclasses.field(default_factory=dict)
    duplicates: bool = True
    merged_into: str | None = None

    @model_validator(mode="after")
    def _no_record(self) -> People:
        if IdentifierKind.RECORD in self.identified_by:
            raise ValueError("'record' is tenu's own word: write 'merged_into' for rows that are one person")
        return self


@document
class Act(Located):
    """An act of a person, dated by a column of a table; the policy says which clocks each *kind* restarts."""

    kind: str
    table: str
    dated_by: str
    when: When = dataclasses.field(default_factory=dict)


@document
class State(Located):
    """Rows that, while they exist, put their person in a *state* (a contract still running)."""

    state: str
    table: str
    when: When


@document
class Hold(Located):
    """Rows that, while they exist, forbid any change to their person's data (litigation).

    Source: GDPR 17(3)(e); policy C-PUR-12, SM-6.
    """

    reason: Text
    table: str
    when: When


Conditioned = Act | State | Hold
"""What a data map says of the rows of a table that satisfy conditions."""


@document
class ColumnMap(Located):
    """One personal column.

    *purposes*: only when it serves others than its table's. *archive*: whether the archive needs it as proof.
    *cleared_to*: what replaces the value in a row that must stay, when NULL is refused; ``{key}`` stands for the
    row's own key (for unique columns). *anonymised_to*: what an anonymised row keeps of a date; nothing by default.
    *of*: the column of the table, or the people table, by which this value is somebody else's than the row (an attendee
    on another's order): a row goes for one of its people only once nothing of the others is left in it.
    """

    category: str
    purposes: Names | None = None
    archive: bool = True
    cleared_to: str | int | None = None
    anonymised_to: Literal["month", "year"] | None = None
    of: str | None = None
    why: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_category(cls, value: Any) -> Any:
        return {"category": value} if isinstance(value, str) else value


@document
class LegalKeep(Located):
    """Rows a text of law keeps whatever happens to their person.

    Either *period* (of the policy's legal periods) counted from the day in *dated_by*,
    or *follows*: kept while the row of that table they belong to is kept.

    Source: policy C-RET-10, C-RET-11.
    """

    period: str | None = None
    dated_by: str | None = None
    follows: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> LegalKeep:
        if (self.period is None) == (self.follows is None) or (self.period is None) != (
            self.dated_by is None
        ):
            raise ValueError("give either 'period' and 'dated_by', or 'follows'")
        return self


class DateForm(StrEnum):
    """How a date is written in a column that is no date: whole numbers, or text. Anything else in it counts as missing."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    YYYYMMDD = "yyyymmdd"
    ISO = "iso"


@document
class RecordLimit(Located):
    """A limit that runs record by record, from each row's own day (logs, images), whoever it speaks of.

    *rule*: a retention rule of the policy whose clock runs for each record.
    """

    rule: str
    dated_by: str


@document
class TableMap(Located):
    """One table that holds personal data, and what of it is not personal, declared column by column.

    *belongs_to*: how its rows belong to people, when the links leave a choice: a people table, or the table, or the
    column of its own, by which they do; for rows that people point at (an address), the table that points at them.
    *archive*: whether this type of document is needed as proof; when not, its rows go without passing by the archive.
    *dates*: how dates are written in columns of another type than a date.

    Source: policy C-RET-04, C-RET-22 (only evidence is archived).
    """

    purposes: Names
    columns: dict[str, ColumnMap] = dataclasses.field(default_factory=dict)
    not_personal: Names = ()
    belongs_to: str | None = None
    record_limit: RecordLimit | None = None
    kept_by_law: LegalKeep | None = None
    archive: bool = True
    dates: dict[str, DateForm] = dataclasses.field(default_factory=dict)


@document
class Declared(Located):
    """Who declared, and when, that the rest is not personal."""

    by: str
    on: date


@document
class System(Located):
    """One database of the company.

    *stored_in*: zone of its date-times without zone. *ignored*: tables without any personal data, said so by *declared*.
    """

    system: str = Field(pattern="^[a-z][a-z0-9_-]{0,30}$")
    label: Text
    url: str
    country: str = Field(pattern="^[A-Z]{2}$")
    declared: Declared
    people: dict[str, People]
    tables: dict[str, TableMap]
    links: tuple[Link, ...] = ()
    acts: tuple[Act, ...] = ()
    states: tuple[State, ...] = ()
    holds: tuple[Hold, ...] = ()
    ignored: Names = ()
    stored_in: str = "UTC"
    schema: str | None = None


SCHEMA_ID = "https://tenu.example/schemas/system.schema.json"
SHORT = ("Link", "ColumnMap")
"""The parts that may be written as one text."""


def _one_or_more(several: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list whose only item may stand alone."""
    return {"anyOf": [*several["items"]["anyOf"], several]}


def system_schema() -> dict[str, Any]:
    """Return the JSON Schema of a data map, for editors; the parts that have a short form accept it."""
    schema = json_schema(System, identifier=SCHEMA_ID, title="tenu data map")
    parts = schema["$defs"]
    for name in SHORT:
        parts[name] = {
            "description": parts[name].get("description", ""),
            "anyOf": [{"type": "string"}, parts[name]],
        }
    one = parts["People"]["properties"]["identified_by"]
    one["additionalProperties"] = _one_or_more(one["additionalProperties"])
    parts["Test"]["properties"]["not"] = _one_or_more(parts["Test"]["properties"]["not"])
    return schema
