"""Databases people really have, one difficulty each, on the three engines: the right rows go, or a finding says why not.

Person 1 was last seen in 2015 and is due on 1 March 2026; person 2 came in 2025 and is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cases.world import World, make_world
from lab import UNSUPERVISED
from tenu.errors import FindingsError

OLD, NEW = "'2015-01-10'", "'2025-06-10'"
PERSON = "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE)"
PEOPLE = f"INSERT INTO person VALUES (1, 'old@people.example', {OLD}), (2, 'new@people.example', {NEW})"
HEAD = """
people: {person: {collected_at: seen_on, identified_by: {email: email}}}
"""
PERSON_MAP = "  person: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on]}\n"
ORDERS_MAP = """
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id]}
"""

Make = Callable[..., World]


@pytest.fixture
def make(tmp_path: Path, engine_url: str) -> Make:
    """Give a function that makes a world of two people from a data map and the other tables."""

    def made(datamap: str, *statements: str, person: bool = True) -> World:
        people = (PERSON, *statements, PEOPLE) if person else statements
        inserts = sorted(
            people, key=lambda said: (said.startswith("INSERT"), not said.startswith("INSERT INTO person "))
        )
        # SQLite cannot add a foreign key to a table: there, only the data map declares it.
        skipped = "ALTER" if engine_url.startswith("sqlite") else "INSERT"
        created = [said for said in people if not said.startswith(("INSERT", "UPDATE", skipped))]
        filled = [said for said in inserts if said.startswith("INSERT")]
        updates = [said for said in people if said.startswith("UPDATE")]
        head = HEAD + "tables:\n" + PERSON_MAP if person else ""
        return make_world(tmp_path / "workspace", engine_url, head + datamap, *created, *filled, *updates)

    return made


def _after(world: World) -> Mapping[str, list[tuple[Any, ...]]]:
    """Apply the day's plan, look that nothing is left to do, and return every row."""
    world.apply()
    assert world.plan().is_empty
    return world.rows()


def _ids(rows: list[tuple[Any, ...]]) -> list[Any]:
    return [row[0] for row in rows]


# ── keys ──


def test_composite_keys_at_every_level(make: Make) -> None:
    """Two columns designate a person, three an order, four a line: only the due person's go."""
    key = "PRIMARY KEY (country, number"
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {email: email}}}
tables:
  client: {purposes: prospecting, columns: {email: identity}, not_personal: [country, number, seen_on]}
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [country, number, rank]}
  line: {purposes: prospecting, columns: {article: financial}, not_personal: [country, number, rank, pos]}
""",
        f"CREATE TABLE client (country CHAR(2), number INTEGER, email VARCHAR(80), seen_on DATE, {key}))",
        f'CREATE TABLE orders (country CHAR(2), number INTEGER, "rank" INTEGER, what VARCHAR(9), {key}, "rank"), '
        "FOREIGN KEY (country, number) REFERENCES client (country, number))",
        f'CREATE TABLE line (country CHAR(2), number INTEGER, "rank" INTEGER, pos INTEGER, article VARCHAR(9), {key}, "rank", '
        'pos), FOREIGN KEY (country, number, "rank") REFERENCES orders (country, number, "rank"))',
        f"INSERT INTO client VALUES ('FR', 1, 'a@p.example', {OLD}), ('BE', 1, 'b@p.example', {NEW})",
        "INSERT INTO orders VALUES ('FR', 1, 1, 'x'), ('BE', 1, 1, 'y')",
        "INSERT INTO line VALUES ('FR', 1, 1, 1, 'x'), ('BE', 1, 1, 1, 'y')",
        person=False,
    )
    after = _after(world)
    assert [_ids(after[name]) for name in ("client", "orders", "line")] == [["BE"], ["BE"], ["BE"]]


def test_a_foreign_key_to_a_unique_column(make: Make) -> None:
    """An order may point at its customer's code, which is not the primary key."""
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {customer_reference: code}}}
tables:
  client: {purposes: prospecting, columns: {code: identity}, not_personal: [id, seen_on]}
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, code]}
""",
        "CREATE TABLE client (id INTEGER PRIMARY KEY, code VARCHAR(20) NOT NULL UNIQUE, seen_on DATE)",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, code VARCHAR(20) REFERENCES client (code), what VARCHAR(9))",
        f"INSERT INTO client VALUES (1, 'K1', {OLD}), (2, 'K2', {NEW})",
        "INSERT INTO orders VALUES (10, 'K1', 'x'), (20, 'K2', 'y')",
        person=False,
    )
    assert _ids(_after(world)["orders"]) == [20]


def test_long_text_and_uuid_keys(make: Make) -> None:
    """A key of 190 letters, or of 36, is a key."""
    one, two = "a" * 189 + "é", "b" * 190
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {email: email}}}
tables:
  client: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on]}
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, client_id]}
""",
        "CREATE TABLE client (id VARCHAR(190) PRIMARY KEY, email VARCHAR(80), seen_on DATE)",
        "CREATE TABLE orders (id {uuid} PRIMARY KEY, client_id VARCHAR(190) REFERENCES client (id), what VARCHAR(9))",
        f"INSERT INTO client VALUES ('{one}', 'a@p.example', {OLD}), ('{two}', 'b@p.example', {NEW})",
        "INSERT INTO orders VALUES ('00000000-0000-4000-8000-000000000001', "
        f"'{one}', 'x'), ('00000000-0000-4000-8000-000000000002', '{two}', 'y')",
        person=False,
    )
    assert [str(key) for key in _ids(_after(world)["orders"])] == ["00000000-0000-4000-8000-000000000002"]


def test_a_uuid_designates_a_person(make: Make) -> None:
    """People designated by a UUID are found, listed, locked and erased like the others."""
    one, two = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {email: email}}}
tables: {client: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on]}}
""",
        "CREATE TABLE client (id {uuid} PRIMARY KEY, email VARCHAR(80), seen_on DATE)",
        f"INSERT INTO client VALUES ('{one}', 'a@p.example', {OLD}), ('{two}', 'b@p.example', {NEW})",
        person=False,
    )
    assert [str(key) for key in _ids(_after(world)["client"])] == [two]


def test_a_child_without_any_key(make: Make) -> None:
    """A table without a primary key loses exactly its person's rows, repeated ones included."""
    world = make(
        "  visit: {purposes: prospecting, columns: {page: internet_telephony}, not_personal: person_id}\n",
        "CREATE TABLE visit (person_id INTEGER REFERENCES person (id), page VARCHAR(20))",
        "INSERT INTO visit VALUES (1, '/a'), (1, '/a'), (2, '/a'), (2, '/a')",
    )
    assert _after(world)["visit"] == [(2, "/a"), (2, "/a")]


def test_people_without_a_key_are_refused(make: Make) -> None:
    """Nobody can be designated in a people table without a key."""
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {email: email}}}
tables: {client: {purposes: prospecting, columns: {email: identity}, not_personal: seen_on}}
""",
        "CREATE TABLE client (email VARCHAR(80), seen_on DATE)",
        f"INSERT INTO client VALUES ('a@p.example', {OLD})",
        person=False,
    )
    assert [line[:8] for line in world.found()] == ["D-KEY-01"]


# ── links ──


def test_a_nullable_self_reference_lets_go(make: Make) -> None:
    """Who was sponsored by the due person stays, without the link; the due person's own link stops nothing."""
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {email: email}}}
tables: {client: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on, sponsor_id]}}
""",
        "CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE, "
        "sponsor_id INTEGER REFERENCES client (id))",
        f"INSERT INTO client VALUES (1, 'a@p.example', {OLD}, NULL), (2, 'b@p.example', {OLD}, 1), (3, 'c@p.example', {NEW}, 2)",
        person=False,
    )
    assert [(row[0], row[3]) for row in _after(world)["client"]] == [(3, None)]


def test_a_thread_of_two_people_keeps_what_the_other_wrote(make: Make) -> None:
    """An answer of somebody else to an erased comment stays, cut from it."""
    world = make(
        "  remark: {purposes: prospecting, columns: {said: identity}, not_personal: [id, person_id, parent_id]}\n",
        "CREATE TABLE remark (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
        "parent_id INTEGER REFERENCES remark (id), said VARCHAR(20))",
        "INSERT INTO remark VALUES (1, 1, NULL, 'a'), (2, 1, 1, 'b'), (3, 2, 2, 'c'), (4, 2, 3, 'd')",
    )
    assert _after(world)["remark"] == [(3, 2, None, "c"), (4, 2, 3, "d")]


def test_a_self_reference_that_refuses_null_is_refused(make: Make) -> None:
    """Rows that must point at one another cannot be erased one after the other: it is said before any plan."""
    world = make(
        "  remark: {purposes: prospecting, columns: {said: identity}, not_personal: [id, person_id, parent_id]}\n",
        "CREATE TABLE remark (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
        "parent_id INTEGER NOT NULL REFERENCES remark (id), said VARCHAR(20))",
        "INSERT INTO remark VALUES (1, 1, 1, 'a')",
    )
    assert [line[:9] for line in world.found()] == ["D-KNOT-01"]


def test_a_ring_of_two_tables_with_one_nullable_side(make: Make) -> None:
    """A customer has a favourite address, an address has a customer: the favourite is let go first."""
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {email: email}}}
tables:
  client: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on, favourite_id]}
  address: {purposes: prospecting, columns: {street: identity}, not_personal: [id, client_id]}
links: [client.favourite_id -> address.id]
""",
        "CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE, favourite_id INTEGER)",
        "CREATE TABLE address (id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (id), street VARCHAR(20))",
        "ALTER TABLE client ADD CONSTRAINT favourite FOREIGN KEY (favourite_id) REFERENCES address (id)",
        f"INSERT INTO client VALUES (1, 'a@p.example', {OLD}, NULL), (2, 'b@p.example', {NEW}, NULL)",
        "INSERT INTO address VALUES (10, 1, 'x'), (20, 2, 'y')",
        "UPDATE client SET favourite_id = id * 10",
        person=False,
    )
    after = _after(world)
    assert (_ids(after["client"]), _ids(after["address"])) == ([2], [20])


def test_two_links_to_people_must_be_chosen_from(make: Make) -> None:
    """An order billed to one person and shipped to another is nobody's until the map says whose."""
    world = make(*_two_links(""))
    assert [line[:8] for line in world.found()] == ["D-OWN-03"]


def _two_links(chosen: str) -> tuple[str, ...]:
    return (
        f"  orders: {{purposes: prospecting, {chosen}columns: {{what: financial}}, not_personal: [id, billing_id, shipping_id]}}\n",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, billing_id INTEGER NOT NULL REFERENCES person (id), "
        "shipping_id INTEGER NOT NULL REFERENCES person (id), what VARCHAR(9))",
        "INSERT INTO orders VALUES (11, 1, 1, 'x'), (12, 1, 2, 'x'), (21, 2, 1, 'x'), (22, 2, 2, 'x')",
    )


def test_a_chosen_link_owns_and_the_other_person_s_row_stays_whole(make: Make) -> None:
    """The payer's orders go, another's order shipped to the due person stays, and holds an emptied shell of that person."""
    world = make(*_two_links("belongs_to: billing_id, "))
    after = _after(world)
    assert (_ids(after["orders"]), after["person"][0][:2]) == ([21, 22], (1, None))


def test_two_due_people_who_hold_each_other_go_in_two_runs(make: Make) -> None:
    """Whatever the order of chunks, nothing breaks; the second run takes what the first one's rows held."""
    world = make(*_two_links("belongs_to: billing_id, "))
    (world.folder / "tenu.toml").write_text("chunk = 1\n" + UNSUPERVISED, encoding="utf-8")
    world.do(f"UPDATE person SET seen_on = {OLD}")
    world.apply()
    world.apply()
    assert (world.rows()["orders"], world.rows()["person"]) == ([], [])


def test_emptying_a_row_never_brings_its_person_back(make: Make) -> None:
    """An order whose empty return date means a contract still running keeps that date in the row that must stay."""
    world = make(
        _two_links("belongs_to: billing_id, ")[0].replace(
            "what: financial", "what: financial, back_on: financial"
        )
        + "  part: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id, order_id]}\n"
        "states: [{state: contract_running, table: orders, when: {back_on: null}}]\n",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, billing_id INTEGER NOT NULL REFERENCES person (id), "
        "shipping_id INTEGER REFERENCES person (id), what VARCHAR(9), back_on DATE)",
        "CREATE TABLE part (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
        "order_id INTEGER NOT NULL REFERENCES orders (id), what VARCHAR(9))",
        f"INSERT INTO orders VALUES (11, 1, NULL, 'x', {OLD})",
        "INSERT INTO part VALUES (111, 2, 11, 'y')",
    )
    assert [(row[0], row[3], row[4] is None) for row in _after(world)["orders"]] == [(11, None, False)]


def test_an_address_two_people_share_goes_with_the_last(make: Make) -> None:
    """A shared address stays for the other one, or for a store; an address of the due person alone goes."""
    world = make(
        """
people: {client: {collected_at: seen_on, identified_by: {email: email}}}
tables:
  client: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on, address_id]}
  address: {purposes: prospecting, belongs_to: client, columns: {street: identity}, not_personal: id}
ignored: store
""",
        "CREATE TABLE address (id INTEGER PRIMARY KEY, street VARCHAR(20) NOT NULL)",
        "CREATE TABLE store (id INTEGER PRIMARY KEY, address_id INTEGER NOT NULL REFERENCES address (id))",
        "CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE, "
        "address_id INTEGER NOT NULL REFERENCES address (id))",
        "INSERT INTO address VALUES (10, 'alone'), (20, 'shared'), (30, 'store')",
        "INSERT INTO store VALUES (1, 30)",
        f"INSERT INTO client VALUES (1, 'a@p.example', {OLD}, 10), (2, 'b@p.example', {OLD}, 20), "
        f"(3, 'c@p.example', {NEW}, 20), (4, 'd@p.example', {OLD}, 30)",
        person=False,
    )
    after = _after(world)
    assert (_ids(after["client"]), _ids(after["address"])) == ([3], [20, 30])


def test_a_cascade_onto_rows_the_law_keeps_is_refused(make: Make) -> None:
    """ON DELETE CASCADE would take invoices away with their order: no run before it is off."""
    world = make(
        """
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id]}
  invoice:
    purposes: prospecting
    kept_by_law: {period: accounting, dated_by: issued_on}
    columns: {total: financial}
    not_personal: [id, order_id, issued_on]
""",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), what VARCHAR(9))",
        "CREATE TABLE invoice (id INTEGER PRIMARY KEY, order_id INTEGER, issued_on DATE, total INTEGER, "
        "FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)",
    )
    with pytest.raises(FindingsError, match="1 finding"):
        world.apply()


def test_on_delete_set_null_leaves_the_other_rows_where_they_are(make: Make) -> None:
    """A table ignored as speaking of nobody keeps its rows, their link emptied."""
    world = make(
        ORDERS_MAP + "ignored: parcel\n",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), what VARCHAR(9))",
        "CREATE TABLE parcel (id INTEGER PRIMARY KEY, order_id INTEGER, "
        "FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE SET NULL)",
        "INSERT INTO orders VALUES (10, 1, 'x'), (20, 2, 'y')",
        "INSERT INTO parcel VALUES (100, 10), (200, 20)",
    )
    assert _after(world)["parcel"] == [(100, None), (200, 20)]


def test_rows_that_lead_to_nobody_stay(make: Make) -> None:
    """An order whose nullable link is empty belongs to nobody the plan speaks of."""
    world = make(
        ORDERS_MAP,
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), what VARCHAR(9))",
        "INSERT INTO orders VALUES (10, 1, 'x'), (20, NULL, 'y')",
    )
    assert _ids(_after(world)["orders"]) == [20]


def test_two_ways_to_a_person_of_which_one_may_be_empty_are_told(make: Make) -> None:
    """A note reaches a person directly or through an order: rows where the chosen way is empty would be nobody's."""
    world = make(
        ORDERS_MAP
        + "  note: {purposes: prospecting, columns: {said: identity}, not_personal: [id, person_id, order_id]}\n",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), what VARCHAR(9))",
        "CREATE TABLE note (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), "
        "order_id INTEGER REFERENCES orders (id), said VARCHAR(9))",
    )
    assert [line[:8] for line in world.found()] == ["D-OWN-04"]


def test_a_child_that_lives_longer_keeps_its_person(make: Make) -> None:
    """A table with a purpose its person's table has not keeps the person as long as itself: nothing is orphaned."""
    world = make(
        "  badge: {purposes: accounts, columns: {used_on: connection}, not_personal: [id, person_id]}\n"
        "acts: [{kind: sign_in, table: badge, dated_by: used_on}]\n",
        "CREATE TABLE badge (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), used_on DATE)",
        f"INSERT INTO badge VALUES (10, 1, {NEW})",
    )
    assert world.plan().is_empty
