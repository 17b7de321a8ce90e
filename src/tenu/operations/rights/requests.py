"""Requests of people: received, acknowledged, identified, extended, decided, closed. A human decides; tenu keeps the clock.

Every verb reads the request from the journal, asks the state machine whether it may go that way, then writes one event.
What must be said about the person is in the vault (``ports.cases``), never in the journal.

Source: GDPR 12(2)-(6), 15 to 22; state machines SM-1, SM-12; policy C-RGT-19 to C-RGT-23, C-ADM-01; law 5.0.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from tenu.errors import RefusedError
from tenu.journal.cases import Case, CaseError, Outcome, received, step
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.law.reason_codes import Use, read_codes
from tenu.letters.outcome import without_values
from tenu.operations.acting import entitled
from tenu.operations.plan import today
from tenu.operations.rights.searching import Sought
from tenu.operations.rights.second import must_be_confirmed
from tenu.periods.limits import last_day
from tenu.periods.period import Period
from tenu.plans.case_file import CaseFile
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Channel, Text

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What a request's number is made of: no sign that reads two ways on paper."""
FILE_LASTS = Period(years=5)
"""How long a closed request's file is kept: no text fixes it (time rule T-38)."""
DECIDERS = ("dpo", "counsel")


class Intake(StrEnum):
    """How a request reached the company (C-RGT-19, C-RGT-20): every official channel counts."""

    EMAIL = "email"
    POST = "post"
    FORM = "form"
    ACCOUNT = "account"
    SPOKEN = "spoken"


class Method(StrEnum):
    """What identified the person (SM-12). An identity document is never asked by default, and never kept."""

    LOGGED_IN = "logged_in"
    KNOWN_ADDRESS = "known_address"
    KNOWLEDGE = "knowledge"
    DOCUMENT_SEEN = "document_seen"


class Extension(StrEnum):
    """Why more time may be taken (GDPR 12(3)): complexity, or the number of this person's requests; nothing else."""

    COMPLEX = "complex"
    VOLUME = "volume"


class UnknownRequestError(RefusedError):
    """No request has this number."""


def receive(
    ports: Ports,
    rights: Sequence[Right],
    sought: Sought,
    *,
    channel: Intake,
    received_on: date | None = None,
    address: str = "",
    message: str = "",
    number: str = "",
    stop: Sequence[Channel] = (),
) -> Case:
    """Open a request the day it reached the company, whoever notices it when; return it.

    Args:
        ports: The journal and the vault.
        rights: What is asked; one message may ask several.
        sought: What the person says of themselves.
        channel: How it came.
        received_on: Civil day it reached any channel; today by default.
        address: Where the answer goes.
        message: What they wrote.
        number: Its number, from ``new_number``, where something was written down under it before; a new one by default.
        stop: The channels prospecting must stop on at once (``objecting.receive`` does it).

    Raises:
        RefusedError: No right is asked, or the day has not come yet.
    """
    day = received_on or today(ports)
    if not rights or day > today(ports):
        raise RefusedError(
            Text(
                fr="une demande porte au moins un droit et n'arrive pas demain",
                en="a request asks for at least one right and does not arrive tomorrow",
            ),
            fix=Text(
                fr="relisez la date et les droits demandés", en="read the date and the rights asked again"
            ),
        )
    number = number or new_number()
    body: dict[str, Json] = {
        "request": number,
        "rights": list(dict.fromkeys(str(right) for right in rights)),
        "channel": str(channel),
        "received_on": day.isoformat(),
        "actor": ports.actor.digest,
    }
    if stop:
        body["stop"] = [str(one) for one in stop]
    if message:
        body["message"] = hashlib.sha256(message.encode()).hexdigest()
    event = Event(kind=EventKind.REQUEST_RECEIVED, at=ports.clock.now(), body=body)
    # The file first: a file without its request is found and forgotten, a request without its file is lost.
    ports.cases.keep(CaseFile(number=number, sought=sought.values, address=address, message=message))
    ports.journal.append(event)
    ports.journal.seal(ports.signer)
    return received(event)


def new_number() -> str:
    """Return the number of a request that is about to be opened."""
    return "R-" + "".join(secrets.choice(LETTERS) for _ in range(8))


def requests(ports: Ports) -> Mapping[str, Case]:
    """Return every request, by number, in the order they arrived: for lists (``Journal.cases``)."""
    return ports.journal.cases()


def request(ports: Ports, number: str) -> Case:
    """Return the request of this number.

    Raises:
        UnknownRequestError: There is none.
    """
    found = ports.journal.case(number.upper())
    if found is None:
        raise UnknownRequestError(
            Text(fr=f"aucune demande « {number} »", en=f"no request '{number}'"),
            fix=Text(fr="tenu request list en donne la liste", en="tenu request list lists them"),
        )
    return found


def late(ports: Ports) -> list[Case]:
    """Return the requests whose day has passed without an answer, the oldest first (C-RGT-22)."""
    day = today(ports)
    return sorted(
        (case for case in requests(ports).values() if case.is_overdue(day)),
        key=lambda case: case.due.followed,
    )


# ── verbs, in the order of a request's life ──


def acknowledge(ports: Ports, number: str) -> Case:
    """Say that the person was told their request arrived, and by when it will be answered."""
    return record(ports, number, EventKind.REQUEST_ACKNOWLEDGED, {"actor": ports.actor.digest})


def ask_identity(ports: Ports, number: str, doubt: str) -> Case:
    """Ask what is missing to know who they are, because a human has a reasonable doubt, written down as *doubt*.

    Source: GDPR 12(6); policy C-RGT-21, reading A-34.
    """
    role = entitled(ports, "request:ask", *DECIDERS)
    body = {"asked_on": today(ports).isoformat(), "doubt": _note(ports, number, doubt), **_who(ports, role)}
    return record(ports, number, EventKind.REQUEST_IDENTITY_ASKED, body)


def identify(ports: Ports, number: str, method: Method, *, on: date | None = None) -> Case:
    """Say that the person is identified, by *method*, on the day *on* (today by default); no copy is kept."""
    day = (on or today(ports)).isoformat()
    body = {"method": str(method), "on": day, "actor": ports.actor.digest}
    return record(ports, number, EventKind.REQUEST_IDENTIFIED, body)


def ask_precision(ports: Ports, number: str) -> Case:
    """Ask the person to say which data they mean, when there is much (GDPR recital 63)."""
    role = entitled(ports, "request:ask", *DECIDERS)
    body = {"asked_on": today(ports).isoformat(), **_who(ports, role)}
    return record(ports, number, EventKind.REQUEST_PRECISION_ASKED, body)


def precise(ports: Ports, number: str, *, answered: bool) -> Case:
    """Go on: the person answered, or ten days went by and the widest scope is taken."""
    body: dict[str, Json] = {
        "on": today(ports).isoformat(),
        "answered": answered,
        "actor": ports.actor.digest,
    }
    return record(ports, number, EventKind.REQUEST_PRECISED, body)


def extend(ports: Ports, number: str, reason: Extension, note: str) -> Case:
    """Take two more months, the person having been told today with the reasons in *note*.

    Raises:
        CaseError: The first month is over: an extension told later changes nothing (T-02).
    """
    case, day = request(ports, number), today(ports)
    if day > case.refusal_by:
        raise CaseError(
            Text(
                fr=f"{case.id} : le premier mois est passé, il ne se prolonge plus",
                en=f"{case.id}: the first month is over, it cannot be extended any more",
            ),
            fix=Text(
                fr="répondez maintenant, et dites pourquoi si tard", en="answer now, and say why so late"
            ),
        )
    role = entitled(ports, "request:extend", *DECIDERS)
    body = {
        "reason": str(reason),
        "noticed_on": day.isoformat(),
        "note": _note(ports, number, note),
        **_who(ports, role),
    }
    return record(ports, number, EventKind.REQUEST_EXTENDED, body)


def decide(
    ports: Ports,
    number: str,
    right: Right,
    outcome: Outcome,
    *,
    codes: Sequence[str] = (),
    note: str = "",
    until: date | None = None,
) -> Case:
    """Record what a named human decided of one right; a refusal, whole or partial, needs its reasons.

    Args:
        ports: Who decides, and where it is written.
        number: The request.
        right: One of those asked.
        outcome: Granted, partial or refused.
        codes: Reason codes (law 5.13), at least one for what is not granted.
        note: The facts and the reasons in the person's words, at least for what is not granted; kept in the vault.
        until: Last day what is not granted stays so, where the reason has an end.

    Raises:
        CaseError: Not everything was searched, or a refusal gives no reason.
        UnknownCodeError: A code is not on the list.
    """
    given = read_codes(codes, Use.REFUSE)
    if outcome is not Outcome.GRANTED and not (codes and note):
        raise CaseError(
            Text(
                fr="un refus, même partiel, dit ses motifs", en="a refusal, even in part, gives its reasons"
            ),
            fix=Text(
                fr="donnez un code et une phrase : --code … --note …",
                en="give a code and a sentence: --code … --note …",
            ),
        )
    role = entitled(ports, "request:decide", *DECIDERS)
    body: dict[str, Json] = {"right": str(right), "outcome": str(outcome), **_who(ports, role)}
    if given:
        body["codes"] = [str(code) for code in given]
    if note:
        body["note"] = _note(ports, number, note)
    if until:
        body["until"] = until.isoformat()
    return record(ports, number, EventKind.REQUEST_DECIDED, body)


def confirm(ports: Ports, number: str, right: Right, *, agrees: bool = True, note: str = "") -> Case:
    """Say, as somebody else than who decided, that a decision is right; or send it back to be taken again, with why."""
    role = entitled(ports, "request:confirm", *DECIDERS)
    body: dict[str, Json] = {"right": str(right), "agrees": agrees, **_who(ports, role)}
    if note:
        body["note"] = _note(ports, number, note)
    return record(ports, number, EventKind.REQUEST_CONFIRMED, body)


def close(ports: Ports, number: str, reason: str, note: str) -> Case:
    """Close a request that cannot be answered on the merits: not identified, withdrawn, not a right.

    Its file is kept five years more, then forgotten.
    """
    role = entitled(ports, "request:close", *DECIDERS)
    day = today(ports)
    body = {"reason": reason, "on": day.isoformat(), "note": _note(ports, number, note), **_who(ports, role)}
    case = record(ports, number, EventKind.REQUEST_CLOSED, body)
    end_file(ports, case.id, day)
    return case


def answered(ports: Ports, number: str, *, delivery: str, letter: str, on: date | None = None) -> Case:
    """Record that the answer left *on* a day (today by default), how, and the digest of what left.

    Its file is kept five years more.

    Raises:
        CaseError: Something decided is not done yet, or waits for a second person.
        RefusedError: The day has not come, or is before the request.
    """
    case, day = request(ports, number), on or today(ports)
    must_be_confirmed(ports, case)
    if not case.received_on <= day <= today(ports):
        raise RefusedError(
            Text(
                fr="une réponse part après la demande, et pas demain",
                en="an answer leaves after the request, and not tomorrow",
            ),
            fix=Text(fr="relisez la date", en="read the date again"),
        )
    body: dict[str, Json] = {
        "on": day.isoformat(),
        "delivery": delivery,
        "letter": letter,
        "actor": ports.actor.digest,
    }
    case = record(ports, number, EventKind.REQUEST_ANSWERED, body)
    end_file(ports, case.id, day)
    return case


def escalate(ports: Ports, number: str) -> Case:
    """Say that the person, not satisfied, turns to the officer, who was not the first to answer (C-RGT-23)."""
    body = {"on": today(ports).isoformat(), "actor": ports.actor.digest}
    return record(ports, number, EventKind.REQUEST_ESCALATED, body)


def end_file(ports: Ports, number: str, closed_on: date) -> None:
    """Give the file of a closed request its last day; values its answer told are no longer needed there."""
    if file := ports.cases.file(number):
        done = {right: without_values(said) for right, said in file.done.items()}
        ports.cases.keep(replace(file, until=last_day(closed_on, FILE_LASTS), done=done))


def record(ports: Ports, number: str, kind: EventKind, body: Mapping[str, Json]) -> Case:
    """Write one more event of a request, if its state machine has that path; return the request after it.

    Raises:
        CaseError: There is no such path, or somebody else took it an instant before.
    """
    case = request(ports, number)
    return record_all(ports, [case], kind, {case.id: body})[case.id]


def record_all(
    ports: Ports, known: Iterable[Case], kind: EventKind, bodies: Mapping[str, Mapping[str, Json]]
) -> dict[str, Case]:
    """Write one more event of each request of *known*, saying *bodies* by number; return them after it.

    Raises:
        CaseError: One has no such path, and nothing was written; or somebody else took it an instant before.
    """
    now, before = ports.clock.now(), list(known)
    events = [Event(kind=kind, at=now, body={"request": c.id, **bodies[c.id]}) for c in before]
    for case, event in zip(before, events, strict=True):
        step(case, event)
    ports.journal.append(*events)
    ports.journal.seal(ports.signer)
    after = {case.id: request(ports, case.id) for case in before}
    for case in before:
        if after[case.id].refused_events > case.refused_events:
            raise CaseError(
                Text(
                    fr=f"{case.id} : quelqu'un d'autre vient d'avancer cette demande",
                    en=f"{case.id}: somebody else has just moved this request on",
                ),
                fix=Text(fr=f"tenu request show {case.id}", en=f"tenu request show {case.id}"),
            )
    return after


def _who(ports: Ports, role: str) -> dict[str, Json]:
    return {"role": role, "actor": ports.actor.digest}


def _note(ports: Ports, number: str, note: str) -> str:
    """Keep *note* in the file of the request, and return its digest for the journal."""
    file = ports.cases.file(request(ports, number).id)
    if file is not None:
        ports.cases.keep(replace(file, notes=(*file.notes, note)))
    return hashlib.sha256(note.encode()).hexdigest()
