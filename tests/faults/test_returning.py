"""The service does not feel a run: a customer who comes back while it works waits a quarter of a second at most."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from lab import Lab
from tenu.adapters.clock import SystemClock
from tenu.operations.apply import apply
from tenu.sample.schema import SYSTEMS

WAITS_AT_MOST = 0.25
"""Seconds that a run may cost a customer, on a machine nobody else uses (see ``benchmarks/felt.py``)."""


def bound(others: Sequence[float]) -> float:
    """Return how long a wait may be on this machine, as busy as it is now, where *others* wait for it alone."""
    return WAITS_AT_MOST * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)) + max(others)


class Shoppers(threading.Thread):
    """Customers who sign in one after the other, each in a transaction of their own. *waits*: seconds each.

    With *disk*, each also waits for a file there to be flushed, as a chunk waits for the ledger's.
    """

    def __init__(self, url: str, over: threading.Event, disk: Path | None = None) -> None:
        super().__init__(daemon=True)
        self._disk = (disk / "flushed").open("wb", buffering=0) if disk else None
        self._engine = sa.create_engine(url, connect_args={"timeout": 30} if "sqlite" in url else {})
        self.over = over
        self.waits: list[float] = []

    def run(self) -> None:
        """Touch one account after the other until it is over."""
        account = sa.Table("account", sa.MetaData(), autoload_with=self._engine)
        with self._engine.connect() as connection:
            keys = [row.id for row in connection.execute(sa.select(account.c.id))]
            connection.rollback()
            while not self.over.is_set():
                key = keys[len(self.waits) % len(keys)]
                begun = time.monotonic()
                connection.execute(
                    sa.update(account).where(account.c.id == key).values(phone=account.c.phone)
                )
                connection.commit()
                if self._disk:
                    self._disk.write(b"x")
                    os.fsync(self._disk.fileno())
                self.waits.append(time.monotonic() - begun)
                time.sleep(0.002)
        self._engine.dispose()
        if self._disk:
            self._disk.close()


def test_a_returning_customer_never_waits_long(
    make_lab_of: Callable[..., Lab], new_database: Callable[[str], str]
) -> None:
    """Hundreds sign in while everything is purged: none waits beyond the bound longer than in a shop no run touches."""
    lab = make_lab_of(people=250, chunk=1_000)
    with (lab.folder / "tenu.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[pacing]\nduty = 50\n")
    made, over = lab.plan(), threading.Event()
    shoppers, others = (
        Shoppers(lab.urls["shop"], over),
        Shoppers(_shop_apart(new_database("apart")), over, lab.folder),
    )
    for crowd in (shoppers, others):
        crowd.start()
    while not (shoppers.waits and others.waits):
        time.sleep(0.01)
    with lab.ports() as ports:
        run = apply(
            replace(ports, clock=SystemClock()),
            replace(made, expires_at=made.expires_at.max.replace(tzinfo=made.expires_at.tzinfo)),
        )
    over.set()
    for crowd in (shoppers, others):
        crowd.join()
    late = [wait for wait in shoppers.waits if wait > bound(others.waits)]
    assert (run.people > 50, len(shoppers.waits) > 20, late) == (True, True, [])


def _shop_apart(url: str) -> str:
    """Put a hundred accounts in the empty database at *url*; return it."""
    account = SYSTEMS["shop"].tables["account"]
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        apart = sa.Table(
            "account",
            sa.MetaData(),
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("phone", account.c.phone.type),
        )
        apart.create(connection)
        connection.execute(sa.insert(apart), [{"id": number} for number in range(1, 101)])
    engine.dispose()
    return url
