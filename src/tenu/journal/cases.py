"""Requests as the journal tells them: one state machine, folded from events, and the days that bind.

Source: GDPR 12(3)-(4), 12(6), 11(2); state machine SM-1; time rules T-01 to T-04; policy C-RGT-19 to C-RGT-23.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.periods.deadlines import AnswerDue, Question, answer_due, refusal_notice_by
from tenu.terms import Text


class CaseState(StrEnum):
    """Where a request is (SM-1). OVERDUE is no state: it is a request in any open state after its day."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IDENTITY_PENDING = "identity_pending"
    IN_PROGRESS = "in_progress"
    CLARIFYING = "clarifying"
    EXTENDED = "extended"
    DECIDED = "decided"
    FULFILLED = "fulfilled"
    ANSWERED = "answered"
    CLOSED = "closed"
    ESCALATED = "escalated"


class Outcome(StrEnum):
    """What a human decided of one right."""

    GRANTED = "granted"
    PARTIAL = "partial"
    REFUSED = "refused"


OPEN = frozenset(CaseState) - {CaseState.ANSWERED, CaseState.CLOSED, CaseState.ESCALATED}
"""The states in which an answer is still due."""

_S, _E = CaseState, EventKind
AT_ONCE = ("objection", "withdrawal")
"""The rights that take effect on receipt, before anything else, when they are about prospecting."""
PATHS: Mapping[tuple[CaseState, EventKind], CaseState] = MappingProxyType(
    {
        **{(state, _E.REQUEST_SUPPRESSED): state for state in OPEN},
        (_S.RECEIVED, _E.REQUEST_ACKNOWLEDGED): _S.ACKNOWLEDGED,
        (_S.ACKNOWLEDGED, _E.REQUEST_IDENTITY_ASKED): _S.IDENTITY_PENDING,
        (_S.ACKNOWLEDGED, _E.REQUEST_IDENTIFIED): _S.IN_PROGRESS,
        (_S.IDENTITY_PENDING, _E.REQUEST_IDENTIFIED): _S.IN_PROGRESS,
        (_S.IN_PROGRESS, _E.REQUEST_PRECISION_ASKED): _S.CLARIFYING,
        (_S.CLARIFYING, _E.REQUEST_PRECISED): _S.IN_PROGRESS,
        (_S.IN_PROGRESS, _E.REQUEST_SEARCHED): _S.IN_PROGRESS,
        (_S.EXTENDED, _E.REQUEST_SEARCHED): _S.EXTENDED,
        (_S.IN_PROGRESS, _E.REQUEST_EXTENDED): _S.EXTENDED,
        (_S.IN_PROGRESS, _E.REQUEST_DECIDED): _S.IN_PROGRESS,
        (_S.EXTENDED, _E.REQUEST_DECIDED): _S.EXTENDED,
        (_S.IN_PROGRESS, _E.REQUEST_CONFIRMED): _S.IN_PROGRESS,
        (_S.EXTENDED, _E.REQUEST_CONFIRMED): _S.EXTENDED,
        (_S.DECIDED, _E.REQUEST_CONFIRMED): _S.DECIDED,
        (_S.FULFILLED, _E.REQUEST_CONFIRMED): _S.FULFILLED,
        (_S.DECIDED, _E.REQUEST_EXECUTING): _S.DECIDED,
        (_S.FULFILLED, _E.REQUEST_EXECUTING): _S.FULFILLED,
        (_S.DECIDED, _E.REQUEST_EXECUTED): _S.DECIDED,
        (_S.FULFILLED, _E.REQUEST_EXECUTED): _S.FULFILLED,
        (_S.FULFILLED, _E.REQUEST_ANSWERED): _S.ANSWERED,
        (_S.RECEIVED, _E.REQUEST_CLOSED): _S.CLOSED,
        (_S.ACKNOWLEDGED, _E.REQUEST_CLOSED): _S.CLOSED,
        (_S.IDENTITY_PENDING, _E.REQUEST_CLOSED): _S.CLOSED,
        (_S.CLARIFYING, _E.REQUEST_CLOSED): _S.CLOSED,
        (_S.IN_PROGRESS, _E.REQUEST_CLOSED): _S.CLOSED,
        (_S.EXTENDED, _E.REQUEST_CLOSED): _S.CLOSED,
        (_S.ANSWERED, _E.REQUEST_ESCALATED): _S.ESCALATED,
        (_S.CLOSED, _E.REQUEST_ESCALATED): _S.ESCALATED,
    }
)
"""From a state, an event, to a state. What is not here cannot happen: no answer without a search that covered everything,
no decision before that search, no answer before what was decided is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided of one right, and by whom: a role, and an account by digest.

    *note*: digest of the reasons in words. *until*: last day what is refused stays so, None when it has none.
    *confirmed_by*: somebody else, who agreed, by digest too.
    """

    outcome: Outcome
    codes: tuple[str, ...]
    role: str
    actor: str
    note: str | None = None
    until: date | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request.

    *received_on*: civil day it reached any channel. *question* stopped its clock for a while; *extension_noticed_on*: day
    the person was told of an *extension*, decided by a human. *searched*: whether the last search covered everything, None before any. *refused_events*: those
    written at the same instant as another that had taken the path first; they changed nothing. *stop*: the channels on which
    prospecting must stop at once; none when it is about something else.
    """

    id: str
    rights: tuple[str, ...]
    channel: str
    received_on: date
    state: CaseState = CaseState.RECEIVED
    question: Question | None = None
    extension_noticed_on: date | None = None
    extension: Decided | None = None
    searched: bool | None = None
    decisions: Mapping[str, Decided] = field(default_factory=dict)
    executed: frozenset[str] = frozenset()
    answered_on: date | None = None
    refused_events: int = 0
    stop: tuple[str, ...] = ()

    @property
    def waits_to_stop(self) -> bool:
        """Return whether prospecting should have stopped and did not yet, everywhere."""
        at_once = set(AT_ONCE) & set(self.rights)
        return bool(self.stop) and self.state in OPEN and not at_once <= self.executed

    @property
    def due(self) -> AnswerDue:
        """Return the two last days to answer: as promised, and with the time a question took."""
        return answer_due(
            self.received_on, extension_noticed_on=self.extension_noticed_on, question=self.question
        )

    @property
    def to_do(self) -> frozenset[str]:
        """Return the rights something was decided to be done of: all but those refused."""
        refused = {right for right, said in self.decisions.items() if said.outcome is Outcome.REFUSED}
        return frozenset(self.rights) - refused

    @property
    def refusal_by(self) -> date:
        """Return the last day to say that nothing will be done; never extended (T-03)."""
        return refusal_notice_by(self.received_on)

    def is_overdue(self, on: date) -> bool:
        """Return whether an answer is still due after its day."""
        return self.state in OPEN and on > self.due.followed

    def was_late(self) -> bool:
        """Return whether the answer left after its day."""
        return self.answered_on is not None and self.answered_on > self.due.followed


class CaseError(RefusedError):
    """A request cannot go that way from where it is."""


def step(case: Case, event: Event) -> Case:
    """Return *case* after *event*.

    Raises:
        CaseError: SM-1 has no such path from its state.
    """
    path = PATHS.get((case.state, event.kind))
    if path is None:
        raise _no_way(case, event.kind)
    said = event.body
    match event.kind:
        case EventKind.REQUEST_IDENTITY_ASKED | EventKind.REQUEST_PRECISION_ASKED:
            asked = Question(asked_on=_day(said["asked_on"]), answered_on=None)
            case = replace(case, question=case.question or asked)
        case EventKind.REQUEST_IDENTIFIED | EventKind.REQUEST_PRECISED if case.question:
            case = replace(case, question=_answered(case.question, _day(said["on"])))
        case EventKind.REQUEST_SEARCHED:
            case = replace(case, searched=bool(said["complete"]))
        case EventKind.REQUEST_EXTENDED:
            case = replace(case, extension_noticed_on=_day(said["noticed_on"]), extension=_extended(event))
        case EventKind.REQUEST_DECIDED:
            case, path = _decided(case, event, path)
        case EventKind.REQUEST_CONFIRMED:
            case, path = _confirmed(case, event, path)
        case EventKind.REQUEST_SUPPRESSED if said["complete"]:
            case = replace(case, executed=case.executed | (set(AT_ONCE) & set(case.rights)))
            path = _done(case, path)
        case EventKind.REQUEST_EXECUTED:
            case = replace(case, executed=case.executed | {str(said["right"])})
            path = CaseState.FULFILLED if case.executed >= case.to_do else path
        case EventKind.REQUEST_ANSWERED:
            case = replace(case, answered_on=_day(said["on"]))
        case _:
            pass
    return replace(case, state=path)


def cases(events: Iterable[Event]) -> dict[str, Case]:
    """Return every request *events* tell of, by number, in the order they arrived; other events are ignored."""
    found: dict[str, Case] = {}
    for event in events:
        if event.kind is EventKind.REQUEST_RECEIVED:
            case = received(event)
            found[case.id] = case
        elif event.kind.startswith("request:"):
            number = str(event.body["request"])
            found[number] = _after(found[number], event)
    return found


def _after(case: Case, event: Event) -> Case:
    """Return *case* after *event*; one that came too late to have a path changes nothing, and is counted."""
    try:
        return step(case, event)
    except CaseError:
        return replace(case, refused_events=case.refused_events + 1)


def received(event: Event) -> Case:
    """Return the request that *event* says arrived."""
    said = event.body
    rights = said["rights"]
    assert not isinstance(rights, str | int | Mapping)  # noqa: S101 - the body's own shape says so
    return Case(
        id=str(said["request"]),
        rights=tuple(map(str, rights)),
        channel=str(said["channel"]),
        received_on=_day(said["received_on"]),
        stop=tuple(map(str, stop)) if isinstance(stop := said.get("stop", ()), tuple) else (),
    )


def _decided(case: Case, event: Event, path: CaseState) -> tuple[Case, CaseState]:
    """Return *case* with one more right decided; decided as a whole once all are.

    Raises:
        CaseError: Nothing was searched yet, or not everywhere; or nobody asked for this right.
    """
    said = event.body
    right = str(said["right"])
    if not case.searched:
        raise CaseError(
            Text(
                fr=f"{case.id} : tous les systèmes n'ont pas été interrogés, rien ne peut être décidé",
                en=f"{case.id}: not every system was searched, nothing can be decided",
            ),
            fix=Text(fr=f"tenu request search {case.id}", en=f"tenu request search {case.id}"),
        )
    if right not in case.rights:
        asked = ", ".join(case.rights)
        raise CaseError(
            Text(fr=f"{case.id} ne demande pas « {right} »", en=f"{case.id} does not ask for '{right}'"),
            fix=Text(fr=f"elle demande : {asked}", en=f"it asks for: {asked}"),
        )
    codes = said.get("codes", ())
    decided = Decided(
        outcome=Outcome(str(said["outcome"])),
        codes=tuple(map(str, codes)) if isinstance(codes, tuple) else (),
        role=str(said["role"]),
        actor=str(said["actor"]),
        note=str(said["note"]) if "note" in said else None,
        until=_day(said["until"]) if "until" in said else None,
    )
    case = replace(case, decisions={**case.decisions, right: decided})
    return case, _done(case, path)


def _confirmed(case: Case, event: Event, path: CaseState) -> tuple[Case, CaseState]:
    """Return *case* once somebody else read a decision: confirmed, or to be taken again.

    Raises:
        CaseError: Nothing was decided of that right, it was carried out already, or the same person speaks twice.
    """
    said = event.body
    right, actor = str(said["right"]), str(said["actor"])
    decision = case.decisions.get(right)
    if decision is None or right in case.executed:
        raise CaseError(
            Text(
                fr=f"{case.id} : aucune décision à confirmer sur « {right} »",
                en=f"{case.id}: no decision to confirm on '{right}'",
            )
        )
    if said["agrees"] and actor == decision.actor:
        raise CaseError(
            Text(
                fr=f"{case.id} : qui a décidé ne confirme pas sa propre décision",
                en=f"{case.id}: whoever decided does not confirm their own decision",
            ),
            fix=Text(fr="demandez-le à une seconde personne", en="ask a second person"),
        )
    if said["agrees"]:
        return replace(case, decisions={**case.decisions, right: replace(decision, confirmed_by=actor)}), path
    left = {other: one for other, one in case.decisions.items() if other != right}
    back = CaseState.EXTENDED if case.extension_noticed_on else CaseState.IN_PROGRESS
    return replace(case, decisions=left), back


def _done(case: Case, path: CaseState) -> CaseState:
    """Return where *case* is once one more of its rights was decided, done, or stopped at once: *path* while some are neither."""
    if case.decisions.keys() | case.executed < set(case.rights):
        return path
    return CaseState.FULFILLED if case.executed >= case.to_do else CaseState.DECIDED


def _extended(event: Event) -> Decided:
    """Return the human's word on more time: granted to the company, for the reason and the words told."""
    said = event.body
    return Decided(
        outcome=Outcome.GRANTED,
        codes=(str(said["reason"]),),
        role=str(said["role"]),
        actor=str(said["actor"]),
        note=str(said["note"]),
    )


def _answered(question: Question, on: date) -> Question:
    return question if question.answered_on else replace(question, answered_on=on)


def _day(said: object) -> date:
    return date.fromisoformat(str(said))


def _no_way(case: Case, kind: EventKind) -> CaseError:
    ways = ", ".join(sorted(str(event) for state, event in PATHS if state is case.state)) or "-"
    return CaseError(
        Text(
            fr=f"{case.id} est « {case.state} » : « {kind} » n'y a pas sa place",
            en=f"{case.id} is '{case.state}': '{kind}' has no place there",
        ),
        fix=Text(fr=f"ce qui peut suivre : {ways}", en=f"what may follow: {ways}"),
    )
