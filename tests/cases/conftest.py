"""A database of two people, the first last seen in 2015 and due on 1 March 2026, and whatever hangs from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cases.world import World, make_world
from tenu.plans.access import holdings
from tenu.ports import Fate, Unit
from tenu.terms import Severity

OLD, NEW = "'2015-01-10'", "'2025-06-10'"
PERSON = (
    "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE)",
    f"INSERT INTO person VALUES (1, 'Old@People.example', {OLD}), (2, 'new@people.example', {NEW})",
)
HEAD = """
people: {person: {collected_at: seen_on, identified_by: {email: email}}}
tables:
  person: {purposes: prospecting, columns: {email: identity}, not_personal: [id, seen_on]}
"""

Make = Callable[..., World]
Rows = Mapping[str, list[tuple[Any, ...]]]


@pytest.fixture
def make(tmp_path: Path, engine_url: str) -> Make:
    """Give a function that makes a world of two people from the rest of a data map and the other tables."""

    def made(datamap: str, *statements: str) -> World:
        return make_world(tmp_path / "workspace", engine_url, HEAD + datamap, *PERSON, *statements)

    return made


@pytest.fixture
def make_alone(tmp_path: Path, engine_url: str) -> Make:
    """Give a function that makes a world from a whole data map and all its tables."""

    def made(datamap: str, *statements: str) -> World:
        return make_world(tmp_path / "workspace", engine_url, datamap, *statements)

    return made


def after(world: World) -> Rows:
    """Apply the day's plan as it was counted, look that nothing is left to do, and return every row."""
    assert world.found(Severity.BLOCKER) == []
    before, made = world.rows(), world.plan()
    run = world.apply(made)
    planned = {(e.table, e.verb): 0 for task in made.tasks for e in task.effects}
    for task in made.tasks:
        for effect in task.effects:
            planned[effect.table, effect.verb] += effect.rows
    done = {(table, verb): rows for (_, table, verb), rows in run.rows.items() if rows}
    assert {place: rows for place, rows in planned.items() if rows and place[1] == "erase"} == {
        place: rows for place, rows in done.items() if place[1] == "erase"
    }
    assert world.plan().is_empty
    assert world.rows().keys() == before.keys()
    return world.rows()


def ids(rows: list[tuple[Any, ...]]) -> list[Any]:
    """Return the first column of *rows*."""
    return [row[0] for row in rows]


def read_of(world: World, root: str, *key: Any) -> dict[str, int]:
    """Return how many rows of each table an access request of one person of *root* would hold."""
    layout, unit = world.layout(), Unit(fate=Fate.END, chunk=0)
    with world.ports() as ports, ports.databases["unknown"].session() as session:
        chosen = session.new_list(root)
        session.fill(chosen, [(key, unit, None)])
        counts: dict[str, int] = {}
        for seal in holdings(layout, root):
            rows = sum(count for _, _, count in session.read(seal, chosen, unit))
            counts[seal.table] = counts.get(seal.table, 0) + rows
        return counts
