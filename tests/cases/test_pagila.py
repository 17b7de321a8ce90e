"""A film rental nobody here designed, whose right answers were written by hand in SQL beside it."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cases.world import World, make_world
from lab import UNSUPERVISED
from servers import PostgreSQL
from tenu.datamap.catalog import ColumnKind
from tenu.plans.access import holdings
from tenu.ports import Fate, Unit
from tenu.terms import Severity

CASE = Path(__file__).parents[3] / "shared" / "cases" / "pagila"
MAP = Path(__file__).with_name("pagila") / "systems" / "pagila.yaml"
ANSWERS = CASE / "truth.json"

pytestmark = [
    pytest.mark.skipif(not ANSWERS.exists(), reason=f"the case is not on this machine: {CASE}"),
    pytest.mark.skipif(
        shutil.which("psql") is None, reason="psql, which restores the case, is not installed"
    ),
]

Rows = Mapping[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def truth() -> Mapping[str, Any]:
    """Give the answers written by hand."""
    answers: Mapping[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return answers


@pytest.fixture(scope="module")
def restore(
    postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], World]]:
    """Give a function that restores the case and writes its workspace."""
    made = []

    def restored(name: str) -> World:
        made.append(alone := f"{name}_{uuid4().hex[:12]}")  # tests run side by side, on one server
        url = postgresql.fresh_database(alone)
        plain = url.replace("+psycopg", "")
        dump = gzip.decompress((CASE / "db.sql.gz").read_bytes())
        command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", plain]
        subprocess.run(
            command, input=dump, env={**os.environ, "PGTZ": "UTC"}, check=True, capture_output=True
        )
        return make_world(tmp_path_factory.mktemp(name), url, MAP.read_text(encoding="utf-8"))

    yield restored
    for name in made:
        postgresql.drop(name)


@pytest.fixture(scope="module")
def pagila(restore: Callable[[str], World]) -> World:
    """Give the restored case, which no test changes."""
    return restore("pagila")


@pytest.fixture(scope="module")
def run(restore: Callable[[str], World]) -> tuple[Rows, Rows, World]:
    """Give every row before and after the run of 1 March 2026."""
    world = restore("pagila_run")
    _index(world)
    before = world.rows()
    world.apply()
    return before, world.rows(), world


def _index(world: World) -> None:
    """Create the indexes the checks ask for, as a DBA would before the first run."""
    wanted = ("rental(customer_id)", "payment(customer_id)", "payment(rental_id)")
    world.do(*(f"CREATE INDEX ON {columns.replace('(', ' (')}" for columns in wanted))


def _gone(rows: tuple[Rows, Rows, World], table: str) -> set[str]:
    before, after, _ = rows
    return {str(row[0]) for row in before[table]} - {str(row[0]) for row in after[table]}


def test_who_goes_is_who_was_inactive_for_five_years(
    run: tuple[Rows, Rows, World], truth: Mapping[str, Any]
) -> None:
    """The customers erased are those of the hand-written query, and nobody else."""
    assert _gone(run, "customer") == set(truth["q3_inactive_5y"]["ids"])


def test_who_still_holds_a_film_stays(run: tuple[Rows, Rows, World], truth: Mapping[str, Any]) -> None:
    """A rental still open keeps its customer, however old everything else is."""
    assert not _gone(run, "customer") & set(truth["q3b_open_contract"]["ids"])


def test_addresses_go_when_nobody_uses_them_any_more(
    run: tuple[Rows, Rows, World], truth: Mapping[str, Any]
) -> None:
    """An address goes with its last customer, and stays for another customer, a store or an employee."""
    assert _gone(run, "address") == set(truth["q4_addresses_deletable"]["ids"])


def test_everybody_elses_rows_are_untouched(run: tuple[Rows, Rows, World]) -> None:
    """No row is new or different: stores, staff, films and other customers are as they were, to the byte."""
    before, after, _ = run
    assert [name for name in before if not set(map(repr, after[name])) <= set(map(repr, before[name]))] == []


def test_only_the_people_s_tables_lost_rows(run: tuple[Rows, Rows, World]) -> None:
    """Customers, their rentals and their addresses went; the recent payments of others, and everything else, did not."""
    before, after, _ = run
    assert {name for name in before if len(after[name]) < len(before[name])} == {
        "customer",
        "rental",
        "address",
    }


def test_nothing_is_left_to_do(run: tuple[Rows, Rows, World]) -> None:
    """A plan after the run is empty."""
    assert run[2].plan().is_empty


def test_people_who_paid_for_another_s_rental_go_without_a_constraint_error(
    restore: Callable[[str], World],
) -> None:
    """Once all are past, a rental waits for the payments of others, of every partition, and goes with the next run."""
    world = restore("pagila_later")
    _index(world)
    crossed = "SELECT p.customer_id FROM payment p JOIN rental r USING (rental_id) WHERE p.customer_id <> r.customer_id"
    kept = f"customer_id IN ({crossed} UNION SELECT 182)"
    world.do(
        f"CREATE TEMPORARY TABLE few AS SELECT customer_id FROM customer WHERE {kept}",
        "DELETE FROM payment WHERE customer_id NOT IN (SELECT customer_id FROM few)",
        "DELETE FROM rental WHERE customer_id NOT IN (SELECT customer_id FROM few)",
        "DELETE FROM customer WHERE customer_id NOT IN (SELECT customer_id FROM few)",
        "UPDATE rental SET return_date = rental_date WHERE return_date IS NULL",
    )
    (world.folder / "tenu.toml").write_text("chunk = 1\n" + UNSUPERVISED, encoding="utf-8")
    world.as_of = date(2028, 1, 1)
    world.apply()
    world.apply()
    after = world.rows()
    assert (after["customer"], after["rental"], after["payment"]) == ([], [], [])


@pytest.mark.parametrize(
    ("question", "customer"), [("q1_access_original", 1), ("q2_access_shared_address", 1480)]
)
def test_every_row_of_one_person_is_found(
    pagila: World, truth: Mapping[str, Any], question: str, customer: int
) -> None:
    """The rows a person's access request must hold are those of the hand-written query, in each table."""
    layout, unit = pagila.layout(), Unit(fate=Fate.END, chunk=0)
    with pagila.ports() as ports, ports.databases["pagila"].session() as session:
        chosen = session.new_list("customer")
        session.fill(chosen, [((customer,), unit, None)])
        counts = {
            seal.table: sum(count for _, _, count in session.read(seal, chosen, unit))
            for seal in holdings(layout, "customer")
        }
    assert counts == truth[question]["per_table"]


def test_the_checks_say_what_a_dba_should_know_and_nothing_else(pagila: World) -> None:
    """No blocker; the store that holds its staff is the one warning; links without index are told one by one."""
    found = pagila.found(Severity.NOTE)
    assert [line for line in found if not line.startswith("D-IDX-01")] == [
        "D-REF-01 'store', ignored, keeps 'staff' from being erased: its rows are emptied instead",
        "D-DATE-01 'staff' has no date of collection: who never did anything stays there for ever",
    ]


def test_a_link_indexed_on_every_partition_is_indexed(pagila: World) -> None:
    """Only indexes that are really missing are asked for: one partition without its index is enough to be told."""
    missing = {line.split("'")[1] for line in pagila.found(Severity.MINOR) if line.startswith("D-IDX-01")}
    assert missing == {
        "payment(customer_id)", "payment(rental_id)", "payment(staff_id)", "rental(customer_id)", "rental(staff_id)",
    }  # fmt: skip


def test_views_and_partitions_are_not_tables_to_describe(pagila: World) -> None:
    """Views hold nothing of their own, and the rows of partitions are their roof's."""
    names = {table.name for table in pagila.layout().catalog.tables}
    assert not {name for name in names if "list" in name or "_p2022" in name}


def test_types_nobody_expects_are_read(pagila: World) -> None:
    """Arrays, enumerations, search vectors, bytes and domains have a kind, so the catalog never chokes on them."""
    film = pagila.layout().catalog.table("film")
    staff = pagila.layout().catalog.table("staff")
    assert film is not None
    assert staff is not None
    kinds = {c.name: c.kind for c in (*film.columns, *staff.columns)}
    assert [kinds[name] for name in ("rating", "special_features", "fulltext", "picture")] == [
        ColumnKind.OTHER, ColumnKind.OTHER, ColumnKind.OTHER, ColumnKind.BINARY,
    ]  # fmt: skip
