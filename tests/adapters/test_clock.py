"""One suite for every clock: the machine's, and the one tests hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenu.adapters.clock import SystemClock
from tenu.ports import Clock
from tenu.testing import FixedClock

CLOCKS = [SystemClock(), FixedClock(datetime(2026, 11, 23, 12, tzinfo=UTC))]


@pytest.mark.parametrize("clock", CLOCKS, ids=["system", "fixed"])
def test_time_moves_on_while_one_sleeps(clock: Clock) -> None:
    """After a sleep, it is at least that much later."""
    before = clock.now()
    clock.sleep(0.02)
    assert clock.now() - before >= timedelta(milliseconds=19)


@pytest.mark.parametrize("clock", CLOCKS, ids=["system", "fixed"])
def test_an_instant_is_in_utc(clock: Clock) -> None:
    """Aware, with no offset."""
    assert clock.now().utcoffset() == timedelta(0)
