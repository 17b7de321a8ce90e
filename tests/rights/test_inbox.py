"""E-mails that come: none lost, none twice, none acted on; whatever is in them, they are read as far as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab import Lab, make_lab
from rights.mailbox import HERE, PASSWORD, USER, Letterbox, letterbox
from rights.post_office import post_office
from tenu.adapters.imap import ImapMailbox
from tenu.adapters.smtp import SmtpMailer
from tenu.adapters.staff import actor
from tenu.errors import RefusedError, UnreachableError
from tenu.journal.events import Event, leaf
from tenu.journal.kinds import EventKind
from tenu.journal.mailbox import MessageState
from tenu.law.request_words import WORDS, propose
from tenu.letters.facts import LetterKind
from tenu.letters.incoming import mail_of, read_mail
from tenu.operations.rights import inbox, requests
from tenu.operations.rights.finding import file_of
from tenu.operations.rights.sending import send
from tenu.periods.limits import last_day
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.settings import ImapSettings, SmtpSettings

NIGHT = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
ODILE = "odile@ferrand.example"


@pytest.fixture
def box() -> Iterator[Letterbox]:
    """Give a real mailbox, empty."""
    with letterbox() as server:
        yield server


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Load one small company for the whole file."""
    folder = tmp_path_factory.mktemp("office")
    return make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=60)


@pytest.fixture
def office(lab: Lab, box: Letterbox) -> Iterator[Ports]:
    """Open it as its officer, with the mailbox at hand."""
    with lab.ports() as ports:
        yield _reading(ports, box)


def _reading(ports: Ports, box: Letterbox, **more: object) -> Ports:
    said = ImapSettings(host=HERE, port=box.port, security="none", user=USER, **more)  # type: ignore[arg-type]
    mailbox = ImapMailbox(said, {"TENU_IMAP_PASSWORD": PASSWORD})
    mine = replace(ports, actor=actor("alice", {"dpo": ("alice",)}, ports.key))
    return replace(mine, mailroom=replace(ports.mailroom, mailbox=mailbox))


def _mail(
    number: int, text: str, *, answers: str = "", subject: str = "Bonjour", sender: str = ODILE
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"Odile F. <{sender}>", "dpo@jst.example", subject
    message["Message-ID"] = f"<{number}.{id(text)}@ferrand.example>"
    if answers:
        message["In-Reply-To"] = f"<{answers}>"
    message.set_content(text)
    message.add_attachment(b"%PDF-x", maintype="application", subtype="pdf", filename="pièce jointe.pdf")
    return message.as_bytes()


def _deep(levels: int) -> bytes:
    """Return so many parts, each inside the former."""
    part = b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n'
    return b"".join(part % (level, level) for level in range(levels))


def _identifier(raw: bytes) -> str:
    return read_mail(raw).message_id


def test_a_message_is_read_once_proposed_and_taken_by_a_human(office: Ports, box: Letterbox) -> None:
    """It keeps its flags, is dated by the civil day in Paris, says why it is proposed, and opens one request."""
    box.put(_mail(1, "Je veux que vous supprimiez mes données : droit à l’oubli."), at=NIGHT)
    [message], again = inbox.fetch(office), inbox.fetch(office)
    shown, before = inbox.show(office, message.id), len(requests.requests(office))
    case = inbox.take(office, message.id, [Right.ERASURE])
    with pytest.raises(RefusedError):
        inbox.take(office, message.id, [Right.ACCESS])
    file = file_of(office, case.id)
    assert (again, box.flags(), before) == ([], [b"1 (FLAGS ())"], len(requests.requests(office)) - 1)
    assert [(p.right, p.words) for p in shown.proposals] == [(Right.ERASURE, ("droit a l'oubli",))]
    assert (case.received_on, file.address, "supprimiez" in file.message) == (date(2026, 11, 2), ODILE, True)
    assert [f.name for f in shown.mail.attachments] == ["pièce jointe.pdf"]
    journal = b"".join(leaf(event) for event in office.journal.events())
    assert (b"odile" in journal, inbox.messages(office)[message.id].state) == (False, MessageState.TAKEN)


def test_a_thread_stays_together(office: Ports, box: Letterbox) -> None:
    """What was in the thread goes with what is taken; a reply to it, or to our letter, joins the open request."""
    first = _mail(1, "Bonjour, quelles données avez-vous ?")
    second = _mail(2, "Je vous relance.", answers=_identifier(first))
    box.put(first, second, at=NIGHT)
    one, two = inbox.fetch(office)
    case = inbox.take(office, one.id, [Right.ACCESS])
    with post_office() as post:
        smtp = SmtpSettings(host=HERE, port=post.port, security="none", sender="dpo@jst.example")
        send(
            replace(office, mailroom=replace(office.mailroom, mailer=SmtpMailer(smtp, {}))),
            case.id,
            LetterKind.ACKNOWLEDGEMENT,
        )
        ours = str(post.taken[0]["Message-ID"]).strip("<>")
    box.put(_mail(3, "Merci.", answers=ours), _mail(4, "Encore.", answers=_identifier(second)), at=NIGHT)
    replies = inbox.fetch(office)
    assert inbox.messages(office)[two.id].request == case.id
    assert [(reply.state, reply.request) for reply in replies] == [(MessageState.ATTACHED, case.id)] * 2
    requests.close(office, case.id, "withdrawn", "x")
    box.put(_mail(5, "Finalement si.", answers=ours), at=NIGHT)
    [late] = inbox.fetch(office)
    assert (late.state, late.request, inbox.show(office, late.id).about) == (MessageState.NEW, None, case.id)


def test_taking_that_was_cut_off_goes_on(office: Ports, box: Letterbox) -> None:
    """Killed between the two writes, the message waits still, and the next call opens the very request it announced."""
    box.put(_mail(1, "accès"), at=NIGHT)
    [message] = inbox.fetch(office)
    body = {"message": message.id, "request": "R-22222222", "actor": "0" * 64}
    office.journal.append(Event(kind=EventKind.MAIL_TAKEN, at=office.clock.now(), body=body))
    waits = message.id in [one.id for one in inbox.waiting(office)]
    case = inbox.take(office, message.id, [Right.ACCESS])
    left = message.id in [one.id for one in inbox.waiting(office)]
    assert (waits, case.id, left) == (True, "R-22222222", False)


def test_a_message_said_to_ask_for_nothing_is_forgotten_later(office: Ports, box: Letterbox) -> None:
    """Dismissed, it may be taken after all for a month, then its content is gone and it does not come back."""
    box.put(_mail(1, "Votre facture"), _mail(2, "Publicité"), at=NIGHT)
    one, two = inbox.fetch(office)
    inbox.dismiss(office, one.id)
    inbox.dismiss(office, two.id)
    case = inbox.take(office, one.id, [Right.OBJECTION])
    later = replace(office, clock=replace(office.clock, at=office.clock.now() + timedelta(days=40)))  # type: ignore[type-var]
    assert inbox.fetch(later) == []
    with pytest.raises(RefusedError):
        inbox.show(later, two.id)
    assert inbox.show(later, one.id).about == case.id


def test_a_message_of_a_request_ends_with_its_file(office: Ports, box: Letterbox) -> None:
    """Five years after the request is closed, and not a day before, nothing of what was written is left."""
    box.put(_mail(1, "Je veux savoir ce que vous avez."), at=NIGHT)
    [message] = inbox.fetch(office)
    case = inbox.take(office, message.id, [Right.ACCESS])
    requests.close(office, case.id, "withdrawn", "x")
    last = last_day(office.clock.now().date(), requests.FILE_LASTS)
    left = []
    for day in (last, last + timedelta(days=1)):
        inbox.forget(_on(office, day))
        left.append(office.mailroom.incoming.one(message.id) is not None)
    assert left == [True, False]


def _on(office: Ports, day: date) -> Ports:
    noon = datetime.combine(day, time(12), UTC)
    return replace(office, clock=replace(office.clock, at=noon))  # type: ignore[type-var]


def test_a_copy_is_not_another_message_and_moving_is_asked_for(office: Ports, box: Letterbox) -> None:
    """The same message delivered twice counts once; what is kept is moved only where tenu.toml says, others stay."""
    raw = _mail(1, "Bonjour")
    box.put(raw, b"Received: by another.example\r\n" + raw, at=NIGHT)
    with box.hand() as client:
        client.create("Lu")
    new = inbox.fetch(office)
    moving = _reading(office, box, move_to="Lu")
    again = inbox.fetch(moving)
    with box.hand() as client:
        counted = [client.select(folder)[1][0] for folder in ("INBOX", "Lu")]
    assert (len(new), again, counted) == (1, [], [b"0", b"2"])


def test_hostile_messages_are_kept_whole_and_the_next_ones_read(office: Ports, box: Letterbox) -> None:
    """Broken, deep, without end, too large: each is kept, each shows something, and an honest one is read after them."""
    hostile = [
        b"\xff\xfe\x00 not a message",
        b"Subject: =?utf-8?b?////?= =?nope?q?=FF?=\r\nFrom: \x1b[2J\xe2\x80\xae<x@y.example>\r\nMessage-ID: <\r\n\r\nx",
        b"Content-Type: text/plain; charset=nope\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"From: deep@z.example\r\n" + _deep(50),
        b"From: big@z.example\r\nSubject: gros\r\n\r\n" + b"a" * 1_200_000,
    ]
    box.put(*hostile, _mail(9, "I object to your e-mails"), at=NIGHT)
    ports = _reading(office, box, max_mb=1)
    new = inbox.fetch(ports)
    kept = [inbox.original(ports, message.id) for message in new]
    shown = [inbox.show(ports, message.id).mail for message in new]
    assert ([raw[:900_000] for raw in kept[:5]], len(kept[4])) == (
        [raw[:900_000] for raw in hostile],
        1_000_000,
    )
    assert ([message.whole for message in new], new[5].rights) == ([True] * 4 + [False, True], ("objection",))
    deepest = read_mail(b"From: deep@z.example\r\n" + _deep(3000))
    assert (deepest.sender, deepest.readable) == ("deep@z.example", False)
    assert (shown[1].sender, "\x1b" in shown[1].text + shown[1].sender) == ("x@y.example", False)


def test_a_mailbox_that_does_not_answer_is_said(office: Ports, box: Letterbox) -> None:
    """A wrong password, a server that is away, no mailbox set: nothing is concluded."""
    wrong = ImapMailbox(
        ImapSettings(host=HERE, port=box.port, security="none", user=USER), {"TENU_IMAP_PASSWORD": "x"}
    )
    away = ImapMailbox(
        ImapSettings(host=HERE, port=1, security="none", user=USER), {"TENU_IMAP_PASSWORD": "x"}
    )
    for mailbox, error in (
        (wrong, UnreachableError),
        (away, UnreachableError),
        (ImapMailbox(ImapSettings(), {}), RefusedError),
    ):
        with pytest.raises(error):
            inbox.fetch(replace(office, mailroom=replace(office.mailroom, mailbox=mailbox)))


def test_messages_are_kept_on_every_engine(make_lab_of: Callable[..., Lab], box: Letterbox) -> None:
    """Larger than a piece, read again as they came, told once."""
    big = _mail(1, "droit d'accès\n" + "x" * 76 + "\n" + ("y" * 70 + "\n") * 12_000)
    box.put(big, _mail(2, "Bonjour"), at=NIGHT)
    with make_lab_of(people=60).ports() as ports:
        mine = _reading(ports, box)
        one, two = inbox.fetch(mine)
        assert (inbox.original(mine, one.id), inbox.fetch(mine), one.rights) == (big, [], ("access",))
        inbox.dismiss(mine, two.id)
        assert inbox.take(mine, one.id, [Right.ACCESS]).rights == ("access",)


_HEADINGS = st.sampled_from(
    [b"From", b"Subject", b"Message-ID", b"References", b"Content-Type", b"Content-Transfer-Encoding", b"X"]
)
_VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b'multipart/mixed; boundary="x"', b"multipart/alternative", b"text/html; charset=utf-16", b"message/rfc822",
         b"base64", b"quoted-printable", b"=?utf-8?b?w6k=?=", b"=?x?b?%%?=", b"<a@b> <c@d>", b'a"b <x@y.example>',
         b"text/plain; name*0*=utf-8''%E9; name*2=x"]
    ),
)  # fmt: skip
_BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"--x\r\n\r\na\r\n--x--", b"<p>a<script>b</p>", b"--x\r\n--x\r\n"]),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(_HEADINGS, _VALUES), max_size=8), _BODIES)
def test_nothing_that_can_be_sent_stops_reading(headings: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Whatever the headings, encodings and parts, a message is read, may be shown, and is written down and read again."""
    mail = read_mail(b"".join(name + b": " + value + b"\r\n" for name, value in headings) + b"\r\n" + body)
    said = mail.text + mail.subject + mail.sender
    assert (mail_of(mail.plain()), [sign for sign in said if ord(sign) < 32 and sign not in "\n\t"]) == (
        mail,
        [],
    )
    propose(mail.text)


def test_each_word_proposes_its_right_and_ordinary_messages_none() -> None:
    """Every word of the list finds its right; a message about an order finds none."""
    lost = [
        word
        for right, words in WORDS.items()
        for word in words
        if right not in [p.right for p in propose(f"x {word}.")]
    ]
    ordinary = (
        "Bonjour, ma commande n° 1789 n'est pas arrivée. Pouvez-vous relire la facture de l'article 157 ?"
    )
    assert (lost, propose(ordinary), propose("SUPPRIMEZ MES données")[0].right) == ([], (), Right.ERASURE)
