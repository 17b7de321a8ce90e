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
NOTICE = timedelta(days=5)
"""How long before a restriction ends the person is told, at least (SM-4)."""


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


class Exemption(StrEnum):
    """What restricted data may still be used for (GDPR 18(2)): a closed list."""

    CONSENT = "consent"
    CLAIMS = "claims"
    RIGHTS_OF_ANOTHER = "rights_of_another"
    PUBLIC_INTEREST = "public_interest"


class HoldEnd(StrEnum):
    """Why a hold is refused or released: a closed list. The last three end restrictions."""

    NO_GROUND = "no_ground"
    TOO_WIDE = "too_wide"
    LIMITATION_PASSED = "limitation_passed"
    FINAL_DECISION = "final_decision"
    REQUEST_SERVED = "request_served"
    LIFTED_AFTER_NOTICE = "lifted_after_notice"
    PROCESSING_STOPPED = "processing_stopped"
    PERSON_ASKS = "person_asks"


REFUSALS = (HoldEnd.NO_GROUND, HoldEnd.TOO_WIDE)


class HoldState(StrEnum):
    """SM-4, SM-6. A suspect hold is an active one whose review was missed by thirty days; it still blocks, and so does a
    restriction whose end the person was told of.
    """

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPECT = "suspect"
    LIFT_NOTICED = "lift_noticed"
    REJECTED = "rejected"
    RELEASED = "released"


SAID: Mapping[HoldState, Text] = {
    HoldState.PROPOSED: Text(fr="demandé", en="proposed"),
    HoldState.ACTIVE: Text(fr="en vigueur", en="active"),
    HoldState.SUSPECT: Text(fr="à revoir d'urgence", en="suspect"),
    HoldState.LIFT_NOTICED: Text(fr="fin annoncée", en="end announced"),
    HoldState.REJECTED: Text(fr="refusé", en="rejected"),
    HoldState.RELEASED: Text(fr="levé", en="released"),
}
"""Each state as people read it."""
BLOCKING = (HoldState.ACTIVE, HoldState.SUSPECT, HoldState.LIFT_NOTICED)
STEPS = (
    EventKind.HOLD_PROPOSED,
    EventKind.HOLD_APPROVED,
    EventKind.HOLD_REFUSED,
    EventKind.HOLD_REVIEWED,
    EventKind.HOLD_LIFT_DECIDED,
    EventKind.HOLD_LIFT_NOTICED,
    EventKind.HOLD_RELEASED,
)
"""The events of the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """The end of a restriction as it was decided: the first day without it, *lifts_on*; by whom, a role and a digest.

    *noticed_on*: the day the person was told, None before.
    """

    decided_on: date
    lifts_on: date
    role: str
    actor: str
    noticed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold, as its events tell it. Days are civil days of the controller.

    *within*: the systems, or ``system.table``, it is limited to; everywhere when empty. *owner*: the role that answers
    for it. *proposer*: digest of who asked. *subjects*: rows of people it covered when it was last decided on. *request*:
    the request of the person it comes from. *lift*: its end, once decided; for restrictions. *since*, *until*: the days whose
    files it had copied, *files* of them, sealed with a *manifest* of this SHA-256; none of a hold on people.
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
    request: str | None = None
    lift: Lift | None = None
    since: date | None = None
    until: date | None = None
    files: int = 0
    manifest: str | None = None

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
        if self.lift is not None and self.lift.noticed_on is not None:
            return HoldState.LIFT_NOTICED
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
            case HoldState.LIFT_NOTICED | HoldState.REJECTED | HoldState.RELEASED:
                return False

    def lifts_on(self, day: date) -> bool:
        """Return whether, on *day*, the person was told of its end and that end has come."""
        lift = self.lift
        told = lift is not None and lift.noticed_on is not None and day >= lift.lifts_on
        return told and self.ended_on is None

    def releases_on(self, day: date) -> tuple[HoldEnd, ...]:
        """Return what may release it on *day*. A restriction never ends behind the person's back (GDPR 18(3), SM-4)."""
        if self.kind is HoldKind.LEGAL_HOLD:
            return (HoldEnd.LIMITATION_PASSED, HoldEnd.FINAL_DECISION, HoldEnd.REQUEST_SERVED)
        found = [HoldEnd.PERSON_ASKS]
        if self.ground is HoldGround.OBJECTION_PENDING:
            found.append(HoldEnd.PROCESSING_STOPPED)
        if self.lifts_on(day):
            found.append(HoldEnd.LIFTED_AFTER_NOTICE)
        return tuple(found)

    def act_by(self) -> date:
        """Return the last day for what comes next: the decision, the review, what a suspect hold asks, or the announced end."""
        if self.lift is not None and self.lift.noticed_on is not None:
            return self.lift.lifts_on
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
            hold = found[str(body["hold"])]
            found[hold.id] = replace(hold, **_next(hold, event.kind, body))
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
        request=str(body["request"]) if "request" in body else None,
        since=_day(body["since"]) if "since" in body else None,
        until=_day(body["until"]) if "until" in body else None,
    )


def _next(hold: Hold, kind: EventKind, body: Mapping[str, Json]) -> dict[str, Any]:
    if kind in (EventKind.HOLD_REFUSED, EventKind.HOLD_RELEASED):
        return {"ended_on": _day(body["on"]), "ended_by": HoldEnd(str(body["reason"]))}
    if kind is EventKind.HOLD_LIFT_DECIDED:
        return {"lift": _lift(body)}
    if kind is EventKind.HOLD_LIFT_NOTICED:
        return {"lift": replace(hold.lift, noticed_on=_day(body["on"])) if hold.lift else None}
    changes: dict[str, Any] = {"review_by": _day(body["review_by"]), "lift": None}
    if kind is EventKind.HOLD_APPROVED:
        changes |= {"approved_on": _day(body["on"]), "subjects": int(str(body.get("subjects", 0)))}
        if "manifest" in body:
            changes |= {"files": int(str(body["files"])), "manifest": str(body["manifest"])}
    return changes


def _lift(body: Mapping[str, Json]) -> Lift:
    return Lift(
        decided_on=_day(body["on"]),
        lifts_on=_day(body["lifts_on"]),
        role=str(body["role"]),
        actor=str(body["actor"]),
    )


def _day(value: Json) -> date:
    return date.fromisoformat(str(value))
