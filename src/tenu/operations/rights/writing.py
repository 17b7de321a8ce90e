"""Letters to the person of a request, written from what the journal, the file of the request and the policy say; nothing else.

Writing sends nothing and changes nothing. The words of a human are those whose digest the journal holds.

Source: GDPR 12(1)-(6), 13(2)(d), 18(3), 21; state machine SM-1; policy C-CNI-01, C-RGT-19 to C-RGT-23; law 5.12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tenu.journal.bodies_request import REQUESTS
from tenu.journal.cases import OPEN, Case, CaseError, CaseState, Outcome
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.law.reason_codes import Use, read_codes
from tenu.law.tables import AUTHORITY_ADDRESS, in_force
from tenu.letters.facts import (
    FUNCTIONS,
    KINDS,
    DecidedRight,
    Extended,
    LetterFacts,
    LetterKind,
    Proof,
    Question,
)
from tenu.letters.letter import Letter, write_letter
from tenu.letters.outcome import RightDone
from tenu.operations.plan import today
from tenu.operations.restricting import lift_of
from tenu.operations.rights.finding import file_of
from tenu.operations.rights.outcomes import done_of
from tenu.operations.rights.requests import FILE_LASTS, request
from tenu.plans.case_file import CaseFile
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import IdentifierKind, Language, Text

USUAL_PROOFS = (Proof.SAME_ADDRESS, Proof.ACCOUNT, Proof.REFERENCE, Proof.RECENT_ORDER, Proof.POSTCODE)
GIVEN = {
    Proof.REFERENCE: IdentifierKind.CUSTOMER_REFERENCE,
    Proof.POSTCODE: IdentifierKind.POSTCODE,
}
"""What is not asked of somebody who gave it already (C-RGT-21)."""
_ENDED = (CaseState.FULFILLED, CaseState.ANSWERED, CaseState.ESCALATED)
STATES: Mapping[LetterKind, frozenset[CaseState]] = {
    LetterKind.ACKNOWLEDGEMENT: OPEN,
    LetterKind.IDENTITY: frozenset({CaseState.IDENTITY_PENDING}),
    LetterKind.EXTENSION: frozenset({CaseState.EXTENDED, CaseState.DECIDED, CaseState.FULFILLED}),
    LetterKind.CONFIRMATION: frozenset(CaseState),
    LetterKind.ANSWER: frozenset(_ENDED),
    LetterKind.NOTHING: frozenset(_ENDED),
    LetterKind.NOT_IDENTIFIED: frozenset({CaseState.IDENTITY_PENDING, CaseState.CLOSED}),
    LetterKind.RESTRICTED: frozenset(CaseState),
    LetterKind.LIFTING: frozenset(CaseState),
}
"""Where a request must be for each letter to be true of it."""


def letter(
    ports: Ports,
    number: str,
    kind: LetterKind,
    *,
    language: Language = "fr",
    proofs: Sequence[Proof] = (),
) -> Letter:
    """Return one letter about a request, dated today.

    Args:
        ports: The journal, the vault and the policy.
        number: The request.
        kind: Which letter.
        language: The person's.
        proofs: For a question about who they are, what they may choose from; by default all they have not given yet.

    Raises:
        CaseError: The request is not where this letter would be true.
        MissingFactError: A fact is missing; it is named.
        RefusedError: The file of the request is gone.
    """
    case = request(ports, number)
    events = _events(ports, case.id)
    if case.state not in STATES[kind]:
        raise _too_soon(case, kind)
    if kind is LetterKind.NOTHING and not _found_nothing(events):
        raise _something_found(case)
    file, day = file_of(ports, case.id), today(ports)
    address = in_force(AUTHORITY_ADDRESS, day)
    return write_letter(
        LetterFacts(
            kind=kind,
            number=case.id,
            rights=tuple(Right(right) for right in case.rights),
            received_on=case.received_on,
            written_on=day,
            due_by=case.due.promised_by,
            policy=ports.workspace.policy,
            authority_address=address.value if address else (),
            addressee=tuple(file.address.splitlines()),
            file_lasts=FILE_LASTS,
            signed_by=_function(ports, case, events, kind),
            question=_question(case, file, proofs),
            extended=_extended(case, file),
            decided=_decided(case, file, done_of(ports, case.id)),
            searched=_searched(ports, events),
            searched_with=tuple(KINDS[kind] for kind in file.sought if kind in KINDS),
        ),
        language,
    )


def _events(ports: Ports, number: str) -> list[Event]:
    return list(ports.journal.events(kind=REQUESTS.keys(), request=number))


def _last(events: Sequence[Event], *kinds: EventKind) -> Event | None:
    return next((event for event in reversed(events) if event.kind in kinds), None)


def _function(ports: Ports, case: Case, events: Sequence[Event], kind: LetterKind) -> Text | None:
    """Return by function who decided what the letter says, None when nobody had to."""
    match kind:
        case LetterKind.ACKNOWLEDGEMENT:
            return None
        case LetterKind.IDENTITY | LetterKind.NOT_IDENTIFIED:
            said = _last(events, EventKind.REQUEST_IDENTITY_ASKED, EventKind.REQUEST_CLOSED)
            return FUNCTIONS.get(str(said.body["role"])) if said else None
        case LetterKind.EXTENSION:
            return FUNCTIONS.get(case.extension.role) if case.extension else None
        case LetterKind.LIFTING:
            lift = lift_of(ports, case.id)
            return FUNCTIONS.get(lift.role) if lift else None
        case _:
            roles = [decided.role for decided in case.decisions.values()]
            return FUNCTIONS.get(roles[-1]) if roles else None


def _question(case: Case, file: CaseFile, proofs: Sequence[Proof]) -> Question | None:
    if case.question is None:
        return None
    usual = tuple(proof for proof in USUAL_PROOFS if GIVEN.get(proof) not in file.sought)
    asked = tuple(proofs) or usual
    return Question(proofs=asked, asked_on=case.question.asked_on, closes_on=case.refusal_by)


def _extended(case: Case, file: CaseFile) -> Extended | None:
    said = case.extension
    if said is None:
        return None
    codes = read_codes(said.codes, Use.EXTEND)
    return Extended(code=codes[0], why=file.note_of(said.note) or "", until=case.due.promised_by)


def _decided(case: Case, file: CaseFile, done: Mapping[Right, RightDone]) -> tuple[DecidedRight, ...]:
    """Return what was decided of each right; what was done before any decision (an objection) stands as granted."""
    from_word = tuple(
        DecidedRight(
            right=Right(right),
            outcome=said.outcome,
            codes=read_codes(said.codes, Use.REFUSE),
            why=file.note_of(said.note),
            until=said.until,
            done=done.get(Right(right)),
        )
        for right, said in case.decisions.items()
    )
    return from_word + tuple(
        DecidedRight(right=right, outcome=Outcome.GRANTED, done=said)
        for right, said in done.items()
        if str(right) not in case.decisions
    )


def _searched(ports: Ports, events: Sequence[Event]) -> tuple[Text, ...]:
    """Return the systems the last search asked, in plain words."""
    last = _last(events, EventKind.REQUEST_SEARCHED)
    asked = last.body["systems"] if last else ()
    names = asked if isinstance(asked, tuple) else ()
    return tuple(system.label for system in ports.workspace.systems if system.system in names)


def _found_nothing(events: Sequence[Event]) -> bool:
    last = _last(events, EventKind.REQUEST_SEARCHED)
    return (
        last is not None
        and bool(last.body["complete"])
        and not (last.body["people"] or last.body["doubtful"] or last.body.get("archived"))
    )


def _too_soon(case: Case, kind: LetterKind) -> CaseError:
    where = ", ".join(sorted(STATES[kind]))
    return CaseError(
        Text(
            fr=f"{case.id} est « {case.state} » : la lettre « {kind} » n'y serait pas vraie",
            en=f"{case.id} is '{case.state}': the letter '{kind}' would not be true of it",
        ),
        fix=Text(fr=f"elle l'est d'une demande : {where}", en=f"it is true of a request that is: {where}"),
    )


def _something_found(case: Case) -> CaseError:
    return CaseError(
        Text(
            fr=f"{case.id} : la dernière recherche n'a pas trouvé « rien »",
            en=f"{case.id}: the last search did not find 'nothing'",
        ),
        fix=Text(fr=f"tenu request letter {case.id} answer", en=f"tenu request letter {case.id} answer"),
    )
