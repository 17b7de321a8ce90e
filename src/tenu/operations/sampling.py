"""``tenu apply --sample``: a few people of each task first, and exactly which rows changed, so that a DBA can look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenu.operations.choosing import Choice
from tenu.plans.plan import verb_of
from tenu.plans.run import Taken
from tenu.plans.task import Change, Keep, Seal
from tenu.ports import Session, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How many people of each task: *people*, or *percent* of them, at least one."""

    people: int | None = None
    percent: int | None = None

    def of(self, planned: int) -> int:
        """Return how many of *planned* people to do."""
        if self.people is not None:
            return self.people
        return -(-planned * (self.percent or 0) // 100)

    def taking(self, session: Session, choice: Choice, unit: Unit) -> Taking:
        """Return what one chunk is about to change, to be asked afterwards what it did."""
        return Taking(session, choice, unit)


class Taking:
    """The rows of one chunk, read before it is done; those of people spared meanwhile are left out after."""

    def __init__(self, session: Session, choice: Choice, unit: Unit) -> None:
        self._session, self._choice, self._unit = session, choice, unit
        changes: list[Change] = [e for e in choice.task.effects if not isinstance(e, Keep | Seal)]
        self._rows = {change: session.touched(change, choice.chosen, unit) for change in changes}
        session.commit()

    def kept(self) -> Iterator[Taken]:
        """Yield the rows of the people who were done."""
        done = set(self._session.left_keys(self._choice.chosen, self._unit))
        self._session.commit()
        for change, rows in self._rows.items():
            for person, own in rows:
                if person in done:
                    yield Taken(
                        system=self._choice.task.system, table=change.table, verb=verb_of(change), key=own
                    )
