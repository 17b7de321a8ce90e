"""Anonymity beside what else decides: the law, holds, archives, other tables and other systems, interruptions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cases.test_anonymity import MAP, OLD, SIX, TABLES, _ending, _measures, _table, _world
from cases.world import World, make_world
from tenu.adapters.databases.database import Database
from tenu.datamap.anonymity import Band, Coarsen, Generalisation, Group, Shorten
from tenu.operations.attest import attest
from tenu.plans.feeds import Reading
from tenu.plans.selection import ALWAYS, Clearing, Selection
from tenu.terms import ClauseStatus

INVOICES = """
  invoice:
    purposes: contract
    columns: {amount: financial, issued_on: financial}
    not_personal: [id, client_id]
    kept_by_law: {period: accounting, dated_by: issued_on}
"""
INVOICE = (
    "CREATE TABLE invoice (id INTEGER PRIMARY KEY, client_id BIGINT NOT NULL REFERENCES client(id),"
    " amount DECIMAL(10,2), issued_on DATE NOT NULL)"
)


def test_who_the_law_keeps_an_invoice_of_is_emptied_whole(engine_url: str, tmp_path: Path) -> None:
    """A row a kept invoice points at keeps nothing, coarse or not: beside the invoice it would not be anonymous."""
    law = "INSERT INTO invoice VALUES (1, 3, 12.00, '2020-01-02')"
    datamap = MAP.replace("acts:", INVOICES.lstrip("\n") + "acts:")
    tables = [table.replace("{instant} NOT NULL", "{instant}") for table in TABLES]
    world = _ending(make_world(tmp_path / "workspace", engine_url, datamap, *tables, INVOICE, *SIX, law))
    world.apply()
    kept = [row for row in _table(world, "client") if row["id"] == 3]
    assert [(r["email"], r["born_on"], r["postcode"], r["illness"]) for r in kept] == [(None,) * 4]


def test_who_is_on_hold_is_not_touched(engine_url: str, tmp_path: Path) -> None:
    """A claim keeps the whole row, and the rows around it, as they are."""
    holds = MAP + "holds: [{reason: {fr: litige, en: claim}, table: client, when: {postcode: '75002'}}]\n"
    world = _world(tmp_path, engine_url, *SIX, datamap=holds)
    before = [row for row in _table(world, "client") if row["id"] == 2]
    world.apply()
    assert [row for row in _table(world, "client") if row["id"] == 2] == before


def test_the_archive_has_the_person_before_nobody_does(engine_url: str, tmp_path: Path) -> None:
    """Where the rule has an archive, everybody is sealed in it whole, then made anonymous."""
    datamap = MAP.replace("prospecting", "relation").replace("kind: click", "kind: purchase")
    world = make_world(tmp_path / "workspace", engine_url, datamap, *TABLES, *SIX)
    run = _ending(world, "relation").apply()
    with world.ports() as ports:
        packages = ports.archive.audit(world.as_of, ()).packages
    assert (run.archived, packages) == (6, 6)
    assert {row["email"] for row in _table(world, "client") if row["id"] < 0} == {None}


def test_two_tables_a_value_joins_are_not_anonymous(engine_url: str, tmp_path: Path) -> None:
    """The same exact amount in two tables, alone in each, ties their rows: the measure says so and nothing passes."""
    paid = "  payment:\n    purposes: prospecting\n    columns: {}\n    not_personal: [id, client_id, paid]\n"
    paid += "    anonymity: {k: 2}\n"
    datamap = MAP.replace("spent: {category: financial, anonymised_to: {band: 100}}", "")
    datamap = datamap.replace("sensitive: [illness, spent]", "sensitive: [illness]")
    datamap = datamap.replace("not_personal: [id]", "not_personal: [id, spent]").replace(
        "acts:", paid + "acts:"
    )
    table = "CREATE TABLE payment (id BIGINT PRIMARY KEY, client_id BIGINT REFERENCES client(id), paid DECIMAL(10,2))"
    rows = [f"INSERT INTO payment VALUES ({n}, {n}, {n * 37}.50)" for n in range(1, 7)]
    world = _ending(make_world(tmp_path / "workspace", engine_url, datamap, *TABLES, table, *SIX, *rows))
    world.apply()
    found = {m["table"]: (m["linkable"], m["passed"]) for m in _measures(world)}
    assert found == {"client": (6, False), "payment": (6, False), "visit": (0, True)}


def test_a_cut_run_leaves_nobody_alone_of_a_kind(engine_url: str, tmp_path: Path) -> None:
    """Rows made anonymous by a run that never came to count them are due in the next plan, and taken out by it."""
    alone = f"INSERT INTO client VALUES (-5, NULL, '', '1930-01-01', '13', 0, 'rare', '{OLD[:4]}-01-01 00:00:00.000000')"
    world = _world(tmp_path, engine_url, alone)
    made = world.plan()
    world.apply(made)
    assert (made.rows, _table(world, "client")) == (1, [])


@pytest.mark.parametrize(
    ("asked", "status"), [("k: 3", ClauseStatus.KEPT), ("k: 40", ClauseStatus.UNKNOWN)], ids=["k3", "k40"]
)
def test_the_clause_is_kept_once_measured(tmp_path: Path, asked: str, status: ClauseStatus) -> None:
    """C-RET-08 is computed from the journal's last measures; before any, it is unknown."""
    world = _world(tmp_path, f"sqlite:///{tmp_path}/it.db", *SIX, datamap=MAP.replace("k: 3", asked))
    if status is ClauseStatus.KEPT:
        world.apply()
    with world.ports() as ports:
        table = {line.id: line.promise for line in attest(ports, world.as_of).clauses}
    assert table["C-RET-08"] is status


DAYS = (date(2020, 1, 1), date(2020, 3, 31), date(2020, 4, 1), date(2024, 2, 29), date(2019, 12, 31))
NUMBERS = (Decimal("-0.01"), Decimal("-100.00"), Decimal("0.00"), Decimal("99.99"), Decimal("100.00"))
WORDS = ("éàü rien", "Paris", "", "baker", "food")


def _by_hand(method: Generalisation, value: Any) -> Any:
    """Return what is left of *value*, in plain Python."""
    match method:
        case Coarsen(unit=unit):
            months = {"month": 1, "quarter": 3, "year": 12, "decade": 12}[unit]
            year = value.year // 10 * 10 if unit == "decade" else value.year
            return date(year, (value.month - 1) // months * months + 1, 1)
        case Band(width=width):
            return (
                value // width * width if value >= 0 else -(-value // width + (-value % width != 0)) * width
            )
        case Shorten(characters=characters):
            return value[:characters]
        case Group(into=into, stays=stays, others=others):
            return dict(into).get(value, value if value in stays else others)


GROUP = Group(into=(("baker", "food"), ("Paris", "town")), stays=("food", "town"), others=None)


@pytest.mark.parametrize(
    ("column", "method"),
    [
        *(("day", Coarsen(unit=unit)) for unit in ("month", "quarter", "year", "decade")),
        *(("at", Coarsen(unit=unit)) for unit in ("month", "quarter", "year", "decade")),
        ("number", Band(width=100)),
        ("whole", Band(width=100)),
        ("word", Shorten(characters=2)),
        ("word", GROUP),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_engine_keeps_the_same_of_a_value(
    engine_url: str, tmp_path: Path, column: str, method: Generalisation
) -> None:
    """Each method, written in each engine's words, leaves what plain Python leaves, and nothing more done twice."""
    world = _values(tmp_path, engine_url)
    table = _table(world, "kept")
    clearing = Clearing(column=column, to=None, keep=method)
    asked = Reading(
        selection=Selection(table="kept", where=ALWAYS), columns=("id", column), clearings=(clearing,)
    )
    with world.ports() as ports:
        (database,) = ports.databases.values()
        assert isinstance(database, Database)
        with database.session() as session:
            said = {key: _plain(value) for key, value in session.stream_rows(asked)}
    assert said == {row["id"]: _by_hand(method, _plain(row[column])) for row in table}


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[4:5] == "-":
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.date()
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else value


def _values(tmp_path: Path, url: str) -> World:
    datamap = "people: {}\ntables: {}\nignored: [kept]\n"
    made = "CREATE TABLE kept (id INTEGER PRIMARY KEY, day DATE, at {instant}, number DECIMAL(10,2), whole INTEGER, word VARCHAR(20))"
    rows = [
        f"INSERT INTO kept VALUES ({n}, '{DAYS[n]}', '{DAYS[n]} 23:59:59', {NUMBERS[n]}, {int(NUMBERS[n])}, '{WORDS[n]}')"
        for n in range(5)
    ]
    return make_world(tmp_path / "workspace", url, datamap, made, *rows)
