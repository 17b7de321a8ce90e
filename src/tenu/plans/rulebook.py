"""The durations a plan applies: what the policy promises, tightened by the law where the policy says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tenu.law.ceilings import effective_active
from tenu.periods.limits import cut_off, fiscal_close, fiscal_release_cut_off, kept_through, release_cut_off
from tenu.periods.monthday import MonthDay
from tenu.periods.period import Period
from tenu.policy.model import Policy
from tenu.policy.retention import LegalPeriod, RetentionRule

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Retention as it is enforced on one day.

    *rule_of*: retention rule of each purpose. *active*: enforced active period of each rule, by rule id.
    """

    as_of: date
    time_zone: str
    fiscal_year_end: MonthDay
    rules: tuple[RetentionRule, ...]
    rule_of: Mapping[str, RetentionRule]
    active: Mapping[str, Period]
    legal_periods: Mapping[str, LegalPeriod]

    def live_from(self, rule: RetentionRule) -> date:
        """Return the earliest day an act still keeps its person in the active base (MAX)."""
        limits = [self.active[rule.id], *([rule.active.at_most] if rule.active.at_most else [])]
        return max(cut_off(self.as_of, limit) for limit in limits) + DAY

    def archived_from(self, lasts: Period) -> date:
        """Return the earliest end of the relation that still leaves something of an archive of *lasts* (MAX)."""
        return cut_off(self.as_of, lasts) + DAY

    def kept_from(self, identifier: str) -> date:
        """Return the earliest day of a document the legal period *identifier* still protects (MIN)."""
        legal = self.legal_periods[identifier]
        if legal.counted_from == "fiscal_close":
            return fiscal_release_cut_off(self.as_of, legal.lasts, self.fiscal_year_end) + DAY
        return release_cut_off(self.as_of, legal.lasts) + DAY

    def kept_until(self, identifier: str, day: date) -> date:
        """Return the last day the legal period *identifier* protects a document of *day* (MIN)."""
        legal = self.legal_periods[identifier]
        anchor = fiscal_close(day, self.fiscal_year_end) if legal.counted_from == "fiscal_close" else day
        return kept_through(anchor, legal.lasts)


def rulebook(policy: Policy, active: Mapping[str, Period], as_of: date) -> Rulebook:
    """Return what *policy* enforces on *as_of*.

    Args:
        policy: Its purposes, its retention rules, its time zone and fiscal year.
        active: The active period of each rule once the law had its say (``law.ceilings``), by rule id.
        as_of: Civil day of the run, in the controller's time zone.
    """
    rules = {rule.id: rule for rule in policy.retention.rules}
    return Rulebook(
        as_of=as_of,
        time_zone=policy.time_zone,
        fiscal_year_end=policy.fiscal_year_end,
        rules=policy.retention.rules,
        rule_of={p.id: rules[p.retention] for p in policy.purposes if p.retention in rules},
        active=active,
        legal_periods={period.id: period for period in policy.retention.legal_periods},
    )


def rules_on(policy: Policy, as_of: date) -> Rulebook:
    """Return what *policy* enforces on *as_of*, the law of that day having had its say where the policy follows it."""
    active = {rule.id: effective_active(rule, policy, as_of) for rule in policy.retention.rules}
    return rulebook(policy, active, as_of)
