"""Reading what tenu.toml says of supervision: the tables ``[limits]``, ``[approval]`` and ``[pacing]``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any, TypeVar, cast

from tenu.periods.holidays import Region
from tenu.plans.approval import NEEDED, Approval, Needed
from tenu.plans.bounds import TableCeiling
from tenu.plans.pacing import DAYS, LagProbe, Outside, Pacing, Window
from tenu.terms import Text

Complain = Callable[[Text], None]
"""Told each mistake."""
Word = TypeVar("Word", bound=str)
HUNDRED = 100


def read_limits(table: Any, complain: Complain) -> Mapping[str, TableCeiling]:
    """Return the limits of single tables, by ``system.table``."""
    found = {}
    for name, said in _table(table, "limits", complain).items():
        one = _Reader(said, f'limits."{name}"', complain)
        found[name] = TableCeiling(
            rows=one.whole("rows", None, least=0), share=one.whole("share", None, least=0, most=HUNDRED)
        )
        one.end()
    return found


def read_approval(table: Any, complain: Complain) -> Approval:
    """Return which plans a human must approve."""
    usual, said = Approval(), _Reader(table, "approval", complain)
    found = Approval(
        needed=cast("Needed", said.word("needed", usual.needed, NEEDED)),
        roles=said.texts("roles", usual.roles),
        two_people=said.flag("two_people", usual.two_people),
    )
    said.end()
    return found


def read_pacing(table: Any, complain: Complain) -> Pacing:
    """Return how fast a run may go, and when."""
    usual, said = Pacing(), _Reader(table, "pacing", complain)
    region = said.word("holidays", "", ("", *(str(region) for region in Region)))
    found = Pacing(
        target_ms=said.whole("target_ms", usual.target_ms, least=0) or 0,
        smallest=said.whole("smallest", usual.smallest) or usual.smallest,
        duty=said.whole("duty", usual.duty, most=HUNDRED) or usual.duty,
        max_lag_seconds=said.whole("max_lag_seconds", usual.max_lag_seconds, least=0) or 0,
        max_minutes=said.whole("max_minutes", usual.max_minutes, least=0) or 0,
        outside=cast("Outside", said.word("outside", usual.outside, ("stop", "wait"))),
        holidays=Region(region) if region else None,
        windows=tuple(_window(one, complain) for one in said.tables("window")),
        lag={name: _probe(name, one, complain) for name, one in said.table("lag").items()},
    )
    said.end()
    return found


def _window(table: Any, complain: Complain) -> Window:
    said = _Reader(table, "pacing.window", complain)
    days = said.texts("days", DAYS, among=DAYS)
    found = Window(
        days=frozenset(DAYS.index(day) for day in days), start=said.hour("from"), end=said.hour("to")
    )
    said.end()
    return found


def _probe(name: str, table: Any, complain: Complain) -> LagProbe:
    said = _Reader(table, f"pacing.lag.{name}", complain)
    found = LagProbe(url=said.text("url"), query=said.text("query"))
    said.end()
    return found


def _table(value: Any, name: str, complain: Complain) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    complain(Text(fr=f"[{name}] doit être une table", en=f"[{name}] must be a table"))
    return {}


class _Reader:
    """One table of tenu.toml: each key is asked once, mistakes are told, what nobody asked for is unknown."""

    def __init__(self, table: Any, name: str, complain: Complain) -> None:
        self._name, self._complain = name, complain
        self._left = dict(_table(table, name, complain))

    def whole(self, key: str, usual: int | None, *, least: int = 1, most: int | None = None) -> int | None:
        """Return a whole number between *least* and *most*."""
        value = self._left.pop(key, usual)
        if value is None:
            return None
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
        if fits and (most is None or value <= most):
            return int(value)
        upto = f" à {most}" if most is not None else " ou plus"
        up_to = f" to {most}" if most is not None else " or more"
        self._wrong(key, f"un nombre entier, {least}{upto}", f"a whole number, {least}{up_to}")
        return usual

    def flag(self, key: str, usual: bool) -> bool:
        """Return true or false."""
        value = self._left.pop(key, usual)
        if not isinstance(value, bool):
            self._wrong(key, "true ou false", "true or false")
            return usual
        return value

    def word(self, key: str, usual: str, among: Sequence[str]) -> str:
        """Return one word of *among*."""
        value = self._left.pop(key, usual)
        if value not in among:
            listed = ", ".join(word for word in among if word)
            self._wrong(key, f"l'un de : {listed}", f"one of: {listed}")
            return usual
        return str(value)

    def text(self, key: str) -> str | None:
        """Return a text, None when it is not said."""
        value = self._left.pop(key, None)
        if value is not None and not isinstance(value, str):
            self._wrong(key, "un texte entre guillemets", "a text between quotes")
            return None
        return value

    def texts(self, key: str, usual: Sequence[str], among: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return a list of texts, each of *among* when given."""
        value = self._left.pop(key, list(usual))
        fits = isinstance(value, list) and value and all(isinstance(one, str) and one for one in value)
        if not fits or (among is not None and not set(value) <= set(among)):
            of = f" ({', '.join(among)})" if among else ""
            self._wrong(key, f"une liste de textes{of}", f"a list of texts{of}")
            return tuple(usual)
        return tuple(value)

    def hour(self, key: str) -> time:
        """Return an hour of the wall clock, ``HH:MM``."""
        value = self._left.pop(key, None)
        try:
            return time.fromisoformat(str(value)).replace(tzinfo=None)
        except ValueError:
            self._wrong(key, 'une heure comme "22:30"', 'an hour like "22:30"')
            return time()

    def table(self, key: str) -> Mapping[str, Any]:
        """Return a table inside this one."""
        return _table(self._left.pop(key, {}), f"{self._name}.{key}", self._complain)

    def tables(self, key: str) -> list[Any]:
        """Return a list of tables inside this one."""
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            self._wrong(key, f"[[{self._name}.{key}]]", f"[[{self._name}.{key}]]")
            return []
        return value

    def end(self) -> None:
        """Tell the keys nobody knows."""
        for key in self._left:
            name = f"{self._name}.{key}"
            self._complain(Text(fr=f"réglage inconnu : {name}", en=f"unknown setting: {name}"))

    def _wrong(self, key: str, fr: str, en: str) -> None:
        name = f"{self._name}.{key}"
        self._complain(Text(fr=f"{name} doit être {fr}", en=f"{name} must be {en}"))
