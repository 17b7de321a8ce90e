"""Where personal data lives: one file per system, written once and compared with the live schema ever after."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from tenu.datamap.anonymity import UNITS, Anonymity, Ladder
from tenu.datamap.feeds import Feed
from tenu.documents import Located, document, json_schema
from tenu.terms import IdentifierKind, Text

Scalar = str | int | bool | None
When = dict[str, Scalar | tuple[Scalar, ...]]
"""Conditions on a row's own columns: a value, a list of values, or null."""


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), WithJsonSchema(_ONE_OR_MORE)]
"""One name, or a list of names."""


@document
class Link(Located):
    """A reference the database does not declare: ``child(columns) -> parent(columns)`` or ``child.c -> parent.c``.

    Names with spaces or dots are written between double quotes.
    """

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_arrow(cls, value: Any) -> Any:
        return _parse_arrow(value) if isinstance(value, str) else value


_NAME = r"""(?:[\w$]+|"[^"]+"|`[^`]+`)"""
_END = re.compile(
    rf"^\s*(?P<table>{_NAME})\s*(?:\.\s*(?P<one>{_NAME})|\(\s*(?P<many>{_NAME}(?:\s*,\s*{_NAME})*)\s*\))\s*$"
)


def _plain(name: str) -> str:
    """Return *name* without the quotes a space or an accent in it asks for."""
    return name.strip('"`')


def _parse_arrow(value: str) -> dict[str, Any]:
    ends = [_END.match(end) for end in value.split("->")]
    if len(ends) != 2 or not all(ends):
        raise ValueError("write a link as 'child.column -> parent.column' or 'child(a, b) -> parent(a, b)'")
    names = [[_plain(n) for n in re.findall(_NAME, end["one"] or end["many"])] for end in ends if end]
    if len(names[0]) != len(names[1]):
        raise ValueError("both ends of a link need the same number of columns")
    child, parent = (_plain(end["table"]) for end in ends if end)
    return {"child": child, "columns": names[0], "parent": parent, "parent_columns": names[1]}


@document
class People(Located):
    """A table whose rows each stand for one person.

    *role* keeps apart people who are never the same relation (a supplier is not a customer, even with one mailbox).
    *where* limits the table to the rows that are people (a guest's order without account).
    """

    identified_by: dict[IdentifierKind, Names]
    collected_at: str | None = None
    role: str = "customer"
    where: When = dataclasses.field(default_factory=dict)
    duplicates: bool = True


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
class ColumnMap(Located):
    """One personal column.

    *purposes*: only when it serves others than its table's. *archive*: whether the archive needs it as proof.
    *cleared_to*: what replaces the value in a row that must stay, when NULL is refused; ``{key}`` stands for the
    row's own key (for unique columns). *anonymised_to*: what an anonymised row keeps of the value; nothing by default.
    A list gives further steps, finest first, for rows too few of a kind.
    """

    category: str
    purposes: Names | None = None
    archive: bool = True
    cleared_to: str | int | None = None
    anonymised_to: Ladder = ()
    why: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_category(cls, value: Any) -> Any:
        return {"category": value} if isinstance(value, str) else value


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

    Source: policy C-RET-04, C-RET-22 (only evidence is archived).
    """

    purposes: Names
    columns: dict[str, ColumnMap] = dataclasses.field(default_factory=dict)
    not_personal: Names = ()
    belongs_to: str | None = None
    record_limit: RecordLimit | None = None
    kept_by_law: Keeps = ()
    archive: bool = True
    anonymity: Anonymity | None = None


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


SCHEMA_ID = "https://tenu.example/schemas/system.schema.json"
SHORT = ("Link", "ColumnMap")
"""The parts that may be written as one text."""


def system_schema() -> dict[str, Any]:
    """Return the JSON Schema of a data map, for editors; the parts that have a short form accept it."""
    schema = json_schema(System, identifier=SCHEMA_ID, title="tenu data map")
    parts = schema["$defs"]
    for name in SHORT:
        parts[name] = {
            "description": parts[name].get("description", ""),
            "anyOf": [{"type": "string"}, parts[name]],
        }
    said = parts["Kept"]["description"]
    parts["Kept"] = {"description": said, "anyOf": [{"enum": list(UNITS)}, parts["Kept"]]}
    ladder = parts["ColumnMap"]["anyOf"][1]["properties"]["anonymised_to"]
    ladder["anyOf"] = [{"$ref": "#/$defs/Kept"}, {"type": "array", "items": ladder.pop("items")}]
    del ladder["type"]
    keeps = parts["TableMap"]["properties"]["kept_by_law"]
    keeps["anyOf"] = [{"$ref": "#/$defs/LegalKeep"}, {k: keeps.pop(k) for k in ("items", "type")}]
    return schema
