"""Links no foreign key says, in the style of applications everybody has: whose rows go, and whose stay to the byte."""

from __future__ import annotations

from cases.conftest import NEW, OLD, Make, after, ids, read_of

ATTACHMENT = (
    "CREATE TABLE attachment (id INTEGER PRIMARY KEY, model VARCHAR(20), res INTEGER, name VARCHAR(20))",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), what VARCHAR(9))",
    "INSERT INTO orders VALUES (10, 1, 'x'), (20, 2, 'y'), (1, 2, 'z')",
    "INSERT INTO attachment VALUES (1, 'person', 1, 'a'), (2, 'order', 10, 'b'), (3, 'person', 10, 'c'), "
    "(4, 'order', 1, 'd'), (5, 'person', 2, 'e'), (6, 'film', 1, 'f'), (7, 'order', NULL, 'g')",
)
ATTACHMENT_MAP = """
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id]}
  attachment: {purposes: prospecting, columns: {name: identity}, not_personal: [id, model, res]}
links:
  - {link: attachment.res -> person.id, when: {model: person}}
  - {link: attachment.res -> orders.id, when: {model: order}}
"""
SHOP = (
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, type VARCHAR(20), day DATE)",
    "CREATE TABLE postmeta (id INTEGER PRIMARY KEY, post_id INTEGER, name VARCHAR(40), value VARCHAR(90))",
    "CREATE TABLE item (id INTEGER PRIMARY KEY, post_id INTEGER, what VARCHAR(9))",
    f"INSERT INTO posts VALUES (10, 'order', {OLD}), (20, 'order', {OLD}), (30, 'page', {OLD})",
    "INSERT INTO postmeta VALUES (1, 10, '_customer', '1'), (2, 10, '_email', 'old@people.example'), "
    "(3, 20, '_customer', '2'), (4, 20, '_email', 'new@people.example'), (5, 30, '_email', 'x'), (6, 20, '_note', '1')",
    "INSERT INTO item VALUES (100, 10, 'a'), (200, 20, 'b')",
)
SHOP_MAP = """
  posts: {purposes: prospecting, columns: {day: financial}, not_personal: [id, type]}
  postmeta: {purposes: prospecting, columns: {value: identity}, not_personal: [id, post_id, name]}
  item: {purposes: prospecting, columns: {what: financial}, not_personal: [id, post_id]}
links:
  - {link: posts.id -> person.id, through: "postmeta(post_id, value)", when: {name: _customer}}
  - postmeta.post_id -> posts.id
  - item.post_id -> posts.id
"""


def test_a_text_that_names_a_model_and_an_identifier(make: Make) -> None:
    """'partner,1' is person 1, neither person 11 nor user 1."""
    world = make(
        """
  property: {purposes: prospecting, columns: {value: identity}, not_personal: [id, res]}
links: [{link: property.res -> person.id, spelled: "partner,{id}"}]
""",
        "CREATE TABLE property (id INTEGER PRIMARY KEY, res VARCHAR(40), value VARCHAR(20))",
        "INSERT INTO property VALUES (1, 'partner,1', 'a'), (2, 'partner,2', 'b'), (3, 'partner,11', 'c'), "
        "(4, 'user,1', 'd'), (5, NULL, 'e'), (6, 'partner,1', 'f')",
    )
    assert ids(after(world)["property"]) == [2, 3, 4, 5]


def test_a_number_inside_a_reference(make: Make) -> None:
    """A payment that says INV-000010 is of invoice 10, and goes with it; one that says INV-10 is of nobody."""
    world = make(
        """
  invoice: {purposes: prospecting, columns: {total: financial}, not_personal: [id, person_id]}
  payment: {purposes: prospecting, columns: {paid: financial}, not_personal: [id, ref]}
links: [{link: payment.ref -> invoice.id, spelled: "INV-{id:6}"}]
""",
        "CREATE TABLE invoice (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id), total INTEGER)",
        "CREATE TABLE payment (id INTEGER PRIMARY KEY, ref VARCHAR(40), paid INTEGER)",
        "INSERT INTO invoice VALUES (10, 1, 5), (20, 2, 5), (1234567, 1, 5)",
        "INSERT INTO payment VALUES (1, 'INV-000010', 5), (2, 'INV-000020', 5), (3, 'INV-10', 5), (4, 'INV-1234567', 5)",
    )
    assert ids(after(world)["payment"]) == [2, 3]


def test_a_pair_of_type_and_identifier_leads_to_several_tables(make: Make) -> None:
    """Attachments of the person, and of their orders, go; those whose number is somebody else's stay."""
    assert ids(after(make(ATTACHMENT_MAP, *ATTACHMENT))["attachment"]) == [3, 4, 5, 6, 7]


def test_every_row_of_a_pair_is_found(make: Make) -> None:
    """An access request finds the attachments of both kinds."""
    found = read_of(make(ATTACHMENT_MAP, *ATTACHMENT), "person", 1)
    assert found == {"person": 1, "orders": 1, "attachment": 2}


def test_a_type_found_by_name_in_another_table(make: Make) -> None:
    """A content type is a number whose name another table knows."""
    world = make(
        """
  tagged: {purposes: prospecting, columns: {tag: identity}, not_personal: [id, type_id, object_id]}
ignored: content_type
links: [{link: tagged.object_id -> person.id, when: {content_type.app: shop, content_type.model: person}}]
""",
        "CREATE TABLE content_type (id INTEGER PRIMARY KEY, app VARCHAR(20), model VARCHAR(20))",
        "CREATE TABLE tagged (id INTEGER PRIMARY KEY, type_id INTEGER REFERENCES content_type (id), object_id INTEGER, tag VARCHAR(9))",
        "INSERT INTO content_type VALUES (7, 'shop', 'person'), (8, 'shop', 'film'), (9, 'hr', 'person')",
        "INSERT INTO tagged VALUES (1, 7, 1, 'a'), (2, 8, 1, 'b'), (3, 9, 1, 'c'), (4, 7, 2, 'd'), (5, NULL, 1, 'e')",
    )
    assert ids(after(world)["tagged"]) == [2, 3, 4, 5]


def test_a_table_nobody_links_to_stops_a_condition_on_it(make: Make) -> None:
    """A condition on the row pointed at needs the link that points at it."""
    world = make(
        "  tagged: {purposes: prospecting, columns: {tag: identity}, not_personal: [id, object_id]}\n"
        "ignored: content_type\n"
        "links: [{link: tagged.object_id -> person.id, when: {content_type.model: person}}]\n",
        "CREATE TABLE content_type (id INTEGER PRIMARY KEY, model VARCHAR(20))",
        "CREATE TABLE tagged (id INTEGER PRIMARY KEY, object_id INTEGER, tag VARCHAR(9))",
    )
    assert "D-WHEN-01" in [line[:9] for line in world.found()]


def test_an_identifier_kept_as_text_in_a_key_value_table(make: Make) -> None:
    """The order goes with the customer its meta names, and its lines and all its meta with it; pages and others stay."""
    rows = after(make(SHOP_MAP, *SHOP))
    assert [ids(rows[name]) for name in ("person", "posts", "postmeta", "item")] == [
        [2],
        [20, 30],
        [3, 4, 5, 6],
        [200],
    ]


def test_a_key_value_order_is_found_with_all_that_hangs_from_it(make: Make) -> None:
    """An access request finds the order, its lines and its meta, text identifiers notwithstanding."""
    found = read_of(make(SHOP_MAP, *SHOP), "person", 1)
    assert found == {"person": 1, "posts": 1, "postmeta": 2, "item": 1}


def test_an_order_found_through_its_meta_restarts_the_clock(make: Make) -> None:
    """A purchase of last year keeps its customer, whatever table says whose it is."""
    acts = "acts: [{kind: click, table: posts, dated_by: day, when: {type: order}}]\n"
    world = make(SHOP_MAP + acts, *SHOP, f"UPDATE posts SET day = {NEW} WHERE id = 10")
    assert world.plan().is_empty


def test_an_e_mail_is_the_link(make: Make) -> None:
    """Comments signed with the person's e-mail, in whatever case, are theirs; comments without one are nobody's."""
    world = make(
        """
  comment: {purposes: prospecting, columns: {email: identity, said: identity}, not_personal: [id]}
links: [{link: comment.email -> person.email, compared_as: email}]
""",
        "CREATE TABLE comment (id INTEGER PRIMARY KEY, email VARCHAR(80), said VARCHAR(9))",
        "INSERT INTO comment VALUES (1, ' OLD@people.EXAMPLE', 'a'), (2, 'new@people.example', 'b'), (3, '', 'c'), "
        "(4, NULL, 'd'), (5, 'old@people.example', 'e')",
    )
    assert ids(after(world)["comment"]) == [2, 3, 4]


def test_an_e_mail_that_acts_keeps_the_person(make: Make) -> None:
    """A recent act linked by e-mail alone counts; people without an e-mail are judged all the same."""
    world = make(
        """
  reply: {purposes: prospecting, columns: {email: identity, day: identity}, not_personal: [id]}
links: [{link: reply.email -> person.email, compared_as: email}]
acts: [{kind: reply, table: reply, dated_by: day}]
""",
        "CREATE TABLE reply (id INTEGER PRIMARY KEY, email VARCHAR(80), day DATE)",
        f"INSERT INTO reply VALUES (1, 'OLD@people.example', {NEW}), (2, '', {NEW}), (3, NULL, {NEW})",
        f"INSERT INTO person VALUES (3, NULL, {OLD}), (4, '', {OLD})",
    )
    assert ids(after(world)["person"]) == [1, 2]


def test_an_order_points_at_its_address_and_the_address_at_more(make: Make) -> None:
    """Both addresses of an order, their telephones and their places go once no order of anybody points there."""
    world = make(
        """
  orders: {purposes: prospecting, belongs_to: person_id, columns: {what: financial}, not_personal: [id, person_id, ship_id, bill_id]}
  address: {purposes: prospecting, belongs_to: orders, columns: {street: identity}, not_personal: [id, place_id]}
  place: {purposes: prospecting, belongs_to: address, columns: {door: identity}, not_personal: [id]}
  phone: {purposes: prospecting, columns: {number: identity}, not_personal: [id, address_id]}
""",
        "CREATE TABLE place (id INTEGER PRIMARY KEY, door VARCHAR(9))",
        "CREATE TABLE address (id INTEGER PRIMARY KEY, street VARCHAR(20), place_id INTEGER REFERENCES place (id))",
        "CREATE TABLE phone (id INTEGER PRIMARY KEY, address_id INTEGER NOT NULL REFERENCES address (id), number VARCHAR(9))",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
        "ship_id INTEGER REFERENCES address (id), bill_id INTEGER NOT NULL REFERENCES address (id), what VARCHAR(9))",
        "INSERT INTO place VALUES (1, 'a'), (2, 'b'), (3, 'c')",
        "INSERT INTO address VALUES (11, 's', 1), (12, 's', 2), (13, 's', 2), (14, 's', 3)",
        "INSERT INTO phone VALUES (111, 11, 'x'), (112, 12, 'x'), (113, 13, 'x'), (114, 14, 'x')",
        "INSERT INTO orders VALUES (100, 1, 11, 12, 'x'), (101, 1, NULL, 14, 'x'), (200, 2, NULL, 13, 'y'), (201, 2, 14, 13, 'y')",
    )
    rows = after(world)
    assert [ids(rows[name]) for name in ("orders", "address", "phone", "place")] == [
        [200, 201],
        [13, 14],
        [113, 114],
        [2, 3],
    ]


def test_a_number_kept_as_text_is_the_number(make: Make) -> None:
    """A column of text that holds a customer number links to it: '1' is 1, '01' and '1 ' are not."""
    world = make(
        "  note: {purposes: prospecting, columns: {said: identity}, not_personal: [id, person]}\nlinks: [note.person -> person.id]\n",
        "CREATE TABLE note (id INTEGER PRIMARY KEY, person VARCHAR(20), said VARCHAR(9))",
        "INSERT INTO note VALUES (1, '1', 'a'), (2, '2', 'b'), (3, '01', 'c'), (4, '1x', 'd'), (5, NULL, 'e')",
    )
    assert ids(after(world)["note"]) == [2, 3, 4, 5]


def test_an_association_table_leads_from_orders_to_people(make: Make) -> None:
    """A basket belongs to whom the table between them says; the link between them goes too."""
    world = make(
        """
  basket: {purposes: prospecting, columns: {what: financial}, not_personal: [id]}
  basket_person: {purposes: prospecting, belongs_to: person_id, not_personal: [basket_id, person_id]}
links: [{link: basket.id -> person.id, through: "basket_person(basket_id, person_id)"}]
""",
        "CREATE TABLE basket (id INTEGER PRIMARY KEY, what VARCHAR(9))",
        "CREATE TABLE basket_person (basket_id INTEGER REFERENCES basket (id), person_id INTEGER REFERENCES person (id), "
        "PRIMARY KEY (basket_id, person_id))",
        "INSERT INTO basket VALUES (1, 'x'), (2, 'y'), (3, 'z')",
        "INSERT INTO basket_person VALUES (1, 1), (2, 2)",
    )
    rows = after(world)
    assert (ids(rows["basket"]), rows["basket_person"]) == ([2, 3], [(2, 2)])
