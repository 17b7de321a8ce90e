"""People without an account, people twice, and rows of two people: nobody goes for another, nobody loses their part."""

from __future__ import annotations

from cases.conftest import NEW, OLD, Make, after, ids, read_of
from lab import UNSUPERVISED

EVENT = (
    "CREATE TABLE buyer (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer_id INTEGER NOT NULL REFERENCES buyer (id), what VARCHAR(9))",
    "CREATE TABLE seat (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id), "
    "wish VARCHAR(9), attendee VARCHAR(80), came_on DATE)",
    f"INSERT INTO buyer VALUES (1, 'a@p.example', {OLD}), (2, 'b@p.example', {NEW})",
    "INSERT INTO orders VALUES (10, 1, 'x'), (20, 2, 'y')",
    f"INSERT INTO seat VALUES (100, 10, 'w', 'guest@p.example', {NEW}), (101, 10, 'w', NULL, {OLD}), "
    f"(200, 20, 'w', 'late@p.example', {OLD}), (201, 20, 'w', 'B@p.example', {OLD})",
)
EVENT_MAP = """
people:
  buyer: {collected_at: seen_on, identified_by: {email: email}}
  seat: {collected_at: came_on, identified_by: {email: attendee}, where: {attendee: {not: null}}}
tables:
  buyer: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on]}
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, buyer_id]}
  seat:
    purposes: prospecting
    columns: {wish: identity, attendee: {category: identity, of: seat}}
    not_personal: [id, order_id, came_on]
acts: [{kind: click, table: buyer, dated_by: seen_on}]
"""
MESSAGE_MAP = """
  message:
    purposes: prospecting
    belongs_to: sender_id
    columns: {body: identity, signed: identity, address: {category: identity, of: recipient_id}}
    not_personal: [id, sender_id, recipient_id]
"""
MESSAGE = (
    "CREATE TABLE message (id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES person (id), "
    "recipient_id INTEGER REFERENCES person (id), body VARCHAR(9), signed VARCHAR(9), address VARCHAR(9))",
    "INSERT INTO message VALUES (12, 1, 2, 'b', 's', 'a'), (21, 2, 1, 'b', 's', 'a'), (22, 2, 2, 'b', 's', 'a'), "
    "(11, 1, 1, 'b', 's', 'a'), (10, 1, NULL, 'b', 's', NULL), (13, 1, 2, 'b', 's', NULL)",
)


def test_several_orders_of_one_guest_are_one_person(make_alone: Make) -> None:
    """Guests known by e-mail alone: their last order counts for all, in another letter case too; an account's is not theirs."""
    world = make_alone(
        """
people:
  orders: {collected_at: placed_on, identified_by: {email: email}, where: {user_id: null}}
tables:
  orders: {purposes: prospecting, columns: {email: identity}, not_personal: [id, user_id, placed_on]}
acts: [{kind: click, table: orders, dated_by: placed_on}]
""",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, email VARCHAR(80), placed_on DATE)",
        f"INSERT INTO orders VALUES (1, NULL, 'a@p.example', {OLD}), (2, NULL, 'A@P.example ', {NEW}), "
        f"(3, NULL, 'b@p.example', {OLD}), (4, NULL, 'B@p.example', {OLD}), (5, 7, 'c@p.example', {OLD})",
    )
    assert ids(after(world)["orders"]) == [1, 2, 5]


def test_a_row_merged_into_another_is_the_same_person(make_alone: Make) -> None:
    """A duplicate merged into a living row stays with it, chains included; namesakes, and a merge into nothing, join nobody."""
    world = make_alone(
        """
people: {client: {collected_at: seen_on, identified_by: {name: name}, merged_into: master_id}}
tables: {client: {purposes: prospecting, columns: {name: identity}, not_personal: [id, master_id, seen_on, came_on]}}
acts: [{kind: click, table: client, dated_by: came_on}]
""",
        "CREATE TABLE client (id INTEGER PRIMARY KEY, master_id INTEGER, name VARCHAR(20), seen_on DATE, came_on DATE)",
        f"INSERT INTO client VALUES (1, 2, 'Zoé', {OLD}, NULL), (2, 3, 'Zoe', {OLD}, NULL), (3, 0, 'Z', {OLD}, {NEW}), "
        f"(4, NULL, 'Zoé', {OLD}, NULL), (5, 0, 'Léo', {OLD}, {OLD}), (6, 5, 'Léo', {OLD}, NULL)",
    )
    assert ids(after(world)["client"]) == [1, 2, 3]


def test_identifiers_in_rows_of_another_table(make_alone: Make) -> None:
    """Two e-mails kept as contact points find the person's other rows; a telephone with the same text is no e-mail."""
    world = make_alone(
        """
people:
  client:
    collected_at: seen_on
    identified_by: {email: {table: contact, column: value, by: client_id, when: {kind: email}}}
  subscriber: {collected_at: seen_on, identified_by: {email: email}}
tables:
  client: {purposes: prospecting, columns: {}, not_personal: [id, seen_on]}
  contact: {purposes: prospecting, columns: {value: identity}, not_personal: [id, client_id, kind]}
  subscriber: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on, clicked_on]}
acts: [{kind: click, table: subscriber, dated_by: clicked_on}]
""",
        "CREATE TABLE client (id INTEGER PRIMARY KEY, seen_on DATE)",
        "CREATE TABLE contact (id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES client (id), kind VARCHAR(9), value VARCHAR(80))",
        "CREATE TABLE subscriber (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE, clicked_on DATE)",
        f"INSERT INTO client VALUES (1, {OLD}), (2, {OLD}), (3, {OLD})",
        "INSERT INTO contact VALUES (1, 1, 'email', 'x@p.example'), (2, 1, 'email', 'Second@p.example'), "
        "(3, 2, 'phone', 'second@p.example'), (4, 3, 'email', 'third@p.example')",
        f"INSERT INTO subscriber VALUES (1, 'second@P.example', {OLD}, {NEW}), (2, 'THIRD@p.example', {OLD}, NULL)",
    )
    rows = after(world)
    assert (ids(rows["client"]), ids(rows["contact"]), ids(rows["subscriber"])) == ([1], [1, 2], [1])


def test_a_buyer_goes_without_the_attendee_they_invited(make_alone: Make) -> None:
    """The seat of a living attendee keeps the attendee's part; the buyer's is cleared, and the order an empty shell."""
    rows = after(make_alone(EVENT_MAP, *EVENT))
    assert [row[:4] for row in rows["seat"]][:1] == [(100, 10, None, "guest@p.example")]


def test_an_attendee_goes_without_the_buyer_s_order(make_alone: Make) -> None:
    """An attendee long gone leaves the buyer's seat, wish and order; one who is the living buyer keeps their own."""
    rows = after(make_alone(EVENT_MAP, *EVENT))
    assert [row[:4] for row in rows["seat"]][1:] == [(200, 20, "w", None), (201, 20, "w", "B@p.example")]


def test_the_shell_of_an_order_says_nothing_of_its_buyer(make_alone: Make) -> None:
    """What the attendee's seat hangs from stays without a word of the person who went."""
    rows = after(make_alone(EVENT_MAP, *EVENT))
    assert (rows["orders"][0], rows["buyer"][0][:2]) == ((10, 1, None), (1, None))


def test_a_message_keeps_the_part_of_whoever_stays(make: Make) -> None:
    """The due sender's words go, the recipient's address stays; what the due person received loses their address alone."""
    rows = after(make(MESSAGE_MAP, *MESSAGE))
    assert rows["message"] == [
        (12, None, 2, None, None, "a"), (21, 2, None, "b", "s", None), (22, 2, 2, "b", "s", "a"),
    ]  # fmt: skip


def test_a_message_of_two_due_people_goes(make: Make) -> None:
    """Once both are due nothing of either is left, in one chunk or in two."""
    world = make(MESSAGE_MAP, *MESSAGE, f"UPDATE person SET seen_on = {OLD}")
    (world.folder / "tenu.toml").write_text("chunk = 1\n" + UNSUPERVISED, encoding="utf-8")
    world.apply()
    world.apply()
    assert (world.rows()["message"], world.rows()["person"]) == ([], [])


def test_a_person_s_part_of_another_s_row_is_found(make: Make) -> None:
    """An access request finds what the person sent and what they received."""
    assert read_of(make(MESSAGE_MAP, *MESSAGE), "person", 2) == {"person": 1, "message": 5}
