"""How the policy itself changes, and how people learn of it."""

from __future__ import annotations

from tenu.documents import Located, document
from tenu.periods.period import Period
from tenu.policy.promise import Promise
from tenu.terms import Text


@document
class Changes(Located):
    """*method* and *lead_time* are None when the text does not say how or when;
    *applied_lead_time* is what we apply.

    Source: GDPR 12(1), 13(3); policy C-CHG-01, C-CHG-02; reading A-04.
    """

    may_change: Promise
    people_are_told: Promise
    method: Text | None
    lead_time: Period | None
    applied_lead_time: Period
