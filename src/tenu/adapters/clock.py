"""The machine's clock, the only one tenu reads."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait *seconds*; a person may interrupt it."""
        time.sleep(max(0.0, seconds))
