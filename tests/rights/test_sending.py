"""Letters by e-mail: each leaves once, whatever dies when; a package never does, and its link opens it once."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lab import Lab, make_lab
from rights.post_office import PostOffice, certificate, post_office
from tenu.adapters.smtp import SmtpMailer
from tenu.adapters.staff import actor
from tenu.errors import RefusedError
from tenu.journal.cases import CaseError, CaseState, Outcome
from tenu.journal.outbox import SendingState
from tenu.letters.facts import LetterKind
from tenu.letters.page import File
from tenu.letters.port import Parcel
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.access import access
from tenu.operations.rights.delivering import LinkError, offer, redeem
from tenu.operations.rights.finding import look_up
from tenu.operations.rights.outbox import NotSentError, UnknownSendingError, outbox
from tenu.operations.rights.searching import Sought
from tenu.operations.rights.sending import readdress, send, settle
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.settings import SmtpSettings
from tenu.terms import IdentifierKind
from tenu.testing import FixedClock

PERSON = "personne@nulle-part.example"
ACK = LetterKind.ACKNOWLEDGEMENT
WORKER = Path(__file__).with_name("sending_worker.py")


@pytest.fixture
def post() -> Iterator[PostOffice]:
    """Give a real server that accepts everything until told otherwise."""
    with post_office() as server:
        yield server


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Load one small company for the whole file."""
    folder = tmp_path_factory.mktemp("office")
    return make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=60)


@pytest.fixture
def office(lab: Lab, post: PostOffice) -> Iterator[Ports]:
    """Open it as its officer, with its letters going to the server at hand."""
    with lab.ports() as ports:
        mine = replace(ports, actor=actor("alice", {"dpo": ("alice",)}, ports.key))
        yield _by(mine, _settings(post))


def _settings(post: PostOffice, **more: str) -> SmtpSettings:
    said = {"host": "127.0.0.1", "security": "none", "sender": "donnees@jst.example", **more}
    return SmtpSettings(port=post.port, **said)  # type: ignore[arg-type]


def _by(ports: Ports, settings: SmtpSettings) -> Ports:
    return replace(ports, mailroom=replace(ports.mailroom, mailer=SmtpMailer(settings, {})))


def _received(ports: Ports, address: str = PERSON) -> str:
    sought = Sought(values={IdentifierKind.EMAIL: (PERSON,)})
    return verbs.receive(ports, [Right.ACCESS], sought, channel=verbs.Intake.EMAIL, address=address).id


def _answerable(ports: Ports) -> tuple[str, tuple[File, ...]]:
    """Return a request whose copy is made, and the copy."""
    number = _received(ports)
    verbs.acknowledge(ports, number)
    verbs.identify(ports, number, verbs.Method.KNOWN_ADDRESS)
    look_up(ports, number)
    verbs.decide(ports, number, Right.ACCESS, Outcome.GRANTED)
    return number, access(ports, number, recipients=()).files


def test_a_letter_leaves_as_a_pdf_and_moves_the_request_on(office: Ports, post: PostOffice) -> None:
    """The letter is attached, the words around it say nothing of it, and sending it again sends nothing."""
    number = _received(office)
    first, again = send(office, number, ACK), send(office, number, ACK)
    [mail] = post.taken
    [attached] = mail.iter_attachments()
    body = mail.get_body(("plain",))
    told = (
        first[0].state,
        first[2],
        again[2],
        mail["To"],
        attached.get_content()[:5],
        number in str(mail["Subject"]),
    )
    assert told == (CaseState.ACKNOWLEDGED, True, False, PERSON, b"%PDF-", True)
    assert body is not None
    assert ("accès" in body.get_content(), mail["Message-ID"]) == (False, f"<{first[1].message}@jst.example>")


def test_an_answer_that_left_answers_on_its_day(office: Ports, post: PostOffice) -> None:
    """The request is answered with the digest of what left; by post first, nothing leaves by e-mail."""
    number, _ = _answerable(office)
    case, sending, _ = send(office, number, LetterKind.NOTHING)
    by_post, _ = _answerable(office)
    verbs.answered(office, by_post, delivery="post", letter="0" * 64)
    with pytest.raises(CaseError):
        send(office, by_post, LetterKind.NOTHING)
    assert (case.state, case.answered_on, len(sending.digest), len(post.taken)) == (
        CaseState.ANSWERED,
        case.received_on,
        64,
        1,
    )


def test_the_day_of_an_answer_by_post_is_the_one_staff_says(office: Ports) -> None:
    """Neither tomorrow nor before the request came."""
    number, _ = _answerable(office)
    day = verbs.request(office, number).received_on
    for wrong in (day - timedelta(days=1), day + timedelta(days=1)):
        with pytest.raises(RefusedError):
            verbs.answered(office, number, delivery="post", letter="0" * 64, on=wrong)
    assert verbs.answered(office, number, delivery="hand", letter="0" * 64, on=day).answered_on == day


def test_a_refusal_is_certain_and_silence_is_not(office: Ports, post: PostOffice) -> None:
    """Refused, it may be sent again; the line cut after the last byte, only a human's word lets it leave again."""
    number, post.answer = _received(office), "451 later"
    with pytest.raises(NotSentError):
        send(office, number, ACK)
    post.answer = None
    for _ in range(2):
        with pytest.raises(UnknownSendingError):
            send(office, number, ACK)
    with pytest.raises(RefusedError):
        settle(office, number, str(ACK), sent=True)
    later = replace(office, clock=_later(office))
    case, sending = settle(later, number, str(ACK), sent=True)
    assert (len(post.taken), sending.state, case.state) == (1, SendingState.SENT, CaseState.ACKNOWLEDGED)


def test_of_two_at_once_one_sends(office: Ports, post: PostOffice) -> None:
    """A second sending of the same letter that begins while the first talks to the server gives way."""
    number = _received(office)
    refused: list[type[Exception]] = []

    def meanwhile() -> None:
        post.on.clear()
        try:
            send(office, number, ACK)
        except UnknownSendingError as error:
            refused.append(type(error))

    post.on["RCPT"] = meanwhile
    send(office, number, ACK)
    assert (len(post.taken), refused) == (1, [UnknownSendingError])


@pytest.mark.parametrize("word", ["EHLO", "DATA", "QUIT"])
def test_killed_at_any_step_no_second_letter_leaves(
    lab: Lab, office: Ports, post: PostOffice, word: str
) -> None:
    """Before the letter, once it is in the server's hands, once it is taken: a human settles it, one letter in all."""
    number = _received(office)
    toml = lab.folder / "tenu.toml"
    before = toml.read_text(encoding="utf-8")
    smtp = f'\n[smtp]\nhost = "127.0.0.1"\nport = {post.port}\nsecurity = "none"\nsender = "donnees@jst.example"\n'
    toml.write_text(before + smtp, encoding="utf-8")
    command = [sys.executable, str(WORKER), str(lab.folder), number, str(ACK), office.clock.now().isoformat()]
    with subprocess.Popen(command) as worker:
        post.on[word] = lambda: os.kill(worker.pid, signal.SIGKILL)
    toml.write_text(before, encoding="utf-8")
    post.on.clear()
    with pytest.raises(UnknownSendingError):
        send(office, number, ACK)
    left = len(post.taken)
    case, _ = settle(replace(office, clock=_later(office)), number, str(ACK), sent=bool(left))
    if case.state is CaseState.RECEIVED:
        send(office, number, ACK)
    assert (worker.returncode, left, len(post.taken), outbox(office)[number, str(ACK)].state) == (
        -signal.SIGKILL,
        int(word != "EHLO"),
        1,
        SendingState.SENT,
    )


def test_nothing_leaves_in_the_clear_nor_to_an_unknown_certificate(office: Ports, post: PostOffice) -> None:
    """A server without TLS, where TLS is asked, gets nothing; nor does an address that is no e-mail."""
    number = _received(office)
    with pytest.raises(NotSentError):
        send(_by(office, _settings(post, security="starttls")), number, ACK)
    with pytest.raises(NotSentError):
        send(_by(office, _settings(post, security="tls")), number, ACK)
    for address in ("1 rue X\n51300 Ville", "a@b.example, c@d.example", "à@nulle-part.example"):
        readdress(office, number, address.splitlines())
        with pytest.raises(RefusedError):
            send(office, number, ACK)
    with pytest.raises(RefusedError, match="TENU_SMTP_PASSWORD"):
        _by(office, _settings(post, user="x")).mailroom.mailer.sender()
    assert post.taken == []


def _later(ports: Ports) -> FixedClock:
    return FixedClock(ports.clock.now() + timedelta(hours=1))


def test_a_letter_goes_encrypted_to_a_server_whose_certificate_is_known(
    office: Ports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server is refused until its authority is one of the system's."""
    known, context = certificate(tmp_path)
    with post_office(tls_context=context, require_starttls=True) as post:
        mine, number = _by(office, _settings(post, security="starttls")), _received(office)
        with pytest.raises(NotSentError):
            send(mine, number, ACK)
        monkeypatch.setenv("SSL_CERT_FILE", str(known))
        _, _, now = send(mine, number, ACK)
        assert (now, len(post.taken)) == (True, 1)


# ── packages ──


def test_a_link_opens_its_package_once(office: Ports) -> None:
    """The right request and token open it whole, once; anything else opens nothing, and does not use it up."""
    number, files = _answerable(office)
    other, _ = _answerable(office)
    link = offer(office, number, files)
    for wrong_number, wrong_token in ((other, link.token), (number, link.token[:-1] + "!"), (number, "")):
        with pytest.raises(LinkError):
            redeem(office, wrong_number, wrong_token)
    with zipfile.ZipFile(io.BytesIO(redeem(office, number, link.token).content)) as opened:
        inside = {name: opened.read(name) for name in opened.namelist()}
    with pytest.raises(LinkError):
        redeem(office, number, link.token)
    assert inside == {file.name: file.content for file in files}


def test_a_link_expires_and_a_new_one_ends_it(office: Ports) -> None:
    """Seven days, to the second; a second link to the same package leaves one that opens; other files are refused."""
    number, files = _answerable(office)
    with pytest.raises(CaseError):
        offer(office, number, files[1:])
    former, link = offer(office, number, files), offer(office, number, files)
    with pytest.raises(LinkError):
        redeem(office, number, former.token)
    late = replace(office, clock=FixedClock(link.until))
    with pytest.raises(LinkError):
        redeem(late, number, link.token)
    in_time = replace(office, clock=FixedClock(link.until - timedelta(seconds=1)))
    assert redeem(in_time, number, link.token).name == f"{number}.zip"


def test_packages_of_any_size_on_every_engine(make_lab_of: Callable[..., Lab]) -> None:
    """Larger than a piece, opened once; without the token, the vault alone opens nothing."""
    with make_lab_of(people=60).ports() as ports:
        mine = replace(ports, actor=actor("alice", {"dpo": ("alice",)}, ports.key))
        number, files = _answerable(mine)
        content, at = os.urandom(1_300_000), mine.clock.now()
        parcel = Parcel(request=number, package="0" * 64, until=at + timedelta(days=1))
        mine.mailroom.parcels.put(parcel, "token", content)
        link = offer(mine, number, files)
        taken = [mine.mailroom.parcels.take(number, token, at) for token in ("Token", "token", "token")]
        assert (taken, redeem(mine, number, link.token).name) == ([None, content, None], f"{number}.zip")
