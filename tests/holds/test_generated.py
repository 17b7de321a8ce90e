"""Databases nobody designed: whatever hangs from whom, a held person's rows are byte for byte what they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import assume, given, settings

from cases.world import AS_OF, World, make_world
from datamap.test_generated import RUNS, SETTINGS, Case, _database, _owners, databases
from servers import Databases
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.ports import Ports


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Give ports whose policy is read once: each drawn database takes the place of their system."""
    folder = tmp_path_factory.mktemp("drawn")
    with make_world(folder, f"sqlite:///{folder / 'none.db'}", "people: {}\ntables: {}\n").ports() as ports:
        yield ports


def _eased(case: Case) -> Case:
    """Return *case* with everybody due, every link free to be cut, and every row somebody's.

    A link that is cut is what would change the row of somebody on hold; what no run accepts shows nothing.
    """
    tables, address, rows, due = case
    eased, pointing = [], [[list(row) for row in table] for table in rows]
    for number, table in enumerate(tables):
        links = [replace(link, nullable=True) for link in table.links]
        if number and links[0].to == number:
            links[0] = replace(links[0], to=0)
            for row in pointing[number]:
                row[0] = None if row[0] is None else (row[0] - 1) % len(due) + 1
        eased.append(replace(table, links=tuple(links), ignored=False))
    return eased, address, pointing, [True for _ in due]


def _holds(base: Ports, url: str, case: Case) -> None:
    """Look that the first person's rows never change while they are on hold, whoever else goes."""
    drawn = _eased(case)
    assume(len(drawn[3]) > 1)
    with _database(base, url, drawn) as (ports, world):
        before = _first_person(drawn, world)
        (database,) = ports.databases.values()
        database.prepare()
        with database.session(writing=True) as session, session.transaction():
            session.place("H-drawn", "legal_hold", "t0", [(1,)], spreads=True)
        for _ in range(RUNS):
            made = plan(ports, AS_OF)
            apply(ports, made)
            if made.is_empty:
                break
        assert (made.is_empty, _first_person(drawn, world)) == (True, before)


def _first_person(drawn: Case, world: World) -> list[tuple[object, ...]]:
    """Return every row the first person owns, whole."""
    tables, _, rows, _ = drawn
    owner = _owners(tables, rows)
    now = world.rows()
    return [
        row
        for number, table in enumerate(tables)
        if not table.ignored
        for row in now[f"t{number}"]
        if owner[number][int(str(row[0])) - 1] == 1
    ]


@given(databases())
@settings(SETTINGS, max_examples=25)
def test_a_held_person_is_untouched_in_any_database_on_sqlite(base: Ports, drawn: Case) -> None:
    """No deletion, no emptying, no link cut, no cascade reaches them; and a plan after a few runs is empty."""
    _holds(base, "", drawn)


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_a_held_person_is_untouched_in_any_database_on_servers(
    base: Ports, engine: str, request: pytest.FixtureRequest
) -> None:
    """The same, on fewer databases."""
    server: Databases = request.getfixturevalue(engine)
    numbers = count()

    @given(databases())
    @settings(SETTINGS, max_examples=5)
    def holds(drawn: Case) -> None:
        name = f"test_held_{next(numbers)}"
        try:
            _holds(base, server.fresh_database(name), drawn)
        finally:
            server.drop(name)

    holds()
