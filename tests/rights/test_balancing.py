"""An objection to another use than prospecting: restricted until a human has balanced it, then ended as the decision says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lab import Lab, make_lab
from rights.office import acting, email_of, office
from tenu.journal.cases import Case, CaseError, CaseState, Outcome
from tenu.journal.holds import Hold, HoldEnd, HoldGround, HoldState
from tenu.letters.facts import LetterKind
from tenu.operations.register import holds
from tenu.operations.restricting import notice_lift
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.balancing import end_with_decision, fulfil, look_up
from tenu.operations.rights.objecting import receive
from tenu.operations.rights.searching import Sought
from tenu.operations.rights.sending import readdress
from tenu.operations.rights.writing import letter
from tenu.operations.upholding import placed, uphold
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.rows import Person
from tenu.terms import Channel, IdentifierKind

USE = "l'analyse de vos achats"
WHY = "Nous devons prouver ce contrat devant le tribunal."


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Load one small company on SQLite for the whole file; each test has a person of its own."""
    folder = tmp_path_factory.mktemp("balancing")
    return make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=60)


def _person(lab: Lab, number: int) -> Person:
    alone = [p for p in lab.company.everyone() if not (p.shared or p.doubt) and email_of(p)]
    return alone[number]


def _objects(ports: Ports, person: Person) -> Case:
    """Return an objection of *person*, who is identified, to another use than prospecting."""
    sought = Sought(values={IdentifierKind.EMAIL: (email_of(person),)})
    case = receive(ports, (Right.OBJECTION,), sought, channel=verbs.Intake.EMAIL, stop=())
    readdress(ports, case.id, ["Une Personne", "1 rue X"])
    verbs.acknowledge(ports, case.id)
    return verbs.identify(ports, case.id, verbs.Method.KNOWN_ADDRESS)


def _restriction(ports: Ports, case: Case) -> Hold | None:
    return next((h for h in holds(ports).values() if h.request == case.id), None)


def _refused(ports: Ports, case: Case) -> Case:
    said = verbs.decide(ports, case.id, Right.OBJECTION, Outcome.REFUSED, codes=("LI_COMPELLING",), note=WHY)
    return end_with_decision(ports, said)


def test_whoever_objects_is_restricted_as_soon_as_they_are_found(lab: Lab) -> None:
    """By whoever searches, without any role, once; every row is listed, and the letter that tells it can be written."""
    with office(lab) as ports:
        case = _objects(ports, _person(lab, 0))
        found, hold = look_up(acting(ports, "carl"), case.id)
        again = look_up(ports, case.id)[1]
        rows = {
            ((system, root), row.key) for system, root, row in placed(ports) if hold and row.hold == hold.id
        }
        told = letter(ports, case.id, LetterKind.RESTRICTED).text
    assert hold is not None
    assert (hold.ground, hold.owner, rows >= set(found.rows)) == (HoldGround.OBJECTION_PENDING, "dpo", True)
    assert (again == hold, "nous examinons vos raisons" in " ".join(told.split())) == (True, True)


def test_an_objection_to_prospecting_restricts_nothing(lab: Lab) -> None:
    """It takes effect at once: there is nothing to balance."""
    with office(lab) as ports:
        sought = Sought(values={IdentifierKind.EMAIL: (email_of(_person(lab, 1)),)})
        rights = (Right.OBJECTION, Right.ACCESS)
        case = receive(ports, rights, sought, channel=verbs.Intake.EMAIL, stop=(Channel.EMAIL,))
        verbs.acknowledge(ports, case.id)
        verbs.identify(ports, case.id, verbs.Method.KNOWN_ADDRESS)
        assert look_up(ports, case.id)[1] is None


def test_nobody_is_restricted_before_they_are_identified(lab: Lab) -> None:
    """Somebody who writes in another's name freezes nothing: a search is not even possible."""
    with office(lab) as ports:
        sought = Sought(values={IdentifierKind.EMAIL: (email_of(_person(lab, 2)),)})
        case = receive(ports, (Right.OBJECTION,), sought, channel=verbs.Intake.EMAIL, stop=())
        with pytest.raises(CaseError):
            look_up(ports, case.id)
        assert _restriction(ports, case) is None


def test_refused_the_person_is_told_why_before_it_ends(lab: Lab) -> None:
    """The decision gives the end its day, five days away, and its words; it ends on that day, after the notice, not before."""
    with office(lab) as ports:
        case = _objects(ports, _person(lab, 3))
        look_up(ports, case.id)
        _refused(ports, case)
        hold = _restriction(ports, case)
        assert hold is not None
        text = " ".join(letter(ports, case.id, LetterKind.LIFTING).text.split())
        uphold(ports)
        before = holds(ports)[hold.id].state_on(lab.company.as_of)
        notice_lift(ports, hold.id)
        lab.clock.at += timedelta(days=5)
        uphold(ports)
        after = holds(ports)[hold.id].ended_by
        lab.clock.at -= timedelta(days=5)
    assert (WHY in text, hold.lift is not None, before, after) == (
        True,
        True,
        HoldState.ACTIVE,
        HoldEnd.LIFTED_AFTER_NOTICE,
    )


def test_a_refusal_that_waits_for_a_second_person_ends_nothing(lab: Lab) -> None:
    """Nothing is said of the end until somebody else confirms."""
    with office(lab) as opened:
        requests = replace(opened.workspace.settings.requests, two_people=True)
        settings = replace(opened.workspace.settings, requests=requests, roles={"dpo": ("alice", "bruno")})
        ports = replace(opened, workspace=replace(opened.workspace, settings=settings))
        case = _objects(ports, _person(lab, 4))
        look_up(ports, case.id)
        _refused(ports, case)
        alone = _restriction(ports, case)
        second = replace(ports, actor=replace(ports.actor, name="bruno", digest="b" * 64))
        end_with_decision(second, verbs.confirm(second, case.id, Right.OBJECTION))
        both = _restriction(ports, case)
    assert alone is not None
    assert both is not None
    assert (alone.lift is None, both.lift is None) == (True, False)


def test_upheld_the_use_stops_and_the_restriction_with_it(lab: Lab) -> None:
    """Once a human says that the use has stopped, the request may be answered, and the rows are free at once."""
    with office(lab) as ports:
        case = _objects(ports, _person(lab, 5))
        look_up(ports, case.id)
        with pytest.raises(CaseError):
            fulfil(ports, case.id)
        end_with_decision(ports, verbs.decide(ports, case.id, Right.OBJECTION, Outcome.GRANTED))
        with pytest.raises(CaseError):
            fulfil(ports, case.id)
        done = [fulfil(ports, case.id, use).state for use in (USE, "")]
        hold = _restriction(ports, case)
        left = [row for *_, row in placed(ports) if hold and row.hold == hold.id]
        answer = letter(ports, case.id, LetterKind.ANSWER).text
    assert hold is not None
    assert (done, hold.ended_by, left) == ([CaseState.FULFILLED] * 2, HoldEnd.PROCESSING_STOPPED, [])
    assert USE in answer
