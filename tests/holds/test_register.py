"""SM-6: who may decide what, when; what the register says of each hold from day to day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from holds.conftest import Night
from holds.deciding import acting, held, proposal, row_of
from lab import make_lab
from tenu.journal.events import Event
from tenu.journal.holds import HoldEnd, HoldGround, HoldState, decide_by, review_by
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError
from tenu.operations.holds import (
    HoldError,
    NotOnePersonError,
    approve,
    propose,
    refuse,
    release,
    review,
    show,
)
from tenu.operations.register import hold_findings, holds
from tenu.operations.upholding import place, placed, uphold
from tenu.ports import Ports
from tenu.settings import HoldSettings
from tenu.terms import IdentifierKind

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Give a small company on SQLite; what one test holds, another does not look at."""
    folder: Path = tmp_path_factory.mktemp("register")
    lab = make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=80)
    with lab.ports() as ports:
        yield Night(lab=lab, ports=ports)


@pytest.mark.parametrize(
    ("proposed", "ground", "by"),
    [
        (date(2026, 11, 23), HoldGround.CLAIM, date(2026, 11, 25)),
        (date(2026, 12, 24), HoldGround.AUTHORITY, date(2026, 12, 29)),
        (date(2026, 11, 27), HoldGround.NEEDED_FOR_CLAIMS, date(2026, 11, 30)),
        (date(2026, 11, 27), HoldGround.ACCURACY_CONTESTED, date(2026, 11, 27)),
    ],
)
def test_a_decision_is_due_in_working_days(proposed: date, ground: HoldGround, by: date) -> None:
    """Two for a legal hold, weekends and Christmas aside; one or none for a restriction."""
    assert decide_by(proposed, ground) == by


def test_nothing_is_held_before_somebody_approves(night: Night) -> None:
    """A proposal blocks nothing, and the register says until when somebody must decide."""
    hold, _ = propose(acting(night.ports, "dora"), proposal(rows=(row_of(night.lab, night.due[0]),)))
    assert (
        hold.state_on(night.lab.company.as_of),
        hold.blocks_on(night.lab.company.as_of),
        hold.approved_on,
    ) == (
        HoldState.PROPOSED,
        False,
        None,
    )


def test_a_review_missed_by_thirty_days_makes_a_hold_suspect(night: Night) -> None:
    """Active on the thirtieth day after its review was due, suspect on the next; it blocks on both."""
    hold = held(night.ports, proposal(rows=(row_of(night.lab, night.due[1]),)))
    last = review_by(night.lab.company.as_of) + 30 * DAY
    states = [(hold.state_on(day), hold.blocks_on(day)) for day in (last, last + DAY)]
    assert states == [(HoldState.ACTIVE, True), (HoldState.SUSPECT, True)]


def test_seven_months_without_review_is_late(night: Night) -> None:
    """C-PUR-12: nobody is late on the day of the review, somebody is on the next."""
    hold = held(night.ports, proposal(rows=(row_of(night.lab, night.due[2]),)))
    last = review_by(night.lab.company.as_of)
    assert [hold.late_on(day) for day in (last, last + DAY)] == [False, True]


def test_a_review_puts_the_next_one_six_months_away(night: Night) -> None:
    """A hold whose ground still stands is not suspect any more."""
    name = held(night.ports, proposal(rows=(row_of(night.lab, night.due[3]),))).id
    night.lab.clock.at += timedelta(days=220)
    reviewed = review(acting(night.ports, "bruno"), name)
    night.lab.clock.at -= timedelta(days=220)
    later = night.lab.company.as_of + timedelta(days=220)
    assert (reviewed.review_by, reviewed.state_on(later)) == (review_by(later), HoldState.ACTIVE)


@pytest.mark.parametrize("name", ["dora", "carl"])
def test_only_the_dpo_and_counsel_decide(night: Night, name: str) -> None:
    """A DBA may ask for a hold, nobody without the role approves one; the refusal is in the journal."""
    hold, _ = propose(acting(night.ports), proposal(rows=(row_of(night.lab, night.due[4]),)))
    with pytest.raises(NotEntitledError):
        approve(acting(night.ports, name), hold.id)
    *_, refused = night.ports.journal.events(kind=EventKind.ACT_REFUSED)
    assert (refused.body["act"], holds(night.ports)[hold.id].approved_on) == ("hold:approve", None)


def test_two_people_where_the_company_wants_two(night: Night) -> None:
    """With two_people, whoever asked may not approve; somebody else may."""
    settings = replace(night.ports.workspace.settings, holds=HoldSettings(two_people=True))
    strict: Ports = replace(night.ports, workspace=replace(night.ports.workspace, settings=settings))
    hold, _ = propose(acting(strict), proposal(rows=(row_of(night.lab, night.due[5]),)))
    with pytest.raises(HoldError):
        approve(acting(strict), hold.id)
    approved, _ = approve(acting(strict, "bruno"), hold.id)
    assert approved.approved_on == night.lab.company.as_of


@pytest.mark.parametrize("act", [approve, review])
def test_what_is_over_cannot_be_decided_again(night: Night, act: Callable[[Ports, str], object]) -> None:
    """A refused hold is neither approved nor reviewed."""
    hold, _ = propose(acting(night.ports), proposal(rows=(row_of(night.lab, night.due[6]),)))
    refuse(acting(night.ports), hold.id, HoldEnd.NO_GROUND)
    with pytest.raises(HoldError):
        act(acting(night.ports), hold.id)


def test_a_reason_to_refuse_is_none_to_release(night: Night) -> None:
    """Reasons are closed lists."""
    name = held(night.ports, proposal(rows=(row_of(night.lab, night.due[7]),))).id
    with pytest.raises(HoldError):
        release(acting(night.ports), name, HoldEnd.TOO_WIDE)


def test_nobody_is_held_by_a_misspelled_identifier(night: Night) -> None:
    """A hold on nobody is refused, and leaves nothing in the register."""
    before = len(holds(night.ports))
    with pytest.raises(NotOnePersonError):
        propose(acting(night.ports), proposal(email="nobody@nowhere.example"))
    assert len(holds(night.ports)) == before


def test_two_people_behind_one_mailbox_are_for_a_human_to_choose(night: Night) -> None:
    """A shared mailbox designates nobody: the refusal lists a row of each, and a row chosen is enough."""
    case = next(c for c in night.lab.company.awkward() if c.label.en == "Mailbox shared by two active people")
    first = night.lab.company.person(case.people[0].id).rows[0]
    email = str(first.values["email"])
    with pytest.raises(NotOnePersonError) as refused:
        propose(acting(night.ports), proposal(email=email))
    hold, covered = propose(acting(night.ports), proposal(rows=(row_of(night.lab, case.people[0].id),)))
    assert (refused.value.message.en.count("--row"), len(covered.rows), hold.subjects) == (2, 1, 1)


def test_the_journal_never_says_who(night: Night) -> None:
    """Neither the words of the case nor an identifier is in any event; the vault opens to those who decide."""
    person = next(p for p in night.due[8:] if night.lab.company.person(p).rows[0].values.get("email"))
    email = str(night.lab.company.person(person).rows[0].values["email"])
    hold, _ = propose(acting(night.ports), replace(proposal(), identifiers={IdentifierKind.EMAIL: email}))
    said = " ".join(repr(event.body) for event in night.ports.journal.events())
    _, subject, _ = show(acting(night.ports), hold.id)
    with pytest.raises(NotEntitledError):
        show(acting(night.ports, "dora"), hold.id)
    assert (email in said, "delivery" in said, subject is not None and subject.text) == (
        False,
        False,
        "C. civ. 2224",
    )


def test_what_is_late_is_a_finding_the_day_after(night: Night) -> None:
    """A decision, then a review: nothing on the last day, a finding of its own on the next."""
    asked, _ = propose(acting(night.ports), proposal(rows=(row_of(night.lab, night.due[9]),)))
    before = [_codes(night, asked.id, asked.decide_by + n * DAY) for n in (0, 1)]
    approved, _ = approve(acting(night.ports), asked.id)
    assert approved.review_by is not None
    after = [_codes(night, asked.id, approved.review_by + n * DAY) for n in (0, 1)]
    assert (before, after) == ([[], ["D-HOLD-02"]], [[], ["D-HOLD-03"]])


def _codes(night: Night, name: str, day: date) -> list[str]:
    return [found.code for found in hold_findings(night.ports, day) if name in found.message.en]


def test_an_approval_cut_after_the_databases_were_told_is_given_again(night: Night) -> None:
    """The rows are held and nothing was journaled: they stay held through a run's first step, and approving again ends well."""
    asked, covered = propose(acting(night.ports), proposal(rows=(row_of(night.lab, night.due[10]),)))
    place(night.ports, asked, covered)
    uphold(night.ports)
    kept = [held.hold for _, _, held in placed(night.ports) if held.hold == asked.id]
    approved, _ = approve(acting(night.ports), asked.id)
    assert (len(kept), approved.approved_on) == (
        len(covered.rows) + len(covered.entangled),
        asked.proposed_on,
    )


def test_a_release_cut_after_it_was_journaled_is_finished_by_the_next_run(night: Night) -> None:
    """The register says released, the databases do not know yet: the run's first step tells them."""
    hold = held(night.ports, proposal(rows=(row_of(night.lab, night.due[11]),)))
    body = {"hold": hold.id, "on": hold.proposed_on.isoformat(), "role": "dpo", "reason": "final_decision"}
    at = night.lab.clock.at
    body["actor"] = night.ports.actor.digest
    night.ports.journal.append(Event(kind=EventKind.HOLD_RELEASED, at=at, body=body))
    uphold(night.ports)
    left = [held_row for _, _, held_row in placed(night.ports) if held_row.hold == hold.id]
    assert (left, hold.id in night.ports.hold_files.known()) == ([], False)
