"""Dates as applications write them, contracts that still run, and copies that disagree: who is due, to the day."""

from __future__ import annotations

import pytest

from cases.conftest import NEW, OLD, Make, after, ids

PEOPLE = """
people: {{client: {{collected_at: seen, identified_by: {{email: email}}}}}}
tables:
  client: {{purposes: prospecting, columns: {{email: identity}}, not_personal: [id, seen], dates: {{seen: {form}}}}}
"""


@pytest.mark.parametrize(
    ("form", "type_name", "due", "living", "missing"),
    [
        ("seconds", "BIGINT", 1614639599, 1614639600, 0),
        ("milliseconds", "BIGINT", 1614639599999, 1614639600000, 0),
        ("yyyymmdd", "INTEGER", 20210301, 20210302, 0),
        ("yyyymmdd", "VARCHAR(9)", "'20210301'", "'20210302'", "''"),
        ("iso", "VARCHAR(40)", "'2021-03-01'", "'2021-03-02'", "'n/a'"),
        ("iso", "VARCHAR(40)", "'2021-03-01T22:59:59Z'", "'2021-03-01 23:00:00'", "'0000-00-00 00:00:00'"),
    ],
)
def test_dates_that_are_no_dates(
    make_alone: Make, form: str, type_name: str, due: object, living: object, missing: object
) -> None:
    """Seconds, milliseconds, digits and text give the same civil days in Paris; what is no date is a missing one."""
    world = make_alone(
        PEOPLE.format(form=form),
        f"CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), seen {type_name})",
        f"INSERT INTO client VALUES (1, 'a@p.example', {due}), (2, 'b@p.example', {living}), (3, 'c@p.example', {missing}), (4, 'd@p.example', NULL)",
    )
    assert ids(after(world)["client"]) == [2, 3, 4]


@pytest.mark.parametrize(
    ("form", "type_name", "written", "left"),
    [
        ("iso", "VARCHAR(20)", "'soon'", [1, 2]),
        ("iso", "VARCHAR(20)", "'0000-00-00'", [2]),
        ("yyyymmdd", "VARCHAR(20)", "'10/06/2015'", [1, 2]),
        ("yyyymmdd", "VARCHAR(20)", "''", [2]),
        ("yyyymmdd", "INTEGER", 201501, [1, 2]),
        ("yyyymmdd", "INTEGER", 0, [2]),
    ],
)
def test_an_act_whose_date_nobody_can_read_keeps_its_person(
    make: Make, form: str, type_name: str, written: object, left: list[int]
) -> None:
    """A note in the place of a date was written for something, so nobody is called inactive; a zero or nothing says nothing."""
    world = make(
        f"""
  visit: {{purposes: prospecting, columns: {{what: financial}}, not_personal: [id, person_id, at], dates: {{at: {form}}}}}
acts: [{{kind: purchase, table: visit, dated_by: at}}]
""",
        f"CREATE TABLE visit (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), at {type_name}, what VARCHAR(9))",
        f"INSERT INTO visit VALUES (1, 1, {written}, 'x')",
    )
    assert ids(after(world)["person"]) == left


def test_an_event_still_to_come_keeps_whoever_booked_it(make: Make) -> None:
    """A booking whose event is tomorrow is a contract that runs, whatever the age of the booking; one of yesterday is over."""
    world = make(
        """
  booking: {purposes: contract, columns: {what: financial}, not_personal: [id, person_id, event_id, made_on]}
ignored: event
states: [{state: contract_running, table: booking, when: {event.ends_on: {after: today}}}]
acts: [{kind: purchase, table: booking, dated_by: made_on}]
""",
        "CREATE TABLE event (id INTEGER PRIMARY KEY, ends_on DATE)",
        "CREATE TABLE booking (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), "
        "event_id INTEGER REFERENCES event (id), made_on DATE, what VARCHAR(9))",
        f"INSERT INTO person VALUES (3, 'c@p.example', {OLD})",
        "INSERT INTO event VALUES (1, '2026-03-02'), (2, '2026-03-01'), (3, NULL)",
        f"INSERT INTO booking VALUES (10, 1, 1, {OLD}, 'x'), (30, 3, 2, {OLD}, 'y'), (31, 3, 3, {OLD}, 'z')",
    )
    assert ids(after(world)["booking"]) == [10]


def test_flags_that_disagree_are_read_together(make: Make) -> None:
    """Only a loan that is neither deleted nor closed still runs, whatever one flag alone says."""
    world = make(
        """
  loan: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id, status, deleted_at]}
states: [{state: contract_running, table: loan, when: {status: {not: [closed, null]}, deleted_at: null}}]
""",
        "CREATE TABLE loan (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), status VARCHAR(9), "
        "deleted_at DATE, what VARCHAR(9))",
        f"INSERT INTO person VALUES (3, 'c@p.example', {OLD}), (4, 'd@p.example', {OLD})",
        f"INSERT INTO loan VALUES (1, 1, 'open', {NEW}, 'x'), (3, 3, 'closed', NULL, 'y'), (4, 4, NULL, NULL, 'z'), (5, 4, 'closed', {OLD}, 'w')",
    )
    assert ids(after(world)["loan"]) == []


def test_former_versions_of_a_row_go_with_their_person(make: Make) -> None:
    """A history that keeps every version by the person's number goes too, and another's stays."""
    world = make(
        "  history: {purposes: prospecting, columns: {email: identity}, not_personal: [rev, id]}\nlinks: [history.id -> person.id]\n",
        "CREATE TABLE history (rev INTEGER PRIMARY KEY, id INTEGER, email VARCHAR(80))",
        "INSERT INTO history VALUES (1, 1, 'older@p.example'), (2, 1, 'old@p.example'), (3, 2, 'new@p.example')",
    )
    assert ids(after(world)["history"]) == [3]
