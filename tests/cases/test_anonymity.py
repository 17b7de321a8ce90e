"""People who end in anonymity: nobody's rows, only where enough are alike, and nothing that joins them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases.world import World, make_world
from tenu.journal.kinds import EventKind
from tenu.operations.check import check

MAP = """
people: {client: {collected_at: collected_at, identified_by: {email: email, name: name}, duplicates: false}}
tables:
  client:
    purposes: prospecting
    columns:
      email: identity
      name: identity
      born_on: {category: identity, anonymised_to: [year, decade]}
      postcode: {category: identity, anonymised_to: {first: 2}}
      spent: {category: financial, anonymised_to: {band: 100}}
      illness: {category: identity, anonymised_to: {groups: {flu: common, cold: common}, others: rare}}
      collected_at: {category: identity, anonymised_to: year}
    not_personal: [id]
    anonymity: {k: 3, quasi_identifiers: [born_on, postcode, collected_at], sensitive: [illness, spent], diversity: 2}
  visit:
    purposes: prospecting
    columns:
      at: {category: connection, anonymised_to: {shift: 40}}
      left_at: {category: connection, anonymised_to: {shift: 40}}
      page: {category: connection, anonymised_to: {first: 1}}
      note: {category: connection}
    not_personal: [id, client_id]
    anonymity: {k: 2, quasi_identifiers: [page]}
acts: [{kind: click, table: visit, dated_by: at}]
"""
TABLES = (
    "CREATE TABLE client (id BIGINT PRIMARY KEY, email VARCHAR(80) UNIQUE, name VARCHAR(80) NOT NULL, born_on DATE,"
    " postcode VARCHAR(10), spent DECIMAL(10,2), illness VARCHAR(20), collected_at {instant} NOT NULL)",
    "CREATE TABLE visit (id BIGINT PRIMARY KEY, client_id BIGINT REFERENCES client(id), at {instant},"
    " left_at {instant}, page VARCHAR(20), note VARCHAR(80))",
    "CREATE INDEX visit_client ON visit (client_id)",
)
OLD, NEW = "2019-05-06 10:00:00", "2025-05-06 10:00:00"
ILLNESSES = ("flu", "cold", "gout")


def _client(number: int, born: str, postcode: str, collected: str = OLD) -> str:
    said = f"'c{number}@people.example', 'Client {number}', '{born}', '{postcode}', {number * 37}.50"
    return f"INSERT INTO client VALUES ({number}, {said}, '{ILLNESSES[number % 3]}', '{collected}')"


def _visit(number: int, client: int, days: int, page: str = "home") -> str:
    at = datetime(2019, 5, 7, 8, 30) + timedelta(days=days)
    left = at + timedelta(days=3)
    return f"INSERT INTO visit VALUES ({number}, {client}, '{at}', '{left}', '{page}', 'a note on {client}')"


SIX = (
    *(_client(n, f"1970-0{n}-11", f"7500{n}") for n in range(1, 7)),
    _client(9, "1970-01-01", "75009", NEW),
    *(_visit(n, n, n) for n in range(1, 7)),
    *(_visit(10 + n, n, 20 + 2 * n, "price") for n in range(1, 4)),
    _visit(19, 9, 2100),
)


def _ending(world: World, rule: str = "prospecting") -> World:
    """Let the policy end *rule* in anonymity."""
    file = world.folder / "policy.yaml"
    before, at, after = file.read_text("utf-8").partition(f"    - id: {rule}\n      each: person\n")
    file.write_text(before + at + after.replace("end: erase", "end: anonymise", 1), encoding="utf-8")
    return world


def _world(tmp_path: Path, url: str, *rows: str, datamap: str = MAP) -> World:
    return _ending(make_world(tmp_path / "workspace", url, datamap, *TABLES, *rows))


def _table(world: World, name: str) -> list[Mapping[str, Any]]:
    """Return the rows of a table by column, each engine's own values made the same."""
    engine = sa.create_engine(world.url)
    with engine.connect() as connection:
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        rows = [dict(row) for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings()]
    engine.dispose()
    return rows


def _measures(world: World) -> list[Mapping[str, Any]]:
    with world.ports() as ports:
        return [event.body for event in ports.journal.events(kind=EventKind.ANONYMITY_MEASURED)]


def _codes(world: World) -> list[str]:
    with world.ports() as ports:
        return [found.code for found in check(ports, world.as_of).findings if found.code.startswith("D-")]


def test_people_become_nobody(engine_url: str, tmp_path: Path) -> None:
    """Every due person's row keeps its coarse values alone, under a new key; whoever is active is not touched."""
    world = _world(tmp_path, engine_url, *SIX)
    here = next(row for row in _table(world, "client") if row["id"] == 9)
    world.apply()
    *gone, last = _table(world, "client")
    left = [{**row, "id": row["id"] < 0} for row in gone]
    assert last == here
    assert left == [
        {
            "id": True,
            "email": None,
            "name": "",
            "born_on": date(1970, 1, 1),
            "postcode": "75",
            "spent": row["spent"],
            "illness": row["illness"],
            "collected_at": datetime(2019, 1, 1),
        }
        for row in gone
    ]
    assert Counter(row["spent"] for row in gone) == {Decimal(0): 2, Decimal(100): 3, Decimal(200): 1}
    assert Counter(row["illness"] for row in gone) == {"common": 4, "rare": 2}


def test_nothing_leads_from_a_visit_to_a_person(engine_url: str, tmp_path: Path) -> None:
    """Visits lose their person, their note and their key; those of whoever is active keep everything."""
    world = _world(tmp_path, engine_url, *SIX)
    world.apply()
    *gone, last = _table(world, "visit")
    assert {(row["client_id"], row["note"], row["id"] < 0) for row in gone} == {(None, None, True)}
    assert (last["id"], last["client_id"], last["note"]) == (19, 9, "a note on 9")


def test_dates_of_one_person_move_together(engine_url: str, tmp_path: Path) -> None:
    """Time between two dates of one person stays, dates do not, and no two people are moved alike for sure."""
    rows = [*SIX[:7], *(_visit(n, n % 6 + 1, 0) for n in range(60))]
    world = _world(tmp_path, engine_url, *rows)
    world.apply()
    visits = _table(world, "visit")
    moved = Counter((row["at"] - datetime(2019, 5, 7, 8, 30)).days for row in visits)
    assert {row["left_at"] - row["at"] for row in visits} == {timedelta(days=3)}
    assert len(moved) > 1
    assert all(count % 10 == 0 and -40 <= days <= 40 for days, count in moved.items())


def test_a_plan_after_it_is_empty(engine_url: str, tmp_path: Path) -> None:
    """What was made anonymous, measured and passed is not due again."""
    world = _world(tmp_path, engine_url, *SIX)
    world.apply()
    assert world.plan().is_empty


def test_rows_too_few_are_like_are_made_vaguer_then_deleted(engine_url: str, tmp_path: Path) -> None:
    """Births too few share a year are told by decade, and who is still alone of a kind goes."""
    births = ["1970-02-03"] * 3 + ["1981-01-02", "1983-04-05", "1988-06-07"] + ["1955-08-09"]
    rows = [_client(n, born, "75001") for n, born in enumerate(births, 1)]
    world = _world(tmp_path, engine_url, *rows)
    made = world.plan()
    world.apply(made)
    left = Counter(row["born_on"] for row in _table(world, "client"))
    assert left == {date(1970, 1, 1): 3, date(1980, 1, 1): 3}
    assert [e.rows for task in made.tasks for e in task.effects if e.verb == "thin"] == [4]


def test_a_class_that_tells_one_thing_only_goes(engine_url: str, tmp_path: Path) -> None:
    """Three alike who all have the same illness would tell it of whoever is known to be one of them."""
    rows = [_client(n, "1970-02-03", "75001") for n in (1, 2, 3)]
    rows += [_client(n, "1970-02-03", "13001") for n in (6, 9, 12)]
    world = _world(tmp_path, engine_url, *rows)
    world.apply()
    assert {row["postcode"] for row in _table(world, "client")} == {"75"}


def test_a_spread_too_far_from_all_goes(engine_url: str, tmp_path: Path) -> None:
    """A class where an illness is far more frequent than among all tells something of its members."""
    near = [_client(n, "1970-02-03", "75001") for n in (1, 2, 3, 4, 5, 6)]
    far = [_client(n, "1970-02-03", "13001") for n in (9, 12, 15, 19)]
    strict = MAP.replace("sensitive: [illness, spent], diversity: 2", "sensitive: [illness], closeness: 0.15")
    strict = strict.replace("spent: {category: financial, anonymised_to: {band: 100}}", "spent: financial")
    world = _world(tmp_path, engine_url, *near, *far, datamap=strict)
    world.apply()
    assert {row["postcode"] for row in _table(world, "client")} == {"75"}


def test_the_measure_is_in_the_journal(engine_url: str, tmp_path: Path) -> None:
    """After the run, each table's anonymous rows are counted again, and the count is kept."""
    world = _world(tmp_path, engine_url, *SIX)
    world.apply()
    found = {m["table"]: (m["rows"], m["classes"], m["k"], m["l"], m["passed"]) for m in _measures(world)}
    assert found == {"client": (6, 1, 6, 2, True), "visit": (9, 2, 3, 3, True)}


def test_what_was_made_vaguer_or_deleted_is_in_the_journal(tmp_path: Path) -> None:
    """Rows too few of a kind are counted in the journal like any other change."""
    rows = [_client(n, f"19{n}0-02-03", "75001") for n in (2, 4, 6)]
    world = _world(tmp_path, f"sqlite:///{tmp_path}/it.db", *rows)
    world.apply()
    with world.ports() as ports:
        steps = {event.body["step"]: event.body for event in ports.journal.events(kind=EventKind.CHUNK_DONE)}
    assert steps["unknown.client:anonymity"]["tables"] == {"thin:client": 3, "erase:client": 3}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("    anonymity: {k: 2, quasi_identifiers: [page]}\n", "", "D-ANON-01"),
        ("quasi_identifiers: [page]", "quasi_identifiers: [pages]", "D-ANON-02"),
        ("quasi_identifiers: [page]", "quasi_identifiers: [page, note]", "D-ANON-02"),
        ("quasi_identifiers: [page]", "quasi_identifiers: [page, at]", "D-ANON-02"),
        ("k: 2", "k: 1", "D-ANON-03"),
        ("{first: 1}", "month", "D-ANON-04"),
        ("{first: 1}", "[{first: 1}, {first: 2}]", "D-ANON-04"),
        ("page: {category: connection, anonymised_to: {first: 1}}", "page: {category: connection, anonymised_to: {groups: {home: a-very-long-name-for-a-page}}}", "D-ANON-04"),
        ("email: identity\n", "email: {category: identity, anonymised_to: {first: 3}}\n", "D-ANON-04"),
        ("[born_on, postcode, collected_at]", "[born_on, postcode]", "D-ANON-05"),
        ("name: identity\n", "name: {category: identity, anonymised_to: {first: 1}}\n", "D-ANON-06"),
    ],
)  # fmt: skip
def test_what_cannot_be_anonymous_is_said_first(tmp_path: Path, before: str, after: str, code: str) -> None:
    """Each promise of anonymity the schema or the map cannot hold is found before anything runs."""
    assert before in MAP
    world = _world(tmp_path, f"sqlite:///{tmp_path}/it.db", datamap=MAP.replace(before, after))
    assert code in _codes(world)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("client_id BIGINT REFERENCES", "client_id BIGINT NOT NULL REFERENCES", "D-ANON-07"),
        ("page VARCHAR(20)", "page VARCHAR(20) CHECK (page IN ('home', 'price'))", "D-ANON-04"),
        ("page VARCHAR(20)", "page VARCHAR(20) UNIQUE", "D-ANON-04"),
        ("id BIGINT PRIMARY KEY", "id VARCHAR(10) PRIMARY KEY", "D-ANON-08"),
        ("id BIGINT PRIMARY KEY", "id BIGINT", "D-ANON-09"),
    ],
)
def test_what_the_schema_forbids_is_said_first(tmp_path: Path, before: str, after: str, code: str) -> None:
    """A link that cannot be cut, a constraint on a column that changes, a key that stays or is not there."""
    world = _world(tmp_path, f"sqlite:///{tmp_path}/it.db")
    world.do("DROP TABLE visit", TABLES[1].replace(before, after, 1))
    assert code in _codes(world)
