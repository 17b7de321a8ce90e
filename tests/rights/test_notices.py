"""Recipients are told what was corrected, erased or restricted, and stay in sight until they say it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from lab import make_lab
from letters.given import ERASED
from rights.post_office import post_office
from tenu.adapters.smtp import SmtpMailer
from tenu.adapters.staff import actor
from tenu.errors import RefusedError
from tenu.journal.cases import CaseError, Outcome
from tenu.journal.events import leaf
from tenu.journal.notices import NoticeState
from tenu.law.reason_codes import UnknownCodeError
from tenu.letters.facts import LetterKind
from tenu.letters.outcome import Fate, Holding, RightDone
from tenu.operations.rights import notices as verbs
from tenu.operations.rights import requests
from tenu.operations.rights.finding import look_up
from tenu.operations.rights.objecting import receive
from tenu.operations.rights.outcomes import done_of, keep_done
from tenu.operations.rights.searching import Sought
from tenu.operations.rights.writing import letter
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.settings import SmtpSettings
from tenu.terms import IdentifierKind, Text
from tenu.testing import FixedClock

SNAPSHOTS = Path(__file__).parents[1] / "data" / "letters"
NAME, PERSON = "Routage Marne Exemple", "personne@nulle-part.example"
WHO = verbs.Recipient(recipient="operations_providers", name=NAME, address=("donnees@routage.example",))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Open one small company as its officer."""
    folder = tmp_path_factory.mktemp("office")
    lab = make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=60)
    with lab.ports() as ports:
        yield replace(ports, actor=actor("alice", {"dpo": ("alice",)}, ports.key))


def _done(ports: Ports, right: Right, done: RightDone) -> str:
    """Return a request whose one right was carried out."""
    sought = Sought(values={IdentifierKind.EMAIL: (PERSON,), IdentifierKind.NAME: ("Odile Ferrand",)})
    number = requests.receive(ports, [right], sought, channel=requests.Intake.POST, address="Odile\nIci").id
    requests.acknowledge(ports, number)
    requests.identify(ports, number, requests.Method.KNOWN_ADDRESS)
    look_up(ports, number)
    requests.decide(ports, number, right, Outcome.GRANTED)
    keep_done(ports, number, done)
    requests.record(ports, number, requests.EventKind.REQUEST_EXECUTED, {"right": str(right)})
    return number


def test_a_notice_is_told_reminded_acknowledged(office: Ports) -> None:
    """The answer then names the recipient as told; nothing can be said twice, or before its time; the journal has no name."""
    number = _done(office, Right.ERASURE, replace(ERASED, told=()))
    assert "operations_providers" in [each.id for each in verbs.unnamed(office, number)[Right.ERASURE]]
    one = verbs.name_recipient(office, number, Right.ERASURE, WHO)
    for too_soon in (verbs.acknowledged, lambda p, n, i: verbs.notice_letter(p, n, i, reminder=True)):
        with pytest.raises(CaseError):
            too_soon(office, number, one.id)
    verbs.tell(office, number, one.id, delivery="post", letter="0" * 64)
    with pytest.raises(CaseError):
        verbs.tell(office, number, one.id, delivery="post", letter="0" * 64)
    told = done_of(office, number)[Right.ERASURE].told
    again = verbs.tell(office, number, one.id, delivery="post", letter="1" * 64, reminder=True)
    ended = verbs.acknowledged(office, number, one.id)
    answer = " ".join(letter(office, number, LetterKind.ANSWER).text.split())
    journal = b"".join(leaf(event) for event in office.journal.events())
    assert (told, len(again.reminded_on), ended.state, ended.is_open) == (
        (NAME,),
        1,
        NoticeState.ACKNOWLEDGED,
        False,
    )
    assert (NAME in answer, NAME.encode() in journal, b"routage" in journal) == (True, False, False)


def test_silence_is_due_again_after_its_days(office: Ports) -> None:
    """Late to be told after five working days; late to answer after fourteen days, from the last word to them."""
    today = ERASED.done_on
    number = _done(office, Right.ERASURE, replace(ERASED, told=()))
    one = verbs.name_recipient(office, number, Right.ERASURE, WHO)
    told = verbs.tell(office, number, one.id, delivery="post", letter="0" * 64)
    day = told.told_on
    assert day is not None
    assert [one.is_due(one.told_by, 14), one.is_due(one.told_by + timedelta(days=1), 14)] == [False, True]
    assert [told.is_due(day + timedelta(days=14), 14), told.is_due(day + timedelta(days=15), 14)] == [
        False,
        True,
    ]
    assert one.told_by - today == timedelta(days=7)


def test_a_notice_leaves_once_by_e_mail(office: Ports) -> None:
    """Sent again it says that it left; its reminder is another letter, and so is the next one."""
    number = _done(office, Right.ERASURE, replace(ERASED, told=()))
    one = verbs.name_recipient(office, number, Right.ERASURE, WHO)
    with post_office() as post:
        smtp = SmtpSettings(host="127.0.0.1", port=post.port, security="none", sender="dpo@jst.example")
        ports = replace(office, mailroom=replace(office.mailroom, mailer=SmtpMailer(smtp, {})))
        left = [verbs.send_notice(ports, number, one.id)[1] for _ in range(2)]
        later = replace(ports, clock=FixedClock(ports.clock.now() + timedelta(days=20)))
        reminded = verbs.send_notice(later, number, one.id, reminder=True)[0]
        assert (left, reminded.told_on is not None, len(reminded.reminded_on)) == ([True, False], True, 1)
        assert [str(mail["To"]) for mail in post.taken] == ["donnees@routage.example"] * 2
        assert "Rappel" in str(post.taken[1]["Subject"])


def test_only_what_was_done_is_told_and_to_somebody_of_the_policy(office: Ports) -> None:
    """No notice of a right that was not carried out, nor to a class nobody promised; that telling is impossible has a code."""
    number = _done(office, Right.ERASURE, ERASED)
    with pytest.raises(CaseError):
        verbs.name_recipient(office, number, Right.RESTRICTION, WHO)
    for wrong in (replace(WHO, recipient="internal"), replace(WHO, name=" "), replace(WHO, address=())):
        with pytest.raises(RefusedError):
            verbs.name_recipient(office, number, Right.ERASURE, wrong)
    one = verbs.name_recipient(office, number, Right.ERASURE, WHO)
    with pytest.raises(UnknownCodeError):
        verbs.impossible(office, number, one.id, "LEGAL_DUTY", "x")
    said = verbs.impossible(office, number, one.id, "not_possible", "dissoute en 2024")
    assert (said.state, said.code) == (NoticeState.IMPOSSIBLE, "NOT_POSSIBLE")


@pytest.mark.parametrize("right", [Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION])
def test_a_notice_says_what_was_read_and_approved(office: Ports, right: Right) -> None:
    """Word for word the texts beside the tests, in both languages; what is kept from erasure is not told."""
    fate = {Right.RECTIFICATION: Fate.CORRECTED, Right.RESTRICTION: Fate.RESTRICTED}
    what = Holding(what=Text(fr="votre adresse postale", en="your postal address"), where=ERASED.holdings[0].where, fate=fate.get(right, Fate.ERASED))  # fmt: skip
    done = ERASED if right is Right.ERASURE else replace(ERASED, right=right, holdings=(what,))
    number = _done(office, right, done)
    note = (
        "L'adresse exacte est : 4 rue des Lilas, 51300 Vitry-le-François."
        if right is Right.RECTIFICATION
        else ""
    )
    one = verbs.name_recipient(office, number, right, WHO, note=note)
    verbs.tell(office, number, one.id, delivery="post", letter="0" * 64)
    made = []
    for language in ("fr", "en"):
        text = verbs.notice_letter(
            office, number, one.id, reminder=right is Right.RESTRICTION, language=language
        ).text
        kept = SNAPSHOTS / f"notice_{right}.{language}.txt"
        said = text.replace(one.id, "N-7K2MPQ9X")
        if not kept.exists():
            kept.write_text(said, encoding="utf-8")
            made.append(kept.name)
        assert said == kept.read_text(encoding="utf-8")
    assert made == [], "written, read them"


def test_a_partner_is_told_of_an_objection_the_next_day_and_answers_in_five(office: Ports) -> None:
    """C-RGT-06: only classes that solicit; the letter says whom to leave alone, in both languages; silence shows after five working days."""
    sought = Sought(values={IdentifierKind.EMAIL: (PERSON,)})
    case = receive(office, (Right.OBJECTION,), sought, channel=requests.Intake.EMAIL, address="Odile\nIci")
    classes = [each.id for each in verbs.unnamed(office, case.id)[Right.OBJECTION]]
    one = verbs.name_recipient(office, case.id, Right.OBJECTION, WHO)
    words = [
        " ".join(verbs.notice_letter(office, case.id, one.id, language=said).text.split())
        for said in ("fr", "en")
    ]
    told = verbs.tell(office, case.id, one.id, delivery="post", letter="0" * 64, on=date(2026, 11, 23))
    late = [told.is_due(day, within=14) for day in (date(2026, 11, 30), date(2026, 12, 1))]
    assert (classes, one.told_by, late) == (
        ["operations_providers", "improvement_providers"],
        date(2026, 11, 24),
        [False, True],
    )
    assert ("Ne la sollicitez plus" in words[0], "article 21, paragraphe 3," in words[0]) == (True, True)
    assert ("Please solicit them no more" in words[1], "Article 21(3)" in words[1]) == (True, True)
    assert all(PERSON in said and "e-mail" in said for said in words)
    with pytest.raises(RefusedError):
        verbs.name_recipient(office, case.id, Right.OBJECTION, replace(WHO, recipient="payment_providers"))
