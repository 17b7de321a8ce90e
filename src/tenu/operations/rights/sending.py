"""Sending a letter to the person of a request, and what follows from its having left.

Source: GDPR 12(3); state machine SM-1; policy C-RGT-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from tenu.errors import RefusedError
from tenu.journal.cases import OPEN, Case, CaseError, CaseState
from tenu.journal.outbox import Sending, SendingState
from tenu.letters.facts import LetterKind, Proof
from tenu.operations import restricting
from tenu.operations.rights import outbox
from tenu.operations.rights.notices import FIRST, REMINDER, follow_notice
from tenu.operations.rights.requests import acknowledge, answered, request
from tenu.operations.rights.second import must_be_confirmed
from tenu.operations.rights.writing import letter
from tenu.periods.civil import civil_day
from tenu.ports import Ports
from tenu.terms import Language, Text

ANSWERS = (LetterKind.ANSWER, LetterKind.NOTHING)
NEXT = {
    LetterKind.ACKNOWLEDGEMENT: CaseState.RECEIVED,
    LetterKind.ANSWER: CaseState.FULFILLED,
    LetterKind.NOTHING: CaseState.FULFILLED,
}
"""The letters that move a request on, and from where: elsewhere, the person was told already by another way."""


def send(
    ports: Ports,
    number: str,
    kind: LetterKind,
    *,
    language: Language = "fr",
    proofs: Sequence[Proof] = (),
) -> tuple[Case, Sending, bool]:
    """Send a letter to the e-mail on file; return the request, how the sending stands, and whether it left just now.

    An acknowledgement that leaves acknowledges the request; an answer that leaves answers it, on the day it left; a notice of the end
    of a restriction that leaves is that notice. Calling
    again after a crash does what is still missing, and sends nothing twice.

    Raises:
        CaseError: The request is not where this letter would be true, or the person was told by another way.
        HoldError: A notice of the end of a restriction would leave the person less than five days.
        UnknownSendingError: Nobody knows whether it left already.
        NotSentError: The server did not take it.
        MissingFactError: A fact is missing.
    """
    case = request(ports, number)
    last = outbox.outbox(ports, case.id).get((case.id, str(kind)))
    never = last is None or last.state is SendingState.NOT_SENT
    if never and kind in NEXT and case.state is not NEXT[kind]:
        raise _told_otherwise(case, kind)
    if kind in ANSWERS:
        must_be_confirmed(ports, case)
    if kind is LetterKind.LIFTING and never:
        restricting.refuse_late_notice(ports, case.id)

    def write() -> tuple[str, bytes]:
        made = letter(ports, case.id, kind, language=language, proofs=proofs)
        return made.subject, made.pdf

    to = outbox.email_on_file(ports, case.id)
    sending, now = outbox.dispatch(ports, case.id, str(kind), write, to=to, language=language)
    return follow(ports, sending), sending, now


def settle(ports: Ports, number: str, name: str, *, sent: bool) -> tuple[Case, Sending]:
    """Record whether a letter whose sending has no known end left, and do what follows from it."""
    case = request(ports, number)
    sending = outbox.settle(ports, case.id, name, sent=sent)
    return follow(ports, sending), sending


def readdress(ports: Ports, number: str, lines: Sequence[str]) -> Case:
    """Say where letters to the person go: the lines of an address, or an e-mail alone.

    Raises:
        RefusedError: Nothing is said, or the file of the request is gone.
    """
    case = request(ports, number)
    file, said = ports.cases.file(case.id), [line.strip() for line in lines if line.strip()]
    if file is None or not said:
        raise RefusedError(
            Text(
                fr=f"{case.id} : pas d'adresse, ou plus de dossier",
                en=f"{case.id}: no address, or no file any more",
            ),
            fix=Text(
                fr=f'tenu request address {case.id} "Nom" "Rue" "Code postal et ville"',
                en=f'tenu request address {case.id} "Name" "Street" "Postcode and town"',
            ),
        )
    ports.cases.keep(replace(file, address="\n".join(said)))
    return case


def follow(ports: Ports, sending: Sending) -> Case:
    """Move the request on as the letter that left says, if it was not already; return it."""
    if sending.letter.startswith((f"{FIRST}.", f"{REMINDER}.")):
        follow_notice(ports, sending)
    if sending.letter == LetterKind.LIFTING and sending.state is SendingState.SENT:
        restricting.follow_notice(ports, sending.request, sending.at)
    case = request(ports, sending.request)
    moves = {str(kind): state for kind, state in NEXT.items()}
    if sending.state is not SendingState.SENT or moves.get(sending.letter) is not case.state:
        return case
    if case.state is CaseState.RECEIVED:
        return acknowledge(ports, case.id)
    day = civil_day(sending.at, ZoneInfo(ports.workspace.policy.time_zone))
    return answered(ports, case.id, delivery="email", letter=sending.digest, on=day)


def _told_otherwise(case: Case, kind: LetterKind) -> CaseError:
    """Say why a letter that moves a request on is not sent from where it is."""
    soon = case.state in OPEN and kind in ANSWERS
    return CaseError(
        Text(
            fr=f"{case.id} est « {case.state} » : « {kind} » n'a pas à partir"
            + (" avant que tout soit fait" if soon else ", la personne le sait déjà"),
            en=f"{case.id} is '{case.state}': '{kind}' is not to leave"
            + (" before everything is done" if soon else ", the person was told already"),
        ),
        fix=Text(fr=f"tenu request show {case.id}", en=f"tenu request show {case.id}"),
    )
