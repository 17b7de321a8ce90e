"""A run held back from another terminal: paused, released, aborted, killed meanwhile; two runs at once; too many rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from faults.proof import objections, readable_and_alive
from faults.worker import at_point, start, watched
from lab import Lab
from tenu.adapters.staff import actor
from tenu.journal.kinds import EventKind
from tenu.operations.apply import apply
from tenu.operations.bounding import LimitError
from tenu.operations.pacer import Wait
from tenu.operations.preflight import HeldBackError
from tenu.operations.runs import abort, pause, release, runs
from tenu.plans.plan import Plan
from tenu.ports import Ports


def dba(ports: Ports) -> Ports:
    """Return *ports* as a DBA at another terminal sees them."""
    return replace(ports, actor=actor("dora", {"dba": ("dora",)}, ports.key))


def elsewhere(lab: Lab, act: Callable[[Ports, str | None], str]) -> None:
    """Say something of the only run from another process's point of view: its own connections."""
    with lab.ports() as ports:
        act(dba(ports), None)


def state(lab: Lab) -> str:
    """Return what the only run is at."""
    with lab.ports() as ports:
        (one,) = runs(ports)
    return one.state


def test_a_paused_run_waits_and_goes_on_when_released(make_lab_of: Callable[..., Lab]) -> None:
    """Paused in the middle of a run, released while it waits: it ends as if nobody had said anything."""
    lab = make_lab_of(people=60, chunk=3)
    before, made, told = lab.state(), lab.plan(), list[str]()

    def waits(wait: Wait) -> None:
        told.append(wait.reason)
        elsewhere(lab, release)

    with lab.ports() as ports:
        paused = at_point("after commit", 3, lambda: elsewhere(lab, pause))
        run = apply(watched(ports, paused), made, waits=waits)
    assert (told, list(objections(lab, before, run))) == (["paused"], [])


def test_an_aborted_run_ends_between_two_chunks(make_lab_of: Callable[..., Lab]) -> None:
    """What is done is done and journaled, nobody is sealed and alive, and the plan is refused from then on."""
    lab = make_lab_of(people=60, chunk=3)
    before, made = lab.state(), lab.plan()
    with lab.ports() as ports:
        run = apply(watched(ports, at_point("after commit", 4, lambda: elsewhere(lab, abort))), made)
    now = lab.state()
    with pytest.raises(HeldBackError):
        lab.apply(made)
    assert (run.stopped, state(lab), readable_and_alive(before, now), lab.state() == now) == (
        "aborted",
        "aborted",
        [],
        True,
    )


def test_a_run_killed_then_aborted_leaves_nobody_sealed_and_alive(make_lab_of: Callable[..., Lab]) -> None:
    """SIGKILL between archive and source, then abort: the archive lets go of whoever is still here; a new plan ends it."""
    lab = make_lab_of(people=60, chunk=3)
    before, made = lab.state(), lab.plan()
    process = start(lab, made, point="after put", times=2)
    process.join()
    elsewhere(lab, abort)
    alive = readable_and_alive(before, lab.state())
    lab.clock.at += timedelta(minutes=1)
    lab.apply(lab.plan())
    assert (process.exitcode, alive, lab.differences(before)) == (-9, [], [])


def test_a_paused_run_that_is_killed_is_still_paused(make_lab_of: Callable[..., Lab]) -> None:
    """Nobody works on it by accident: it is refused until released, then goes on to the same end."""
    lab = make_lab_of(people=60, chunk=3)
    before, made = lab.state(), lab.plan()
    process = start(lab, made, point="after commit", times=3)
    process.join()
    elsewhere(lab, pause)
    with pytest.raises(HeldBackError, match="paused"):
        lab.apply(made)
    elsewhere(lab, release)
    assert (process.exitcode, list(objections(lab, before, lab.apply(made)))) == (-9, [])


def test_two_plans_at_once_do_nothing_twice(make_lab_of: Callable[..., Lab]) -> None:
    """Two processes, each with its own plan of the same day: the company ends as one of them alone leaves it."""
    lab = make_lab_of(people=60, chunk=3)
    before, first = lab.state(), lab.plan()
    lab.clock.at += timedelta(seconds=1)
    second = lab.plan()
    processes = [start(lab, made) for made in (first, second)]
    for process in processes:
        process.join()
    assert ([p.exitcode for p in processes], lab.differences(before)) == ([0, 0], [])


def test_a_chunk_with_more_rows_than_were_counted_is_not_committed(make_lab_of: Callable[..., Lab]) -> None:
    """Rows poured in since the plan: the run stops before their commit, says so, and leaves nobody half gone."""
    lab = make_lab_of(people=60, chunk=1_000)
    made = lab.plan()
    _pour(lab, made)
    before = lab.state()
    with pytest.raises(LimitError, match="the plan counted"):
        lab.apply(made)
    now = lab.state()
    with lab.ports() as ports:
        reasons = [event.body["reason"] for event in ports.journal.events(kind=EventKind.RUN_REFUSED)]
    poured = {place for place in before.rows if place[1] == "event" and place not in now.rows}
    assert (reasons, poured, readable_and_alive(before, now)) == (["overrun"], set(), [])


def _pour(lab: Lab, made: Plan) -> None:
    """Give every subscriber of the mailing tool as many openings again as it has: no act, only rows."""
    engine = sa.create_engine(lab.urls["mail"])
    event = sa.Table("event", sa.MetaData(), autoload_with=engine)
    with engine.begin() as connection:
        most = connection.execute(sa.select(sa.func.max(event.c.id))).scalar_one()
        other = [column for column in event.c if column.name != "id"]
        query = sa.select((event.c.id + most).label("id"), *other)
        connection.execute(sa.insert(event).from_select(["id", *(c.name for c in other)], query))
    engine.dispose()
