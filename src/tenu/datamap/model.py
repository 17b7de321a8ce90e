"""Where personal data lives: one file per system, written once and compared with the live schema ever after."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from tenu.datamap.anonymity import UNITS, Anonymity, Ladder
from tenu.datamap.conditions import When
from tenu.datamap.feeds import Feed
from tenu.datamap.links import Link
from tenu.datamap.paths import inside, keys_of
from tenu.documents import Located, document, json_schema
from tenu.terms import Channel, IdentifierKind, Origin, Text


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
class Opposition(Located):
    """Where « no more prospecting » is written of a person: *to*, in *column* of the people table.

    *table*: one that hangs from it instead (rows *when*: ``{purpose: newsletter}``). *channels*: those it silences, all by
    default. *to*: the value that means no; ``today``, in a column of dates, is the day of the objection, never written over
    an earlier one.

    Source: GDPR 7(3), 21(2)-(3); policy C-RGT-05, C-LGB-03; SM-3.
    """

    column: str
    to: str | int | bool
    table: str | None = None
    when: When = dataclasses.field(default_factory=dict)
    channels: tuple[Channel, ...] = ()


@document
class People(Located):
    """A table whose rows each stand for one person.

    *role* keeps apart people who are never the same relation (a supplier is not a customer, even with one mailbox).
    *where* limits the table to the rows that are people (a guest's order without account). *merged_into*: the column
    that names the row a duplicate was merged into: both are one person. *opposition*: where their objection to prospecting,
    or the withdrawal of their consent to it, is written.
    """

    identified_by: dict[IdentifierKind, Identifiers]
    collected_at: str | None = None
    role: str = "customer"
    where: When = dataclasses.field(default_factory=dict)
    duplicates: bool = True
    merged_into: str | None = None
    opposition: tuple[Opposition, ...] = ()

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

    *owner*: the role that answers for them. *reviewed_on*: the column that says when somebody last looked whether they
    still must; `attest` wants it within six months.

    Source: GDPR 17(3)(e); policy C-PUR-12, SM-6.
    """

    reason: Text
    table: str
    when: When
    owner: str | None = None
    reviewed_on: str | None = None


Conditioned = Act | State | Hold
"""What a data map says of the rows of a table that satisfy conditions."""


@document
class PathMap(Located):
    """One personal value inside a JSON document: *category*, and *origin*, as a column has.

    *cleared_to*: what replaces it in a row that stays, or that ends in anonymity; its key is removed by default.
    """

    short: ClassVar[str] = "category"
    category: str
    cleared_to: str | int | None = None
    origin: Origin | None = None
    why: Text | None = None


@document
class ColumnMap(Located):
    """One personal column: its *category*, or, of a JSON document, the *paths* that are personal.

    *purposes*: only when it serves others than its table's. *archive*: whether the archive needs it as proof.
    *cleared_to*: what replaces the value in a row that must stay, when NULL is refused; ``{key}`` stands for the
    row's own key (for unique columns). *anonymised_to*: what an anonymised row keeps of the value; nothing by default.
    A list gives further steps, finest first, for rows too few of a kind.
    *of*: the column of the table, or the people table, by which this value is somebody else's than the row (an attendee
    on another's order): a row goes for one of its people only once nothing of the others is left in it.
    *origin*: whether the person gave it (``provided``), was seen (``observed``), or somebody concluded it (``derived``:
    never portable). The category's, in the policy, when it is not said.
    *paths*: the personal values of a JSON document, ``$.address.city``, each with all that lies below; the rest of the
    document stays as it is. *not_personal*: the other paths the document may have; any other key is told.
    *secret*: it opens something (the hash of a password, a token): a copy says that it is held and never hands it over, and
    no archive keeps it.
    """

    short: ClassVar[str] = "category"
    category: str | None = None
    paths: dict[str, PathMap] = dataclasses.field(default_factory=dict)
    not_personal: Names = ()
    purposes: Names | None = None
    archive: bool = True
    secret: bool = False
    cleared_to: str | int | None = None
    anonymised_to: Ladder = ()
    of: str | None = None
    origin: Origin | None = None
    why: Text | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> ColumnMap:
        if (self.category is None) == (not self.paths):
            raise ValueError("give either 'category', or 'paths' that have one each")
        if self.paths and (self.cleared_to is not None or self.anonymised_to):
            raise ValueError("what a document becomes is said path by path")
        if self.not_personal and not self.paths:
            raise ValueError("'not_personal' goes with 'paths'")
        personal = [keys_of(path) for path in self.paths]
        said = [*personal, *map(keys_of, self.not_personal)]
        if any(inside(one, other) for i, one in enumerate(said) for j, other in enumerate(said) if i != j):
            raise ValueError("one path lies inside another: keep the outer one")
        return self

    @property
    def parts(self) -> Mapping[str, ColumnMap | PathMap]:
        """Return what has a category of its own: the column, under no name, or each path of its document."""
        return self.paths or {"": self}


@document
class LegalKeep(Located):
    """Rows a text of law keeps whatever happens to their person.

    Either *period* (of the policy's legal periods) counted from the day in *dated_by*,
    or *follows*: kept while the row of that table they belong to is kept. Several may be listed: the longest that
    applies to a row wins.

    *dated_by*: a column, or several, of which the latest filled one counts; a row without any is kept. *through*: the
    table whose row, the one this row points at, holds these dates (the contract an annex belongs to). *when*: only
    rows of these types. *amount*: the column the period's threshold is compared with, in *amount_in* (euros or cents).

    Source: policy C-RET-10, C-RET-11.
    """

    period: str | None = None
    dated_by: Names = ()
    through: str | None = None
    when: When = dataclasses.field(default_factory=dict)
    amount: str | None = None
    amount_in: Literal["euros", "cents"] = "euros"
    follows: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> LegalKeep:
        if (self.period is None) == (self.follows is None) or (self.period is None) != (not self.dated_by):
            raise ValueError("give either 'period' and 'dated_by', or 'follows'")
        if self.follows is not None and (self.through or self.amount):
            raise ValueError("'through' and 'amount' go with 'period'")
        return self


class DateForm(StrEnum):
    """How a date is written in a column that is no date: whole numbers, or text.

    Zeros and empty text are a missing date; anything else that is no date keeps its row, as a recent one would.
    """

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    YYYYMMDD = "yyyymmdd"
    ISO = "iso"


def _as_one(value: Any) -> Any:
    return (value,) if isinstance(value, dict) else value


Keeps = Annotated[tuple[LegalKeep, ...], BeforeValidator(_as_one)]
"""One way the law keeps the rows of a table, or several."""


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
    *anonymity*: what its rows must satisfy once they are anonymous.
    *archive*: whether this type of document is needed as proof; when not, its rows go without passing by the archive.
    *dates*: how dates are written in columns of another type than a date.
    *origin*: where what is not personal by itself comes from (the article and quantity of an order); it goes with the
    person's portable data when it was provided or observed, and stays out when nothing is said.

    Source: policy C-RET-04, C-RET-22 (only evidence is archived); GDPR 20(1).
    """

    purposes: Names
    columns: dict[str, ColumnMap] = dataclasses.field(default_factory=dict)
    not_personal: Names = ()
    belongs_to: str | None = None
    record_limit: RecordLimit | None = None
    kept_by_law: Keeps = ()
    archive: bool = True
    dates: dict[str, DateForm] = dataclasses.field(default_factory=dict)
    anonymity: Anonymity | None = None
    origin: Origin | None = None


@document
class Declared(Located):
    """Who declared, and when, that the rest is not personal."""

    by: str
    on: date


@document
class System(Located):
    """One database of the company.

    *stored_in*: zone of its date-times without zone. *ignored*: tables without any personal data, said so by *declared*.
    *backups_kept_days*: how long the oldest of its backups is kept, all copies of it; 35 days are assumed when it is not said.
    *enforce_restrictions*: whether the database itself refuses to change rows of a restricted person (``tenu hold enforce``).
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
    feeds: tuple[Feed, ...] = ()
    ignored: Names = ()
    stored_in: str = "UTC"
    schema: str | None = None
    backups_kept_days: int | None = Field(default=None, ge=0)
    enforce_restrictions: bool = False

    def designating(self, table: str) -> dict[str, IdentifierKind]:
        """Return the columns of *table* that identify people, their own row or one elsewhere, and by what."""
        found = {}
        for root, people in self.people.items():
            for kind, names in people.identified_by.items():
                for one in names:
                    holder, column = (one.table, one.column) if isinstance(one, Elsewhere) else (root, one)
                    if holder == table:
                        found[column] = kind
        return found


SCHEMA_ID = "https://tenu.example/schemas/system.schema.json"
SHORT = ("Link", "ColumnMap", "PathMap")
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
    said = parts["Kept"]["description"]
    parts["Kept"] = {"description": said, "anyOf": [{"enum": list(UNITS)}, parts["Kept"]]}
    ladder = parts["ColumnMap"]["anyOf"][1]["properties"]["anonymised_to"]
    ladder["anyOf"] = [{"$ref": "#/$defs/Kept"}, {"type": "array", "items": ladder.pop("items")}]
    del ladder["type"]
    keeps = parts["TableMap"]["properties"]["kept_by_law"]
    keeps["anyOf"] = [{"$ref": "#/$defs/LegalKeep"}, {k: keeps.pop(k) for k in ("items", "type")}]
    return schema
