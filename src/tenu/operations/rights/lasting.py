"""Restrictions that go on although what they waited for is decided: for ``check``. A human ends them; tenu only says so.

Source: GDPR 18(1)(a), 18(1)(d), 18(3); state machine SM-4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from tenu.datamap.findings import finding
from tenu.errors import Finding
from tenu.journal.cases import Case, Outcome
from tenu.journal.holds import Hold, HoldGround
from tenu.operations.register import holds
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Severity

WAITS_FOR: Mapping[HoldGround, Right] = MappingProxyType(
    {HoldGround.ACCURACY_CONTESTED: Right.RECTIFICATION, HoldGround.OBJECTION_PENDING: Right.OBJECTION}
)
"""The grounds that last until something is decided, and the right it is decided on."""


def lasting(ports: Ports, day: date) -> Iterator[Finding]:
    """Yield the restrictions in force on *day* whose dispute is over, and whose end nobody decided."""
    in_force = [
        hold for hold in holds(ports).values() if hold.blocks_on(day) and hold.request and not hold.lift
    ]
    for hold in in_force:
        case = ports.journal.case(hold.request or "")
        if case is not None and _is_over(hold, case):
            yield finding(
                "D-HOLD-04", Severity.MINOR, None,
                (f"la limitation {hold.id} dure encore, ce que la personne contestait est décidé",
                 f"restriction {hold.id} still lasts, what its person contested is decided"),
                (f"prévenez la personne de sa fin : tenu hold lift {hold.id} ; ou dites qu'elle dure : tenu hold review {hold.id}",
                 f"tell the person of its end: tenu hold lift {hold.id}; or say that it lasts: tenu hold review {hold.id}"),
                ("C-RGT-13",),
            )  # fmt: skip


def _is_over(hold: Hold, case: Case) -> bool:
    """Return whether the right the restriction waits for was refused, or decided and carried out."""
    right = WAITS_FOR.get(hold.ground)
    decision = case.decisions.get(str(right)) if right else None
    return decision is not None and (decision.outcome is Outcome.REFUSED or str(right) in case.executed)
