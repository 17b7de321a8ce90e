"""The ledger before anything, the outcome after: cut between any two steps, it never says less than what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from faults.proof import objections
from faults.worker import start
from lab import Lab, make_lab
from tenu.errors import StoreError, TamperedError
from tenu.operations.apply import apply
from tenu.operations.remembering import unit_of
from tenu.plans.erasures import Act
from tenu.plans.plan import read_plan
from tenu.ports import Unit
from tenu.terms import Text

MakeLab = Callable[..., Lab]


def _unannounced(lab: Lab, run: str) -> set[tuple[str, str, Unit]]:
    """Return the chunks the databases committed although the ledger never spoke of them."""
    told, noted = set(), set()
    with lab.ports() as ports:
        for name, database in ports.databases.items():
            portions = [*(e.portion for e in ports.ledger.done(name)), *ports.ledger.pending(name)]
            told |= {(p.run, p.task, unit_of(p)) for p in portions}
            if database.prepared():
                with database.session() as session:
                    noted |= session.receipts({run})
    return noted - told


@pytest.mark.parametrize("point", ["after intent", "after commit", "after outcome"])
def test_killed_around_the_ledger(make_lab_of: MakeLab, point: str) -> None:
    """After the kill nothing went unannounced; after the next apply nothing is pending and everything is done."""
    lab = make_lab_of(people=60, chunk=4)
    before, made = lab.state(), lab.plan()
    process = start(lab, made, point=point, times=4)
    process.join()
    unsaid = _unannounced(lab, made.digest)
    found = list(objections(lab, before, lab.apply(made)))
    with lab.ports() as ports:
        pending = [portion for name in lab.urls for portion in ports.ledger.pending(name)]
    assert (process.exitcode, unsaid, found, pending) == (-9, set(), [], [])


class _Full:
    """A ledger whose disk fills up at its *number*-th line."""

    def __init__(self, real: Any, number: int) -> None:
        self._real, self._left = real, number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def write(self, at: Any, act: Act, portion: Any, people: Any = ()) -> Any:
        """Write, until the disk is full."""
        self._left -= 1
        if self._left < 0:
            raise StoreError(Text(fr="plein", en="full"))
        return self._real.write(at, act, portion, people)


@pytest.mark.parametrize("number", [0, 3])
def test_a_ledger_that_cannot_be_written_stops_the_run(make_lab_of: MakeLab, number: int) -> None:
    """What it could not announce is not done; once there is room, the same plan goes on to its end."""
    lab = make_lab_of(people=60, chunk=4)
    before, made = lab.state(), lab.plan()
    with lab.ports() as ports, pytest.raises(StoreError, match="full"):
        apply(replace(ports, ledger=_Full(ports.ledger, number)), read_plan(made.to_json()))
    untouched = number > 0 or lab.state().rows == before.rows
    assert (untouched, list(objections(lab, before, lab.apply(made)))) == (True, [])


def _sqlite(tmp_path: Path) -> Lab:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return make_lab(folder, lambda name: f"sqlite:///{tmp_path / name}.db", people=60)


def test_a_ledger_that_was_cut_stops_the_next_run(tmp_path: Path) -> None:
    """The journal knows how far it went: nothing is erased on the word of a shorter one."""
    lab = _sqlite(tmp_path)
    lab.apply(lab.plan())
    path = next((lab.folder / "ledger").glob("*.ledger"))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(TamperedError, match="ledger"):
        lab.apply(lab.plan())


def test_a_ledger_that_was_lost_stops_the_next_run(tmp_path: Path) -> None:
    """An empty folder is not a young ledger."""
    lab = _sqlite(tmp_path)
    lab.apply(lab.plan())
    for path in (lab.folder / "ledger").iterdir():
        path.unlink()
    with pytest.raises(TamperedError):
        lab.apply(lab.plan())
