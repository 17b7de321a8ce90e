"""Between two chunks: may the run go on, how large is the next chunk, how long does it rest first.

A human's word (pause, abort), the hours of the maintenance window, the replicas and the lock queue are looked at before
every chunk; tenu.toml is read again, so that a DBA can slow a run down while it works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tenu.errors import FindingsError, RefusedError, UnreachableError
from tenu.operations.runs import State, word_on
from tenu.plans.pacing import LagProbe, Pace, Pacing, is_open, next_opening, rest
from tenu.ports import Ports, Session
from tenu.terms import Text

StopReason = Literal["window", "duration", "sample", "aborted"]
WaitReason = Literal["paused", "window", "lag", "rest", "settings"]
LOOK_AGAIN = 1.0
"""Seconds between two looks at what a run waits for."""
LONG_LOOK = 60.0
"""The same for a maintenance window."""
WAITS: dict[WaitReason, Text] = {
    "paused": Text(
        fr="suspendue, à relancer par : tenu run resume", en="paused, until somebody says: tenu run resume"
    ),
    "window": Text(fr="hors de la fenêtre de maintenance", en="outside the maintenance window"),
    "lag": Text(fr="une réplique est en retard", en="a replica is late"),
    "rest": Text(fr="repos entre deux lots", en="resting between two chunks"),
    "settings": Text(
        fr="tenu.toml ne se lit plus : les réglages d'avant valent toujours",
        en="tenu.toml cannot be read any more: the settings of before still hold",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Why a run is not working, and for how many *seconds* before it looks again."""

    reason: WaitReason
    seconds: float

    @property
    def said(self) -> Text:
        """Return the reason in words."""
        return WAITS[self.reason]


Waits = Callable[[Wait], None]
"""Told each time a run waits."""


class StoppedError(RefusedError):
    """A run stops between two chunks, cleanly: its window closed, its time is up, its sample is done, or it is aborted."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(Text(fr=f"arrêt : {reason}", en=f"stopped: {reason}"))
        self.reason = reason


class Pacer:
    """The pace of one run.

    Args:
        ports: The clock, the journal, the settings as they are now.
        run: The plan's digest.
        expires_at: When the plan expires; a run never waits beyond.
        waits: Told each wait.
    """

    def __init__(self, ports: Ports, run: str, expires_at: datetime, waits: Waits) -> None:
        self._ports, self._run, self._waits = ports, run, waits
        self._expires_at = expires_at
        self._zone = ZoneInfo(ports.workspace.policy.time_zone)
        self._begun_at = ports.clock.now()
        self._from = ports.journal.size
        self._word = word_on(ports, run)
        self._settings = ports.workspace.settings.pacing
        self._rest = 0.0
        self._lags: dict[str, tuple[datetime, float]] = {}

    def may_go_on(self, system: str) -> None:
        """Return when the next chunk of *system* may begin.

        Raises:
            StoppedError: The run must stop here.
        """
        self._read_settings()
        if self._rest:
            self._wait(Wait(reason="rest", seconds=self._rest))
            self._rest = 0.0
        while (wait := self._obstacle(system)) is not None:
            self._wait(wait)
            self._read_settings()

    @property
    def settings(self) -> Pacing:
        """Return the pacing as tenu.toml said last."""
        return self._settings

    def size(self, pace: Pace, most: int) -> int:
        """Return how many the next chunk may hold."""
        return pace.size(self._settings, most)

    @contextmanager
    def timed(self, pace: Pace, session: Session, system: str, *, count: int, most: int) -> Iterator[None]:
        """Let *pace* learn from the chunk done inside, and rest as long as the duty cycle asks.

        Args:
            pace: The pace of this kind of chunk.
            session: Who works.
            system: Where.
            count: How many the chunk holds.
            most: How many a chunk may hold at most.
        """
        whole = count >= pace.size(self._settings, most)
        begun, waited = self._ports.clock.now(), False
        if self._settings.target_ms:
            with self._ports.databases[system].watch(session) as queue:
                yield
            waited = queue.longest > 0
        else:  # every chunk is as large as may be, whoever waits: nobody need look
            yield
        seconds = (self._ports.clock.now() - begun).total_seconds()
        pace.took(seconds, self._settings, most, whole=whole, waited=waited)
        self._rest = rest(seconds, self._settings)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Rest, after what is done inside, as long as the duty cycle asks: a batch of files, whose size nobody waits for."""
        begun = self._ports.clock.now()
        yield
        self._rest = rest((self._ports.clock.now() - begun).total_seconds(), self._settings)

    def _wait(self, wait: Wait) -> None:
        self._waits(wait)
        self._ports.clock.sleep(wait.seconds)

    def _obstacle(self, system: str) -> Wait | None:
        """Return what stands in the way right now, None when nothing does."""
        word = self._said()
        if word == "aborted":
            raise StoppedError("aborted")
        now, pacing = self._ports.clock.now(), self._settings
        if pacing.max_minutes and now - self._begun_at >= timedelta(minutes=pacing.max_minutes):
            raise StoppedError("duration")
        if not is_open(pacing, now, self._zone):
            return self._closed(now, pacing)
        if word == "paused":
            return Wait(reason="paused", seconds=LOOK_AGAIN)
        if self._is_late(system, pacing):
            return Wait(reason="lag", seconds=LOOK_AGAIN)
        return None

    def _closed(self, now: datetime, pacing: Pacing) -> Wait:
        opens = next_opening(pacing, now, self._zone)
        if pacing.outside == "stop" or opens is None or opens >= self._expires_at:
            raise StoppedError("window")
        return Wait(reason="window", seconds=min(LONG_LOOK, (opens - now).total_seconds()))

    def _is_late(self, system: str, pacing: Pacing) -> bool:
        """Return whether the replicas of *system* are too late; a store of files has none."""
        most = pacing.max_lag_seconds
        return bool(most) and system in self._ports.databases and self._lag(system, pacing) > most

    def _lag(self, system: str, pacing: Pacing) -> float:
        """Return the lag of the system's replicas, asked once a second; one that does not answer is as late as can be."""
        now = self._ports.clock.now()
        asked_at, lag = self._lags.get(system, (None, 0.0))
        if asked_at is None or (now - asked_at).total_seconds() >= LOOK_AGAIN:
            try:
                lag = self._ports.databases[system].lag(pacing.lag.get(system, LagProbe())) or 0.0
            except UnreachableError:
                lag = float("inf")
            self._lags[system] = now, lag
        return lag

    def _said(self) -> State:
        """Return what humans last said of this run; only the events since it began are read again."""
        return word_on(self._ports, self._run, since=self._from, before=self._word)

    def _read_settings(self) -> None:
        try:
            self._settings = self._ports.reread().pacing
        except FindingsError:
            self._waits(Wait(reason="settings", seconds=0.0))
