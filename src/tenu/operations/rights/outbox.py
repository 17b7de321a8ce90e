"""Sending letters by e-mail so that none ever leaves twice: the intent in the journal, then the server, then what became of it.

A process killed between the two leaves an outcome nobody knows. It is shown to a human, who says whether the letter left.

Source: GDPR 5(1)(f), 12(3); state machine SM-1.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta

from tenu.errors import RefusedError
from tenu.journal.bodies_letter import SENDINGS
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.outbox import Sending, SendingState, sendings
from tenu.journal.shapes import Json
from tenu.letters.mail import covering_words, letter_name
from tenu.letters.page import File
from tenu.letters.port import Handed, Mail
from tenu.operations.rights.finding import file_of
from tenu.ports import Ports
from tenu.terms import Language, Text

UNDER_WAY = timedelta(minutes=15)
"""A sending younger than this may still be talking to its server: nobody can say yet how it ended."""


class UnknownSendingError(RefusedError):
    """A letter may have left: nothing is sent before a human says whether it did."""


class NotSentError(RefusedError):
    """The server did not take a letter; it is certain that it did not leave."""


def outbox(ports: Ports, number: str | None = None) -> dict[tuple[str, str], Sending]:
    """Return the last attempt to send each letter, of one request or of all, by request and letter."""
    return sendings(ports.journal.events(kind=SENDINGS.keys(), request=number))


def email_on_file(ports: Ports, number: str) -> str:
    """Return the e-mail letters about a request go to.

    Raises:
        RefusedError: The address on file is not one e-mail, or there is none any more.
    """
    address = file_of(ports, number).address.strip()
    if "@" not in address or "\n" in address:
        raise RefusedError(
            Text(
                fr=f"{number} : l'adresse du dossier n'est pas un e-mail",
                en=f"{number}: the address on file is not an e-mail",
            ),
            fix=Text(
                fr=f"tenu request address {number} ADRESSE, ou tenu request letter et la poste",
                en=f"tenu request address {number} ADDRESS, or tenu request letter and the post",
            ),
        )
    return address


def dispatch(
    ports: Ports,
    number: str,
    letter: str,
    write: Callable[[], tuple[str, bytes]],
    *,
    to: str,
    language: Language,
) -> tuple[Sending, bool]:
    """Send one letter by e-mail unless it left already; return how its sending stands, and whether it left just now.

    Args:
        ports: The journal and the server.
        number: The request.
        letter: Which letter of this request, a technical name; each leaves once.
        write: Makes its subject and its PDF; not called when it left already.
        to: The e-mail it goes to.
        language: Of the lines around it.

    Raises:
        UnknownSendingError: An earlier sending began and nobody knows how it ended, or this one did not end.
        NotSentError: The server did not take it.
        RefusedError: There is no server, or the address is not one e-mail can go to.
    """
    last = outbox(ports, number).get((number, letter))
    if last and last.state is SendingState.SENT:
        return last, False
    if last and last.state is SendingState.UNKNOWN:
        raise _unknown(last)
    sender = ports.mailroom.mailer.sender()
    subject, pdf = write()
    digest = hashlib.sha256(pdf).hexdigest()
    began = _begin(ports, number, letter, digest)
    policy = ports.workspace.policy
    handing = ports.mailroom.mailer.send(
        Mail(
            message_id=f"{began.message}@{sender.rpartition('@')[2]}",
            to=to,
            subject=f"{subject} ({number})",
            text=covering_words(number, policy.controller.name, str(policy.dpo.email), language),
            letter=File(name=letter_name(number, language), content=pdf),
            at=began.at,
        )
    )
    match handing.outcome:
        case Handed.TAKEN:
            return _end(ports, began, EventKind.LETTER_SENT), True
        case Handed.REFUSED:
            _end(ports, began, EventKind.LETTER_NOT_SENT)
            raise NotSentError(
                Text(
                    fr=f"la lettre n'est pas partie : {handing.why.fr}",
                    en=f"the letter did not leave: {handing.why.en}",
                ),
                fix=Text(fr="relancez la même commande plus tard", en="run the same command again later"),
            )
        case Handed.UNKNOWN:
            raise _unknown(began, handing.why)


def settle(ports: Ports, number: str, letter: str, *, sent: bool) -> Sending:
    """Record what a human made sure of: whether a letter whose sending has no known end left.

    Raises:
        RefusedError: There is no such sending, or it may still be under way.
    """
    last = outbox(ports, number).get((number, letter))
    if last is None or last.state is not SendingState.UNKNOWN:
        raise RefusedError(
            Text(
                fr=f"{number} : aucun envoi de « {letter} » n'attend qu'on dise s'il est parti",
                en=f"{number}: no sending of '{letter}' waits for a word on whether it left",
            ),
            fix=Text(fr="tenu request outbox list", en="tenu request outbox list"),
        )
    if ports.clock.now() < last.at + UNDER_WAY:
        raise RefusedError(
            Text(fr="cet envoi est peut-être encore en cours", en="this sending may still be under way"),
            fix=Text(
                fr="revenez un quart d'heure après son début",
                en="come back a quarter of an hour after its start",
            ),
        )
    kind = EventKind.LETTER_SENT if sent else EventKind.LETTER_NOT_SENT
    return _end(ports, last, kind, actor=ports.actor.digest)


def _begin(ports: Ports, number: str, letter: str, digest: str) -> Sending:
    """Write the intent to send; return it, if nobody else wrote theirs first."""
    # The same letter of the same request has the same Message-ID: a mailbox shows a copy for what it is.
    about = f"message\x1f{number}\x1f{letter}\x1f{digest}".encode()
    body: dict[str, Json] = {
        "request": number,
        "letter": letter,
        "attempt": secrets.token_hex(16),
        "digest": digest,
        "message": hmac.digest(ports.key, about, "sha256").hex(),
        "actor": ports.actor.digest,
    }
    _write(ports, EventKind.LETTER_SENDING, body)
    first = outbox(ports, number)[number, letter]
    if first.attempt != body["attempt"]:
        raise _unknown(first)
    return first


def _end(ports: Ports, sending: Sending, kind: EventKind, **more: Json) -> Sending:
    body = {"request": sending.request, "letter": sending.letter, "attempt": sending.attempt, **more}
    _write(ports, kind, body)
    return outbox(ports, sending.request)[sending.request, sending.letter]


def _write(ports: Ports, kind: EventKind, body: dict[str, Json]) -> None:
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)


def _unknown(sending: Sending, why: Text | None = None) -> UnknownSendingError:
    began = sending.at.isoformat(timespec="minutes")
    said = why or Text(fr="rien ne dit comment il a fini", en="nothing says how it ended")
    return UnknownSendingError(
        Text(
            fr=f"{sending.request} : un envoi de « {sending.letter} » a commencé ({began}) : {said.fr}",
            en=f"{sending.request}: a sending of '{sending.letter}' began ({began}): {said.en}",
        ),
        fix=Text(
            fr=f"cherchez le Message-ID {sending.message} chez le serveur d'envoi, puis :"
            f" tenu request outbox settle {sending.request} {sending.letter} sent|not_sent",
            en=f"look for the Message-ID {sending.message} at the sending server, then:"
            f" tenu request outbox settle {sending.request} {sending.letter} sent|not_sent",
        ),
    )
