"""Run every rule that the policy alone can judge, and name those it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law import (
    rules_accountability,
    rules_collection,
    rules_consent,
    rules_cookies,
    rules_identity,
    rules_purposes,
    rules_recipients,
    rules_retention,
    rules_rights,
)
from tenu.law.catalogue import JudgedBy, Rule, rules
from tenu.law.findings import Judge
from tenu.policy.model import Policy

JUDGES: Mapping[str, Judge] = {
    **rules_identity.RULES,
    **rules_purposes.RULES,
    **rules_collection.RULES,
    **rules_retention.RULES,
    **rules_consent.RULES,
    **rules_rights.RULES,
    **rules_recipients.RULES,
    **rules_cookies.RULES,
    **rules_accountability.RULES,
}


def lint(policy: Policy, as_of: date) -> Iterator[Finding]:
    """Yield what the law finds in *policy*, rule by rule, with the law in force on *as_of*.

    Args:
        policy: A policy whose references lead somewhere.
        as_of: Civil day, in the controller's time zone.
    """
    for judge in JUDGES.values():
        yield from judge(policy, as_of)


def not_judged() -> tuple[Rule, ...]:
    """Return the rules the policy alone cannot judge: nobody may count them as passed."""
    return tuple(rule for rule in rules().values() if rule.judged_by is not JudgedBy.POLICY)
