"""An account nobody has used for years is not always a customer's: administrators and authors own what the site shows."""

from __future__ import annotations

from pathlib import Path

from cases.world import make_world

MAP = """
people:
  account: {collected_at: seen_on, identified_by: {email: email}, where: {role: [customer, subscriber]}}
tables:
  account: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on, role]}
  page: {purposes: prospecting, columns: {title: identity}, not_personal: [id, author_id]}
"""
ACCOUNT = "CREATE TABLE account (id INTEGER PRIMARY KEY, email VARCHAR(80), role VARCHAR(20), seen_on DATE)"
PAGE = (
    "CREATE TABLE page (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES account (id), title VARCHAR(80))"
)
ACCOUNTS = """INSERT INTO account VALUES (1, 'boss@shop.example', 'administrator', '2015-01-10'),
    (2, 'old@people.example', 'customer', '2015-01-10'), (3, 'editor@shop.example', 'shop_manager', '2015-01-10'),
    (4, 'odd@people.example', NULL, '2015-01-10'), (5, 'other@people.example', 'subscriber', '2015-01-10')"""
PAGES = "INSERT INTO page VALUES (1, 1, 'home'), (2, 2, 'review'), (3, 3, 'news')"


def test_staff_left_out_by_the_data_map_is_never_touched(tmp_path: Path, engine_url: str) -> None:
    """Ten years inactive, the administrator and the shop manager stay with their pages; so does an account of no role."""
    world = make_world(tmp_path / "workspace", engine_url, MAP, ACCOUNT, PAGE, ACCOUNTS, PAGES)
    world.apply()
    rows = world.rows()
    assert ([row[0] for row in rows["account"]], [row[0] for row in rows["page"]]) == ([1, 3, 4], [1, 3])
