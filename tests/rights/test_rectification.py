"""A correction as staff make it: the same information everywhere at once, nothing else, and notes where nothing may change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from holds.deciding import acting as deciding
from holds.deciding import held, proposal
from lab import Lab, make_lab
from rights.office import email_of, granted, office, read, somebody
from tenu.datamap.catalog import Column, ColumnKind
from tenu.errors import StoreError
from tenu.journal.cases import CaseError
from tenu.journal.holds import HoldGround
from tenu.journal.kinds import EventKind
from tenu.letters.facts import LetterKind
from tenu.operations.rights import rectification as verbs
from tenu.operations.rights import requests
from tenu.operations.rights.access import access
from tenu.operations.rights.rectification import Completion, NotReadyError, rectify
from tenu.operations.rights.sending import readdress
from tenu.operations.rights.writing import letter
from tenu.operations.upholding import uphold
from tenu.plans.rectification import Change, Wanted, Where
from tenu.plans.values import ValueRefusedError, typed
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.rows import SYSTEM_OF, Person
from tenu.terms import IdentifierKind
from verdict import State

TABLES = ("contact", "customer", "invoice")
NEW = "claire@nouvelle.example"
EMAIL = Where(system="crm", table="contact", column="email")
CITY = Where(system="crm", table="contact", column="city")
FULL_NAME = Where(system="erp", table="customer", column="name")
Key = tuple[str, str, tuple[str, ...]]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Give a sample company on SQLite: what an engine changes is tested on the three."""
    return make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=60)


def _wanted(value: str, where: Where = EMAIL) -> Wanted:
    return Wanted(where=where, value=value)


def _asked(ports: Ports, person: Person) -> str:
    return granted(ports, email_of(person), Right.RECTIFICATION).id


def _changed(before: State, after: State) -> set[Key]:
    assert before.rows.keys() == after.rows.keys()
    return {
        (s, t, tuple(map(str, k))) for (s, t, k), row in before.rows.items() if after.rows[s, t, k] != row
    }


def _named(changes: Sequence[Change]) -> set[Key]:
    return {(c.where.system, c.where.table, c.key) for c in changes}


def test_one_correction_reaches_every_system_and_nobody_else(make_lab_of: Callable[..., Lab]) -> None:
    """A new e-mail and city are in every row that held the former ones, other rows are the same, and they find the person."""
    lab = make_lab_of(people=60)
    person = somebody(lab, *TABLES)
    before = lab.state()
    with office(lab) as ports:
        facts = rectify(ports, _asked(ports, person), [_wanted(NEW), _wanted("Lyon", CITY)])
        told = next(iter(ports.journal.events(kind=EventKind.REQUEST_EXECUTED))).body
        again = granted(ports, NEW, Right.ACCESS)
    columns = {str(change.where) for change in facts.changes}
    assert (
        _changed(before, lab.state()),
        {"crm.contact.email", "erp.customer.email", "crm.contact.city", "erp.customer.city"} <= columns,
        (told["residual"], again.searched),
    ) == (_named(facts.changes), True, (0, True))


def test_the_answer_tells_each_value_as_it_was_and_as_it_is(lab: Lab) -> None:
    """In both languages, field by field; nothing of it in the journal, and no longer in the file once the answer has left."""
    person = somebody(lab, *TABLES)
    former = email_of(person)
    with office(lab) as ports:
        number = _asked(ports, person)
        readdress(ports, number, ["Une Personne", "1 rue X"])
        rectify(ports, number, [_wanted(NEW)])
        told = [
            " ".join(letter(ports, number, LetterKind.ANSWER, language=said).text.split())
            for said in ("fr", "en")
        ]
        requests.answered(ports, number, delivery="post", letter="0" * 64)
        file = ports.cases.file(number)
        journal = "".join(str(dict(event.body)) for event in ports.journal.events())
    assert (f"« {former} » est devenu « {NEW} »" in told[0], f"“{former}” became “{NEW}”" in told[1]) == (
        True,
        True,
    )
    assert file is not None
    assert (NEW in str(file.done), NEW in journal) == (False, False)


def test_what_the_law_seals_stays_and_the_next_copy_says_what_it_should(lab: Lab) -> None:
    """An invoice is not altered by a correction of the address it quotes; the next access answer shows the note and the completion."""
    person = somebody(lab, *TABLES)
    address = Where(system="crm", table="contact", column="address")
    before = lab.state()
    with office(lab) as ports:
        facts = rectify(
            ports,
            _asked(ports, person),
            [_wanted("12 rue Neuve", address)],
            completions=[Completion(about="crm.contact", words="Appeler le matin")],
        )
        copy = access(ports, granted(ports, email_of(person), Right.ACCESS).id, recipients=())
    invoices = {key for key in _changed(before, lab.state()) if key[1] == "invoice"}
    page = read(copy, "lisez-moi.html")
    assert (
        invoices,
        {str(change.where) for change in facts.sealed},
        [words in page for words in ("12 rue Neuve", "erp.invoice.billed_address", "Appeler le matin")],
    ) == (set(), {"erp.invoice.billed_address"}, [True, True, True])


def test_a_former_value_quoted_elsewhere_waits_for_a_human(lab: Lab) -> None:
    """A full name that quotes the former surname is set or left by somebody; until then nothing is written anywhere."""
    person = somebody(lab, *TABLES)
    surname = _wanted("Durand-Lefort", Where(system="crm", table="contact", column="last_name"))
    with sqlite3.connect(lab.urls["erp"].removeprefix("sqlite:///")) as erp:
        name = next(row.values["last_name"] for row in person.rows if row.table == "contact")
        erp.execute("UPDATE customer SET name = ? WHERE email = ?", (f"Maison {name}", email_of(person)))
    before = lab.state()
    with office(lab) as ports:
        number = _asked(ports, person)
        with pytest.raises(NotReadyError):
            rectify(ports, number, [surname])
        untouched = _changed(before, lab.state())
        facts = rectify(ports, number, [surname], {FULL_NAME: "raison sociale"})
    assert (untouched, facts.left, FULL_NAME in {c.where for c in facts.changes}) == (
        set(),
        {FULL_NAME: "raison sociale"},
        False,
    )


def test_what_one_database_refuses_is_written_in_none(lab: Lab) -> None:
    """A trigger of the accounts says no: the customer relation system, which would have said yes, keeps its value."""
    person = somebody(lab, *TABLES)
    with sqlite3.connect(lab.urls["erp"].removeprefix("sqlite:///")) as erp:
        erp.execute("CREATE TRIGGER no BEFORE UPDATE ON customer BEGIN SELECT RAISE(ABORT, 'no'); END")
    before = lab.state()
    with office(lab) as ports:
        number = _asked(ports, person)
        with pytest.raises(StoreError):
            rectify(ports, number, [_wanted(NEW)])
        intents = list(ports.journal.events(kind=EventKind.REQUEST_EXECUTING))
    assert (_changed(before, lab.state()), intents) == (set(), [])


def test_a_rectification_cut_between_two_systems_is_finished_as_it_was_decided(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after the first system, it goes on without being told the value again, and nothing else can begin meanwhile."""
    person = somebody(lab, *TABLES)
    whole = verbs.correct_everywhere

    def cut(ports: Ports, changes: Sequence[Change], *, keep: bool = True) -> None:
        whole(ports, [c for c in changes if c.where.system == "crm"] if keep else changes, keep=keep)
        if keep:
            raise KeyboardInterrupt

    with office(lab) as ports:
        number = _asked(ports, person)
        monkeypatch.setattr(verbs, "correct_everywhere", cut)
        with pytest.raises(KeyboardInterrupt):
            rectify(ports, number, [_wanted(NEW)])
        monkeypatch.setattr(verbs, "correct_everywhere", whole)
    with office(lab) as ports:
        with pytest.raises(CaseError):
            rectify(ports, number, [_wanted("autre@nouvelle.example")])
        facts = rectify(ports, number)
        plans = [event.body["plan"] for kind in (EventKind.REQUEST_EXECUTING, EventKind.REQUEST_EXECUTED)
                 for event in ports.journal.events(kind=kind)]  # fmt: skip
    systems = {c.where.system for c in facts.changes}
    assert (systems >= {"crm", "erp"}, len(plans), len(set(plans))) == (True, 2, 1)


def test_the_journal_and_the_files_of_the_vault_hold_no_value(lab: Lab) -> None:
    """Neither the former nor the new value can be read outside the company's databases."""
    person = somebody(lab, *TABLES)
    with office(lab) as ports:
        rectify(
            ports,
            _asked(ports, person),
            [_wanted(NEW)],
            completions=[Completion(about="crm.contact", words="Le matin")],
        )
    stored = b"".join(
        path.read_bytes() for path in lab.folder.glob("*.db") if path.name in ("tenu.db", "vault.db")
    )
    assert [w for w in (NEW, email_of(person), "Le matin") if w.encode() in stored] == []


def test_who_is_held_stays_held_under_a_new_address(lab: Lab) -> None:
    """A restriction placed under the former e-mail still covers every row after the correction: nothing has to be put back."""
    person = somebody(lab, *TABLES)
    with office(lab) as ports:
        officer = deciding(ports)
        restriction = held(officer, proposal(email=email_of(person), ground=HoldGround.ACCURACY_CONTESTED))
        rectify(ports, _asked(ports, person), [_wanted(NEW)])
        assert (uphold(officer), restriction.subjects > 1) == (0, True)


def test_under_a_legal_hold_nothing_changes_and_a_note_is_kept(lab: Lab) -> None:
    """Evidence stays as it is: every value keeps its note instead."""
    person = somebody(lab, *TABLES)
    with office(lab) as ports:
        held(deciding(ports), proposal(email=email_of(person)))
        before = lab.state()
        facts = rectify(ports, _asked(ports, person), [_wanted(NEW)])
    assert (_changed(before, lab.state()), facts.frozen, facts.changes, len(facts.statements) > 0) == (
        set(),
        True,
        (),
        True,
    )


PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("kind", "type_name", "said", "value"),
    [
        (ColumnKind.TEXT, "VARCHAR(5)", "Épine", "Épine"),
        (ColumnKind.TEXT, "VARCHAR(5)", "Épines", None),
        (ColumnKind.INTEGER, "INTEGER", "12", 12),
        (ColumnKind.INTEGER, "INTEGER", "12,5", None),
        (ColumnKind.NUMBER, "NUMERIC(5, 2)", "123.45", Decimal("123.45")),
        (ColumnKind.NUMBER, "NUMERIC(5, 2)", "1234.5", None),
        (ColumnKind.NUMBER, "NUMERIC(5, 2)", "1.234", None),
        (ColumnKind.DAY, "DATE", "2024-02-29", date(2024, 2, 29)),
        (ColumnKind.DAY, "DATE", "29/02/2024", None),
        (ColumnKind.INSTANT, "DATETIME", "2024-01-01T00:00:00+00:00", datetime(2024, 1, 1, 1)),
        (ColumnKind.BOOLEAN, "BOOLEAN", "true", True),
        (ColumnKind.BOOLEAN, "BOOLEAN", "oui", None),
        (ColumnKind.TEXT, "VARCHAR(5)", "", None),
    ],
)  # fmt: skip
def test_a_value_fits_its_column_or_is_refused_before_anything_is_written(
    kind: ColumnKind, type_name: str, said: str, value: object
) -> None:
    """Types, lengths and decimals are those of the live column; no engine gets to cut or round a value."""
    length = 5 if kind is ColumnKind.TEXT else None
    column = Column(name="c", kind=kind, type_name=type_name, nullable=False, length=length)
    try:
        found = typed(column, said, None, PARIS)
    except ValueRefusedError:
        found = None
    assert found == value


@pytest.mark.parametrize(
    ("kind", "said"),
    [(IdentifierKind.EMAIL, "claire"), (IdentifierKind.EMAIL, "a@b"), (IdentifierKind.PHONE, "12")],
)
def test_an_identifier_nobody_could_be_found_by_is_refused(kind: IdentifierKind, said: str) -> None:
    """An e-mail has two halves and a domain, a telephone nine digits."""
    column = Column(name="c", kind=ColumnKind.TEXT, type_name="TEXT", nullable=True)
    with pytest.raises(ValueRefusedError):
        typed(column, said, kind, PARIS)


def test_what_is_kept_with_data_ends_the_night_they_are_gone(lab: Lab) -> None:
    """A completion is there while its person is; once no row of theirs is left, the next night destroys it."""
    person = somebody(lab, *TABLES)
    with office(lab) as ports:
        rectify(ports, _asked(ports, person), completions=[Completion(about="crm.contact", words="Le matin")])
    lab.apply(lab.plan())
    with lab.ports() as ports:
        before = ports.statements.known()
    for system, path in lab.urls.items():
        with sqlite3.connect(path.removeprefix("sqlite:///")) as database:
            for row in person.rows:
                if SYSTEM_OF[row.table] == system and row.table in (
                    "contact",
                    "customer",
                    "account",
                    "subscriber",
                ):
                    column = {"contact": "id", "customer": "number", "account": "id", "subscriber": "id"}[
                        row.table
                    ]
                    database.execute(f"DELETE FROM {row.table} WHERE {column} = ?", (row.key[0],))
    lab.apply(lab.plan())
    with lab.ports() as ports:
        assert (len(before), ports.statements.known()) == (1, [])
