"""E-mails that came: read from the mailbox, kept, shown with what their words propose; a human makes requests of them.

A message is kept before the journal says it came, and is fetched again until it is kept: none is lost, none counts twice. A
message of a thread that is an open request's is attached to it, for a human to read. Nothing is ever acted on by itself.

Source: GDPR 12(2), 12(3); EDPB 01/2022 §§52-57; state machine SM-1; policy C-RGT-19, C-RGT-20; law 5.0 « intake ».
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from tenu.errors import RefusedError
from tenu.journal.bodies_letter import MAILS
from tenu.journal.cases import OPEN, Case
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.mailbox import Message, MessageState
from tenu.journal.mailbox import messages as fold
from tenu.journal.shapes import Json
from tenu.law.request_words import Proposal, propose
from tenu.letters.incoming import ReadMail, read_mail, same_as
from tenu.letters.port import Arrived, Folder, Kept, Place
from tenu.operations.plan import today
from tenu.operations.rights.objecting import receive
from tenu.operations.rights.outbox import outbox
from tenu.operations.rights.requests import LETTERS, Intake, new_number, request, requests
from tenu.operations.rights.searching import Sought
from tenu.periods.civil import civil_day
from tenu.periods.limits import last_day
from tenu.periods.period import Period
from tenu.plans.suppression import CHANNELS
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Channel, IdentifierKind, Text

DISMISSED_LASTS = Period(months=1)
"""How long a message that asks for nothing is kept: time to find out that it did; no text fixes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message for a human: where it is, what was read of it, what its words propose and which they are.

    *about*: the request its thread leads to, whatever its state.
    """

    message: Message
    mail: ReadMail
    proposals: tuple[Proposal, ...]
    about: str | None


def fetch(ports: Ports) -> list[Message]:
    """Read what is new in the mailbox, keep it, and return it. Run again after any failure, it goes on.

    Raises:
        RefusedError: No mailbox is set.
        UnreachableError: The mailbox does not answer; what was read before is kept.
    """
    forget(ports)
    mailbox = _keyed(ports, "mailbox", ports.mailroom.mailbox.name().encode())
    new = _tell(ports)
    try:
        with ports.mailroom.mailbox.open() as folder:
            _read(ports, folder, mailbox)
    finally:
        new += _tell(ports)
    known = messages(ports)
    return [known[number] for number in new]


def messages(ports: Ports) -> dict[str, Message]:
    """Return every message, by number, in the order they were read."""
    return fold(ports.journal.events(kind=MAILS.keys()))


def waiting(ports: Ports) -> list[Message]:
    """Return the messages nobody has said anything of, and those whose taking was cut off before its request was opened."""
    opened = requests(ports)
    return [
        message
        for message in messages(ports).values()
        if message.state is MessageState.NEW
        or (message.state is MessageState.TAKEN and message.request not in opened)
    ]


def show(ports: Ports, number: str) -> Shown:
    """Return one message to read, with the reasons of what is proposed.

    Raises:
        RefusedError: There is none of this number, or it is forgotten.
    """
    message = _one(ports, number)
    kept = _content(ports, message)
    about = message.request or _threads(ports).lead_to(ports, kept)
    return Shown(message=message, mail=kept.mail, proposals=_proposals(kept.mail), about=about)


def original(ports: Ports, number: str) -> bytes:
    """Return one message as it came, attachments and all."""
    return ports.mailroom.incoming.raw(_content(ports, _one(ports, number)).id)


def take(
    ports: Ports,
    number: str,
    rights: Sequence[Right],
    *,
    said: Mapping[IdentifierKind, tuple[str, ...]] | None = None,
    into: str | None = None,
    stop: Sequence[Channel] = CHANNELS,
) -> Case:
    """Open a request from a message, dated the day the mailbox had it, or add the message to the open request *into*.

    The other messages of its thread go with it. Cut off anywhere, calling again finishes what was begun.

    Args:
        ports: The journal and the vault.
        number: The message.
        rights: What a human read that it asks for.
        said: What the person says of themselves; the sender's address is added to it.
        into: A request that is open already.
        stop: The channels prospecting stops on at once, for an objection or a withdrawal; none when it is not about that.

    Raises:
        RefusedError: No right is said, the message was taken already, or *into* is no open request.
    """
    message = _one(ports, number)
    kept = _content(ports, message)
    case = _open(ports, into) if into else None
    begun = message.state is MessageState.TAKEN
    if begun and (ports.journal.case(message.request or "") or (case and case.id != message.request)):
        raise _taken(message)
    if not case and not rights:
        raise RefusedError(
            Text(fr="dites quels droits ce message demande", en="say which rights this message asks for"),
            fix=Text(
                fr=f"tenu request inbox take {message.id} access, par exemple",
                en=f"tenu request inbox take {message.id} access, for instance",
            ),
        )
    if not begun:
        message = _claim(ports, message, case.id if case else new_number())
    ports.mailroom.incoming.end(message.id, None)
    if case is None:
        case = _receive(ports, message, kept, rights, said or {}, stop)
    _gather(ports, case, kept)
    return case


def dismiss(ports: Ports, number: str) -> Message:
    """Say that a human read a message and that it asks for nothing; it is forgotten a month later."""
    message = _one(ports, number)
    if message.state is MessageState.TAKEN:
        raise _taken(message)
    _write(ports, EventKind.MAIL_DISMISSED, {"message": message.id, "actor": ports.actor.digest})
    ports.mailroom.incoming.end(message.id, last_day(today(ports), DISMISSED_LASTS))
    return messages(ports)[message.id]


def forget(ports: Ports) -> int:
    """Destroy the messages whose last day has passed, return how many: those of a request end with its file."""
    incoming, day = ports.mailroom.incoming, today(ports)
    if undated := incoming.undated():
        ended = {number for number, case in requests(ports).items() if case.state not in OPEN}
        about = {m.id: m.request for m in messages(ports).values() if m.id in undated and m.request in ended}
        files = ports.cases.files([number for number in about.values() if number])
        for message, number in about.items():
            file = files.get(number or "")
            incoming.end(message, file.until if file else day - timedelta(days=1))
    return incoming.forget(day)


def _read(ports: Ports, folder: Folder, mailbox: str) -> None:
    """Keep the messages of *folder* that are not kept yet, in the order of their uids: none is passed over."""
    incoming = ports.mailroom.incoming
    seen = incoming.seen(mailbox, folder.validity)
    for uid in folder.uids(0 if folder.moves else max(seen, default=0)):
        if uid not in seen:
            arrived = folder.fetch(uid)
            if arrived is None:
                continue
            place = Place(mailbox=mailbox, validity=folder.validity, uid=uid)
            incoming.keep(place, _kept(ports, arrived), arrived.raw)
        if folder.moves:
            folder.release(uid)


def _tell(ports: Ports) -> list[str]:
    """Say in the journal which messages came, of those kept that it may not have heard of; return their numbers."""
    incoming = ports.mailroom.incoming
    untold = incoming.untold()
    known, threads = messages(ports), _threads(ports)
    new = [kept for kept in untold if kept.id not in known]
    if new:
        bodies = [_body(ports, kept, threads) for kept in new]
        at = ports.clock.now()
        ports.journal.append(*(Event(kind=EventKind.MAIL_RECEIVED, at=at, body=body) for body in bodies))
        ports.journal.seal(ports.signer)
    for kept in untold:
        incoming.told(kept.id)
    return [kept.id for kept in new]


def _body(ports: Ports, kept: Kept, threads: _Threads) -> dict[str, Json]:
    zone = ZoneInfo(ports.workspace.policy.time_zone)
    body: dict[str, Json] = {
        "message": kept.id,
        "received_on": civil_day(kept.received_at, zone).isoformat(),
        "digest": kept.digest,
        "rights": [str(proposal.right) for proposal in _proposals(kept.mail)],
        "whole": kept.whole,
    }
    about = threads.lead_to(ports, kept)
    if about and threads.opened[about].state in OPEN:
        body["request"] = threads.theirs[kept.thread] = about
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class _Threads:
    """What a reply may refer to: our letters, by the local part of their Message-ID, and messages, by thread."""

    opened: Mapping[str, Case]
    ours: Mapping[str, str]
    theirs: dict[str, str]

    def lead_to(self, ports: Ports, kept: Kept) -> str | None:
        """Return the request a message refers to, None when it refers to none."""
        for identifier in kept.mail.answers:
            about = self.ours.get(identifier.partition("@")[0]) or self.theirs.get(_thread(ports, identifier))
            if about in self.opened:
                return about
        return None


def _threads(ports: Ports) -> _Threads:
    known = messages(ports)
    return _Threads(
        opened=requests(ports),
        ours={sending.message: sending.request for sending in outbox(ports).values()},
        theirs={
            thread: known[number].request or ""
            for number, thread in ports.mailroom.incoming.threads().items()
            if number in known
        },
    )


def _gather(ports: Ports, case: Case, kept: Kept) -> None:
    """Attach to a request the messages nobody took that are in the thread of one it was opened from."""
    known, mine = messages(ports), {kept.thread, *(_thread(ports, i) for i in kept.mail.answers)}
    for other in ports.mailroom.incoming.all():
        theirs = {other.thread, *(_thread(ports, i) for i in other.mail.answers)}
        if other.id in known and known[other.id].state is MessageState.NEW and mine & theirs:
            _claim(ports, known[other.id], case.id)


def _claim(ports: Ports, message: Message, number: str) -> Message:
    """Write that a message is part of a request; return it, if nobody else was first."""
    body: dict[str, Json] = {"message": message.id, "request": number, "actor": ports.actor.digest}
    _write(ports, EventKind.MAIL_TAKEN, body)
    after = messages(ports)[message.id]
    if after.request != number:
        raise _taken(after)
    return after


def _receive(
    ports: Ports,
    message: Message,
    kept: Kept,
    rights: Sequence[Right],
    said: Mapping[IdentifierKind, tuple[str, ...]],
    stop: Sequence[Channel],
) -> Case:
    sender = (kept.mail.sender,) if "@" in kept.mail.sender else ()
    emails = tuple(dict.fromkeys((*sender, *said.get(IdentifierKind.EMAIL, ()))))
    values = {**said, IdentifierKind.EMAIL: emails} if emails else dict(said)
    return receive(
        ports,
        rights,
        Sought(values=values),
        channel=Intake.EMAIL,
        received_on=message.received_on,
        address="".join(sender),
        message=f"{kept.mail.subject}\n\n{kept.mail.text}",
        stop=stop,
        number=message.request or "",
    )


def _open(ports: Ports, number: str) -> Case:
    case = request(ports, number)
    if case.state not in OPEN:
        raise RefusedError(
            Text(
                fr=f"{case.id} n'est plus ouverte ({case.state})",
                en=f"{case.id} is no longer open ({case.state})",
            ),
            fix=Text(fr="ouvrez une demande de ce message", en="open a request from this message"),
        )
    return case


def _kept(ports: Ports, arrived: Arrived) -> Kept:
    mail = read_mail(arrived.raw)
    same = _keyed(ports, "message", same_as(arrived.raw, mail.message_id))
    return Kept(
        id="M-" + "".join(secrets.choice(LETTERS) for _ in range(8)),
        same=same,
        thread=_thread(ports, mail.message_id) if mail.message_id else same,
        received_at=arrived.received_at,
        whole=arrived.whole,
        digest=hashlib.sha256(arrived.raw).hexdigest(),
        mail=mail,
    )


def _proposals(mail: ReadMail) -> tuple[Proposal, ...]:
    return propose(f"{mail.subject}\n{mail.text}")


def _one(ports: Ports, number: str) -> Message:
    found = messages(ports).get(number.upper())
    if found is None:
        raise RefusedError(
            Text(fr=f"aucun message « {number} »", en=f"no message '{number}'"),
            fix=Text(fr="tenu request inbox list", en="tenu request inbox list"),
        )
    return found


def _content(ports: Ports, message: Message) -> Kept:
    kept = ports.mailroom.incoming.one(message.id)
    if kept is None:
        raise RefusedError(
            Text(fr=f"{message.id} : ce message est oublié", en=f"{message.id}: this message is forgotten")
        )
    return kept


def _taken(message: Message) -> RefusedError:
    return RefusedError(
        Text(
            fr=f"{message.id} fait déjà partie de {message.request}",
            en=f"{message.id} is already part of {message.request}",
        ),
        fix=Text(fr=f"tenu request show {message.request}", en=f"tenu request show {message.request}"),
    )


def _thread(ports: Ports, identifier: str) -> str:
    return _keyed(ports, "thread", identifier.encode())


def _keyed(ports: Ports, purpose: str, said: bytes) -> str:
    return hmac.digest(ports.key, purpose.encode() + b"\x1f" + said, "sha256").hex()


def _write(ports: Ports, kind: EventKind, body: dict[str, Json]) -> None:
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
