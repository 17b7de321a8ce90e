"""How a lint rule says what it found: the catalogue gives severity and way out, the rule the place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from tenu.documents import Located
from tenu.errors import Finding
from tenu.law.catalogue import rules
from tenu.policy.model import Policy
from tenu.policy.purposes import Purpose
from tenu.policy.retention import RetentionRule
from tenu.terms import Text

Judge = Callable[[Policy, date], Iterator[Finding]]
"""A lint rule judged on the policy alone, with the law of one civil day (in the controller's time zone)."""


def found(code: str, part: Located, field: str, message: Text) -> Finding:
    """Return the finding of rule *code* at *field* of *part*."""
    rule = rules()[code]
    return Finding(
        code=code,
        severity=rule.severity,
        message=message,
        place=part.at.get(field, part.place),
        fix=rule.fix,
        clauses=tuple(getattr(part, "clauses", ())),
    )


def purposes_citing(policy: Policy, *clauses: str) -> tuple[Purpose, ...]:
    """Return the purposes that answer for one of *clauses*, whatever they are called."""
    wanted = set(clauses)
    return tuple(purpose for purpose in policy.purposes if wanted & set(purpose.clauses))


def rules_citing(policy: Policy, *clauses: str) -> tuple[RetentionRule, ...]:
    """Return the retention rules that answer for one of *clauses*, whatever they are called."""
    wanted = set(clauses)
    return tuple(rule for rule in policy.retention.rules if wanted & set(rule.clauses))


def names(texts: Iterable[Text]) -> Text:
    """Return *texts* as one enumeration in each language."""
    listed = tuple(texts)
    return Text(fr=", ".join(text.fr for text in listed), en=", ".join(text.en for text in listed))
