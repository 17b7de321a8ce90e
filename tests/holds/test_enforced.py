"""A restriction the database itself obeys: no application changes rows of a restricted person while it lasts (C-RGT-16, INV-06)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from cases.light import Small, small
from holds.deciding import held, proposal
from holds.protected import CHANGES, HOLD, MAP, REFUSED, ROWS, SCHEMA, Protected
from tenu.adapters.databases.database import Database
from tenu.adapters.staff import actor
from tenu.datamap.enforcement import enforcement_findings
from tenu.errors import RestrictedError
from tenu.journal.holds import HoldGround
from tenu.operations.doubts import Row
from tenu.ports import Ports

ENGINES = ("sqlite", "postgresql", "mariadb")


@pytest.fixture(scope="module", params=ENGINES)
def one(
    request: pytest.FixtureRequest, base: Ports, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Protected]:
    """Give a database that enforces restrictions, on each engine, once for the whole file; every test leaves it as it was."""
    if request.param not in request.config.getoption("--engines"):
        pytest.skip(f"{request.param} is not asked for")
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('protected') / 'small.db'}"
    else:
        url = request.getfixturevalue(request.param).fresh_database(f"protected_{uuid4().hex[:8]}")
    with small(base, url, MAP, *SCHEMA, *ROWS) as made:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        if request.param == "sqlite":
            sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        protected = Protected(small=made, engine=engine)
        protected.database.enforce()
        yield protected


def test_no_application_changes_rows_of_a_restricted_person(one: Protected) -> None:
    """Their own row, what hangs from it two links away, by a key of two columns, or the other way round: all are refused."""
    with one.held():
        done = {name for name, said in CHANGES.items() if one.does(said.format(1)) != REFUSED}
    assert done == ({"remark, by e-mail"} if one.name == "sqlite" else set())


def test_everybody_else_is_changed_as_before(one: Protected) -> None:
    """Rows of free people change, also those that share half a key with somebody restricted."""
    with one.held():
        done = {name: one.does(said.format(2)) for name, said in CHANGES.items()}
        half = one.does("DELETE FROM visit WHERE id = 3")
    assert ({*done.values(), half}) == {"done"}


def test_rows_are_free_again_in_the_transaction_that_lifts(one: Protected) -> None:
    """Before the commit that takes the person off the list, the very session that does may change them again."""
    with one.held():
        with one.database.session(writing=True) as session, pytest.raises(RestrictedError):
            session.assign("person", {"news": 0}, [(1,)])
        with one.database.session(writing=True) as session:
            session.lift(HOLD)
            assert session.assign("person", {"news": 0}, [(1,)]) == 1


def test_the_error_names_the_restriction_and_nobody(one: Protected) -> None:
    """What an application is told is the article, and the number of the restriction where the engine can say it."""
    with one.held(), one.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as refused:
        connection.exec_driver_sql(CHANGES["person"].format(1))
    said = str(refused.value.orig)
    expected = (True, one.name != "sqlite", False)
    assert ("RGPD 18" in said, HOLD in said, "people.example" in said) == expected


def test_a_legal_hold_stops_no_application(one: Protected) -> None:
    """Only restrictions freeze: a dispute keeps tenu from deleting, and nobody from working."""
    with one.held("legal_hold"):
        assert {one.does(said.format(1)) for said in CHANGES.values()} == {"done"}


def test_rows_entangled_with_a_restricted_person_stay_free(one: Protected) -> None:
    """Rows of somebody else, listed because a restricted row points at them, may change."""
    with one.held("entangled"):
        assert one.does(CHANGES["person"].format(1)) == "done"


def test_of_a_row_of_two_people_only_the_part_of_who_is_restricted_is_kept(one: Protected) -> None:
    """A booking of somebody free names a restricted guest: the guest's columns stay, the row stays, the rest may change; and back."""
    guest, buyer = (
        "UPDATE booking SET guest_mail = 'x' WHERE id = {}",
        "UPDATE booking SET what = 'x' WHERE id = {}",
    )
    away, gone = "UPDATE booking SET guest_id = 2 WHERE id = {}", "DELETE FROM booking WHERE id = {}"
    with one.held():
        theirs = {said: one.does(said.format(1)) for said in (guest, buyer, away, gone)}
        back = {said: one.does(said.format(2)) for said in (guest, buyer, gone)}
        nothing_left = one.does(gone.format(3))
    assert theirs == {guest: REFUSED, buyer: "done", away: REFUSED, gone: REFUSED}
    assert (back, nothing_left) == ({guest: "done", buyer: REFUSED, gone: REFUSED}, "done")


def test_new_rows_of_a_restricted_person_may_come(one: Protected) -> None:
    """An application may still add what happens to them, and read everything; what it added is kept at once."""
    added = "INSERT INTO basket VALUES (9, 1, 'late')"
    with one.held():
        came = one.does(added, "SELECT * FROM person")
        changed = one.does(added, "UPDATE basket SET what = 'other' WHERE id = 9")
    assert (came, changed) == ("done", REFUSED)


def test_an_application_can_ask_who_is_restricted(one: Protected) -> None:
    """The view has the people table's own key, so that one join tells, and tells who is restricted only."""
    place = "tenu.tenu_restricted_" if one.name == "postgresql" else "tenu_restricted_"
    asked = f"SELECT v.number, v.restriction FROM member m JOIN {place}member v ON v.club = m.club AND v.number = m.number"
    with one.held(), one.engine.connect() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(asked)]
    with one.held("legal_hold"), one.engine.connect() as connection:
        other = connection.exec_driver_sql(asked).all()
    assert (found, other) == ([(1, HOLD)], [])


AROUND = {
    "sqlite": (
        "INSERT OR REPLACE INTO basket VALUES (1, 2, 'x')",
        "INSERT OR REPLACE INTO person VALUES (8, 'one@people.example', 2, 2, 1)",
        "UPDATE OR REPLACE person SET email = 'one@people.example' WHERE id = 2",
        "INSERT INTO basket VALUES (1, 1, 'x') ON CONFLICT (id) DO UPDATE SET what = 'x'",
        "UPDATE OR IGNORE basket SET what = 'x'",
        "UPDATE OR FAIL line SET what = 'x'",
        "DELETE FROM shop WHERE id = 1",
    ),
    "postgresql": (
        "TRUNCATE line",
        "TRUNCATE person CASCADE",
        "INSERT INTO basket VALUES (1, 1, 'x') ON CONFLICT (id) DO UPDATE SET what = 'x'",
        "UPDATE line SET what = 'x' FROM basket b WHERE b.id = basket_id",
        "DELETE FROM shop WHERE id = 1",
    ),
    "mariadb": (
        "REPLACE INTO basket VALUES (1, 2, 'x')",
        "INSERT INTO basket VALUES (1, 1, 'x') ON DUPLICATE KEY UPDATE what = 'x'",
        "UPDATE line JOIN basket ON basket.id = line.basket_id SET line.what = 'x'",
        "UPDATE IGNORE basket SET what = 'x'",
        "DELETE IGNORE FROM line",
        "INSERT IGNORE INTO basket VALUES (1, 1, 'x') ON DUPLICATE KEY UPDATE what = 'x'",
        "DELETE line FROM line JOIN basket ON basket.id = line.basket_id",
    ),
}


def test_there_is_no_way_around(one: Protected) -> None:
    """What each engine has besides UPDATE and DELETE (replacing, upserting, truncating, cascading) is refused as well."""
    with one.held():
        refused = {said: one.does(said) for said in AROUND[one.name]}
    assert refused == dict.fromkeys(AROUND[one.name], REFUSED)


def test_what_no_trigger_can_keep_is_named(one: Protected) -> None:
    """MariaDB fires nothing in a cascade, SQLite cannot compare e-mails as tenu does: the checks name these tables, and why."""
    beyond = {"mariadb": ["person"], "sqlite": ["remark"], "postgresql": []}[one.name]
    enforcement = one.database.enforcement()
    said = [(f.code, f.message.en) for f in enforcement_findings(one.database.system, enforcement)]
    named = [table for table in beyond if f"'{table}'" in said[0][1]] if said else []
    assert (list(enforcement.beyond), [code for code, _ in said], named) == (
        beyond,
        ["D-ENF-02"] * len(beyond),
        beyond,
    )


# ── what the law lets through ──


def test_the_work_of_tenu_that_the_law_allows_goes_through(one: Protected) -> None:
    """A correction decided for the person is written in its transaction, and nothing is open once it ends."""
    with one.held():
        with one.database.session(writing=True) as session, session.transaction(restricted=True):
            changed = session.assign("person", {"news": 1}, [(1,)])
        assert (changed, one.does(CHANGES["person"].format(1))) == (1, REFUSED)


def test_while_tenu_writes_an_application_is_still_refused(one: Protected) -> None:
    """What lets tenu's session through lets no other through in the same instant: it is refused, or has to wait and is refused then."""
    if one.name == "sqlite":
        pytest.skip("SQLite has one writer: no other session can try meanwhile")
    waits = ["SET SESSION innodb_lock_wait_timeout = 1"] if one.name == "mariadb" else []
    with one.held(), one.database.session(writing=True) as session, session.transaction(restricted=True):
        session.assign("member", {"email": "one@club.example"}, [(7, 1)])
        said = one.does(*waits, CHANGES["person"].format(1))
    assert said == {"postgresql": "TN018", "mariadb": "HY000"}[one.name]


def test_a_failed_correction_leaves_nothing_open(one: Protected) -> None:
    """When tenu's transaction fails half-way, the rows are kept again."""
    with one.held():
        with (
            pytest.raises(KeyError),
            one.database.session(writing=True) as session,
            session.transaction(restricted=True),
        ):
            raise KeyError
        assert one.does(CHANGES["person"].format(1)) == REFUSED


def test_a_use_a_human_allowed_is_open_for_its_time_only(one: Protected) -> None:
    """GDPR 18(2): during the minutes given, applications may change the rows; not of another restriction; not after."""
    change, seen = CHANGES["person"].format(1), []
    with one.held():
        for hold, seconds in ((HOLD, 60), (HOLD, 0), ("H-other", 60), (HOLD, -1)):
            with one.database.session(writing=True) as session, session.transaction():
                assert session.let_through(hold, seconds)
            seen.append(one.does(change))
    assert seen == ["done", *[REFUSED] * 3]


# ── putting it there, seeing it, taking it away ──


def test_done_twice_it_changes_nothing(one: Protected) -> None:
    """The second time, every piece is found in place."""
    one.database.enforce()
    assert one.database.enforce().wrong == ()


DAMAGE = {
    "sqlite": (
        "DROP TRIGGER tenu_delete_line",
        "DROP TRIGGER tenu_update_line",
        "CREATE TRIGGER tenu_update_line BEFORE UPDATE ON line BEGIN SELECT 1; END",
    ),
    "postgresql": (
        "ALTER TABLE line DISABLE TRIGGER tenu_truncate_line",
        "CREATE OR REPLACE FUNCTION tenu.tenu_update_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        "AS $$BEGIN RETURN NEW; END$$",
    ),
    "mariadb": (
        "DROP TRIGGER tenu_delete_line",
        "CREATE OR REPLACE TRIGGER tenu_update_line BEFORE UPDATE ON line FOR EACH ROW SET @nothing = 1",
    ),
}


def test_what_was_altered_is_seen_and_put_right(one: Protected) -> None:
    """A trigger dropped, disabled, or made to do nothing is a finding; enforcing again repairs it."""
    with one.engine.begin() as connection:
        for said in DAMAGE[one.name]:
            connection.exec_driver_sql(said)
    seen, found = one.wrong(), list(enforcement_findings(one.database.system, one.database.enforcement()))
    one.database.enforce()
    assert (len(seen), found[0].code, "line" in found[0].message.en, one.wrong()) == (2, "D-ENF-01", True, {})


def test_it_goes_without_a_trace_once_the_data_map_no_longer_asks(one: Protected) -> None:
    """Triggers, functions, views and openings are found left over, taken away, and come back when asked for again."""
    system = one.database.system
    other = Database(
        replace(system, enforce_restrictions=False), one.small.world.url, ZoneInfo("Europe/Paris")
    )
    left = [f.code for f in enforcement_findings(other.system, other.enforcement())]
    other.enforce()
    traces = [*other.enforcement().pieces]
    with one.held():
        free = one.does(CHANGES["person"].format(1))
    one.database.enforce()
    assert (left, traces, free, one.wrong()) == (["D-ENF-03"], [], "done", {})


def test_tenu_does_not_take_its_own_triggers_for_obstacles(one: Protected) -> None:
    """The checks name triggers that may forbid a deletion; those of tenu are none."""
    table = one.database.catalog(fresh=True).table("line")
    assert table is not None
    assert (table.on_delete, table.on_update) == ((), ())


ACCOUNT = {
    "postgresql": (
        "DROP ROLE IF EXISTS shop_app",
        "CREATE ROLE shop_app LOGIN PASSWORD 'app'",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_app",
    ),
    "mariadb": (
        "CREATE OR REPLACE USER shop_app@'127.0.0.1' IDENTIFIED BY 'app'",
        *(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO shop_app@'127.0.0.1'"
            for table in ("person", "basket", "line", "visit", "member", "address")
        ),
    ),
}
OPENING = "INSERT INTO {}tenu_opening VALUES ('*', 0, 9999999999)"


def test_an_account_without_any_right_on_tenus_tables_obeys_and_cannot_open(one: Protected) -> None:
    """An application's own account works as before, is refused what is restricted, and cannot let itself through."""
    if one.name == "sqlite":
        pytest.skip("SQLite has no accounts")
    with one.engine.begin() as connection:
        for said in ACCOUNT[one.name]:
            connection.exec_driver_sql(said)
    app = sa.create_engine(
        sa.make_url(one.small.world.url).set(username="shop_app", password="app"), poolclass=sa.NullPool
    )
    with one.held():
        said = {
            name: one.does(CHANGES["line"].format(key), engine=app)
            for name, key in (("free", 2), ("kept", 1))
        }
        opened = one.does(OPENING.format("tenu." if one.name == "postgresql" else ""), engine=app)
    denied = {"postgresql": "42501", "mariadb": "42000"}[one.name]
    assert (said, opened) == ({"free": "done", "kept": REFUSED}, denied)


MESSAGES = """
enforce_restrictions: true
people: {person: {collected_at: seen, identified_by: {email: email}}}
tables:
  person: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen]}
  message:
    purposes: prospecting
    belongs_to: sender_id
    columns: {body: identity, address: {category: identity, of: recipient_id}}
    not_personal: [id, sender_id, recipient_id]
"""


def test_a_run_empties_what_is_due_beside_a_restricted_part(make_small: Callable[..., Small]) -> None:
    """The sender is due, the recipient restricted: the run ends, the sender's words go, the recipient's part of the row stays."""
    one = make_small(
        MESSAGES,
        "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE)",
        "CREATE TABLE message (id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES person (id), "
        "recipient_id INTEGER REFERENCES person (id), body VARCHAR(9), address VARCHAR(9))",
        "INSERT INTO person VALUES (1, 'one@p.example', '2015-01-10'), (2, 'two@p.example', '2015-01-10')",
        "INSERT INTO message VALUES (12, 1, 2, 'b', 'a'), (22, 2, 2, 'b', 'a'), (11, 1, 1, 'b', 'a')",
    )
    (database,) = one.ports.databases.values()
    database.enforce()
    ports = replace(one.ports, actor=actor("alice", {"dpo": ("alice",)}, one.ports.key))
    row = Row(system=database.system.system, table="person", key=("2",))
    held(ports, proposal(rows=(row,), ground=HoldGround.NEEDED_FOR_CLAIMS))
    run = one.run()
    assert (run.is_complete, one.world.rows()["message"]) == (
        True,
        [(12, None, 2, None, "a"), (22, 2, 2, "b", "a")],
    )
