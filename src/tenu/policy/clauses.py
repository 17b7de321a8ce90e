"""The clause catalogue: what a policy like this one promises, clause by clause, and how each one is proved.

Four packaged tables: 146 clauses, 42 ambiguities of the text with the reading applied, 24 duties the law
adds to what the text promises, and 40 rules of time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from tenu.terms import Deontic, EvidenceClass, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One sentence people can hold the controller to.

    *lines* are those of the published text; *law* the articles it rests on (the GDPR's when only a number is
    given); *acceptance* the case that must come out true; *ambiguities* the doubts its reading settles.
    """

    id: str
    lines: str
    title: Text
    promise: Text
    kind: Deontic
    evidence: EvidenceClass
    proof: Text
    law: tuple[str, ...]
    acceptance: Text
    ambiguities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguity:
    """A doubt of the published text, the reading tenu applies, and the other one when there is one."""

    id: str
    lines: str
    doubt: Text
    reading: Text
    alternative: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What the law asks of the controller although the text does not promise it."""

    id: str
    duty: Text
    law: tuple[str, ...]
    evidence: Text


class Count(StrEnum):
    """How a duration is counted.

    DUE: a time to act, in months it ends on a working day. MAX: a limit, ends early. MIN: a duty, ends late.
    """

    DUE = "DUE"
    MAX = "MAX"
    MIN = "MIN"
    MIN_AND_MAX = "MIN+MAX"
    AT_ONCE = "now"
    ADJUSTMENT = "adj."
    REFERENCE = "ref."
    WINDOW = "window"
    CHANGE_OF_LAW = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule:
    """One duration: what it is for, what starts it, how long it lasts, and what else to know."""

    id: str
    kind: Count
    rule: Text
    start: Text
    length: Text
    note: Text | None
    source: str


@cache
def clauses() -> Mapping[str, Clause]:
    """Return every clause by its id, in the order of the text."""
    return MappingProxyType({entry["id"]: _clause(entry) for entry in _table("clauses")})


@cache
def ambiguities() -> Mapping[str, Ambiguity]:
    """Return every ambiguity by its id."""
    return MappingProxyType({entry["id"]: _ambiguity(entry) for entry in _table("ambiguities")})


@cache
def duties() -> Mapping[str, Duty]:
    """Return every statutory duty by its id."""
    return MappingProxyType({entry["id"]: _duty(entry) for entry in _table("duties")})


@cache
def time_rules() -> Mapping[str, TimeRule]:
    """Return every rule of time by its id."""
    return MappingProxyType({entry["id"]: _time_rule(entry) for entry in _table("time_rules")})


def _table(name: str) -> list[dict[str, Any]]:
    path = files("tenu.policy") / "catalogue" / f"{name}.json"
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def _clause(entry: dict[str, Any]) -> Clause:
    return Clause(
        id=entry["id"],
        lines=entry["lines"],
        title=Text(**entry["title"]),
        promise=Text(**entry["promise"]),
        kind=Deontic(entry["kind"]),
        evidence=EvidenceClass(entry["evidence"]),
        proof=Text(**entry["proof"]),
        law=tuple(entry["law"]),
        acceptance=Text(**entry["acceptance"]),
        ambiguities=tuple(entry["ambiguities"]),
    )


def _ambiguity(entry: dict[str, Any]) -> Ambiguity:
    alternative = entry["alternative"]
    return Ambiguity(
        id=entry["id"],
        lines=entry["lines"],
        doubt=Text(**entry["doubt"]),
        reading=Text(**entry["reading"]),
        alternative=None if alternative is None else Text(**alternative),
    )


def _duty(entry: dict[str, Any]) -> Duty:
    return Duty(
        id=entry["id"],
        duty=Text(**entry["duty"]),
        law=tuple(entry["law"]),
        evidence=Text(**entry["evidence"]),
    )


def _time_rule(entry: dict[str, Any]) -> TimeRule:
    note = entry["note"]
    return TimeRule(
        id=entry["id"],
        kind=Count(entry["kind"]),
        rule=Text(**entry["rule"]),
        start=Text(**entry["start"]),
        length=Text(**entry["length"]),
        note=None if note is None else Text(**note),
        source=entry["source"],
    )
