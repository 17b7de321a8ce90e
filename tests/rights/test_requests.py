"""A request from its arrival to its answer, as staff live it: what may be done, by whom, and what is proved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from lab import Lab, make_lab
from tenu.adapters.staff import actor
from tenu.errors import RefusedError
from tenu.journal.cases import Case, CaseError, CaseState, Outcome
from tenu.letters.tables import Mask
from tenu.operations.acting import NotEntitledError
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.access import Package, access
from tenu.operations.rights.finding import fingerprint, look_up, settle
from tenu.operations.rights.requests import answered
from tenu.operations.rights.searching import Sought
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.calendar import closing
from tenu.sample.rows import SYSTEM_OF, Person
from tenu.terms import IdentifierKind, Language

EMAIL = IdentifierKind.EMAIL
ROLES = {"dpo": ("alice",)}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Give a sample company on SQLite: the search itself is tested on the three engines."""
    return make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=120)


@contextmanager
def _office(lab: Lab, name: str = "alice") -> Iterator[Ports]:
    """Open the workspace as somebody of the staff; Alice is the officer."""
    with lab.ports() as ports:
        yield replace(ports, actor=actor(name, ROLES, ports.key))


def _somebody(lab: Lab) -> Person:
    """Return a customer with rows in two systems at least, whom nobody resembles."""
    return next(
        p
        for p in lab.company.everyone()
        if not p.shared and not p.doubt and len({SYSTEM_OF[r.table] for r in p.rows}) > 1 and _email(p)
    )


def _email(person: Person) -> str:
    return next((str(row.values["email"]) for row in person.rows if row.values.get("email")), "")


def _received(ports: Ports, email: str, *rights: Right, on: date | None = None) -> Case:
    return verbs.receive(
        ports,
        rights or (Right.ACCESS,),
        Sought(values={EMAIL: (email,)}),
        channel=verbs.Intake.EMAIL,
        received_on=on,
        message="Je voudrais une copie de mes données.",
    )


def _searched(ports: Ports, case: Case) -> None:
    verbs.acknowledge(ports, case.id)
    verbs.identify(ports, case.id, verbs.Method.KNOWN_ADDRESS)
    look_up(ports, case.id)


def _packed(ports: Ports, case: Case, language: Language = "fr", masks: tuple[Mask, ...] = ()) -> Package:
    _searched(ports, case)
    verbs.decide(ports, case.id, Right.ACCESS, Outcome.GRANTED)
    return access(ports, case.id, recipients=(), masks=masks, language=language)


def _read(package: Package, name: str) -> str:
    return next(file.content.decode() for file in package.files if file.name == name)


def test_an_access_request_ends_with_every_row_of_the_person(lab: Lab) -> None:
    """From its arrival to its answer, the data file holds as many rows as the company knows to be theirs."""
    person = _somebody(lab)
    with _office(lab) as ports:
        package = _packed(ports, _received(ports, _email(person)))
    rows = sum(len(table["rows"]) for table in json.loads(_read(package, "data.json")))
    assert rows == len(person.rows_at(closing(lab.company.as_of)))


def test_an_answer_that_left_ends_the_request_in_time(lab: Lab) -> None:
    """Answered the same day, the request is over, and was not late."""
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        package = _packed(ports, case)
        done = answered(ports, case.id, delivery="email", letter=package.digest)
    assert (done.state, done.was_late()) == (CaseState.ANSWERED, False)


def test_the_same_data_in_an_answer_have_the_same_digest(lab: Lab) -> None:
    """Made again before it leaves, the same answer is the same bytes: the journal's digest stands for it."""
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        first = _packed(ports, case)
        again = access(ports, case.id, recipients=())
    assert first.digest == again.digest


def test_nobody_is_told_they_are_known_when_they_are_not(lab: Lab) -> None:
    """Every store searched and nothing found, the answer says so plainly."""
    with _office(lab) as ports:
        package = _packed(ports, _received(ports, "personne@nulle-part.example"), language="en")
    assert "No, we found no data about you." in _read(package, "read-me.html")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_answer_names_the_authority_and_the_officer(lab: Lab, language: Language) -> None:
    """The page of an answer gives the officer's address, the authority's, and says a judge may be seized."""
    with _office(lab) as ports:
        package = _packed(ports, _received(ports, _email(_somebody(lab))), language=language)
        page = _read(package, {"fr": "lisez-moi.html", "en": "read-me.html"}[language])
        wanted = [
            ports.workspace.policy.dpo.email,
            "CNIL",
            "TSA 80715",
            {"fr": "juge", "en": "court"}[language],
        ]
    assert [word for word in wanted if word not in page] == []


def test_a_masked_column_is_nowhere_in_the_answer_and_is_told(lab: Lab) -> None:
    """What a human keeps out because it speaks of somebody else leaves no value, and the manifest says why."""
    mask = Mask(system="erp", table="customer", column="last_name", why="parle d'un tiers")
    person = next(
        p
        for p in lab.company.everyone()
        if not p.shared and any(r.table == "customer" for r in p.rows) and _email(p)
    )
    with _office(lab) as ports:
        package = _packed(ports, _received(ports, _email(person)), masks=(mask,))
    customer = next(t for t in json.loads(_read(package, "data.json")) if t["table"] == "customer")
    masked = json.loads(_read(package, "manifest.json"))["masked"]
    assert not any("last_name" in row for row in customer["rows"])
    assert {"column": "erp.customer.last_name", "why": "parle d'un tiers"} in masked


@pytest.mark.parametrize(("language", "page"), [("fr", "lisez-moi.html"), ("en", "read-me.html")])
def test_what_opens_an_account_is_told_and_never_handed_over(lab: Lab, language: Language, page: str) -> None:
    """The hash of a password is in no file of the answer; the page says that it is held, and why it is not copied."""
    person = next(
        p
        for p in lab.company.everyone()
        if not p.shared and any(r.table == "account" for r in p.rows) and _email(p)
    )
    secret = next(str(r.values["password_hash"]) for r in person.rows if r.table == "account")
    with _office(lab) as ports:
        package = _packed(ports, _received(ports, _email(person)), language=language)
    assert not [file.name for file in package.files if secret in file.content.decode()]
    assert "shop.account.password_hash" in _read(package, page)


def test_a_value_a_spreadsheet_would_run_is_made_inert(lab: Lab) -> None:
    """A cell that begins as a formula is told as text in the spreadsheet files."""
    person = _somebody(lab)
    with _office(lab) as ports:
        package = _packed(ports, _received(ports, _email(person)))
    cells = [
        cell
        for file in package.files
        if file.name.endswith(".csv")
        for line in file.content.decode().splitlines()
        for cell in line.split(",")
    ]
    assert [cell for cell in cells if cell.startswith(("+", "=", "@"))] == []


def test_only_the_officer_decides(lab: Lab) -> None:
    """Somebody without the role may search, not decide."""
    with _office(lab, "bruno") as ports:
        case = _received(ports, _email(_somebody(lab)))
        _searched(ports, case)
        with pytest.raises(NotEntitledError):
            verbs.decide(ports, case.id, Right.ACCESS, Outcome.GRANTED)


def test_a_refusal_without_reasons_is_refused(lab: Lab) -> None:
    """Nobody is refused anything, even in part, without a code and a sentence."""
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        _searched(ports, case)
        with pytest.raises(CaseError):
            verbs.decide(ports, case.id, Right.ACCESS, Outcome.REFUSED, codes=("EXCESSIVE",))


def test_a_silent_system_stops_the_decision(lab: Lab) -> None:
    """While one store does not answer, the search is not complete and nothing can be decided."""
    Path(lab.urls["mail"].removeprefix("sqlite:///")).unlink()
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        _searched(ports, case)
        with pytest.raises(CaseError):
            verbs.decide(ports, case.id, Right.ACCESS, Outcome.GRANTED)


def test_two_people_of_one_mailbox_wait_for_a_human(lab: Lab) -> None:
    """Nothing can be decided until somebody said of each row whether it is the person's."""
    one = next(p for p in lab.company.everyone() if p.doubt and any(r.table == "contact" for r in p.rows))
    with _office(lab) as ports:
        case = _received(ports, _email(one))
        verbs.acknowledge(ports, case.id)
        verbs.identify(ports, case.id, verbs.Method.KNOWN_ADDRESS)
        doubtful = look_up(ports, case.id).doubtful
        mine = {(SYSTEM_OF[row.table], row.table, row.key) for row in one.rows}
        said = {node: (*node[0], node[1]) in mine for node in doubtful}
        settle(
            ports,
            case.id,
            theirs=[fingerprint(ports, node) for node, yes in said.items() if yes],
            not_theirs=[fingerprint(ports, node) for node, yes in said.items() if not yes],
        )
        settled = look_up(ports, case.id)
    assert (len(doubtful) > 1, settled.is_complete, all(said[node] for node in settled.rows)) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(("after", "possible"), [(30, True), (31, False)])
def test_an_extension_is_told_within_the_first_month(lab: Lab, after: int, possible: bool) -> None:
    """On the last day of the month the time may be extended; the day after, it may not."""
    lab.clock.at = lab.clock.at.replace(year=2026, month=9, day=1)
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        _searched(ports, case)
        lab.clock.at += timedelta(days=after)
        extended = True
        try:
            verbs.extend(ports, case.id, verbs.Extension.COMPLEX, "six systèmes à lire")
        except CaseError:
            extended = False
    assert extended is possible


@pytest.mark.parametrize(("after", "late"), [(30, 0), (31, 1)])
def test_a_request_nobody_answers_is_loud(lab: Lab, after: int, late: int) -> None:
    """Received on 1 September, it is late on 2 October and not on 1 October."""
    lab.clock.at = lab.clock.at.replace(year=2026, month=9, day=1)
    with _office(lab) as ports:
        _received(ports, _email(_somebody(lab)))
        lab.clock.at += timedelta(days=after)
        assert len(verbs.late(ports)) == late


def test_the_journal_holds_nothing_of_the_person(lab: Lab) -> None:
    """Neither what they wrote, nor who they are, nor why it was decided is readable outside the vault."""
    email = _email(_somebody(lab))
    with _office(lab) as ports:
        case = _received(ports, email)
        _searched(ports, case)
        verbs.decide(
            ports, case.id, Right.ACCESS, Outcome.PARTIAL, codes=("THIRD_PARTY_RIGHTS",), note="cite sa sœur"
        )
    journal = (lab.folder / "tenu.db").read_bytes()
    vault = (
        Path(lab.folder.parent / "vault.db").read_bytes()
        if (lab.folder.parent / "vault.db").exists()
        else b""
    )
    words = (email.encode(), b"copie de mes", "cite sa sœur".encode())
    assert [word for word in words if word in journal or word in vault] == []


def test_the_file_of_a_closed_request_is_forgotten_after_five_years(lab: Lab) -> None:
    """Five years after it was closed the file is still there, the day after it is gone; the journal still tells of it."""
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        verbs.close(ports, case.id, "withdrawn", "la personne a retiré sa demande")
        last = verbs.today(ports).replace(year=verbs.today(ports).year + 5)
        kept = (ports.cases.forget(last), ports.cases.forget(last + timedelta(days=1)))
        assert (kept, verbs.request(ports, case.id).state) == ((0, 1), CaseState.CLOSED)


def test_a_night_forgets_the_files_whose_time_is_over(lab: Lab) -> None:
    """The run of the night five years and a day after a request was closed leaves nothing of its file."""
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        verbs.close(ports, case.id, "withdrawn", "la personne a retiré sa demande")
    lab.clock.at = lab.clock.at.replace(year=lab.clock.at.year + 5) + timedelta(days=1)
    lab.apply(lab.plan())
    with lab.ports() as ports:
        assert ports.cases.file(case.id) is None


@pytest.mark.parametrize("rights", [(), (Right.ACCESS,)])
def test_a_request_from_tomorrow_or_for_nothing_is_refused(lab: Lab, rights: tuple[Right, ...]) -> None:
    """A request asks for something and has arrived."""
    with _office(lab) as ports, pytest.raises(RefusedError):
        verbs.receive(
            ports,
            rights,
            Sought(values={EMAIL: ("a@b.example",)}),
            channel=verbs.Intake.POST,
            received_on=verbs.today(ports) + timedelta(days=1),
        )


def test_a_number_is_found_however_it_is_typed(lab: Lab) -> None:
    """Small letters read the same request."""
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        assert verbs.request(ports, case.id.lower()).id == case.id


def test_somebody_else_moving_the_request_at_once_is_noticed(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who acknowledge at the same instant one is told, and the request moved once."""
    with _office(lab) as ports:
        case = _received(ports, _email(_somebody(lab)))
        race: Callable[..., Case] = verbs.step

        def both(before: Case, event: object) -> Case:
            monkeypatch.setattr(verbs, "step", race)
            verbs.acknowledge(ports, case.id)
            return race(before, event)

        monkeypatch.setattr(verbs, "step", both)
        with pytest.raises(CaseError):
            verbs.acknowledge(ports, case.id)
        assert verbs.request(ports, case.id).state is CaseState.ACKNOWLEDGED
