"""Every lint rule by its id: what it asks, where it comes from, how bad a miss is, and who can judge it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from tenu.terms import Severity, Text


class JudgedBy(StrEnum):
    """What a rule needs before it can be judged.

    POLICY: the policy file alone. TEXT: the text people read. SYSTEMS: databases, registers, forms.
    A rule whose matter was not looked at is listed as such, never as passed.
    """

    POLICY = "policy"
    TEXT = "text"
    SYSTEMS = "systems"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. *fix* is what to do when it is missed; None when only the systems can judge it."""

    id: str
    severity: Severity
    rule: Text
    source: str
    judged_by: JudgedBy
    fix: Text | None


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its id, family by family."""
    path = files("tenu.law") / "rules.json"
    return MappingProxyType(
        {entry["id"]: _rule(entry) for entry in json.loads(path.read_text(encoding="utf-8"))}
    )


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        severity=Severity(entry["severity"]),
        rule=Text(**entry["rule"]),
        source=entry["source"],
        judged_by=JudgedBy(entry["judged_by"]),
        fix=None if entry["fix"] is None else Text(**entry["fix"]),
    )
