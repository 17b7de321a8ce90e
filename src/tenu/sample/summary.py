"""One line per person: who they are in the sample, the phase they are in, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenu.sample.answers import COLLECTED, Answer, Fate
from tenu.sample.clocks import Clocks, clocks
from tenu.sample.rows import Person, Row

_LEAVING = frozenset({Fate.ERASED, Fate.ARCHIVED, Fate.SHELL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A person in one line; *phase* is active, archive, erase, or special when their rows part ways."""

    person: int
    kind: str
    phase: str
    reason: str


def summary(person: Person, rows: Sequence[Row], found: Sequence[Answer], as_of: date) -> Summary:
    """Return the line of *person* on *as_of*, from their rows that day and the answers to them."""
    roots = [each.fate for row, each in zip(rows, found, strict=True) if _is_root(row)]
    phase = _phase(roots)
    reason = _reason(clocks(rows), roots, as_of)
    return Summary(person=person.id, kind=person.kind, phase=phase, reason=reason)


def _is_root(row: Row) -> bool:
    return row.table in COLLECTED and row.values.get("account_id") is None


def _phase(roots: Sequence[Fate]) -> str:
    if not _LEAVING & set(roots):
        return "special" if {Fate.HELD, Fate.AMBIGUOUS} & set(roots) else "active"
    if not set(roots) <= _LEAVING:
        return "special"
    return "erase" if set(roots) == {Fate.ERASED} else "archive"


def _reason(state: Clocks, roots: Sequence[Fate], as_of: date) -> str:
    if state.held:
        return "A dispute is open: nothing of this person changes."
    if Fate.AMBIGUOUS in roots:
        return "Could be somebody else who is still active: left alone and reported."
    if state.suspended:
        return f"The clocks of contract and relation stand still: {state.suspended}."
    until = state.archived_until
    ending = f"; archive limit {until}" + (" already passed" if until <= as_of else "") if until else ""
    acts = "; ".join(f"{rule.value}: {act.what} on {act.day}" for rule, act in sorted(state.last.items()))
    return f"Last acts: {acts or 'none since collection'}{ending}."
