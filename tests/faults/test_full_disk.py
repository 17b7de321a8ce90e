"""A disk that fills up: the run stops and says so, nothing is lost, and it goes on once there is room.

On SQLite alone, where a test can bound a file. A server whose disk is full answers a statement with an error like any
other, which ``test_injected`` raises on every engine at random statements; filling a server's disk would need a file
system of its own, which an ordinary account may not mount.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from faults.proof import lost, objections
from lab import Lab, make_lab
from tenu.errors import StoreError
from tenu.operations.apply import apply
from tenu.plans.plan import Plan
from tenu.ports import Ports


def _lab(tmp_path: Path) -> Lab:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return make_lab(folder, lambda name: f"sqlite:///{tmp_path / name}.db", people=200, chunk=10)


def _bound(engine: sa.Engine) -> None:
    """Let the database of *engine* keep the size it has."""

    def settle(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        limit.setdefault("pages", pages)
        connection.execute(f"PRAGMA max_page_count = {limit['pages']}")

    limit: dict[str, int] = {}
    engine.dispose()
    sa.event.listen(engine, "connect", settle)


def _engine(ports: Ports, full: str) -> sa.Engine:
    if full in ports.databases:
        return ports.databases[full]._engine(writing=True)  # type: ignore[attr-defined,no-any-return]
    stores: Any = ports
    own = {"journal": stores.journal._reads, "archive": stores.archive._archive}
    return own.get(full) or stores.archive._vault.engine  # type: ignore[no-any-return]


def _apply_on_a_full_disk(lab: Lab, made: Plan, full: str) -> None:
    with lab.ports() as ports:
        _bound(_engine(ports, full))
        apply(ports, made)


@pytest.mark.parametrize("full", ["archive", "vault", "journal", "crm", "erp", "shop"])
def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path: Path, full: str) -> None:
    """The store that is full is named, every row is somewhere, and the next apply ends where the oracle says."""
    lab = _lab(tmp_path)
    before, made = lab.state(), lab.plan()
    with pytest.raises(StoreError, match=f"'{full}' could not"):
        _apply_on_a_full_disk(lab, made, full)
    missing = lost(lab, before, lab.state())
    assert (missing, list(objections(lab, before, lab.apply(made)))) == ([], [])
