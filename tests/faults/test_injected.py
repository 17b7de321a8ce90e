"""A failure at each statement in turn: nothing is half done, and the second apply ends where the oracle says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from faults.proof import lost, objections, readable_and_alive
from lab import Lab
from tenu.adapters.databases.database import Database
from tenu.errors import StoreError
from tenu.operations.apply import apply
from tenu.ports import Ports

INJECTED = {"sqlite": 24, "postgresql": 8, "mariadb": 8}
"""How many failures one test injects, spread over every statement of a run. SQLite is in-process: it affords more."""


@contextmanager
def failing_at(ports: Ports, number: int) -> Iterator[list[str]]:
    """Make the statement *number* of a run fail in the driver, once; yield the statements seen so far."""
    seen: list[str] = []

    def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> None:
        seen.append(statement)
        if len(seen) == number:
            raise context.dialect.loaded_dbapi.OperationalError("no space left")

    engines = list(_engines(ports))
    for engine in engines:
        for event in ("do_execute", "do_executemany"):
            sa.event.listen(engine, event, execute)
        sa.event.listen(engine, "do_execute_no_params", lambda c, s, x: execute(c, s, (), x))
    yield seen


def _engines(ports: Ports) -> Iterator[sa.Engine]:
    for database in ports.databases.values():
        assert isinstance(database, Database)
        yield from (database._engine(writing=writing) for writing in (True, False))
    yield from (ports.archive._archive, ports.archive._vault.engine)  # type: ignore[attr-defined]


def _fail(lab: Lab, made: Any, number: int) -> int:
    """Apply with a failure at statement *number*; return how many statements ran."""
    with lab.ports() as ports, failing_at(ports, number) as seen:
        if number:
            with pytest.raises(StoreError):
                apply(ports, made)
        else:
            apply(ports, made)
    return len(seen)


def test_a_failure_at_any_statement_leaves_nothing_half_done(
    make_lab_of: Callable[..., Lab], request: pytest.FixtureRequest
) -> None:
    """One run, failed over and over at random statements: nothing is lost, nothing is in two places in the end."""
    lab, rng = make_lab_of(people=60, chunk=6), Random(6)  # noqa: S311 - a seed, not a secret
    before, made = lab.state(), lab.plan()
    engine = sa.make_url(lab.urls["crm"]).get_backend_name()
    missing = []
    for _ in range(INJECTED[engine]):
        _fail(lab, made, rng.randint(1, 260))
        missing += lost(lab, before, lab.state())
    assert (missing, list(objections(lab, before, lab.apply(made)))) == ([], [])


@pytest.mark.parametrize("share", [0.3, 0.55, 0.8])
def test_what_a_failed_run_sealed_in_vain_is_taken_back(
    make_lab_of: Callable[..., Lab], share: float
) -> None:
    """After a failure anywhere, no package can be opened for rows that are all still in place."""
    lab = make_lab_of(people=60, chunk=6)
    before, made = lab.state(), lab.plan()
    _fail(lab, made, int(400 * share))
    assert readable_and_alive(before, lab.state()) == []
