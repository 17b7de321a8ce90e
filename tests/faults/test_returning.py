"""The service does not feel a run: a customer who comes back while it works waits a quarter of a second at most."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from lab import Lab
from tenu.adapters.clock import SystemClock
from tenu.operations.apply import apply

WAITS_AT_MOST = 0.25
"""Seconds, on a machine nobody else uses: as many times more as processes wait for each of its processors."""


def bound() -> float:
    """Return how long a wait may be on this machine as busy as it is now."""
    return WAITS_AT_MOST * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Shoppers(threading.Thread):
    """Customers who sign in one after the other, each in a transaction of their own. *waits*: seconds each."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._engine = sa.create_engine(url, connect_args={"timeout": 30} if "sqlite" in url else {})
        self.over = threading.Event()
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
                self.waits.append(time.monotonic() - begun)
                time.sleep(0.002)
        self._engine.dispose()


def test_a_returning_customer_never_waits_long(make_lab_of: Callable[..., Lab]) -> None:
    """Hundreds sign in while everything is purged, half of the time: none of them waits beyond the bound."""
    lab = make_lab_of(people=250, chunk=1_000)
    with (lab.folder / "tenu.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[pacing]\nduty = 50\n")
    made = lab.plan()
    shoppers = Shoppers(lab.urls["shop"])
    shoppers.start()
    while not shoppers.waits:
        time.sleep(0.01)
    with lab.ports() as ports:
        run = apply(
            replace(ports, clock=SystemClock()),
            replace(made, expires_at=made.expires_at.max.replace(tzinfo=made.expires_at.tzinfo)),
        )
    shoppers.over.set()
    shoppers.join()
    late = [wait for wait in shoppers.waits if wait > bound()]
    assert (run.people > 50, len(shoppers.waits) > 20, late) == (True, True, [])
