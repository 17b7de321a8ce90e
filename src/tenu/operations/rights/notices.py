"""Telling recipients what was corrected, erased or restricted, or who objects: whom a human names, by a letter, until they say it is done.

A request is answered without waiting for them; what is not acknowledged stays in sight.

Source: GDPR 19, 21(3); time rule T-11; law 5.3 to 5.7; policy C-RCP-05, C-RGT-06.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from tenu.errors import RefusedError
from tenu.journal.bodies_letter import NOTICES
from tenu.journal.cases import AT_ONCE, Case, CaseError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.notices import PATHS, STOP_IN, Notice, reply_by
from tenu.journal.notices import notices as fold
from tenu.journal.outbox import Sending, SendingState
from tenu.journal.shapes import Json
from tenu.law.reason_codes import Use, read_codes
from tenu.letters.facts import KINDS
from tenu.letters.letter import Letter
from tenu.letters.notices import FATES, NoticeFacts, write_notice
from tenu.operations.acting import entitled
from tenu.operations.plan import today
from tenu.operations.rights import outbox
from tenu.operations.rights.finding import file_of
from tenu.operations.rights.outcomes import done_of, keep_done
from tenu.operations.rights.requests import DECIDERS, LETTERS, request
from tenu.periods.civil import civil_day
from tenu.periods.deadlines import recipient_notice_by
from tenu.periods.holidays import add_working_days
from tenu.policy.recipients import RecipientClass, Role
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Language, Text

OUTSIDE = (Role.PROCESSOR, Role.CONTROLLER, Role.JOINT)
"""The recipients who are told: not the company itself, nor an authority in the course of an inquiry (GDPR 4(9))."""
FIRST, REMINDER = "notice", "reminder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a human names: in which class of the policy, under which name, the lines of their address or an e-mail alone."""

    recipient: str
    name: str
    address: tuple[str, ...]


def classes(ports: Ports, right: Right) -> tuple[RecipientClass, ...]:
    """Return the classes of recipients the policy names outside the company; of an objection, those of the purposes that solicit."""
    policy = ports.workspace.policy
    outside = tuple(each for each in policy.recipients.classes if each.role in OUTSIDE)
    if right not in AT_ONCE:
        return outside
    soliciting = {r for purpose in policy.purposes if purpose.channels for r in purpose.recipients}
    return tuple(each for each in outside if each.id in soliciting)


def notices(ports: Ports, number: str | None = None) -> list[Notice]:
    """Return the notices of one request, or of all."""
    wanted = request(ports, number).id if number else None
    return list(fold(ports.journal.events(kind=NOTICES.keys(), request=wanted)).values())


def unnamed(ports: Ports, number: str) -> dict[Right, tuple[RecipientClass, ...]]:
    """Return, of each right recipients are told of and that was done, the classes nobody was named of yet."""
    case = request(ports, number)
    named = {(notice.right, notice.recipient) for notice in notices(ports, case.id)}
    return {
        Right(right): tuple(each for each in classes(ports, Right(right)) if (right, each.id) not in named)
        for right in case.rights
        if right in case.executed and Right(right) in FATES
    }


def name_recipient(ports: Ports, number: str, right: Right, who: Recipient, *, note: str = "") -> Notice:
    """Name a recipient to tell what was done of a right; return the notice to write to them.

    Args:
        ports: The journal and the vault.
        number: The request.
        right: Rectification, erasure, restriction, objection or withdrawal, already done.
        who: The recipient. Their name stays in the file of the request.
        note: What the letter adds in words, the right values for instance.

    Raises:
        CaseError: Nothing was done of this right.
        RefusedError: The class is not one of the policy's, or a name or an address is missing.
    """
    case, done = request(ports, number), done_of(ports, number).get(right)
    if done is None or right not in FATES or right not in case.executed:
        raise CaseError(
            Text(
                fr=f"{case.id} : rien de « {right} » dont un destinataire soit à prévenir n'est fait",
                en=f"{case.id}: nothing of '{right}' that a recipient is told of is done",
            ),
            fix=Text(fr=f"tenu request show {case.id}", en=f"tenu request show {case.id}"),
        )
    _known(ports, right, who)
    file, identifier = file_of(ports, case.id), "N-" + "".join(secrets.choice(LETTERS) for _ in range(8))
    said = {"name": who.name, "address": "\n".join(who.address), "note": note}
    ports.cases.keep(replace(file, notices={**file.notices, identifier: said}))
    body: dict[str, Json] = {
        "request": case.id,
        "notice": identifier,
        "right": str(right),
        "recipient": who.recipient,
        "told_by": _told_by(right, done.done_on).isoformat(),
        "actor": ports.actor.digest,
    }
    if note:
        body["note"] = _digest(note)
    _write(ports, EventKind.NOTICE_NAMED, body)
    return notice_of(ports, case, identifier)


def _told_by(right: Right, done_on: date) -> date:
    return add_working_days(done_on, STOP_IN) if right in AT_ONCE else recipient_notice_by(done_on)


def notice_of(ports: Ports, case: Case, identifier: str) -> Notice:
    """Return one notice of a request.

    Raises:
        RefusedError: There is none of this number.
    """
    for notice in notices(ports, case.id):
        if notice.id == identifier.upper():
            return notice
    raise RefusedError(
        Text(fr=f"{case.id} n'a pas d'avis « {identifier} »", en=f"{case.id} has no notice '{identifier}'"),
        fix=Text(fr=f"tenu request notice list {case.id}", en=f"tenu request notice list {case.id}"),
    )


def notice_letter(
    ports: Ports, number: str, identifier: str, *, reminder: bool = False, language: Language = "fr"
) -> Letter:
    """Return the letter of a notice, dated today, or the one that reminds of it.

    Raises:
        CaseError: There is nothing to remind of yet.
        MissingFactError: A fact is missing.
    """
    case = request(ports, number)
    notice, day = notice_of(ports, case, identifier), today(ports)
    if reminder and notice.told_on is None:
        raise _no_way(notice, EventKind.NOTICE_REMINDED)
    file, right = file_of(ports, case.id), Right(notice.right)
    done, said = done_of(ports, case.id)[right], file.notices[notice.id]
    role = next((each.role for each in classes(ports, right) if each.id == notice.recipient), Role.CONTROLLER)
    address = said["address"].splitlines()
    return write_notice(
        NoticeFacts(
            id=notice.id,
            number=case.id,
            right=right,
            role=role,
            addressee=(said["name"], *address),
            person=tuple(
                (KINDS[k], value) for k, values in file.sought.items() if k in KINDS for value in values
            ),
            holdings=tuple(holding for holding in done.holdings if holding.fate in FATES[right]),
            stopped=done.stopped,
            done_on=done.done_on,
            written_on=day,
            reply_by=reply_by(right, day, ports.workspace.settings.requests.notice_days),
            policy=ports.workspace.policy,
            words=said["note"],
            first_written_on=notice.told_on if reminder else None,
        ),
        language,
    )


def send_notice(
    ports: Ports, number: str, identifier: str, *, reminder: bool = False, language: Language = "fr"
) -> tuple[Notice, bool]:
    """Send a notice, or its next reminder, by e-mail; return it, and whether it left just now. None leaves twice.

    Raises:
        RefusedError: The recipient's address is not one e-mail.
        UnknownSendingError: Nobody knows whether it left already.
        NotSentError: The server did not take it.
    """
    case = request(ports, number)
    notice = notice_of(ports, case, identifier)
    kind = EventKind.NOTICE_REMINDED if reminder else EventKind.NOTICE_TOLD
    name = f"{REMINDER}.{notice.id}.{len(notice.reminded_on) + 1}" if reminder else f"{FIRST}.{notice.id}"
    if (case.id, name) not in outbox.outbox(ports, case.id) and (notice.state, kind) not in PATHS:
        raise _no_way(notice, kind)
    address = file_of(ports, case.id).notices[notice.id]["address"]
    if "@" not in address or "\n" in address:
        raise RefusedError(
            Text(
                fr="l'adresse de ce destinataire n'est pas un e-mail",
                en="this recipient's address is not an e-mail",
            ),
            fix=Text(
                fr=f"tenu request notice letter {case.id} {notice.id}, et la poste",
                en=f"tenu request notice letter {case.id} {notice.id}, and the post",
            ),
        )

    def write() -> tuple[str, bytes]:
        made = notice_letter(ports, case.id, notice.id, reminder=reminder, language=language)
        return made.subject, made.pdf

    sending, now = outbox.dispatch(ports, case.id, name, write, to=address, language=language)
    return follow_notice(ports, sending), now


def follow_notice(ports: Ports, sending: Sending) -> Notice:
    """Say that a recipient was told, or reminded, once the letter left, if it was not said already; return the notice."""
    kind, identifier, *rank = sending.letter.split(".")
    notice = notice_of(ports, request(ports, sending.request), identifier)
    told = len(notice.reminded_on) >= int(rank[0]) if kind == REMINDER else notice.told_on is not None
    if sending.state is not SendingState.SENT or told:
        return notice
    day = civil_day(sending.at, ZoneInfo(ports.workspace.policy.time_zone))
    reminder = kind == REMINDER
    return tell(
        ports, notice.request, notice.id, delivery="email", letter=sending.digest, on=day, reminder=reminder
    )


def tell(
    ports: Ports,
    number: str,
    identifier: str,
    *,
    delivery: str,
    letter: str,
    on: date | None = None,
    reminder: bool = False,
) -> Notice:
    """Record that a notice, or a reminder of it, left; the answer to the person then names the recipient as told.

    Args:
        ports: The journal and the vault.
        number: The request.
        identifier: The notice.
        delivery: How.
        letter: Digest of what left.
        on: The day it left, today by default.
        reminder: Whether it reminds of one that left.
    """
    kind = EventKind.NOTICE_REMINDED if reminder else EventKind.NOTICE_TOLD
    said: dict[str, Json] = {"delivery": delivery, "letter": letter, "actor": ports.actor.digest}
    notice = _move(ports, number, identifier, kind, on, said)
    right, done = Right(notice.right), done_of(ports, notice.request)
    name = file_of(ports, notice.request).notices[notice.id]["name"]
    if name not in done[right].told:
        keep_done(ports, notice.request, replace(done[right], told=(*done[right].told, name)))
    return notice


def acknowledged(ports: Ports, number: str, identifier: str, *, on: date | None = None) -> Notice:
    """Record that a recipient said it is done, *on* a day (today by default)."""
    return _move(ports, number, identifier, EventKind.NOTICE_ACKNOWLEDGED, on, {"actor": ports.actor.digest})


def impossible(ports: Ports, number: str, identifier: str, code: str, note: str) -> Notice:
    """Record that telling a recipient is impossible or out of proportion, as a human found, with the reasons in *note*.

    Raises:
        NotEntitledError: Whoever asks may not decide it.
        UnknownCodeError: The code is not one for this.

    Source: GDPR 19.
    """
    [known] = read_codes([code], Use.NOTICE)
    role = entitled(ports, "notice:impossible", *DECIDERS)
    case = request(ports, number)
    file = file_of(ports, case.id)
    ports.cases.keep(replace(file, notes=(*file.notes, note)))
    said: dict[str, Json] = {
        "code": str(known),
        "note": _digest(note),
        "role": role,
        "actor": ports.actor.digest,
    }
    return _move(ports, number, identifier, EventKind.NOTICE_IMPOSSIBLE, None, said)


def _move(
    ports: Ports, number: str, identifier: str, kind: EventKind, on: date | None, said: dict[str, Json]
) -> Notice:
    """Write one more event of a notice, if it has that path; return the notice after it."""
    case, day = request(ports, number), on or today(ports)
    notice = notice_of(ports, case, identifier)
    if (notice.state, kind) not in PATHS or day > today(ports):
        raise _no_way(notice, kind)
    body: dict[str, Json] = {"request": case.id, "notice": notice.id, "on": day.isoformat(), **said}
    _write(ports, kind, body)
    return notice_of(ports, case, notice.id)


def _known(ports: Ports, right: Right, who: Recipient) -> None:
    known = [each.id for each in classes(ports, right)]
    if who.recipient not in known or not who.name.strip() or not any(line.strip() for line in who.address):
        listed = ", ".join(known)
        raise RefusedError(
            Text(
                fr="un destinataire a une catégorie de la politique, un nom et une adresse",
                en="a recipient has a class of the policy, a name and an address",
            ),
            fix=Text(fr=f"catégories : {listed}", en=f"classes: {listed}"),
        )


def _no_way(notice: Notice, kind: EventKind) -> CaseError:
    ways = ", ".join(sorted(str(event) for state, event in PATHS if state is notice.state)) or "-"
    return CaseError(
        Text(
            fr=f"{notice.id} est « {notice.state} » : « {kind} » n'y a pas sa place, ni demain",
            en=f"{notice.id} is '{notice.state}': '{kind}' has no place there, nor tomorrow",
        ),
        fix=Text(fr=f"ce qui peut suivre : {ways}", en=f"what may follow: {ways}"),
    )


def _digest(note: str) -> str:
    return hashlib.sha256(note.encode()).hexdigest()


def _write(ports: Ports, kind: EventKind, body: dict[str, Json]) -> None:
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
