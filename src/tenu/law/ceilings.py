"""The longest active retention the law or its authority takes as a reference, rule by rule.

What is enforced is what is promised. A ceiling changes a duration only where the policy says
``when_law_is_stricter: follow_law``, for one rule or for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tenu.law.tables import AUDIENCE_RECORDS, TRACKER_LIFE, Entry, in_force
from tenu.periods.period import Period, add
from tenu.policy.model import Policy
from tenu.policy.retention import RetentionRule, Stricter

_GDPR = date(2018, 5, 25)

CEILINGS: Mapping[str, tuple[Entry[Period], ...]] = {
    "prospecting": (
        Entry(
            value=Period(years=3),
            valid_from=_GDPR,
            source="CNIL, référentiel gestion commerciale 2022 ; NS-48 art. 5",
            mark="V2",
        ),
    ),
    "accounts": (
        Entry(
            value=Period(years=2),
            valid_from=_GDPR,
            source="CNIL, référentiel gestion commerciale 2022",
            mark="V2",
        ),
    ),
    "candidates": (
        Entry(value=Period(years=2), valid_from=_GDPR, source="CNIL, durées de conservation", mark="V1"),
    ),
    "connection_logs": (
        Entry(value=Period(months=12), valid_from=date(2021, 10, 14), source="CNIL 2021-122", mark="V2"),
    ),
    "video": (Entry(value=Period(months=1), valid_from=date(2012, 5, 1), source="CSI L252-5", mark="V3"),),
    "badge": (Entry(value=Period(months=3), valid_from=_GDPR, source="CNIL, contrôle d'accès", mark="V3"),),
    "calls": (Entry(value=Period(months=6), valid_from=_GDPR, source="CNIL, écoute des appels", mark="V3"),),
    "fraud_alerts": (
        Entry(value=Period(months=12), valid_from=_GDPR, source="CNIL, fraude (AU-054)", mark="V3"),
    ),
    "bank_details": (Entry(value=Period(months=13), valid_from=_GDPR, source="CMF L133-24", mark="V2"),),
    "trackers": TRACKER_LIFE,
    "audience": AUDIENCE_RECORDS,
}


def ceiling(rule_id: str, as_of: date) -> Entry[Period] | None:
    """Return the reference in force on *as_of* for the rule called *rule_id*, None when there is none."""
    return in_force(CEILINGS.get(rule_id, ()), as_of)


def effective_active(rule: RetentionRule, policy: Policy, as_of: date) -> Period:
    """Return how long *rule* keeps data active: the promise, or the law's reference if the policy follows it.

    Args:
        rule: One rule of *policy*.
        policy: Its ``retention.when_law_is_stricter`` decides, unless the rule says otherwise.
        as_of: Civil day of the run, in the controller's time zone; the law of that day applies.

    Source: GDPR 5(1)(e); policy C-RET-13; reading A-26.
    """
    promised = rule.active.lasts
    reference = ceiling(rule.id, as_of)
    if reference is None or _choice(rule, policy) is Stricter.KEEP_PROMISE:
        return promised
    return reference.value if outlasts(promised, reference.value, as_of) else promised


def outlasts(period: Period, limit: Period, as_of: date) -> bool:
    """Tell whether *period* ends after *limit*, both counted from *as_of*."""
    return add(as_of, period) > add(as_of, limit)


def _choice(rule: RetentionRule, policy: Policy) -> Stricter:
    return rule.when_law_is_stricter or policy.retention.when_law_is_stricter
