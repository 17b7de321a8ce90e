"""Further traps, as far as retention goes: people who share, people who are two things, rows nobody thinks of.

On 1 March 2026, person 1, last seen in 2015, is due, and person 2, seen in 2025, is not.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cases.light import Small
from cases.world import AS_OF
from tenu.operations.apply import apply
from tenu.operations.plan import plan

Make = Callable[..., Small]
OLD, NEW = "'2015-01-10'", "'2025-06-10'"
MAP = """
people:
  person: {{collected_at: seen, identified_by: {{customer_reference: code, email: [email, email2], name: name}}}}
  {other}: {{collected_at: joined, identified_by: {{customer_reference: nr, email: mail, name: called}}{role}}}
tables:
  person: {{purposes: prospecting, columns: {{code: identity, email: identity, email2: identity, name: identity}}, not_personal: [id, seen]}}
  {other}: {{purposes: prospecting, columns: {{nr: identity, mail: identity, called: identity}}, not_personal: [id, joined]}}
acts: [{{kind: form, table: {other}, dated_by: joined}}, {{kind: click, table: {other}, dated_by: joined}}]
"""
PERSON = (
    "CREATE TABLE person (id INTEGER PRIMARY KEY, code VARCHAR(9), email VARCHAR(80), email2 VARCHAR(80), "
    "name VARCHAR(40), seen DATE)"
)
OTHER = "CREATE TABLE {other} (id INTEGER PRIMARY KEY, nr VARCHAR(9), mail VARCHAR(80), called VARCHAR(40), joined DATE)"


def _both(make_small: Make, people: str, others: str, *, other: str = "reader", role: str = "") -> Small:
    said = (f"INSERT INTO person VALUES {people}", f"INSERT INTO {other} VALUES {others}")
    return make_small(MAP.format(other=other, role=role), PERSON, OTHER.format(other=other), *said)


def test_a_second_e_mail_keeps_its_person(make_small: Make) -> None:
    """Somebody known by two addresses, active under the second one only, stays in both places."""
    one = _both(
        make_small,
        f"(1, NULL, 'a@p.example', 'b@p.example', 'Anne Roux', {OLD})",
        f"(1, NULL, 'B@p.example', 'Anne Roux', {NEW})",
    )
    assert [len(rows) for rows in one.left().values()] == [1, 1]


def test_a_mailbox_two_customers_share_joins_nobody(make_small: Make) -> None:
    """Two references under one mailbox are two people: the silent one goes, the active one stays whole."""
    one = _both(
        make_small,
        f"(1, 'K1', 'home@p.example', NULL, 'Anne Roux', {OLD})",
        f"(1, 'K2', 'home@p.example', 'Paul Roux', {NEW})",
    )
    left = one.left()
    assert (left["person"], left["reader"][0][:4]) == ([], (1, "K2", "home@p.example", "Paul Roux"))


def test_a_mailbox_under_two_names_leaves_both_to_a_human(make_small: Make) -> None:
    """Without a reference, another first name under the same mailbox is a doubt: nobody goes, and the plan counts it."""
    one = _both(
        make_small,
        f"(1, NULL, 'home@p.example', NULL, 'Anne Roux', {OLD})",
        f"(1, NULL, 'home@p.example', 'Paul Roux', {NEW})",
    )
    doubts = sum(task.spared.ambiguous for task in plan(one.ports, AS_OF).tasks)
    assert (doubts, len(one.left()["person"])) == (1, 1)


@pytest.mark.parametrize(("role", "left"), [("", 1), (", role: supplier", 0)])
def test_a_supplier_who_is_also_a_customer_is_two_relations(make_small: Make, role: str, left: int) -> None:
    """Still supplying keeps nobody as a customer, as one more customer row would; the supplier's own row stays."""
    one = _both(
        make_small,
        f"(1, 'K1', 'a@p.example', NULL, 'Anne Roux', {OLD})",
        f"(1, 'K1', 'a@p.example', 'Anne Roux', {NEW})",
        other="vendor",
        role=role,
    )
    rows = one.left()
    assert (len(rows["person"]), len(rows["vendor"])) == (left, 1)


# ── rows nobody thinks of ──

PEOPLE = f"INSERT INTO person VALUES (1, 'old@people.example', {OLD}), (2, 'new@people.example', {NEW})"
ONE = "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE{more})"
ONE_MAP = """
people: {{person: {{collected_at: seen, identified_by: {{email: email}}}}}}
tables:
  person: {{purposes: prospecting, columns: {{email: identity}}, not_personal: [id, seen{more}]}}
{tables}
"""


def test_a_soft_deleted_row_is_a_row(make_small: Make) -> None:
    """A person hidden by a flag for years is erased like another; a flag set on somebody of last year changes nothing."""
    people = PEOPLE.replace(f"{OLD})", f"{OLD}, '2016-01-01')").replace(f"{NEW})", f"{NEW}, '2025-07-01')")
    one = make_small(
        ONE_MAP.format(more=", deleted_on", tables=""), ONE.format(more=", deleted_on DATE"), people
    )
    assert [row[0] for row in one.left()["person"]] == [2]


CHILD = {
    "audit": ("audit", "who VARCHAR(80)", "'old@people.example'", "'new@people.example'"),
    "attachment": ("file", "body {bytes}", "'a'", "'b'"),
}


@pytest.mark.parametrize("what", CHILD)
def test_what_was_kept_beside_goes_with_its_person(make_small: Make, what: str) -> None:
    """Former versions in an audit table without any foreign key, and the bytes of attachments: the due person's alone."""
    name, column, first, second = CHILD[what]
    table = f"  {name}: {{purposes: prospecting, columns: {{{column.split()[0]}: identity}}, not_personal: [id, person_id]}}\n"
    links = f"links: ['{name}.person_id -> person.id']\n"
    one = make_small(ONE_MAP.format(more="", tables=table + links), ONE.format(more=""), PEOPLE)
    kind = {"postgresql": "BYTEA"}.get(one.world.engine, "BLOB")
    one.world.do(
        f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, person_id INTEGER, {column.replace('{bytes}', kind)})",
        f"INSERT INTO {name} VALUES (1, 1, {first}), (2, 2, {second}), (3, 1, {first})",
    )
    assert [row[:2] for row in one.left()[name]] == [(2, 2)]


NOTE = (
    "  note: {purposes: prospecting, columns: {said: identity}, not_personal: [id, person_id]}\n",
    "CREATE TABLE note (id INTEGER PRIMARY KEY, person_id INTEGER, said VARCHAR(80), FOREIGN KEY (person_id) REFERENCES person (id))",
    "INSERT INTO note VALUES (1, 2, 'seen with old@people.example'), (2, 1, 'called new@people.example')",
)


def test_a_note_about_one_person_that_quotes_another_is_the_first_one_s(make_small: Make) -> None:
    """The notes of the due person go whatever they quote; those of others stay to the letter, though they name the due one."""
    one = make_small(ONE_MAP.format(more="", tables=NOTE[0]), ONE.format(more=""), NOTE[1], PEOPLE, NOTE[2])
    assert one.left()["note"] == [(1, 2, "seen with old@people.example")]


DISPUTE = (
    """
  dispute: {purposes: prospecting, columns: {about: identity}, not_personal: [id, person_id, closed_on]}
holds: [{reason: {fr: litige, en: dispute}, table: dispute, when: {closed_on: null}}]
""",
    "CREATE TABLE dispute (id INTEGER PRIMARY KEY, person_id INTEGER, about VARCHAR(20), closed_on DATE, FOREIGN KEY (person_id) REFERENCES person (id))",
)


def test_a_hold_keeps_everything_and_lifted_lets_the_next_run_act(make_small: Make) -> None:
    """While the dispute is open nobody is touched; the day it is closed, the next plan takes the person."""
    one = make_small(
        ONE_MAP.format(more="", tables=DISPUTE[0]), ONE.format(more=""), DISPUTE[1], PEOPLE,
        "INSERT INTO dispute VALUES (1, 1, 'x', NULL)",
    )  # fmt: skip
    held = [row[0] for row in one.left()["person"]]
    one.world.do("UPDATE dispute SET closed_on = '2026-02-28'")
    assert (held, [row[0] for row in one.left()["person"]]) == ([1, 2], [2])


def test_a_hold_placed_after_the_plan_is_kept_by_the_run(make_small: Make) -> None:
    """A dispute opened once the plan was read spares its person, and the run says one was spared."""
    one = make_small(ONE_MAP.format(more="", tables=DISPUTE[0]), ONE.format(more=""), DISPUTE[1], PEOPLE)
    made = plan(one.ports, AS_OF)
    one.world.do("INSERT INTO dispute VALUES (1, 1, 'x', NULL)")
    run = apply(one.ports, made)
    assert (run.people, sum(run.spared.values()), len(one.world.rows()["person"])) == (0, 1, 2)


def test_somebody_who_comes_back_after_the_erasure_is_somebody_new(make_small: Make) -> None:
    """The same e-mail collected again the day after starts a clock of its own: the next runs leave it alone."""
    one = make_small(ONE_MAP.format(more="", tables=""), ONE.format(more=""), PEOPLE)
    one.run()
    one.world.do("INSERT INTO person VALUES (3, 'old@people.example', '2026-02-28')")
    assert [row[0] for row in one.left()["person"]] == [2, 3]
