"""A restriction from its first day to its last: everything of the person stays, everywhere, and they are told before it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from faults.test_races import due_people
from holds.conftest import ROOTS
from holds.deciding import acting as deciding
from holds.deciding import held, proposal
from lab import Lab, make_lab
from rights.office import email_of, granted, office, somebody
from rights.post_office import post_office
from tenu.adapters.smtp import SmtpMailer
from tenu.journal.cases import CaseError
from tenu.journal.holds import Exemption, Hold, HoldEnd, HoldState
from tenu.journal.kinds import EventKind
from tenu.letters.facts import LetterKind
from tenu.letters.page import MissingFactError
from tenu.operations import restricting
from tenu.operations.holds import HoldError, release, review
from tenu.operations.register import holds
from tenu.operations.rights import restriction
from tenu.operations.rights.lasting import lasting
from tenu.operations.rights.rectification import rectify
from tenu.operations.rights.restriction import Ground, contest, restrict
from tenu.operations.rights.sending import readdress, send
from tenu.operations.rights.writing import letter
from tenu.operations.upholding import placed, uphold
from tenu.plans.rectification import Wanted, Where
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.rows import SYSTEM_OF, Person
from tenu.settings import HoldSettings, SmtpSettings

DAY = timedelta(days=1)
EMAIL = Where(system="crm", table="contact", column="email")
WHY = "Nous avons vérifié votre adresse et l'avons corrigée partout."


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Give a sample company on SQLite: the register does not depend on the engine."""
    return make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=60)


def _rows(lab: Lab, person: Person) -> dict[Any, Any]:
    """Return every row of *person* that is still there."""
    mine = {(a.system, a.table, a.key) for a in lab.company.answers() if a.person == person.id}
    return {place: row for place, row in lab.state().rows.items() if place in mine}


def _restricted(ports: Ports, person: Person, ground: Ground = Ground.CLAIMS) -> tuple[str, Hold]:
    number = granted(ports, email_of(person), Right.RESTRICTION).id
    readdress(ports, number, ["Une Personne", "1 rue X"])
    return number, restrict(ports, number, ground, "un procès en cours").hold


def _covered(ports: Ports, name: str) -> set[str]:
    return {system for system, _, row in placed(ports) if row.hold == name}


def test_every_system_knows_and_the_answer_says_so(make_lab_of: Callable[..., Lab]) -> None:
    """On each engine, every system the person is in lists them; the answer says what is frozen, and why."""
    lab = make_lab_of(people=60)
    person = somebody(lab, "contact")
    with office(lab) as ports:
        number, hold = _restricted(ports, person)
        told = letter(ports, number, LetterKind.ANSWER).text
        systems = _covered(ports, hold.id)
    assert (
        systems,
        "Gelé" in told,
        "faire valoir ou défendre vos droits en justice" in " ".join(told.split()),
    ) == ({SYSTEM_OF[r.table] for r in person.rows if r.table in ROOTS}, True, True)


def test_what_was_due_tomorrow_stays(lab: Lab) -> None:
    """C-RGT-14: with ground c, the night takes what is due of the others, and nothing of the person."""
    due = set(due_people(lab))
    person = next(
        p for p in lab.company.everyone() if p.id in due and email_of(p) and not (p.shared or p.doubt)
    )
    before, everybody = _rows(lab, person), lab.state()
    with office(lab) as ports:
        _restricted(ports, person)
    lab.apply(lab.plan())
    assert (_rows(lab, person) == before, len(lab.state().rows) < len(everybody.rows)) == (True, True)


def test_it_ends_by_itself_after_notice_and_never_before(lab: Lab) -> None:
    """Decided is not told, told is not over: it ends on the day the letter gives, by the next run, once."""
    with office(lab) as ports:
        number, hold = _restricted(ports, somebody(lab, "contact"), Ground.ACCURACY)
        with pytest.raises(HoldError) as early:
            release(ports, hold.id, HoldEnd.LIFTED_AFTER_NOTICE)
        with pytest.raises(HoldError, match="5"):
            restricting.decide_lift(ports, hold.id, WHY, on=lab.company.as_of + 4 * DAY)
        restricting.decide_lift(ports, hold.id, WHY)
        text = " ".join(letter(ports, number, LetterKind.LIFTING).text.split())
        states = [restricting.notice_lift(ports, hold.id).state_on(lab.company.as_of)]
        for days in (4, 1, 0):
            lab.clock.at += days * DAY
            uphold(ports)
            states.append(holds(ports)[hold.id].state_on(lab.company.as_of))
        ends = [e.body["reason"] for e in ports.journal.events(kind=EventKind.HOLD_RELEASED)]
        left = _covered(ports, hold.id)
    noticed, released = HoldState.LIFT_NOTICED, HoldState.RELEASED
    assert (
        states,
        ends,
        left,
        "tenu hold lift" in early.value.fix.en,
        WHY in text,
        "28 novembre 2026" in text,
    ) == (
        [noticed, noticed, released, released],
        ["lifted_after_notice"],
        set(),
        True,
        True,
        True,
    )


def test_a_notice_that_left_too_late_moves_the_end(lab: Lab) -> None:
    """A notice that leaves the person four days is refused, and a review drops an end already told."""
    with office(lab) as ports:
        number, hold = _restricted(ports, somebody(lab, "contact"))
        restricting.decide_lift(ports, hold.id, WHY)
        lab.clock.at += DAY
        with pytest.raises(HoldError):
            restricting.notice_lift(ports, hold.id)
        restricting.decide_lift(ports, hold.id, WHY)
        restricting.notice_lift(ports, hold.id)
        kept = review(ports, hold.id)
        with pytest.raises(MissingFactError):
            letter(ports, number, LetterKind.LIFTING)
        lab.clock.at += 10 * DAY
        uphold(ports)
        still = holds(ports)[hold.id].state_on(lab.company.as_of + 11 * DAY)
    assert (kept.lift, still) == (None, HoldState.ACTIVE)


def test_the_letter_that_tells_the_end_is_the_notice(lab: Lab) -> None:
    """Sent by e-mail, it says so itself, once; one that would leave four days does not leave; one for a former end is no notice."""
    with office(lab) as opened, post_office() as post:
        settings = SmtpSettings(
            host="127.0.0.1", port=post.port, security="none", sender="donnees@jst.example"
        )
        ports = replace(opened, mailroom=replace(opened.mailroom, mailer=SmtpMailer(settings, {})))
        number, hold = _restricted(ports, somebody(lab, "contact"))
        readdress(ports, number, ["une.personne@nulle-part.example"])
        restricting.decide_lift(ports, hold.id, WHY)
        lab.clock.at += DAY
        with pytest.raises(HoldError):
            send(ports, number, LetterKind.LIFTING)
        restricting.decide_lift(ports, hold.id, WHY)
        for _ in range(2):
            send(ports, number, LetterKind.LIFTING)
        told = holds(ports)[hold.id].state_on(lab.company.as_of)
        lab.clock.at += DAY
        restricting.decide_lift(ports, hold.id, WHY)
        send(ports, number, LetterKind.LIFTING)
        former = holds(ports)[hold.id].state_on(lab.company.as_of)
        notices = sum(1 for _ in ports.journal.events(kind=EventKind.HOLD_LIFT_NOTICED))
    assert (len(post.taken), told, former, notices) == (1, HoldState.LIFT_NOTICED, HoldState.ACTIVE, 1)


def test_whoever_contests_is_restricted_at_once_and_may_be_corrected(lab: Lab) -> None:
    """C-RGT-13, INV-06: no second approval, even where holds want two; the decision that ends the dispute corrects; once only."""
    person = somebody(lab, "contact", "customer")
    with office(lab) as opened:
        settings = replace(opened.workspace.settings, holds=HoldSettings(two_people=True))
        ports = replace(opened, workspace=replace(opened.workspace, settings=settings))
        case = granted(ports, email_of(person), Right.RECTIFICATION)
        readdress(ports, case.id, ["Une Personne", "1 rue X"])
        first, second = (contest(ports, case.id, Ground.ACCURACY, "deux adresses").hold for _ in range(2))
        told = letter(ports, case.id, LetterKind.RESTRICTED).text
        facts = rectify(ports, case.id, [Wanted(where=EMAIL, value="claire@nouvelle.example")])
        over = [found.code for found in lasting(ports, lab.company.as_of)]
        with pytest.raises(CaseError):
            contest(ports, case.id, Ground.OBJECTION, "autre chose")
    assert (first.id, first.state_on(lab.company.as_of), bool(facts.changes), "exactitude" in told, over) == (
        second.id,
        HoldState.ACTIVE,
        True,
        True,
        ["D-HOLD-04"],
    )


def test_a_restriction_cut_before_it_was_recorded_is_finished(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written in the databases and stopped there, the same command goes on with the same restriction and its first words."""
    whole = restriction.place

    def cut(*said: Any) -> None:
        whole(*said)
        raise ConnectionError

    with office(lab) as ports:
        number = granted(ports, email_of(somebody(lab, "contact")), Right.RESTRICTION).id
        monkeypatch.setattr(restriction, "place", cut)
        with pytest.raises(ConnectionError):
            restrict(ports, number, Ground.UNLAWFUL, "les premiers mots")
        monkeypatch.setattr(restriction, "place", whole)
        hold = restrict(ports, number, Ground.UNLAWFUL).hold
        done = [e.body["right"] for e in ports.journal.events(kind=EventKind.REQUEST_EXECUTED)]
        kept = "les premiers mots" in str(ports.hold_files.read(hold.id))
    assert (hold.state_on(lab.company.as_of), done, kept) == (HoldState.ACTIVE, ["restriction"], True)


def test_a_use_is_allowed_by_a_human_in_four_cases_and_journaled_without_a_word(lab: Lab) -> None:
    """The restriction stays; the words are in the file of the request, their digest in the journal; a legal hold is none."""
    with office(lab) as ports:
        number, hold = _restricted(ports, somebody(lab, "contact"))
        restricting.use(ports, hold.id, Exemption.CLAIMS, "copie pour l'avocat de la personne")
        (event,) = ports.journal.events(kind=EventKind.HOLD_USED)
        file = ports.cases.file(number)
        legal = held(deciding(ports), proposal(email=email_of(somebody(lab, "invoice"))))
        with pytest.raises(HoldError):
            restricting.use(ports, legal.id, Exemption.CONSENT, "x")
    assert (
        event.body["exception"],
        "avocat" in str(event.body),
        file is not None and "avocat" in file.notes[-1],
    ) == ("claims", False, True)


def test_nothing_is_said_to_be_restricted_that_was_refused(lab: Lab) -> None:
    """A right refused by a human is not carried out, and a request nobody decided neither."""
    with office(lab) as ports:
        case = granted(ports, email_of(somebody(lab, "contact")), Right.RECTIFICATION)
        with pytest.raises(CaseError):
            restrict(ports, case.id, Ground.UNLAWFUL)
        assert (holds(ports), list(ports.journal.events(kind=EventKind.REQUEST_EXECUTING))) == ({}, [])
