"""Databases nobody designed at all: drawn schemas, drawn rows, and what must hold of every run on any of them.

A drawn database is laid out like real ones: links that may be empty or not, to any earlier table, to the table itself,
two to the same table, composite keys, an address its owner points at, rows of two people, a table the map ignores.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from cases.light import apart
from cases.world import AS_OF, HEAD, World
from servers import Databases
from tenu.adapters.databases.database import Database
from tenu.datamap.model import System
from tenu.documents import read
from tenu.errors import FindingsError
from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.ports import Ports

OLD, NEW = "2015-01-10", "2025-06-10"
RUNS = 6
SETTINGS = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A drawn column that points at the table number *to*; *declared* by the database, else by the map only.

    *rule*: what the database does of it when what it points at goes.
    """

    to: int
    nullable: bool
    declared: bool
    rule: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A drawn table: its links and whether its key has two columns. *ignored*: the map says it speaks of nobody.

    *note*: what its personal column accepts.
    """

    links: tuple[Link, ...]
    wide: bool
    ignored: bool
    note: str


NOTES = ("", "NOT NULL", "CHECK (note <> '')", "NOT NULL CHECK (note <> '')", "CHECK (note IS NOT NULL)")
RULES = ("", "", "ON DELETE CASCADE", "ON DELETE SET NULL")

Targets = list[list[list[int | None]]]
"""Which row each link of each row of each table points at."""
Case = tuple[list[Drawn], bool, Targets, list[bool]]


@st.composite
def databases(draw: st.DrawFn) -> Case:
    """Draw tables (number 0 is the people), whether people point at an address, rows by table, and who is due."""
    size = draw(st.integers(1, 6))
    notes = st.one_of(st.just(""), st.sampled_from(NOTES))
    first = tuple(draw(st.lists(_links(0), max_size=1)))
    tables = [Drawn(links=first, wide=False, ignored=False, note=draw(notes))]
    for number in range(1, size + 1):
        links = draw(st.lists(_links(number), min_size=1, max_size=3))
        tables.append(
            Drawn(
                links=tuple(links),
                wide=draw(st.booleans()),
                ignored=draw(st.integers(0, 9)) == 0,
                note=draw(notes),
            )
        )
    due = draw(st.lists(st.booleans(), min_size=1, max_size=5))
    sizes = [len(due), *(draw(st.integers(0, 6)) for _ in range(size))]
    rows = [
        [[_target(draw, link, number, row, sizes) for link in table.links] for row in range(sizes[number])]
        for number, table in enumerate(tables)
    ]
    assume(all(value != -1 for table in rows for row in table for value in row))
    return tables, draw(st.booleans()), rows, due


def _links(number: int) -> st.SearchStrategy[Link]:
    """Draw a link of table *number*: mostly to an earlier table, sometimes to itself."""
    earlier = st.integers(0, max(0, number - 1)) if number else st.just(0)
    target = st.one_of(earlier, earlier, earlier, st.just(number))
    return st.builds(
        Link,
        to=target,
        nullable=st.booleans(),
        declared=st.integers(0, 3).map(bool),
        rule=st.sampled_from(RULES),
    )


def _target(draw: st.DrawFn, link: Link, number: int, row: int, sizes: list[int]) -> int | None:
    """Draw which row a link points at, -1 when it must and cannot."""
    last = row + 1 if link.to == number else sizes[link.to]
    if link.nullable and (last == 0 or draw(st.integers(0, 2)) == 0):
        return None
    return draw(st.integers(1, last)) if last else -1


@contextmanager
def _database(base: Ports, url: str, drawn: Case) -> Iterator[tuple[Ports, World]]:
    folder = Path(tempfile.mkdtemp(prefix="tenu-drawn-"))
    world = World(folder=folder, url=url or f"sqlite:///{folder / 'drawn.db'}")
    system = read(HEAD.format(url=world.url) + _datamap(*drawn[:2]), file="drawn.yaml", model=System)
    database = Database(system, world.url, ZoneInfo("Europe/Paris"))
    workspace = replace(base.workspace, systems=(system,), map_digests={})
    try:
        world.do(*_statements(*drawn))
        yield apart(base, workspace=workspace, databases={system.system: database}), world
    finally:
        database.close()
        shutil.rmtree(folder)


def _datamap(tables: list[Drawn], address: bool) -> str:
    """Write the data map a person would: what is drawn as declared by the database is left to its catalog."""
    lines = ["people: {t0: {collected_at: seen, identified_by: {customer_reference: code}}}", "tables:"]
    for number, table in enumerate(tables):
        if not table.ignored:
            columns = [f"l{i}" for i in range(len(table.links))] + ["id", *(["part"] if table.wide else [])]
            columns += ["seen", *(["address_id"] if address else [])] if number == 0 else []
            chosen = "belongs_to: l0, " if number and len(table.links) > 1 else ""
            personal = "code: identity, note: identity" if number == 0 else "note: identity"
            lines.append(
                f"  t{number}: {{purposes: prospecting, {chosen}columns: {{{personal}}}, not_personal: [{', '.join(columns)}]}}"
            )
    if address:
        lines.append(
            "  address: {purposes: prospecting, belongs_to: t0, columns: {note: identity}, not_personal: id}"
        )
    lines.append(f"ignored: [{', '.join(f't{n}' for n, table in enumerate(tables) if table.ignored)}]")
    undeclared = [
        f"'t{n}.l{i} -> t{link.to}.id'"
        for n, table in enumerate(tables)
        for i, link in enumerate(table.links)
        if not link.declared and not table.ignored
    ]
    return "\n".join([*lines, f"links: [{', '.join(undeclared)}]"]) + "\n"


def _statements(tables: list[Drawn], address: bool, rows: Targets, due: list[bool]) -> Iterator[str]:
    if address:
        yield "CREATE TABLE address (id INTEGER PRIMARY KEY, note VARCHAR(9) NOT NULL)"
        yield "INSERT INTO address VALUES (1, 'street'), (2, 'street'), (3, 'street')"
    for number, table in enumerate(tables):
        yield _create(number, table, address)
        for row, targets in enumerate(rows[number]):
            values = [
                str(row + 1),
                *(["7"] if table.wide else []),
                *("NULL" if t is None else str(t) for t in targets),
            ]
            if number == 0:
                values += [
                    f"'K{row}'",
                    f"'{OLD if due[row] else NEW}'",
                    *([str(row % 3 + 1)] if address else []),
                ]
            yield f"INSERT INTO t{number} VALUES ({', '.join([*values, chr(39) + 'note' + chr(39)])})"


def _create(number: int, table: Drawn, address: bool) -> str:
    """Write a table; a wide key has a second column, and its first one stays unique so that links can point at it."""
    columns = (
        ["id INTEGER NOT NULL UNIQUE", "part INTEGER NOT NULL"] if table.wide else ["id INTEGER NOT NULL"]
    )
    columns += [f"l{i} INTEGER {'' if link.nullable else 'NOT NULL'}" for i, link in enumerate(table.links)]
    if number == 0:
        columns += ["code VARCHAR(9)", "seen DATE", *(["address_id INTEGER NOT NULL"] if address else [])]
    ends = [f"PRIMARY KEY ({'id, part' if table.wide else 'id'})"]
    ends += [
        f"FOREIGN KEY (l{i}) REFERENCES t{k.to} (id) {k.rule if k.nullable or 'NULL' not in k.rule else ''}"
        for i, k in enumerate(table.links)
        if k.declared
    ]
    ends += ["FOREIGN KEY (address_id) REFERENCES address (id)"] if number == 0 and address else []
    return f"CREATE TABLE t{number} ({', '.join([*columns, f'note VARCHAR(9) {table.note}', *ends])})"


def _holds(base: Ports, url: str, drawn: Case) -> None:
    """Look that a run on *drawn* either is refused by a finding, or breaks nothing, touches nobody else, and ends."""
    with _database(base, url, drawn) as (ports, world):
        before = now = world.rows()
        made = None
        try:
            for _ in range(RUNS):
                made = plan(ports, AS_OF)
                apply(ports, made)
                now = world.rows()
                if made.is_empty:
                    break
        except FindingsError:
            assert world.rows() == now
            _others_untouched(drawn, before, now, done=False)
            return
        assert made is not None
        assert made.is_empty, "plan after plan never ends"
        _others_untouched(drawn, before, now, done=True)


def _others_untouched(
    drawn: Case,
    before: Mapping[str, list[tuple[Any, ...]]],
    after: Mapping[str, list[tuple[Any, ...]]],
    *,
    done: bool,
) -> None:
    """Look that whoever is not due keeps their rows, but for a link to what went, and once *done* that who is due has no name left."""
    tables, _, rows, due = drawn
    owner = _owners(tables, rows)
    for number, table in enumerate(tables):
        width = 2 if table.wide else 1
        now = {row[0]: row for row in after[f"t{number}"]}
        for row in before[f"t{number}"]:
            person = owner[number][row[0] - 1]
            if table.ignored or person is None or not due[person - 1]:
                left = now[row[0]]
                links = slice(width, width + len(table.links))
                same = [
                    was == here or here is None for was, here in zip(row[links], left[links], strict=True)
                ]
                assert (all(same), row[: links.start] + row[links.stop :]) == (
                    True,
                    left[: links.start] + left[links.stop :],
                )
            elif done:
                assert row[0] not in now or now[row[0]][-1] in (None, "")


def _owners(tables: list[Drawn], rows: Targets) -> list[list[int | None]]:
    """Return, by table and row, the person it belongs to by its first link that is not to its own table."""
    owner: list[list[int | None]] = [list(range(1, len(rows[0]) + 1))]
    for number, table in enumerate(tables[1:], start=1):
        way = _way(number, table, tables)
        mine: list[int | None] = []
        for targets in rows[number]:
            target = targets[way] if way is not None else None
            mine.append(owner[table.links[way].to][target - 1] if way is not None and target else None)
        owner.append(mine)
    return owner


def _way(number: int, table: Drawn, tables: list[Drawn]) -> int | None:
    """Return which link owns: the one the map names, or the only one; none through a table the map ignores."""
    if table.ignored or tables[table.links[0].to].ignored or table.links[0].to == number:
        return None
    return 0


WHOLE = 1_000
"""How many databases ``--matrix`` draws on each engine."""


def test_any_database_ends_right_or_is_refused_first_on_sqlite(
    base: Ports, request: pytest.FixtureRequest
) -> None:
    """No run breaks a constraint or touches somebody else; a plan after a few runs is empty; or a finding came first."""

    @given(databases())
    @settings(SETTINGS, max_examples=WHOLE if request.config.getoption("--matrix") else 150)
    def holds(drawn: Case) -> None:
        _holds(base, "", drawn)

    holds()


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_any_database_ends_right_or_is_refused_first_on_servers(
    base: Ports, engine: str, request: pytest.FixtureRequest
) -> None:
    """The same, on fewer databases."""
    server: Databases = request.getfixturevalue(engine)
    numbers = count()

    @given(databases())
    @settings(SETTINGS, max_examples=WHOLE if request.config.getoption("--matrix") else 8)
    def holds(drawn: Case) -> None:
        name = f"test_drawn_{next(numbers)}"
        try:
            _holds(base, server.fresh_database(name), drawn)
        finally:
            server.drop(name)

    holds()
