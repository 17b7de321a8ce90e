"""The register of legal holds and restrictions: what the journal says of each, folded event by event. Nobody is named.

Source: GDPR 17(3)(e), 18; policy C-PUR-12; state machines SM-4, SM-6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.periods.holidays import add_working_days
from tenu.periods.period import Period, add
from tenu.terms import Text

DECIDE_IN = 2
"""Working days to approve or refuse what is proposed."""
REVIEW_EVERY = Period(months=6)
SUSPECT_AFTER = timedelta(days=30)
SETTLE_IN = 5
"""Working days to decide on a hold that became suspect."""


class HoldKind(StrEnum):
    """What blocks: a legal hold (evidence must stay) or a restriction (the person asked for it, or contests)."""

    LEGAL_HOLD = "legal_hold"
    RESTRICTION = "restriction"


class HoldGround(StrEnum):
    """Why: a closed list. The last four are letters a to d of GDPR 18(1)."""

    CLAIM = "claim"
    AUTHORITY = "authority"
    AUDIT = "audit"
    ACCURACY_CONTESTED = "accuracy_contested"
    UNLAWFUL_NOT_ERASED = "unlawful_not_erased"
    NEEDED_FOR_CLAIMS = "needed_for_claims"
    OBJECTION_PENDING = "objection_pending"

    @property
    def kind(self) -> HoldKind:
        """Return what a hold on this ground is."""
        hold = self in (HoldGround.CLAIM, HoldGround.AUTHORITY, HoldGround.AUDIT)
        return HoldKind.LEGAL_HOLD if hold else HoldKind.RESTRICTION


class HoldEnd(StrEnum):
    """Why a hold is refused or released: a closed list."""

    NO_GROUND = "no_ground"
    TOO_WIDE = "too_wide"
    LIMITATION_PASSED = "limitation_passed"
    FINAL_DECISION = "final_decision"
    REQUEST_SERVED = "request_served"
    LIFTED_AFTER_NOTICE = "lifted_after_notice"


REFUSALS = (HoldEnd.NO_GROUND, HoldEnd.TOO_WIDE)
RELEASES = (
    HoldEnd.LIMITATION_PASSED,
    HoldEnd.FINAL_DECISION,
    HoldEnd.REQUEST_SERVED,
    HoldEnd.LIFTED_AFTER_NOTICE,
)


class HoldState(StrEnum):
    """SM-6. A suspect hold is an active one whose review was missed by thirty days; it still blocks."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPECT = "suspect"
    REJECTED = "rejected"
    RELEASED = "released"


SAID: Mapping[HoldState, Text] = {
    HoldState.PROPOSED: Text(fr="demandé", en="proposed"),
    HoldState.ACTIVE: Text(fr="en vigueur", en="active"),
    HoldState.SUSPECT: Text(fr="à revoir d'urgence", en="suspect"),
    HoldState.REJECTED: Text(fr="refusé", en="rejected"),
    HoldState.RELEASED: Text(fr="levé", en="released"),
}
"""Each state as people read it."""
BLOCKING = (HoldState.ACTIVE, HoldState.SUSPECT)
STEPS = (
    EventKind.HOLD_PROPOSED,
    EventKind.HOLD_APPROVED,
    EventKind.HOLD_REFUSED,
    EventKind.HOLD_REVIEWED,
    EventKind.HOLD_RELEASED,
)
"""The events of the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold, as its events tell it. Days are civil days of the controller.

    *within*: the systems, or ``system.table``, it is limited to; everywhere when empty. *owner*: the role that answers
    for it. *proposer*: digest of who asked. *subjects*: rows of people it covered when it was last decided on.
    """

    id: str
    ground: HoldGround
    owner: str
    within: tuple[str, ...]
    proposer: str
    proposed_on: date
    decide_by: date
    approved_on: date | None = None
    review_by: date | None = None
    ended_on: date | None = None
    ended_by: HoldEnd | None = None
    subjects: int = 0

    @property
    def kind(self) -> HoldKind:
        """Return whether it is a legal hold or a restriction."""
        return self.ground.kind

    @property
    def suspect_from(self) -> date | None:
        """Return the first day its missed review makes it suspect; None while it is not in force."""
        return None if self.review_by is None else self.review_by + SUSPECT_AFTER + timedelta(days=1)

    def state_on(self, day: date) -> HoldState:
        """Return its state on *day*."""
        if self.ended_on is not None:
            return HoldState.REJECTED if self.approved_on is None else HoldState.RELEASED
        if self.approved_on is None:
            return HoldState.PROPOSED
        suspect = self.suspect_from
        return HoldState.SUSPECT if suspect is not None and day >= suspect else HoldState.ACTIVE

    def blocks_on(self, day: date) -> bool:
        """Return whether nothing of its people may be deleted on *day*."""
        return self.state_on(day) in BLOCKING

    def late_on(self, day: date) -> bool:
        """Return whether somebody is late with it on *day*: a decision, or a review."""
        match self.state_on(day):
            case HoldState.PROPOSED:
                return day > self.decide_by
            case HoldState.ACTIVE | HoldState.SUSPECT:
                return self.review_by is None or day > self.review_by
            case HoldState.REJECTED | HoldState.RELEASED:
                return False

    def act_by(self) -> date:
        """Return the last day for what comes next: the decision, the review, or what a suspect hold asks."""
        if self.review_by is None:
            return self.decide_by
        return self.review_by

    def settle_by(self) -> date | None:
        """Return the last day to decide on it once it is suspect; None while it is not in force."""
        suspect = self.suspect_from
        return None if suspect is None else add_working_days(suspect, SETTLE_IN)


def decide_by(proposed_on: date, ground: HoldGround) -> date:
    """Return the last day to decide on what was proposed on *proposed_on*.

    Source: SM-6, two working days; SM-4, at once for grounds a and d, one working day for b and c.
    """
    match ground:
        case HoldGround.CLAIM | HoldGround.AUTHORITY | HoldGround.AUDIT:
            return add_working_days(proposed_on, DECIDE_IN)
        case HoldGround.ACCURACY_CONTESTED | HoldGround.OBJECTION_PENDING:
            return proposed_on
        case HoldGround.UNLAWFUL_NOT_ERASED | HoldGround.NEEDED_FOR_CLAIMS:
            return add_working_days(proposed_on, 1)


def review_by(decided_on: date) -> date:
    """Return the last day to review a hold approved, or reviewed, on *decided_on*."""
    return add(decided_on, REVIEW_EVERY)


def register(events: Iterable[Event]) -> dict[str, Hold]:
    """Return every hold the journal speaks of, by its id, in the order they were proposed.

    Args:
        events: In the order of the journal; a kind that is none of ``STEPS`` is passed over.
    """
    found: dict[str, Hold] = {}
    for event in events:
        body = event.body
        if event.kind is EventKind.HOLD_PROPOSED:
            found[str(body["hold"])] = _proposed(body)
        elif event.kind in STEPS and body["hold"] in found:
            found[str(body["hold"])] = replace(found[str(body["hold"])], **_next(event.kind, body))
    return found


def _proposed(body: Mapping[str, Json]) -> Hold:
    within = body.get("within", ())
    return Hold(
        id=str(body["hold"]),
        ground=HoldGround(str(body["ground"])),
        owner=str(body["owner"]),
        within=tuple(str(place) for place in within) if isinstance(within, tuple) else (),
        proposer=str(body["actor"]),
        proposed_on=_day(body["on"]),
        decide_by=_day(body["decide_by"]),
        subjects=int(str(body.get("subjects", 0))),
    )


def _next(kind: EventKind, body: Mapping[str, Json]) -> dict[str, Any]:
    if kind in (EventKind.HOLD_REFUSED, EventKind.HOLD_RELEASED):
        return {"ended_on": _day(body["on"]), "ended_by": HoldEnd(str(body["reason"]))}
    changes: dict[str, Any] = {"review_by": _day(body["review_by"])}
    if kind is EventKind.HOLD_APPROVED:
        changes |= {"approved_on": _day(body["on"]), "subjects": int(str(body.get("subjects", 0)))}
    return changes


def _day(value: Json) -> date:
    return date.fromisoformat(str(value))
