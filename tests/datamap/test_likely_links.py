"""Links nobody declared are found in old databases: prefixes, one key name everywhere, roles, abbreviations; values decide."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cases.world import make_world
from tenu.adapters.databases.catalog import Unknown
from tenu.operations.discover import discover

ROWS = range(1, 9)
OLD_SHOP = (
    "CREATE TABLE zz_customer (id_customer INTEGER PRIMARY KEY, lastname VARCHAR(40), firstname VARCHAR(40), email VARCHAR(80), "
    "newsletter_date_add DATE, date_add DATE)",
    "CREATE TABLE zz_address (id_address INTEGER PRIMARY KEY, id_customer INTEGER, lastname VARCHAR(40), firstname VARCHAR(40))",
    "CREATE TABLE zz_societe (rowid_s INTEGER PRIMARY KEY, nom VARCHAR(40))",
    "CREATE TABLE zz_orders (id_order INTEGER PRIMARY KEY, id_customer INTEGER, id_address_delivery INTEGER, fk_soc INTEGER, "
    "id_gift INTEGER, date_upd DATE)",
    "CREATE TABLE zz_gift (id_gift INTEGER PRIMARY KEY, title VARCHAR(40))",
    "CREATE TABLE zz_invoice (number INTEGER PRIMARY KEY, order_id INTEGER, address_id_billing INTEGER)",
    *(
        f"INSERT INTO zz_customer VALUES ({n}, 'Martin', 'Zoé', 'z{n}@people.example', NULL, '2020-01-01')"
        for n in ROWS
    ),
    *(f"INSERT INTO zz_address VALUES ({n + 50}, {n}, 'Martin', 'Zoé')" for n in ROWS),
    *(f"INSERT INTO zz_societe VALUES ({n + 200}, 'Atelier {n}')" for n in ROWS),
    *(f"INSERT INTO zz_gift VALUES ({n + 900}, 'Vase')" for n in ROWS),
    *(
        f"INSERT INTO zz_orders VALUES ({n + 300}, {n if n < 7 else 0}, {n + 50}, {n + 200}, {n}, '2024-01-01')"
        for n in ROWS
    ),
    *(f"INSERT INTO zz_invoice VALUES ({n}, {n + 299}, {n})" for n in ROWS),
)


@pytest.fixture
def drawn(tmp_path: Path, engine_url: str) -> str:
    """Give the map drawn of an old shop without a single foreign key."""
    make_world(tmp_path / "workspace", engine_url, "people: {}\ntables: {}\n", *OLD_SHOP)
    with Unknown(engine_url) as source:
        return discover(source, system="shop", url="sqlite://", country="FR", on=date(2026, 3, 1))


def test_an_old_shop_is_drawn_with_its_links(drawn: str) -> None:
    """What a name says is believed when values lead there; a zero points nowhere; a part of a name alone proves nothing."""
    links = drawn.partition("\nlinks:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.strip().removeprefix("- ").replace('"', "") for line in links] == [
        "zz_address.id_customer -> zz_customer.id_customer  # to confirm",
        "zz_invoice.order_id -> zz_orders.id_order  # to confirm: 1 of 8 values lead nowhere",
        "zz_orders.id_customer -> zz_customer.id_customer  # to confirm",
        "zz_orders.id_address_delivery -> zz_address.id_address  # to confirm",
        "zz_orders.fk_soc -> zz_societe.rowid_s  # to confirm",
    ]


def test_an_address_of_a_customer_is_no_person_of_its_own(drawn: str) -> None:
    """Names on a row that points at a customer are that customer's; a clock of its own is not made of a technical date."""
    people = drawn.partition("people:\n")[2].partition("\n\n")[0]
    assert "zz_address" not in people
    assert "collected_at: date_add  # to confirm" in people
    assert "date_upd}" not in drawn
