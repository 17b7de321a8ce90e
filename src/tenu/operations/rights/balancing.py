"""An objection to another use than prospecting: the person is restricted, by itself, until a human has balanced it.

Found, they are restricted in the same call, whoever searches. Refused, the decision is the end of the restriction, told before it
comes; upheld, the use stops and the restriction with it.

Source: GDPR 18(1)(d), 18(3), 21(1); state machine SM-4; policy C-RGT-07, C-RGT-15; law 5.3.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from tenu.journal.cases import OPEN, Case, CaseError, Outcome
from tenu.journal.holds import BLOCKING, Hold, HoldEnd, HoldGround
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.letters.outcome import RightDone
from tenu.operations import restricting
from tenu.operations.acting import entitled
from tenu.operations.holds import release
from tenu.operations.plan import today
from tenu.operations.register import holds
from tenu.operations.rights import finding
from tenu.operations.rights.finding import Found, decided, file_of
from tenu.operations.rights.objecting import stop_prospecting
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.requests import DECIDERS, record, request
from tenu.operations.rights.restriction import suspend
from tenu.operations.rights.second import waits_for_another
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Text

RIGHT = Right.OBJECTION


def look_up(ports: Ports, number: str) -> tuple[Found, Hold | None]:
    """Search as ``finding.look_up`` does; return also the restriction of whoever objects, opened by this call where it was due.

    Raises:
        BusyError: A run is changing a database, and the restriction could not be written; search again.
        CaseError, RefusedError, UnknownRequestError: As for a search.
    """
    found, case = finding.look_up(ports, number), request(ports, number)
    known = next(_restrictions(ports, case), None)
    theirs = found.rows or found.archived
    if known is None and found.is_complete and theirs and _is_to_balance(ports, case):
        known = suspend(ports, case).hold
    return found, known


def end_with_decision(ports: Ports, case: Case) -> Case:
    """End the restriction of an objection once it is refused, by whoever must: its person is told the day and the reasons first.

    Nothing happens while a second person must confirm, and nothing twice.
    """
    said = case.decisions.get(str(RIGHT))
    if said is None or said.outcome is not Outcome.REFUSED or waits_for_another(ports, case, RIGHT):
        return case
    for hold in _restrictions(ports, case):
        if hold.lift is None:
            restricting.decide_lift(ports, hold.id, file_of(ports, case.id).note_of(said.note) or "")
    return case


def fulfil(ports: Ports, number: str, use: str = "") -> Case:
    """Carry out an objection or a withdrawal: prospecting stops everywhere, as on receipt; another use, once a human upheld it.

    The restriction ends with the use. Done again, it finishes what was cut.

    Args:
        ports: Who says so, the vault, the databases.
        number: The request.
        use: What has stopped, in the person's words and language: the answer quotes it. For another use than prospecting.

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        CaseError: It was not decided, or it was refused, or nothing says which use has stopped.
        BusyError: A table is held by somebody else for too long; ask again.
    """
    if request(ports, number).stop:
        return stop_prospecting(ports, number)
    role = entitled(ports, "request:fulfil", *DECIDERS)
    case = decided(ports, number, RIGHT)
    if RIGHT not in case.to_do:
        raise CaseError(
            Text(fr=f"{case.id} : l'opposition a été refusée", en=f"{case.id}: the objection was refused"),
            fix=Text(fr=f"tenu request send {case.id} lifting", en=f"tenu request send {case.id} lifting"),
        )
    if RIGHT not in case.executed:
        _refuse_unsaid(case, use)
        plan = hmac.digest(ports.key, f"{case.id} {RIGHT} {use}".encode(), "sha256").hex()
        body: dict[str, Json] = {"right": str(RIGHT), "plan": plan, "role": role, "actor": ports.actor.digest}
        record(ports, case.id, EventKind.REQUEST_EXECUTING, body)
        keep_done(
            ports, case.id, RightDone(right=RIGHT, done_on=today(ports), stopped=(Text(fr=use, en=use),))
        )
        case = record(
            ports, case.id, EventKind.REQUEST_EXECUTED, {"right": str(RIGHT), "tables": {}, "residual": 0}
        )
    for hold in list(_restrictions(ports, case)):
        release(ports, hold.id, HoldEnd.PROCESSING_STOPPED)
    return case


def _refuse_unsaid(case: Case, use: str) -> None:
    if not use.strip():
        raise CaseError(
            Text(
                fr=f"{case.id} : rien ne dit quel usage a cessé",
                en=f"{case.id}: nothing says which use has stopped",
            ),
            fix=Text(fr='--use "l\'analyse de vos achats"', en='--use "the analysis of your purchases"'),
        )


def _is_to_balance(ports: Ports, case: Case) -> bool:
    """Return whether *case* objects to another use than prospecting, and nobody has decided; never restricted twice for it."""
    mine = str(RIGHT) in case.rights and not case.stop and str(RIGHT) not in case.decisions
    ended = (hold for hold in holds(ports).values() if hold.ended_on)
    before = any((hold.request, hold.ground) == (case.id, HoldGround.OBJECTION_PENDING) for hold in ended)
    return mine and case.state in OPEN and not before


def _restrictions(ports: Ports, case: Case) -> Iterator[Hold]:
    """Yield the restrictions in force that wait for what is decided of the objection of *case*."""
    day = today(ports)
    for hold in holds(ports).values():
        mine = (hold.request, hold.ground) == (case.id, HoldGround.OBJECTION_PENDING)
        if mine and hold.state_on(day) in BLOCKING:
            yield hold
