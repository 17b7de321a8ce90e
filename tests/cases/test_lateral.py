"""Rows that point sideways: a basket at a visit, both of one person or, in databases nobody cleaned, of two."""

from __future__ import annotations

from cases.conftest import OLD, Make, after, ids
from cases.world import World
from rights.asking import as_, asked
from tenu.operations.rights.erasure import propose
from tenu.plans.plan import Plan

SHOP_MAP = """
  visit: {purposes: prospecting, columns: {ip: connection}, not_personal: [id, person_id]}
  basket: {purposes: prospecting, columns: {wish: identity}, not_personal: [id, person_id, visit_id]}
links: [visit.person_id -> person.id, basket.person_id -> person.id, basket.visit_id -> visit.id]
"""
SHOP = (
    "CREATE TABLE visit (id INTEGER PRIMARY KEY, person_id INTEGER, ip VARCHAR(20))",
    "CREATE TABLE basket (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, visit_id INTEGER NOT NULL, wish VARCHAR(9))",
)


def changes(made: Plan) -> set[tuple[str, str, int]]:
    """Return what *made* changes: verb, table, rows."""
    return {(e.verb, e.table, e.rows) for task in made.tasks for e in task.effects if e.rows}


def one_by_one(world: World) -> None:
    """Have every chunk hold one person."""
    settings = world.folder / "tenu.toml"
    settings.write_text("chunk = 1\n" + settings.read_text("utf-8"), "utf-8")


def test_a_basket_and_the_visit_it_came_from_go_together(make: Make) -> None:
    """What only one's own rows point at is counted as erased, not as emptied, and is erased."""
    world = make(
        SHOP_MAP,
        *SHOP,
        "INSERT INTO visit VALUES (10, 1, '10.0.0.1'), (20, 2, '10.0.0.2')",
        "INSERT INTO basket VALUES (100, 1, 10, 'x'), (200, 2, 20, 'y')",
    )
    assert changes(world.plan()) == {("erase", "basket", 1), ("erase", "visit", 1), ("erase", "person", 1)}
    assert {name: ids(rows) for name, rows in after(world).items()} == {
        "basket": [200],
        "person": [2],
        "visit": [20],
    }


def test_a_visit_somebody_else_s_basket_came_from_is_emptied(make: Make) -> None:
    """The basket of whoever stays keeps the visit it needs, without a word of the person who goes."""
    world = make(
        SHOP_MAP,
        *SHOP,
        "INSERT INTO visit VALUES (10, 1, '10.0.0.1')",
        "INSERT INTO basket VALUES (200, 2, 10, 'y')",
    )
    assert after(world)["visit"] == [(10, None, None)]


def test_two_ways_to_one_person_are_one_person_s(make: Make) -> None:
    """An order's payment known by reference, and what pairs them by number, go together; another's pairing keeps it."""
    world = make(
        """
  orders: {purposes: prospecting, columns: {what: identity}, not_personal: [id, person_id, reference]}
  payment: {purposes: prospecting, columns: {card: financial}, not_personal: [id, reference]}
  pairing: {purposes: prospecting, columns: {note: identity}, not_personal: [id, order_id, payment_id]}
links: [orders.person_id -> person.id, payment.reference -> orders.reference, pairing.order_id -> orders.id, pairing.payment_id -> payment.id]
""",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, reference VARCHAR(9) NOT NULL UNIQUE, what VARCHAR(9))",
        "CREATE TABLE payment (id INTEGER PRIMARY KEY, reference VARCHAR(9) NOT NULL, card VARCHAR(9))",
        "CREATE TABLE pairing (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, payment_id INTEGER NOT NULL, note VARCHAR(9))",
        f"INSERT INTO person VALUES (3, 'third@people.example', {OLD})",
        "INSERT INTO orders VALUES (10, 1, 'A', 'x'), (20, 2, 'B', 'y'), (30, 3, 'C', 'z')",
        "INSERT INTO payment VALUES (100, 'A', '4242'), (200, 'B', '4343'), (300, 'C', '4444')",
        "INSERT INTO pairing VALUES (1, 10, 100, 'n'), (2, 20, 200, 'n'), (3, 20, 300, 'n')",
    )
    rows = after(world)
    assert (ids(rows["orders"]), rows["payment"]) == ([20, 30], [(200, "B", "4343"), (300, "C", None)])


def test_no_law_is_named_for_a_row_only_somebody_else_refers_to(make: Make) -> None:
    """Whoever asks to be erased reads that nothing of them stays in it, not that a text keeps it."""
    world = make(
        SHOP_MAP,
        *SHOP,
        "INSERT INTO visit VALUES (10, 1, '10.0.0.1')",
        "INSERT INTO basket VALUES (200, 2, 10, 'y')",
    )
    with world.ports() as ports:
        proposed = propose(as_(ports, "alice"), asked(as_(ports, "alice"), "old@people.example"))
    assert {(h.table, h.becomes, h.code) for h in proposed.holdings} == {
        ("person", "erased", None),
        ("visit", "blank", None),
    }


def test_baskets_crossed_between_people_who_all_go(make: Make) -> None:
    """Chunk after chunk, what the plan counted as emptied may go, and what stays lets go of it: no run stops for that."""
    everybody = range(3, 9)
    world = make(
        SHOP_MAP.replace(
            "links: [", "links: [basket.address_id -> address.id, address.person_id -> person.id, "
        )
        .replace("visit_id]}", "visit_id, address_id]}")
        .replace(
            "  basket:",
            "  address: {purposes: prospecting, columns: {town: identity}, not_personal: [id, person_id]}\n  basket:",
        ),
        SHOP[0],
        SHOP[1].replace("wish", "address_id INTEGER NOT NULL, wish"),
        "CREATE TABLE address (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, town VARCHAR(9))",
        *(f"INSERT INTO person VALUES ({n}, 'p{n}@people.example', {OLD})" for n in everybody),
        *(f"INSERT INTO visit VALUES ({n}0, {n}, '10.0.0.{n}')" for n in everybody),
        *(f"INSERT INTO address VALUES ({n}0, {n}, 'Metz')" for n in everybody),
        *(
            f"INSERT INTO basket VALUES ({n}00, {n}, {3 + (n * 5) % 6}0, {3 + (n + 1) % 6}0, 'x')"
            for n in everybody
        ),
    )
    assert not any(verb == "cut" for verb, _, _ in changes(world.plan()))
    one_by_one(world)
    world.apply()
    world.apply()
    assert world.plan().is_empty
    rows = world.rows()
    assert (rows["basket"], rows["address"], ids(rows["person"])) == ([], [], [2])
    assert all(visit[1:] == (None, None) for visit in rows["visit"])


def test_what_leads_to_two_people_is_said_where_it_begins(make_alone: Make) -> None:
    """A note that may be a client's or a supplier's is told once, not again for each table that hangs from it."""
    world = make_alone(
        """
people:
  client: {collected_at: seen_on, identified_by: {email: email}}
  supplier: {role: supplier, collected_at: seen_on, identified_by: {email: email}}
tables:
  client: {purposes: contract, columns: {email: identity}, not_personal: [id, seen_on]}
  supplier: {purposes: contract, columns: {email: identity}, not_personal: [id, seen_on]}
  note: {purposes: contract, columns: {text: identity}, not_personal: [id, client_id, supplier_id]}
  page: {purposes: contract, columns: {text: identity}, not_personal: [id, note_id]}
links: [note.client_id -> client.id, note.supplier_id -> supplier.id, page.note_id -> note.id]
""",
        "CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE)",
        "CREATE TABLE supplier (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE)",
        "CREATE TABLE note (id INTEGER PRIMARY KEY, client_id INTEGER, supplier_id INTEGER, text VARCHAR(9))",
        "CREATE TABLE page (id INTEGER PRIMARY KEY, note_id INTEGER, text VARCHAR(9))",
    )
    assert [said for said in world.found() if said.startswith("D-OWN")] == [
        "D-OWN-01 rows of 'note' lead to several people (client, supplier)"
    ]
