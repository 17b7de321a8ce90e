"""What an application pays where a database enforces restrictions: python benchmarks/restrictions.py --rows 10000

Updates free rows of a table of people, of one a link away, of one two links away: in one statement, then one by one by
key as applications do; without enforcement, with nobody restricted, with some people restricted. Milliseconds, best of runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from cases.light import opened, small
from servers import MariaDBServer, PostgreSQLServer
from tenu.ports import Database

MAP = """enforce_restrictions: true
people: {person: {collected_at: seen, identified_by: {email: email}}}
tables:
  person: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen, n]}
  basket: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id, n]}
  line: {purposes: prospecting, columns: {what: financial}, not_personal: [id, basket_id, n]}
"""
TABLES = ("person", "basket", "line")
ONE_BY_ONE = 2_000
"""Rows of the second measure."""


def schema(rows: int) -> Iterator[str]:
    """Yield the statements that make three tables of *rows* rows, each row of one pointing at one of the former."""
    columns = {
        "person": "email VARCHAR(80), seen DATE",
        "basket": "person_id INTEGER NOT NULL REFERENCES person (id), what VARCHAR(40)",
        "line": "basket_id INTEGER NOT NULL REFERENCES basket (id), what VARCHAR(40)",
    }
    values = {
        "person": "({0}, 'p{0}@people.example', '2026-01-01', 0)",
        "basket": "({0}, {0}, 'books', 0)",
        "line": "({0}, {0}, 'a book', 0)",
    }
    for table in TABLES:
        yield f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {columns[table]}, n INTEGER NOT NULL)"
        for start in range(1, rows + 1, 1_000):
            said = (values[table].format(number) for number in range(start, min(start + 1_000, rows + 1)))
            yield f"INSERT INTO {table} VALUES {', '.join(said)}"
    yield "CREATE INDEX basket_person ON basket (person_id)"
    yield "CREATE INDEX line_basket ON line (basket_id)"


def timed(url: str, table: str, rows: int, runs: int) -> tuple[float, float]:
    """Return the milliseconds of one UPDATE of *rows* rows, and of ``ONE_BY_ONE`` of one row each; everything is taken back."""
    engine = sa.create_engine(url)
    many = sa.text(f"UPDATE {table} SET n = n + 1 WHERE id <= :rows")
    one = sa.text(f"UPDATE {table} SET n = n + 1 WHERE id = :id")
    best = [float("inf"), float("inf")]
    with engine.connect() as connection:
        for _ in range(runs):
            for kind, work in enumerate((lambda: connection.execute(many, {"rows": rows}),
                                         lambda: [connection.execute(one, {"id": i}) for i in range(1, ONE_BY_ONE + 1)])):  # fmt: skip
                begun = time.perf_counter()
                work()
                best[kind] = min(best[kind], 1_000 * (time.perf_counter() - begun))
                connection.rollback()
    engine.dispose()
    return best[0], best[1]


def restrict(database: Database, first: int, people: int) -> None:
    """Restrict *people* people, from the number *first* on."""
    with database.session(writing=True) as session, session.transaction():
        session.place("H-bench", "restriction", "person", [(first + i,) for i in range(people)], spreads=True)


@contextmanager
def urls() -> Iterator[dict[str, str]]:
    """Yield an empty database on each engine."""
    with (
        PostgreSQLServer() as postgresql,
        MariaDBServer() as mariadb,
        tempfile.TemporaryDirectory() as folder,
    ):
        yield {
            "sqlite": f"sqlite:///{folder}/bench.db",
            "postgresql": postgresql.fresh_database("bench"),
            "mariadb": mariadb.fresh_database("bench"),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--restricted", type=int, default=100)
    asked = parser.parse_args()
    with urls() as found, tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as base:
        print(f"{'':12}{'':8}{asked.rows:>9} rows at once{'':12}{ONE_BY_ONE:>9} rows one by one")
        print(
            f"{'':12}{'':8}{'without':>9}{'nobody':>9}{'some':>9}{'':6}{'without':>9}{'nobody':>9}{'some':>9}"
        )
        for engine, url in found.items():
            with small(base, url, MAP, *schema(asked.rows + asked.restricted)) as one:
                (database,) = one.ports.databases.values()
                some = partial(restrict, database, asked.rows + 1, asked.restricted)
                steps: list[Callable[[], object]] = [lambda: None, database.enforce, some]
                costs = []
                for step in steps:
                    step()
                    costs.append([timed(url, table, asked.rows, asked.runs) for table in TABLES])
                for number, table in enumerate(TABLES):
                    said = ["".join(f"{cost[number][kind]:9.0f}" for cost in costs) for kind in (0, 1)]
                    print(f"{engine:12}{table:8}{said[0]}{'':6}{said[1]}")


if __name__ == "__main__":
    main()
