"""Somebody else writes while a run goes on: whoever is told that their act was kept, is kept. Default settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Thread

import pytest
import sqlalchemy as sa

from cases.light import Small
from cases.world import AS_OF
from faults.worker import watched
from tenu.operations.apply import apply
from tenu.operations.linking import NOTHING
from tenu.operations.plan import plan
from tenu.plans.run import Run
from tenu.plans.selection import ALWAYS
from tenu.plans.task import Erase
from tenu.ports import Fate, Ports, Unit
from tenu.terms import IdentifierKind
from tenu.testing import FixedClock

Make = Callable[..., Small]
PEOPLE = 120
MAP = """
people: {person: {collected_at: seen, identified_by: {customer_reference: code}}}
tables:
  person: {purposes: prospecting, columns: {code: identity}, not_personal: [id, seen]}
  orders: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id, at]}
acts: [{kind: form, table: orders, dated_by: at}, {kind: click, table: orders, dated_by: at}]
"""
PERSON = "CREATE TABLE person (id INTEGER PRIMARY KEY, code VARCHAR(9), seen DATE)"
ORDERS = (
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, what VARCHAR(9), at DATE, "
    "FOREIGN KEY (person_id) REFERENCES person (id))"
)
ACTS = {
    "update": "UPDATE person SET seen = '2026-02-01' WHERE id = :id",
    "insert": "INSERT INTO orders VALUES (:id, :id, 'x', '2026-02-01')",
}


class Writer(Thread):
    """Lets people come back one after the other, in an order of its own; ``kept`` are those it was told were."""

    def __init__(self, url: str, act: str) -> None:
        super().__init__()
        self.kept: set[int] = set()
        self._engine, self._act = sa.create_engine(url), sa.text(act)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", lambda c, _: c.execute("PRAGMA foreign_keys = ON"))

    def run(self) -> None:
        """Write until everybody came back, or was gone."""
        people = list(range(1, PEOPLE + 1))
        Random(3).shuffle(people)  # noqa: S311 - a seed, not a secret
        for number in people:
            with suppress(sa.exc.DBAPIError), self._engine.connect() as connection:
                done = connection.execute(self._act, {"id": number}).rowcount
                connection.commit()
                self.kept |= {number} if done else set()
        self._engine.dispose()


def _chunks_of(ports: Ports, people: int) -> Ports:
    settings = replace(ports.workspace.settings, chunk=people, tolerance_rows=PEOPLE)
    return replace(ports, workspace=replace(ports.workspace, settings=settings))


@pytest.mark.parametrize("act", ACTS)
def test_whoever_was_told_they_came_back_is_there(make_small: Make, act: str) -> None:
    """An update, or an order, that was committed while the run went on keeps its person whole; everybody else is gone."""
    rows = ", ".join(f"({n}, 'K{n}', '2015-01-10')" for n in range(1, PEOPLE + 1))
    one = make_small(MAP, PERSON, ORDERS, f"INSERT INTO person VALUES {rows}")
    ports = _chunks_of(one.ports, 2)
    made, writer = plan(ports, AS_OF), Writer(one.world.url, ACTS[act])
    writer.start()
    run = apply(ports, made)
    writer.join()
    left = {row[0] for row in one.world.rows()["person"]}
    busy = run.spared["busy"]
    assert (writer.kept - left, len(left) - len(writer.kept) <= busy, run.people) == (
        set(),
        True,
        PEOPLE - len(left),
    )


def test_looking_somebody_up_ends_no_transaction(make_small: Make) -> None:
    """What a chunk did before it looked somebody up is undone with the rest of it: no statement of ours commits by itself."""
    one = make_small(
        MAP, PERSON, ORDERS, "INSERT INTO person VALUES (1, 'K1', '2015-01-10'), (2, 'K2', '2015-01-10')"
    )
    database, unit = next(iter(one.ports.databases.values())), Unit(fate=Fate.END, chunk=0)
    before, wanted = one.world.rows(), {IdentifierKind.CUSTOMER_REFERENCE: {"K2"}}
    with database.session(writing=True) as session, suppress(ZeroDivisionError), session.transaction():
        chosen = session.new_list("person")
        session.fill(chosen, [((1,), unit, None)])
        gone = session.perform(Erase(table="person", path=(), where=ALWAYS), chosen, unit)
        found = session.probe("person", database.system.people["person"], wanted, NOTHING)
        session.drop_list(chosen)
        raise ZeroDivisionError
    assert (gone, [row.key for row in found], one.world.rows() == before) == (1, [(2,)], True)


# ── how old another table's answer may be ──

TWO = """
people:
  person: {collected_at: seen, identified_by: {customer_reference: code}}
  reader: {collected_at: joined, identified_by: {customer_reference: nr}}
tables:
  person: {purposes: prospecting, columns: {code: identity}, not_personal: [id, seen]}
  reader: {purposes: prospecting, columns: {nr: identity}, not_personal: [id, joined]}
acts: [{kind: form, table: reader, dated_by: joined}, {kind: click, table: reader, dated_by: joined}]
"""
READER = "CREATE TABLE reader (id INTEGER PRIMARY KEY, nr VARCHAR(9), joined DATE)"
ELSEWHERE, HERE = (
    "INSERT INTO reader VALUES (1, 'K2', '2026-02-01')",
    "UPDATE person SET seen = '2026-02-01' WHERE id = 2",
)


@contextmanager
def _before_the_second_chunk(one: Small, said: str, seconds: int) -> Iterator[Ports]:
    """Yield ports on which *said* happens, and *seconds* pass, between the first chunk of one person and the second."""
    clock, passed = FixedClock(one.ports.clock.now()), []

    def passes(point: str) -> None:
        if point == "before transaction" and (passed.append(point) or len(passed) == 2):
            one.world.do(said)
            clock.at += timedelta(seconds=seconds)

    yield watched(replace(_chunks_of(one.ports, 1), clock=clock), passes)


def _run(one: Small, said: str, seconds: int) -> Run:
    with _before_the_second_chunk(one, said, seconds) as ports:
        return apply(ports, plan(ports, AS_OF))


@pytest.mark.parametrize(("seconds", "gone"), [(29, 3), (30, 2)])
def test_an_act_elsewhere_is_seen_when_the_answer_is_half_a_minute_old(
    make_small: Make, seconds: int, gone: int
) -> None:
    """By default other tables are asked again after 30 seconds: an act there just before is seen then, not a second sooner."""
    rows = "(1, 'K1', '2015-01-10'), (2, 'K2', '2015-01-10'), (3, 'K3', '2015-01-10')"
    one = make_small(TWO, PERSON, READER, f"INSERT INTO person VALUES {rows}")
    assert _run(one, ELSEWHERE, seconds).ended == gone


def test_an_act_on_the_row_itself_is_seen_at_once(make_small: Make) -> None:
    """Whatever the setting, a person's own row is looked at under lock: who acts just before their chunk stays."""
    rows = "(1, 'K1', '2015-01-10'), (2, 'K2', '2015-01-10'), (3, 'K3', '2015-01-10')"
    one = make_small(TWO, PERSON, READER, f"INSERT INTO person VALUES {rows}")
    run = _run(one, HERE, 0)
    assert (run.ended, [row[0] for row in one.world.rows()["person"]]) == (2, [2])
