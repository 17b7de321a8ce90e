"""Who comes back with a restored database: rows compared with the ledger, and what may be concluded from each.

A row is erased again only when it is sure to be what was erased: the same row, or the same person by reference or
e-mail, collected before the erasure. Somebody collected since came back of their own accord: they are left alone.
Anything else is for a human.

Source: GDPR 17; CEF 2025 on backups; INV-18.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from tenu.datamap.identity import Identity, Likeness
from tenu.plans.erasures import Entry, Hasher, Trace


class Return(Enum):
    """What a row that looks like an erased one is, from the surest that it goes to the surest that it stays.

    *unsealed*: it went through the archive, which no longer has it. *doubt*: it may be another person's. *came_back*:
    its person came back since, of their own accord.
    """

    AGAIN = "again"
    UNSEALED = "unsealed"
    DOUBT = "doubt"
    CAME_BACK = "came_back_since"

    def or_rather(self, other: Return) -> Return:
        """Return the more careful of the two."""
        order = list(Return)
        return max(self, other, key=order.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the ledger says of one row: the *entry* that erased it, on *erased_on*; *same_row* by its key too."""

    entry: Entry
    erased_on: date
    same_row: bool
    trace: Trace
    now: Identity


class Recall:
    """Whom some entries speak of, ready to be asked about every row of a table, once."""

    def __init__(self, remembered: Iterable[tuple[Hasher, Entry, date, Iterable[Trace]]]) -> None:
        """Take in the traces of each entry, with the keyed hashes of its epoch and the civil day it happened."""
        self._epochs: dict[Hasher, _Epoch] = {}
        for hasher, entry, day, traces in remembered:
            epoch = self._epochs.setdefault(hasher, _Epoch(hasher))
            for trace in traces:
                epoch.add(entry, day, trace)

    def of(self, place: str, key: tuple[Any, ...], identity: Identity) -> Iterator[Memory]:
        """Yield what is remembered of the row of *place* with this *key*, or of whoever carries its identifiers."""
        for epoch in self._epochs.values():
            yield from epoch.of(place, key, identity)


class _Epoch:
    def __init__(self, hasher: Hasher) -> None:
        self._hasher = hasher
        self._rows: dict[bytes, list[tuple[Entry, date, Trace]]] = defaultdict(list)
        self._values: dict[str, list[tuple[Entry, date, Trace]]] = defaultdict(list)

    def add(self, entry: Entry, day: date, trace: Trace) -> None:
        """Remember one person of *entry*."""
        known = (entry, day, trace)
        self._rows[trace.key].append(known)
        for value in (*trace.identity.references, *trace.identity.emails):
            self._values[value].append(known)

    def of(self, place: str, key: tuple[Any, ...], identity: Identity) -> Iterator[Memory]:
        """Yield what this epoch remembers of a row."""
        now, row = self._hasher.identity(identity), self._hasher.key(place, key)
        found = {id(known): known for known in self._rows.get(row, ())}
        for value in (*now.references, *now.emails):
            found |= {id(known): known for known in self._values.get(value, ())}
        for entry, day, trace in found.values():
            yield Memory(entry=entry, erased_on=day, same_row=trace.key == row, trace=trace, now=now)


def verdict(memory: Memory, collected_on: date | None) -> Return | None:
    """Return what a row is, *collected_on* being the civil day its data were collected.

    None for a stranger's, or for one that was emptied already. The day of the erasure itself is told apart by nobody,
    so it is a doubt.
    """
    was, now = memory.trace.identity, memory.now
    if memory.same_row and _nobody(now) and not _nobody(was):
        return None
    likeness = was.likeness(now)
    if not memory.same_row and likeness is Likeness.DIFFERENT:
        return None
    if collected_on is not None and collected_on > memory.erased_on:
        return Return.CAME_BACK
    sure = likeness is Likeness.SAME if not memory.same_row else _is_that_row(was, now)
    before = collected_on is not None and collected_on < memory.erased_on
    undated = collected_on is None and memory.same_row and likeness is Likeness.SAME
    return Return.AGAIN if sure and (before or undated) else Return.DOUBT


def _is_that_row(was: Identity, now: Identity) -> bool:
    """Return whether a row with the key of an erased one is that row, and not another person's given the same number."""
    if was.references and now.references:
        return bool(was.references & now.references)
    same_name = bool(was.name) and was.name == now.name
    return _nobody(was) or same_name or bool(was.emails & now.emails)


def _nobody(identity: Identity) -> bool:
    return not (identity.references or identity.emails or identity.name)
