"""Duties to keep and limitation periods whose start or existence depends on facts of the case."""

from __future__ import annotations

from datetime import date

from tenu.periods.limits import kept_through
from tenu.periods.period import Period
from tenu.periods.tables import (
    ELECTRONIC_CONTRACT,
    ELECTRONIC_CONTRACT_CENTS,
    LIMITATION_LONG_STOP,
    value_on,
)


def electronic_contract_kept_through(
    amount_cents: int, *, concluded_on: date, performed_on: date | None
) -> date | None:
    """Return the last day a contract concluded online with a consumer must be kept, None when none is due.

    Args:
        amount_cents: Price in euro cents.
        concluded_on: Day of the order.
        performed_on: Day of delivery or of the end of the service; None when performed at once.

    Source: C. conso L213-1, D213-1, D213-2 [V3].
    """
    if amount_cents < value_on(ELECTRONIC_CONTRACT_CENTS, concluded_on):
        return None
    return kept_through(performed_on or concluded_on, value_on(ELECTRONIC_CONTRACT, concluded_on))


def last_day_to_sue(known_on: date, period: Period, *, arisen_on: date) -> date:
    """Return the last day a claim may still be brought.

    Args:
        known_on: Day the right-holder knew, or should have known, the facts.
        period: Limitation of that kind of claim.
        arisen_on: Day the right arose, from which the long stop runs.

    Source: C. civ. 2224, 2228, 2229, 2232 [V3].
    """
    long_stop = kept_through(arisen_on, value_on(LIMITATION_LONG_STOP, known_on))
    return min(kept_through(known_on, period), long_stop)
