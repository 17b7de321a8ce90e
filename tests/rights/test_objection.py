"""Objection to prospecting and withdrawal: at once, everywhere, for good, before anybody asks who writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from faults.worker import watched
from lab import Lab, make_lab
from rights.asking import email_of, granted, office
from tenu.journal.cases import CaseState
from tenu.journal.kinds import EventKind
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.erasure import erase
from tenu.operations.rights.finding import look_up
from tenu.operations.rights.objecting import receive, stop_prospecting, uphold, waiting
from tenu.operations.rights.searching import Sought
from tenu.plans.suppression import addresses
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.rows import SYSTEM_OF, Person
from tenu.terms import Channel, IdentifierKind
from verdict import State

MakeLab = Callable[..., Lab]
NO = {"contact": "opposition", "subscriber": "unsubscribed"}
EMAIL, PHONE = IdentifierKind.EMAIL, IdentifierKind.PHONE


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Give a sample company on SQLite, for what does not depend on the engine."""
    return make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=60)


def prospect(lab: Lab) -> Person:
    """Return somebody solicited by the mailing tool and known to the customer relation, whom nobody resembles."""
    return next(
        p
        for p in lab.company.everyone()
        if not p.shared and p.doubt is None and {"contact", "subscriber"} <= {row.table for row in p.rows}
    )


def objects(
    ports: Ports, values: Mapping[IdentifierKind, tuple[str, ...]], *rights: Right, **options: Any
) -> Any:
    """Receive an objection to prospecting, or what *rights* say."""
    sought = Sought(values=values)
    return receive(ports, rights or (Right.OBJECTION,), sought, channel=verbs.Intake.EMAIL, **options)


def changed(before: State, after: State) -> dict[Any, dict[str, Any]]:
    """Return what changed, by row, to what."""
    return {
        place: {c: v for c, v in after.rows[place].items() if v != row[c]}
        for place, row in before.rows.items()
        if after.rows[place] != row
    }


def wanted(person: Person, tables: Mapping[str, str] = NO) -> dict[Any, dict[str, str]]:
    """Return what must have changed of *person*, and nothing else."""
    return {
        (SYSTEM_OF[row.table], row.table, row.key): {"status": tables[row.table]}
        for row in person.rows
        if row.table in tables
    }


@pytest.mark.parametrize("right", [Right.OBJECTION, Right.WITHDRAWAL])
def test_it_takes_effect_in_the_call_that_receives_it(make_lab_of: MakeLab, right: Right) -> None:
    """Written « no » in every system, for nobody else; the request only waits for its confirmation to leave."""
    lab = make_lab_of(people=60)
    person, before = prospect(lab), lab.state()
    with office(lab, "nobody") as ports:
        case = objects(ports, {EMAIL: (f" {email_of(person).upper()}",)}, right)
        again = stop_prospecting(ports, case.id)
        (event,) = ports.journal.events(kind=EventKind.REQUEST_SUPPRESSED)
        listed = ports.suppressions.among(set(addresses({EMAIL: (email_of(person),)}, Channel)))
    assert (case.state, again, changed(before, lab.state())) == (CaseState.FULFILLED, case, wanted(person))
    assert (event.body["complete"], sum(event.body["tables"].values()), len(listed)) == (
        True,
        len(wanted(person)),
        1,
    )


def test_an_address_nobody_knows_is_suppressed_first(lab: Lab) -> None:
    """Found nowhere, it is on the list all the same: the import that brings it is set to « no »."""
    with office(lab) as ports:
        case = objects(ports, {EMAIL: ("plus.jamais@ailleurs.example",)})
        _insert(lab, "Plus.Jamais@ailleurs.example")
        upheld = uphold(ports)
        twice = uphold(ports)
    assert (case.state, dict(upheld.tables), dict(twice.tables)) == (
        CaseState.FULFILLED, {"mail.subscriber": 1}, {},
    )  # fmt: skip


def test_one_channel_asked_is_one_channel_stopped(lab: Lab) -> None:
    """The telephone alone: the mailing tool, which only knows e-mails, is left as it was."""
    person, before = prospect(lab), lab.state()
    with office(lab) as ports:
        objects(ports, {EMAIL: (email_of(person),)}, stop=(Channel.PHONE,))
        listed = ports.suppressions.among(set(addresses({EMAIL: (email_of(person),)}, Channel)))
    assert (changed(before, lab.state()), listed) == (wanted(person, {"contact": "opposition"}), set())


def test_whoever_shares_the_number_is_no_longer_called_at_it(lab: Lab) -> None:
    """A number is suppressed whoever answers it; nobody is merged, and their e-mails stay as they were."""
    one = next(p for p in lab.company.everyone() if "switchboard" in p.kind)
    phone = next(str(row.values["phone"]) for row in one.rows if row.values.get("phone"))
    with office(lab) as ports:
        case = objects(ports, {PHONE: (phone,)})
        kinds = {
            channel: ports.suppressions.among(
                set(addresses({EMAIL: (email_of(one),), PHONE: (phone,)}, (channel,)))
            )
            for channel in Channel
        }
    assert (case.state, {c for c, found in kinds.items() if found}) == (
        CaseState.FULFILLED, {Channel.PHONE, Channel.SMS},
    )  # fmt: skip


def test_an_objection_to_another_use_waits_for_a_human(lab: Lab) -> None:
    """Not about prospecting: nothing is written, nothing is said to be done."""
    person, before = prospect(lab), lab.state()
    with office(lab) as ports:
        case = objects(ports, {EMAIL: (email_of(person),)}, stop=())
        empty = ports.suppressions.is_empty()
    assert (case.state, changed(before, lab.state()), empty) == (CaseState.RECEIVED, {}, True)


class _CutError(Exception):
    """The power goes."""


def test_cut_before_its_effect_it_is_shown_and_done_again(lab: Lab) -> None:
    """Between the file and the columns: the address is on the list, the request waits, and doing it again ends it."""

    def cut(point: str) -> None:
        if point == "before transaction":
            raise _CutError

    person, before = prospect(lab), lab.state()
    with office(lab) as ports:
        with pytest.raises(_CutError):
            objects(watched(ports, cut), {EMAIL: (email_of(person),)})
        (case,) = waiting(ports)
        listed = not ports.suppressions.is_empty()
        done = stop_prospecting(ports, case.id)
        left = waiting(ports)
    assert (listed, changed(before, lab.state()), done.state, left) == (
        True, wanted(person), CaseState.FULFILLED, [],
    )  # fmt: skip


def test_a_silent_system_is_named_and_done_when_it_answers(lab: Lab) -> None:
    """The others are told at once; the request says it is not over."""
    person, path = prospect(lab), Path(lab.urls["mail"].removeprefix("sqlite:///"))
    before = lab.state()
    hidden = path.rename(path.with_suffix(".away"))
    with office(lab) as ports:
        case = objects(ports, {EMAIL: (email_of(person),)})
    hidden.rename(path)
    with office(lab) as ports:
        done = stop_prospecting(ports, case.id)
        bodies = [e.body["silent"] for e in ports.journal.events(kind=EventKind.REQUEST_SUPPRESSED)]
    assert (case.waits_to_stop, done.state, bodies) == (True, CaseState.FULFILLED, [("mail",), ()])
    assert changed(before, lab.state()) == wanted(person)


def test_an_erasure_leaves_the_suppression_entry(lab: Lab) -> None:
    """Asked together: prospecting stops at once, the erasure goes its way, and the address stays on the list (INV-03)."""
    person = prospect(lab)
    with office(lab) as ports:
        case = objects(ports, {EMAIL: (email_of(person),)}, Right.ERASURE, Right.OBJECTION)
        stopped = case.state
        number = _searched(ports, case.id)
        granted(ports, number)
        erase(ports, None)
        after = verbs.request(ports, number)
        listed = ports.suppressions.among(set(addresses({EMAIL: (email_of(person),)}, Channel)))
    assert (stopped, after.state, len(listed)) == (CaseState.RECEIVED, CaseState.FULFILLED, 1)


def _searched(ports: Ports, number: str) -> str:

    verbs.acknowledge(ports, number)
    verbs.identify(ports, number, verbs.Method.KNOWN_ADDRESS)
    look_up(ports, number)
    return number


def _insert(lab: Lab, email: str) -> None:
    engine = sa.create_engine(lab.urls["mail"])
    with engine.begin() as connection:
        table = sa.Table("subscriber", sa.MetaData(), autoload_with=connection)
        row = {
            "id": 990_001,
            "email": email,
            "list": "lettre",
            "collected_at": lab.clock.at.replace(tzinfo=None),
            "status": "subscribed",
        }
        connection.execute(sa.insert(table).values(**row))
    engine.dispose()
