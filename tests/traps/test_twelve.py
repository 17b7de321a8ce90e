"""The twelve traps: in each, what tenu says at the end is true *and* the data are right, on the three engines.

Not here: an anonymous request on default settings and a backup restored after the erasure wait for their rooms; an IBAN in a
column somebody declared not personal is tested with the check that looks at values (`datamap/test_contents.py`), the same
person anonymised in two databases with anonymisation. On 1 March 2026, person 1, last seen in 2015, is due, and person 2, seen in 2025, is not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from cases.light import Small
from cases.world import AS_OF
from lab import Lab
from tenu.errors import FindingsError
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.operations.preflight import StalePlanError
from tenu.periods.deadlines import answer_due
from tenu.plans.plan import Plan

Make = Callable[..., Small]
OLD, NEW = "'2015-01-10'", "'2025-06-10'"
PERSON = "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), name VARCHAR(80), seen DATE)"
PEOPLE = f"INSERT INTO person VALUES (1, 'old@people.example', 'Anne Roux', {OLD}), (2, 'new@people.example', 'Luc Blin', {NEW})"
MAP = """
people:
  person: {collected_at: seen, identified_by: {email: email, name: name}}
tables:
  person: {purposes: prospecting, columns: {email: identity, name: identity}, not_personal: [id, seen]}
"""
READER = """
people:
  person: {collected_at: seen, identified_by: {email: email, name: name}}
  reader: {collected_at: joined, identified_by: {email: mail, name: called}}
tables:
  person: {purposes: prospecting, columns: {email: identity, name: identity}, not_personal: [id, seen]}
  reader: {purposes: prospecting, columns: {mail: identity, called: identity}, not_personal: [id, joined]}
acts: [{kind: form, table: reader, dated_by: joined}, {kind: click, table: reader, dated_by: joined}]
"""
READERS = "CREATE TABLE reader (id INTEGER PRIMARY KEY, mail VARCHAR(80), called VARCHAR(80), joined DATE)"
INVOICES = """
  invoice:
    purposes: prospecting
    columns: {who: identity}
    not_personal: [id, person_id, issued_on]
    kept_by_law: {period: accounting, dated_by: issued_on}
"""
INVOICE = (
    "CREATE TABLE invoice (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, who VARCHAR(20), issued_on DATE, "
    "FOREIGN KEY (person_id) REFERENCES person (id))"
)


# ── 1: one person under other spellings ──


@pytest.mark.parametrize(
    "mail", ["OLD@People.Example", " old@people.example", "old@ people.example ", "old@people.example\t"]
)
def test_1_the_same_e_mail_spelled_otherwise_keeps_its_person(make_small: Make, mail: str) -> None:
    """A reader of last year is the person silent since 2015, whatever the case and the spaces: nobody goes."""
    rows = f"INSERT INTO reader VALUES (1, '{mail}', NULL, {NEW})"
    one = make_small(READER, PERSON, READERS, PEOPLE, rows)
    before, made = one.world.rows(), plan(one.ports, AS_OF)
    apply(one.ports, made)
    assert (made.people, one.world.rows()) == (0, before)


def test_1_accents_and_order_of_a_name_make_nobody_else(make_small: Make) -> None:
    """ROUX Anné under the same e-mail is Anne Roux, so she stays; another name under it is a doubt, so that one stays too."""
    mails = f"(1, 'old@people.example', 'ROUX Anné', {NEW}), (2, 'new@people.example', 'Max Pic', {NEW})"
    one = make_small(READER, PERSON, READERS, PEOPLE.replace(NEW, OLD), f"INSERT INTO reader VALUES {mails}")
    spared = {task.table: task.spared for task in plan(one.ports, AS_OF).tasks}["person"]
    assert (spared.alive_elsewhere, spared.ambiguous, [r[0] for r in one.left()["person"]]) == (1, 1, [1, 2])


# ── 2: a column that refuses NULL ──


def test_2_a_column_that_refuses_null_is_emptied_all_the_same(make_small: Make) -> None:
    """The person of an invoice the law keeps has no e-mail and no name left, though neither accepts NULL."""
    strict = PERSON.replace("VARCHAR(80)", "VARCHAR(80) NOT NULL")
    one = make_small(
        MAP + INVOICES, strict, INVOICE, PEOPLE, "INSERT INTO invoice VALUES (1, 1, 'x', '2024-05-01')"
    )
    assert one.left()["person"][0][:3] == (1, "", "")


def test_2_a_column_nothing_can_empty_is_told_before_any_write(make_small: Make) -> None:
    """When it must also be unique, no row changes until the map says what it becomes."""
    strict = PERSON.replace("email VARCHAR(80)", "email VARCHAR(80) NOT NULL UNIQUE")
    one = make_small(
        MAP + INVOICES, strict, INVOICE, PEOPLE, "INSERT INTO invoice VALUES (1, 1, 'x', '2024-05-01')"
    )
    before = one.world.rows()
    with pytest.raises(FindingsError):
        one.run()
    assert (one.found(), one.world.rows()) == (["D-NULL-01"], before)


# ── 3, 4, 8: the schema is no longer what the map says ──

CHANGES = {
    "added": ("ALTER TABLE person ADD COLUMN iban VARCHAR(34)", "D-COL-02"),
    "renamed": ("ALTER TABLE person RENAME COLUMN email TO mail", "D-COL-01"),
    "new table": ("CREATE TABLE message (id INTEGER PRIMARY KEY, body VARCHAR(80))", "D-TBL-02"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_3_4_8_a_column_nobody_classified_stops_everything_first(make_small: Make, change: str) -> None:
    """A column added or renamed since the map, or a table: no plan is made, the place is named, no row changes."""
    one = make_small(MAP, PERSON, PEOPLE, CHANGES[change][0])
    before = one.world.rows()
    with pytest.raises(FindingsError) as refused:
        plan(one.ports, AS_OF)
    codes = {found.code for found in refused.value.findings}
    assert (CHANGES[change][1] in codes, one.world.rows()) == (True, before)


@pytest.mark.parametrize("change", CHANGES)
def test_3_4_8_nor_is_a_plan_made_before_the_change_applied(make_small: Make, change: str) -> None:
    """The plan was right when it was read; it is refused as stale, and every row is as it was."""
    one = make_small(MAP, PERSON, PEOPLE)
    made = plan(one.ports, AS_OF)
    one.world.do(CHANGES[change][0])
    before = one.world.rows()
    with pytest.raises(StalePlanError):
        apply(one.ports, made)
    assert one.world.rows() == before


# ── 6: invoices within and beyond their ten years ──


def test_6_invoices_still_inside_their_legal_period_stay_and_older_ones_go(make_small: Make) -> None:
    """Of one person's invoices, that of 2014 goes, those of 2019 and 2024 stay whole, and their person is emptied."""
    invoices = "(1, 1, 'x', '2014-05-01'), (2, 1, 'x', '2019-05-01'), (3, 1, 'x', '2024-05-01'), (4, 2, 'y', '2014-05-01')"
    one = make_small(MAP + INVOICES, PERSON, INVOICE, PEOPLE, f"INSERT INTO invoice VALUES {invoices}")
    left = one.left()
    people = [row[:3] for row in left["person"]]
    assert ([row[:3] for row in left["invoice"]], people) == (
        [(2, 1, "x"), (3, 1, "x"), (4, 2, "y")],
        [(1, None, None), (2, "new@people.example", "Luc Blin")],
    )


@pytest.mark.parametrize(("issued", "kept"), [("2015-12-31", False), ("2016-01-01", True)])
def test_6_the_ten_years_run_from_the_close_of_the_fiscal_year(
    make_small: Make, issued: str, kept: bool
) -> None:
    """On 1 March 2026 an invoice of the last day of 2015 is over, one of the first day of 2016 is not."""
    one = make_small(
        MAP + INVOICES, PERSON, INVOICE, PEOPLE, f"INSERT INTO invoice VALUES (1, 1, 'x', '{issued}')"
    )
    assert bool(one.left()["invoice"]) is kept


# ── 7: nothing links what is left ──


def test_7_what_stays_of_a_basket_leads_to_nobody(make_lab_of: Callable[..., Lab]) -> None:
    """Baskets anonymised for statistics keep no account, and no date finer than their month, in any of their rows."""
    lab = make_lab_of(people=60)
    before = lab.state()
    lab.apply(lab.plan())
    assert lab.differences(before) == []


# ── 10: the deadline ──


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 1, 31), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 4, 2)),
        (date(2024, 1, 31), date(2024, 2, 29)),
    ],
)
def test_10_the_deadline_is_a_calendar_month(received: date, due: date) -> None:
    """From 31 January to the end of February, moved to Monday when that is a Saturday; never thirty days, never forty-five."""
    assert answer_due(received).promised_by == due


# ── 11: a table without a primary key ──


def test_11_rows_without_a_key_go_with_their_person_alone(make_small: Make) -> None:
    """Twin visits of two people: the due person's go, both of them, and the receipt says two."""
    visits = (
        "  visit: {purposes: prospecting, columns: {page: internet_telephony}, not_personal: person_id}\n"
    )
    table = "CREATE TABLE visit (person_id INTEGER, page VARCHAR(20), FOREIGN KEY (person_id) REFERENCES person (id))"
    rows = "INSERT INTO visit VALUES (1, '/a'), (1, '/a'), (2, '/a'), (2, '/a')"
    one = make_small(MAP + visits, PERSON, table, PEOPLE, rows)
    run = one.run()
    assert (run.rows["unknown", "visit", "erase"], one.world.rows()["visit"]) == (2, [(2, "/a"), (2, "/a")])


def test_11_people_without_a_key_are_refused_before_any_write(make_small: Make) -> None:
    """Nobody can be designated in such a table: the plan says so."""
    one = make_small(MAP, PERSON.replace(" PRIMARY KEY", ""), PEOPLE)
    before = one.world.rows()
    with pytest.raises(FindingsError):
        plan(one.ports, AS_OF)
    assert (one.found(), one.world.rows()) == (["D-KEY-01"], before)


# ── what a plan says is what is true ──


def test_what_was_applied_is_what_was_planned(make_small: Make) -> None:
    """The rows a plan counts are the rows its receipts tell, table by table and verb by verb."""
    one = make_small(
        MAP + INVOICES, PERSON, INVOICE, PEOPLE, "INSERT INTO invoice VALUES (1, 1, 'x', '2014-05-01')"
    )
    made = plan(one.ports, AS_OF)
    run = apply(one.ports, made)
    assert {place[1:]: rows for place, rows in run.rows.items() if rows} == _counted(made)


def _counted(made: Plan) -> dict[tuple[str, str], int]:
    return {(effect.table, effect.verb): effect.rows for task in made.tasks for effect in task.effects}
