"""``tenu apply --sample``: a few people of each task first, and exactly which rows changed, so that a DBA can look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from tenu.operations.choosing import Choice
from tenu.plans.plan import PlannedTask, unpack, verb_of
from tenu.plans.run import Taken
from tenu.plans.selection import NEVER, Listed, all_of, linked
from tenu.plans.task import Change, Keep, RecordTask, Seal
from tenu.ports import Fate, Key, Session, Unit


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

    def picked(self, tasks: Iterable[PlannedTask]) -> Mapping[str, frozenset[bytes]]:
        """Return the fingerprints of the people to do, by ``system.table``: always the same ones of the same plan.

        Whoever is picked for one task is done in all those of their table: a later one counts on what the earlier did.
        """
        found: dict[str, set[bytes]] = {}
        for task in tasks:
            fates = unpack(task.chosen)
            found.setdefault(f"{task.system}.{task.table}", set()).update(
                islice(sorted(fates), self.of(len(fates)))
            )
        return {place: frozenset(people) for place, people in found.items()}


def of_picked(task: RecordTask) -> RecordTask:
    """Return *task* on the records of the picked people only: whoever is done is done whole, their records first.

    Records that lead to nobody are left for the whole run.
    """
    mine = linked(task.path, Listed(name="picked")) if task.root else NEVER
    return replace(task, effect=replace(task.effect, where=all_of([task.effect.where, mine])))


def pick(session: Session, chosen: Iterable[tuple[str, Iterable[tuple[Key, Fate]]]]) -> None:
    """List in *session* the people of a sample, by people table: those of every task together."""
    by_root: dict[str, set[Key]] = {}
    for root, people in chosen:
        mine = by_root.setdefault(root, set())
        mine.update(key for key, fate in people if fate is not Fate.SPARED)
    for root, keys in by_root.items():
        session.enlist("picked", root, sorted(keys))
    session.commit()


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
