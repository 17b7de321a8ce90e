"""Only what is needed as proof is archived: type by type, as the data map says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cases.world import World, make_world

MAP = """
people: {{person: {{collected_at: seen_on, identified_by: {{email: email}}}}}}
tables:
  person: {{purposes: relation, columns: {{email: identity}}, not_personal: [id, seen_on]}}
  orders:
    purposes: relation
    columns: {{placed_on: financial}}
    not_personal: [id, person_id]
  chat: {{purposes: relation, archive: {archive}, columns: {{said: financial}}, not_personal: [id, person_id]}}
acts:
  - {{kind: purchase, table: orders, dated_by: placed_on}}
"""
TABLES = (
    "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id), placed_on DATE)",
    "CREATE TABLE chat (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id), said VARCHAR(80))",
    "INSERT INTO person VALUES (1, 'old@people.example', '2019-01-10')",
    "INSERT INTO orders VALUES (10, 1, '2019-02-01')",
    "INSERT INTO chat VALUES (20, 1, 'a word nobody needs as proof')",
)


def archived(world: World) -> set[str]:
    """Return the tables whose rows are in the archive."""
    with world.ports() as ports:
        found = [json.loads(ports.archive.open(p.subject)) for p in ports.archive.packages(_names(ports))]
    return {table for package in found for table in package}


def _names(ports: object) -> list[str]:
    return ports.archive._names_after("00" * 16)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("archive", "tables"), [("true", {"person", "orders", "chat"}), ("false", {"person", "orders"})]
)
def test_a_type_that_proves_nothing_goes_without_archive(
    tmp_path: Path, engine_url: str, archive: str, tables: set[str]
) -> None:
    """Every row has gone either way; a transcript is sealed only when the map says it is needed (C-RET-22)."""
    world = make_world(tmp_path / "workspace", engine_url, MAP.format(archive=archive), *TABLES)
    world.apply()
    left = {name: rows for name, rows in world.rows().items() if rows}
    assert (archived(world), left) == (tables, {})
