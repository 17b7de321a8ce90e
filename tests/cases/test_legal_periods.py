"""Legal periods by document: their type, their amount, their own first day, the day of another row; boundaries in pairs.

The day asked about is 1 March 2026: six years back is 1 March 2020 (kept through that very day), ten are 1 March 2016.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cases.world import World, make_world, write_map

MAP = """
people: {person: {collected_at: seen, identified_by: {email: email}}}
tables:
  person: {purposes: contract, columns: {email: identity}, not_personal: [id, seen]}
  contract: {purposes: contract, columns: {note: identity}, not_personal: [id, person_id, ends_on]}
  annex:
    purposes: contract
    kept_by_law: {period: tax, dated_by: ends_on, through: contract}
    columns: {note: identity}
    not_personal: [id, person_id, contract_id]
  doc:
    purposes: contract
    kept_by_law:
      - {period: tax, dated_by: made_on, when: {kind: [vat, bill]}}
      - {period: accounting, dated_by: made_on, when: {kind: bill}}
      - {period: econtract, dated_by: [made_on, delivered_on], when: {kind: web}, amount: amount}
    columns: {note: identity}
    not_personal: [id, person_id, kind, made_on, delivered_on, amount]
  call:
    purposes: contract
    record_limit: {rule: connection_logs, dated_by: at}
    kept_by_law: {period: tax, dated_by: at, when: {kind: audit}}
    columns: {note: connection}
    not_personal: [id, person_id, kind, at]
"""
TABLES = (
    "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE)",
    "CREATE TABLE contract (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
    "ends_on DATE, note VARCHAR(9))",
    "CREATE TABLE annex (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
    "contract_id INTEGER REFERENCES contract (id), note VARCHAR(9))",
    "CREATE TABLE doc (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
    "kind VARCHAR(9), made_on DATE, delivered_on DATE, amount NUMERIC(10, 2), note VARCHAR(9))",
    "CREATE TABLE call (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), "
    "kind VARCHAR(9), at DATE, note VARCHAR(9))",
    "INSERT INTO person VALUES (1, 'anna@people.example', '2010-01-01')",
)
DOCS = {
    1: ("'vat', '2020-03-01', NULL, NULL", True),
    2: ("'vat', '2020-02-29', NULL, NULL", False),
    3: ("'bill', '2016-01-01', NULL, NULL", True),
    4: ("'bill', '2015-12-31', NULL, NULL", False),
    5: ("'web', '2014-01-01', '2016-03-01', 120.00", True),
    6: ("'web', '2014-01-01', '2016-02-29', 120.00", False),
    7: ("'web', '2020-01-01', '2020-01-02', 119.99", False),
    8: ("'web', '2020-01-01', '2020-01-02', NULL", True),
    9: ("'web', '2016-03-01', NULL, 450.00", True),
    10: ("'web', '2016-02-29', NULL, 450.00", False),
    11: ("'web', NULL, NULL, 450.00", True),
    12: ("'gift', '2025-01-01', NULL, 450.00", False),
    13: ("NULL, '2025-01-01', NULL, 450.00", False),
}
"""Each document, and whether the law keeps it on the day asked about."""


@pytest.fixture
def world(engine_url: str, tmp_path: Path) -> World:
    """Give somebody long due, with documents of every sort."""
    url = engine_url
    documents = [f"INSERT INTO doc VALUES ({n}, 1, {said}, 'x')" for n, (said, _) in DOCS.items()]
    calls = [
        "INSERT INTO call VALUES (1, 1, 'audit', '2020-03-01', 'x')",
        "INSERT INTO call VALUES (2, 1, 'audit', '2020-02-29', 'x')",
        "INSERT INTO call VALUES (3, 1, 'sales', '2024-01-01', 'x')",
    ]
    contracts = [
        "INSERT INTO contract VALUES (1, 1, '2020-03-01', 'x')",
        "INSERT INTO contract VALUES (2, 1, '2020-02-29', 'x')",
        "INSERT INTO annex VALUES (1, 1, 1, 'x')",
        "INSERT INTO annex VALUES (2, 1, 2, 'x')",
        "INSERT INTO annex VALUES (3, 1, NULL, 'x')",
    ]
    quoted = [
        statement.replace(" call ", ' "call" ') for statement in (*TABLES, *documents, *calls, *contracts)
    ]
    return make_world(tmp_path / "world", url, MAP, *quoted)


def test_each_document_lives_by_the_longest_period_that_applies(world: World) -> None:
    """By type, by amount, from its own day or its delivery, from the close of its year, from its contract's end."""
    before = world.rows()
    world.apply()
    after = world.rows()
    kept = {n for n, (_, stays) in DOCS.items() if stays}
    left = {
        "doc": {row[0] for row in after["doc"]},
        "call": {row[0] for row in after["call"]},
        "annex": {row[0] for row in after["annex"]},
        "contract": {row[0] for row in after["contract"]},
    }
    same = all(row in before[table] for table in ("doc", "call", "annex") for row in after[table])
    assert (left, same) == ({"doc": kept, "call": {1}, "annex": {1, 3}, "contract": {1}}, True)


def test_what_the_law_kept_goes_by_itself_the_night_its_period_ends(world: World) -> None:
    """The next morning the tax documents of six years ago, their annexes and their contract are gone."""
    world.apply()
    tomorrow = replace(world, as_of=world.as_of + timedelta(days=1))
    tomorrow.apply()
    after = tomorrow.rows()
    gone = (
        [row[0] for row in after["doc"] if row[0] in (1, 5, 9)]
        + list(after["contract"])
        + list(after["call"])
    )
    assert (gone, [row[0] for row in after["annex"]], tomorrow.plan().is_empty) == ([], [3], True)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("period: tax, dated_by: made_on", "period: taxes, dated_by: made_on", "D-LEG-01"),
        ("through: contract", "through: contracts", "D-LEG-02"),
        ("through: contract", "through: doc", "D-LEG-03"),
        ("amount: amount", "amount: note", "D-LEG-05"),
        (", amount: amount", "", "D-LEG-06"),
        ("when: {kind: [vat, bill]}", "when: {kind: [vat, bill]}, amount: amount", "D-LEG-06"),
        ("period: tax, dated_by: made_on, when: {kind: [vat, bill]}",
         "period: accounting, dated_by: delivered_on, when: {kind: bill}", "D-LEG-04"),
        ("when: {kind: bill}", "when: {sort: bill}", "D-COL-01"),
        ("when: {kind: bill}", "when: {kind: 3}", "D-TYPE-02"),
    ],
)  # fmt: skip
def test_a_legal_period_that_cannot_be_read_is_a_finding(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    """Before any run, with its code."""
    quoted = [statement.replace(" call ", ' "call" ') for statement in TABLES]
    world = make_world(tmp_path / "world", f"sqlite:///{tmp_path / 'a.db'}", MAP, *quoted)
    clean = world.found()
    write_map(world, MAP.replace(old, new, 1))
    assert (clean, code in {said.split()[0] for said in world.found()}) == ([], True)
