"""What each engine makes of odd values, other schemas and things that act by themselves: right rows, or a finding first.

Person 1 was last seen in 2015 and is due on 1 March 2026; person 2 came in 2025 and is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from cases.light import Small, small
from servers import MariaDB, PostgreSQL
from tenu.errors import FindingsError, KeptError, StoreError
from tenu.ports import Ports
from tenu.terms import Severity

Make = Callable[..., Small]
OLD, NEW = "'2015-01-10'", "'2025-06-10'"
PERSON = "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE)"
PEOPLE = f"INSERT INTO person VALUES (1, 'old@people.example', {OLD}), (2, 'new@people.example', {NEW})"
HEAD = "people: {person: {collected_at: seen, identified_by: {email: email}}}\ntables:\n"
MAP = HEAD + "  person: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen]}\n"
ORDERS = "  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id]}\n"
ACTS = (
    "  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id, at]}\n"
    "acts: [{kind: form, table: orders, dated_by: at}, {kind: click, table: orders, dated_by: at}]\n"
)


def _ids(one: Small, table: str = "person") -> list[Any]:
    return [row[0] for row in one.left()[table]]


# ── keys and identifiers ──


@pytest.mark.parametrize(
    ("type_name", "first", "second"),
    [("NUMERIC(12, 2)", "1.10", "2.25"), ("DATE", "'2001-01-01'", "'2002-01-01'")],
)
def test_any_type_may_be_a_key(make_small: Make, type_name: str, first: str, second: str) -> None:
    """People designated by a number with decimals, or by a day, are found, locked and erased like the others."""
    one = make_small(
        MAP,
        PERSON.replace("INTEGER", type_name),
        f"INSERT INTO person VALUES ({first}, 'a@p.example', {OLD}), ({second}, 'b@p.example', {NEW})",
    )
    assert len(_ids(one)) == 1


@pytest.mark.parametrize("letters", ["andre andré", "strasse straße", "😀 😁", "i ı"])
def test_letters_an_engine_takes_for_one_another_are_different(make_small: Make, letters: str) -> None:
    """Two people whose e-mails differ by what a collation ignores are two: nothing fails, and both are due."""
    one, other = letters.split()
    rows = f"(1, '{one}@p.example', {OLD}), (2, '{other}@p.example', {OLD}), (3, 'x@p.example', {NEW})"
    assert _ids(make_small(MAP, PERSON, f"INSERT INTO person VALUES {rows}")) == [3]


def test_an_identifier_longer_than_any_e_mail_stops_nothing(make_small: Make) -> None:
    """Two hundred letters are looked up; a thousand are nobody's e-mail."""
    rows = f"(1, '{'a' * 230}@p.example', {OLD}), (2, '{'b' * 1000}@p.example', {OLD}), (3, 'x@p.example', {NEW})"
    one = make_small(MAP, PERSON.replace("VARCHAR(80)", "TEXT"), f"INSERT INTO person VALUES {rows}")
    assert _ids(one) == [3]


@pytest.mark.parametrize("collation", ["utf8mb4_unicode_ci", "utf8mb4_bin", "latin1_swedish_ci"])
def test_a_collation_of_its_own_changes_nothing(base: Ports, mariadb: MariaDB, collation: str) -> None:
    """On MariaDB, tables keyed by text in another collation than the database's are compared as they compare themselves."""
    url = mariadb.fresh_database("test_collation")
    child = "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id VARCHAR(20), what VARCHAR(9), FOREIGN KEY (person_id) REFERENCES person (id))"
    statements = (
        f"{PERSON.replace('INTEGER', 'VARCHAR(20)')} COLLATE {collation}",
        f"{child} COLLATE {collation}",
        f"INSERT INTO person VALUES ('é', 'a@p.example', {OLD}), ('k2', 'b@p.example', {NEW})",
        "INSERT INTO orders VALUES (1, 'é ', 'x'), (2, 'k2', 'y')",
    )
    with small(base, url, MAP + ORDERS, *statements) as one:
        assert _ids(one, "orders") == [2]


def test_keys_that_differ_by_case_alone_are_two_people(base: Ports, mariadb: MariaDB) -> None:
    """In a binary collation of MariaDB, k1 and K1 are two keys, and only the one who is due goes."""
    url = mariadb.fresh_database("test_case")
    key = PERSON.replace("INTEGER", "VARCHAR(20) COLLATE utf8mb4_bin")
    rows = f"('k1', 'a@p.example', {OLD}), ('K1', 'b@p.example', {NEW})"
    with small(base, url, MAP, key, f"INSERT INTO person VALUES {rows}") as one:
        assert _ids(one) == ["K1"]


# ── dates nobody expects ──


@pytest.mark.parametrize("null", ["", "NOT NULL"])
def test_the_day_zero_is_no_day(base: Ports, mariadb: MariaDB, null: str) -> None:
    """0000-00-00 means that nobody knows: its person is not taken for somebody of antiquity."""
    url, created = mariadb.fresh_database("test_zero"), PERSON.replace("seen DATE", f"seen DATE {null}")
    rows = f"(1, 'a@p.example', '0000-00-00'), (2, 'b@p.example', {NEW}), (3, 'c@p.example', {OLD})"
    with small(base, url, MAP, created, "SET sql_mode = ''", f"INSERT INTO person VALUES {rows}") as one:
        assert _ids(one) == [1, 2]


def test_an_act_on_the_day_zero_is_no_act(base: Ports, mariadb: MariaDB) -> None:
    """An order never dated keeps nobody, as when its date is NULL."""
    orders = "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER, what VARCHAR(9), at DATETIME, FOREIGN KEY (person_id) REFERENCES person (id))"
    acts = "INSERT INTO orders VALUES (1, 1, 'x', '0000-00-00')"
    with small(
        base,
        mariadb.fresh_database("test_act"),
        MAP + ACTS,
        PERSON,
        orders,
        "SET sql_mode = ''",
        PEOPLE,
        acts,
    ) as one:
        assert _ids(one) == [2]


@pytest.mark.parametrize(("written", "left"), [("10/06/2025", [1, 2]), ("2015-06-10", [2]), ("soon", [1, 2])])
def test_a_date_sqlite_cannot_read_keeps_its_person(base: Ports, written: str, left: list[int]) -> None:
    """In SQLite a date is any text: what is not one was still written for an act, so nobody is called inactive."""
    orders = "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), what TEXT, at TEXT)"
    act = f"INSERT INTO orders VALUES (1, 1, 'x', '{written}')"
    with small(base, "", MAP + ACTS, PERSON, orders, PEOPLE, act) as one:
        assert _ids(one) == left


def test_an_infinite_date_is_never_past(base: Ports, postgresql: PostgreSQL) -> None:
    """PostgreSQL's infinity, which Python cannot hold, never comes into Python."""
    rows = f"(1, 'a@p.example', {OLD}), (2, 'b@p.example', 'infinity')"
    with small(
        base, postgresql.fresh_database("test_infinity"), MAP, PERSON, f"INSERT INTO person VALUES {rows}"
    ) as one:
        one.run()
        assert _numbers(one.world.url, "SELECT id FROM person") == [2]


# ── other schemas ──


def test_rows_of_another_schema_s_table_of_the_same_name_stay(base: Ports, postgresql: PostgreSQL) -> None:
    """A key to ref.person says nothing of our person: the order it is on leads to nobody, and that is told."""
    orders = "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES ref.person (id), what TEXT)"
    other = ("CREATE SCHEMA ref", "CREATE TABLE ref.person (id INTEGER PRIMARY KEY)")
    with small(
        base, postgresql.fresh_database("test_same_name"), MAP + ORDERS, *other, PERSON, orders, PEOPLE
    ) as one:
        assert one.found() == ["D-OWN-02"]


BILLING = (
    "CREATE SCHEMA billing",
    PERSON,
    "CREATE TABLE billing.invoice (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id) {rule})",
    PEOPLE,
    "INSERT INTO billing.invoice VALUES (1, 1)",
)


@pytest.mark.parametrize(
    ("rule", "told"), [("", ["D-TBL-02"]), ("ON DELETE CASCADE", ["D-CAS-01", "D-TBL-02"])]
)
def test_a_table_elsewhere_that_points_at_people_is_told(
    base: Ports, postgresql: PostgreSQL, rule: str, told: list[str]
) -> None:
    """Whether it would hold a person back or go with them in silence, it must be described or ignored first."""
    statements = [said.format(rule=rule) for said in BILLING]
    with small(base, postgresql.fresh_database("test_elsewhere"), MAP, *statements) as one:
        assert one.found() == told


def test_a_table_elsewhere_that_is_ignored_holds_a_shell(base: Ports, postgresql: PostgreSQL) -> None:
    """Declared as speaking of nobody, it keeps the row it points at, emptied; its own rows are untouched."""
    statements = [said.format(rule="") for said in BILLING]
    url = postgresql.fresh_database("test_shell")
    with small(base, url, MAP + "ignored: [billing.invoice]\n", *statements) as one:
        people = [row[:2] for row in one.left()["person"]]
        assert (people, _numbers(url, "SELECT id FROM billing.invoice")) == (
            [(1, None), (2, "new@people.example")],
            [1],
        )


def test_a_database_elsewhere_that_points_at_people_is_told(base: Ports, mariadb: MariaDB) -> None:
    """The same between two databases of MariaDB."""
    url, other = mariadb.fresh_database("test_here"), "test_there"
    mariadb.fresh_database(other)
    child = f"CREATE TABLE {other}.invoice (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, FOREIGN KEY (person_id) REFERENCES test_here.person (id))"
    with small(base, url, MAP, PERSON, child, PEOPLE) as one:
        told = one.found()
    mariadb.drop(other)
    assert told == ["D-TBL-02"]


# ── what acts by itself ──

SILENT = {
    "sqlite": ["CREATE TRIGGER quiet BEFORE DELETE ON person BEGIN SELECT RAISE(IGNORE); END"],
    "postgresql": [
        "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER quiet BEFORE DELETE ON person FOR EACH ROW EXECUTE FUNCTION quiet()",
    ],
    "rule": ["CREATE RULE quiet AS ON DELETE TO person DO INSTEAD NOTHING"],
}
FORBIDDING = {
    "sqlite": ["CREATE TRIGGER no BEFORE DELETE ON person BEGIN SELECT RAISE(ABORT, 'no'); END"],
    "postgresql": [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'",
        "CREATE TRIGGER no BEFORE DELETE ON person FOR EACH ROW EXECUTE FUNCTION no()",
    ],
    "mariadb": ["CREATE TRIGGER no BEFORE DELETE ON person FOR EACH ROW SIGNAL SQLSTATE '45000'"],
}
COPYING = {
    "sqlite": [
        "CREATE TRIGGER copy AFTER DELETE ON person BEGIN INSERT INTO history VALUES (OLD.id, OLD.email); END"
    ],
    "postgresql": [
        "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO history VALUES (OLD.id, OLD.email); RETURN NULL; END'",
        "CREATE TRIGGER copy AFTER DELETE ON person FOR EACH ROW EXECUTE FUNCTION copy()",
    ],
    "mariadb": [
        "CREATE TRIGGER copy AFTER DELETE ON person FOR EACH ROW INSERT INTO history VALUES (OLD.id, OLD.email)"
    ],
}
HISTORY = (
    "  history: {purposes: prospecting, columns: {email: identity}, not_personal: [person_id]}\n"
    "links: ['history.person_id -> person.id']\n"
)


@pytest.mark.parametrize("how", ["sqlite", "postgresql", "rule"])
def test_a_deletion_the_database_silences_is_never_told_as_done(
    base: Ports, request: pytest.FixtureRequest, how: str
) -> None:
    """A trigger that skips the row, or a rule that does nothing instead: the run is refused, nothing changed, nobody came back."""
    url = "" if how == "sqlite" else request.getfixturevalue("postgresql").fresh_database("test_silent")
    with small(base, url, MAP, PERSON, PEOPLE, *SILENT[how]) as one:
        before = one.world.rows()
        with pytest.raises(KeptError, match="'person'"):
            one.run()
        assert one.world.rows() == before


def test_a_deletion_a_trigger_forbids_changes_nothing(make_small: Make) -> None:
    """The check names the trigger; the run stops at it, says that something forbids it, and every row is as it was."""
    one = make_small(MAP, PERSON, PEOPLE)
    one.world.do(*FORBIDDING[one.world.engine])
    before = one.world.rows()
    with pytest.raises(StoreError, match="forbids it"):
        one.run()
    assert (one.found(Severity.MAJOR), one.world.rows()) == (["D-TRG-01"], before)


def test_a_history_written_as_its_person_goes_is_seen(make_small: Make) -> None:
    """A trigger copies the erased row into a table already emptied: nothing is changed rather than half erased."""
    one = make_small(
        MAP + HISTORY, PERSON, "CREATE TABLE history (person_id INTEGER, email VARCHAR(80))", PEOPLE
    )
    one.world.do(*COPYING[one.world.engine])
    before = one.world.rows()
    with pytest.raises(KeptError, match="'history'"):
        one.run()
    assert one.world.rows() == before


def test_a_materialised_view_is_told(base: Ports, postgresql: PostgreSQL) -> None:
    """Its copy of an erased person stays until somebody refreshes it: no plan reaches it, so the check says so."""
    view = "CREATE MATERIALIZED VIEW report AS SELECT email FROM person"
    with small(base, postgresql.fresh_database("test_view"), MAP, PERSON, PEOPLE, view) as one:
        assert one.found(Severity.MAJOR) == ["D-COPY-01"]


# ── conditions ──

KEPT = (
    MAP
    + "  invoice: {purposes: prospecting, columns: {who: identity}, not_personal: [id, person_id, day], kept_by_law: {period: accounting, dated_by: day}}\n"
)
INVOICE = (
    "CREATE TABLE invoice (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, who VARCHAR(20), day DATE, FOREIGN KEY (person_id) REFERENCES person (id))",
    PEOPLE,
    "INSERT INTO invoice VALUES (1, 1, 'x', '2024-01-01')",
)


@pytest.mark.parametrize(
    "condition",
    [
        "CHECK (email IS NOT NULL)",
        "NOT NULL CHECK (length(email) > 3)",
        "CHECK (email <> '' AND (id > 5 OR email IS NOT NULL))",
    ],
)
def test_a_condition_an_emptied_row_would_break_is_told_by_the_plan(make_small: Make, condition: str) -> None:
    """The person of an invoice is emptied, and a CHECK refuses it: the plan asks the database and says so, nothing runs."""
    one = make_small(KEPT, PERSON.replace("VARCHAR(80)", f"VARCHAR(80) {condition}"), *INVOICE)
    with pytest.raises(FindingsError) as refused:
        one.run()
    assert {found.code for found in refused.value.findings} == {"D-CHK-01"}


@pytest.mark.parametrize(
    "condition", ["CHECK (email > 'a')", "CHECK (id < 3 OR email IS NOT NULL)", "CHECK (email <> ')')"]
)
def test_a_condition_that_lets_go_of_the_value_stops_nothing(make_small: Make, condition: str) -> None:
    """A CHECK that NULL meets, or that this very row meets by another column, is no obstacle."""
    one = make_small(KEPT, PERSON.replace("VARCHAR(80)", f"VARCHAR(80) {condition}"), *INVOICE)
    assert [row[:2] for row in one.left()["person"]] == [(1, None), (2, "new@people.example")]


# ── rights ──


def test_rows_a_policy_hides_are_a_missing_right(base: Ports, postgresql: PostgreSQL) -> None:
    """Row-level security would make people look erased: no plan runs before tenu's account sees every row."""
    url = postgresql.fresh_database("test_rls")
    policy = (
        "ALTER TABLE person ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON person USING (id > 1)",
        "CREATE ROLE blind LOGIN PASSWORD 'blind'",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO blind",
        "GRANT CREATE, TEMP ON DATABASE test_rls TO blind",
    )
    with small(base, url, MAP, PERSON, PEOPLE, *policy) as seen:
        everything = seen.found()
        told = _found_as(base, url, "blind")
        seen.world.do("DROP OWNED BY blind", "DROP ROLE blind")
    assert (everything, told) == ([], ["D-GRANT-01"])


def _found_as(base: Ports, url: str, account: str) -> list[str]:
    mine = sa.make_url(url).set(username=account, password=account)
    with small(base, mine.render_as_string(hide_password=False), MAP) as one:
        return one.found()


def _numbers(url: str, query: str) -> list[int]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = [int(row[0]) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return found
