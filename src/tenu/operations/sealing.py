"""What the archive must hold of one chunk: read, packed person by person, committed just before the source is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tenu.datamap.identity import normalise
from tenu.operations.choosing import Choice, Scene
from tenu.operations.linking import latest
from tenu.periods.limits import last_day
from tenu.plans.package import package, words
from tenu.plans.task import Erase, Keep, PersonTask, Seal
from tenu.ports import BusyError, Found, Key, Line, Rows, Sealed, Unit
from tenu.terms import IdentifierKind, Text


class Sealing:
    """What the archive must hold of one chunk: read before its people go, committed before the source is."""

    def __init__(self, opened: Scene, choice: Choice, unit: Unit, found: Sequence[Found]) -> None:
        """Read what nothing will delete as it is; the rest is taken in the very statement that deletes it.

        *found* are the people of the chunk.
        """
        self._opened, self._choice, self._unit = opened, choice, unit
        self._session, task = opened.sessions[choice.task.system], choice.task
        self._seals = [effect for effect in task.effects if isinstance(effect, Seal)]
        self._blocks: dict[Key, list[str]] = {}
        self._held: Counter[Key] = Counter()
        self.taken = taken(task)
        self.counts: dict[str, int] = {}
        for seal in self._seals:
            if seal not in self.taken.values():
                self._add(seal, self._session.read(seal, choice.chosen, unit))
        lasts = [ending.lasts for ending in task.endings]
        self._untils = {
            key: latest([*(last_day(d, p) for d, p in zip(days, lasts, strict=False) if d), days[-1]])
            for key, days in self._session.ends(task, choice.chosen, unit)
        }
        self._found = found

    def take(self, erase: Erase) -> int:
        """Delete rows and keep them for the archive; return how many."""
        seal = self.taken[erase]
        return self._add(seal, self._session.take(seal, erase, self._choice.chosen, self._unit))

    def commit(self, run: str, written: Unit) -> list[Line]:
        """Seal what was read, person by person, and commit it; return how many rows of each table."""
        task = self._choice.task
        said = words([self._session.heading(seal) for seal in self._seals])
        self._opened.ports.archive.put(
            run, task.name, written, self._sealed(), ground=_ground(self._opened, task.rules), words=said
        )
        return [Line(verb="archive", table=table, rows=rows, people=0) for table, rows in self.counts.items()]

    def _add(self, seal: Seal, read: Iterable[Rows]) -> int:
        place, total, nothing = self._seals.index(seal), 0, [""] * len(self._seals)
        for key, block, count in read:
            self._blocks.setdefault(key, nothing.copy())[place] = block
            self._held[key] += count
            total += count
        self.counts[seal.table] = self.counts.get(seal.table, 0) + total
        return total

    def _sealed(self) -> Iterator[Sealed]:
        """Yield each person of the chunk, packed."""
        task, nothing = self._choice.task, [""] * len(self._seals)
        for person in self._found:
            until = self._untils[person.key]
            if until is None:
                raise _endless()
            yield Sealed(
                system=task.system,
                root=task.root,
                package=package(self._blocks.get(person.key, nothing)),
                rows=self._held[person.key],
                until=until,
                identifiers=tuple(_identifiers(person)),
            )


def taken(task: PersonTask) -> Mapping[Erase, Seal]:
    """Return the erasures that delete the very rows a seal covers, as they are: one pass can read and delete."""
    changed = {effect.table for effect in task.effects if not isinstance(effect, Erase | Keep | Seal)}
    seals = {(e.table, e.path, e.where): e for e in task.effects if isinstance(e, Seal)}
    return {
        effect: seals[place]
        for effect in task.effects
        if isinstance(effect, Erase) and not effect.shared and effect.table not in changed
        if (place := (effect.table, effect.path, effect.where)) in seals
    }


def _endless() -> BusyError:
    return BusyError(
        Text(
            fr="la fin de la relation d'une personne a disparu",
            en="the end of a person's relation disappeared",
        )
    )


def _identifiers(person: Found) -> Iterator[tuple[IdentifierKind, str]]:
    for kind, values in person.values.items():
        if kind is not IdentifierKind.NAME:
            for value in values:
                if said := normalise(kind, value):
                    yield kind, said
    if person.identity.name:
        yield IdentifierKind.NAME, person.identity.name


def _ground(opened: Scene, rules: Sequence[str]) -> str:
    """Return why the archive exists, in the policy's words."""
    by_id = {rule.id: rule for rule in opened.rules.rules}
    grounds = (by_id[rule].archive for rule in rules)
    return " ; ".join(dict.fromkeys(archive.ground.fr for archive in grounds if archive is not None))
