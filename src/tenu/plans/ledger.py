"""A ledger as read so far: how far it goes, what has an outcome, what was done where. Pure; where lines are kept is not
its business.
"""

from __future__ import annotations

from collections.abc import Iterable

from tenu.plans.erasures import START, Act, Entry, Head, Portion, altered, read_line

OUTCOMES = (Act.DONE, Act.VOID)


class Book:
    """The entries of a ledger, in order, each checked against the one before as it is taken in."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._intents: dict[Portion, Entry] = {}
        self._outcomes: dict[Portion, Entry] = {}
        self._held: dict[Portion, Entry] = {}

    @property
    def head(self) -> Head:
        """Return how far the ledger goes."""
        last = self.entries[-1] if self.entries else None
        return Head(number=last.number, digest=last.digest) if last else Head(number=0, digest=START)

    def read(self, line: bytes) -> Entry:
        """Take in the next *line*, its end removed.

        Raises:
            TamperedError: It does not follow the one before.
        """
        entry = read_line(line, self.head.digest if self.entries else None)
        if self.entries and entry.number != self.head.number + 1:
            raise altered()
        self.take(entry)
        return entry

    def take(self, entry: Entry) -> None:
        """Take in an entry that was just written."""
        self.entries.append(entry)
        match entry.act:
            case Act.INTENT:
                self._intents[entry.portion] = entry
                self._outcomes.pop(entry.portion, None)
            case Act.DONE | Act.VOID:
                self._outcomes[entry.portion] = entry
            case Act.HELD:
                self._held[entry.portion] = entry
            case Act.EPOCH:
                return

    def settled(self, portion: Portion) -> bool:
        """Return whether the outcome of *portion* is written."""
        return portion in self._outcomes

    def pending(self, system: str) -> list[Portion]:
        """Return what was intended in *system* and has no outcome yet, oldest first."""
        return [p for p in self._intents if p.system == system and p not in self._outcomes]

    def done(self, system: str, after: int = 0) -> list[Entry]:
        """Return what was done in *system* after the entry numbered *after*, oldest first."""
        found = (e for e in self._outcomes.values() if e.act is Act.DONE and e.portion.system == system)
        return sorted((e for e in found if e.number > after), key=lambda entry: entry.number)

    def held(self, system: str) -> list[Entry]:
        """Return the latest word on who is held in each people table of *system*."""
        return [entry for entry in self._held.values() if entry.portion.system == system]

    def intent_of(self, done: Entry) -> Entry | None:
        """Return the line that says whom *done* is about; itself for a hold, None when its epoch is forgotten."""
        return done if done.act is Act.HELD else self._intents.get(done.portion)

    def contradicts(self, known: Iterable[Head]) -> bool:
        """Return whether an anchor *known* elsewhere is not what this ledger says; forgotten epochs say nothing."""
        if not self.entries:
            return any(head.number for head in known)
        first = self.entries[0].number
        return any(
            head.number > self.head.number or self.entries[head.number - first].digest != head.digest
            for head in known
            if head.number >= first
        )
