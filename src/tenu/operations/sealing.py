"""What the archive must hold of one chunk: read, packed person by person, committed just before the source is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from tenu.datamap.identity import normalise
from tenu.operations.choosing import Choice, Scene
from tenu.operations.linking import latest
from tenu.periods.limits import last_day
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
        self._rows: dict[Key, list[Rows]] = defaultdict(list)
        self.taken = taken(task)
        self.counts: dict[str, int] = {}
        for seal in task.effects:
            if isinstance(seal, Seal) and seal not in self.taken.values():
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
        people = (
            _sealed(task.system, task.root, person, self._rows[person.key], self._untils[person.key])
            for person in self._found
        )
        self._opened.ports.archive.put(
            run, task.name, written, people, ground=_ground(self._opened, task.rules), words=_words(task)
        )
        return [Line(verb="archive", table=table, rows=rows, people=0) for table, rows in self.counts.items()]

    def _add(self, seal: Seal, read: Iterable[Rows]) -> int:
        found = 0
        for part in read:
            self._rows[part.key].append(part)
            found += part.count
        self.counts[seal.table] = self.counts.get(seal.table, 0) + found
        return found


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


def _sealed(system: str, root: str, person: Found, rows: list[Rows], until: date | None) -> Sealed:
    if until is None:
        raise BusyError(
            Text(
                fr="la fin de la relation d'une personne a disparu",
                en="the end of a person's relation disappeared",
            )
        )
    return Sealed(
        system=system,
        root=root,
        package=_package(rows),
        rows=sum(part.count for part in rows),
        until=until,
        identifiers=tuple(_identifiers(person)),
    )


def _package(rows: Sequence[Rows]) -> bytes:
    """Return the person's rows as one JSON object by table; the rows themselves are the server's own JSON, unread."""
    by_table: dict[tuple[str, tuple[str, ...]], list[Rows]] = defaultdict(list)
    for part in rows:
        by_table[part.table, part.columns].append(part)
    return (
        "{" + ",".join(f"{_heading(*place)}{_together(parts)}}}" for place, parts in by_table.items()) + "}"
    ).encode()


def _together(parts: Sequence[Rows]) -> str:
    """Return the rows of one table, found by one way or several, as one JSON array."""
    return parts[0].json if len(parts) == 1 else f"[{','.join(part.json.strip()[1:-1] for part in parts)}]"


def _words(task: PersonTask) -> bytes:
    """Return what the packages of *task* all repeat: names of tables and columns, nobody's own."""
    return "".join(f"{_heading(e.table, e.columns)}[[" for e in task.effects if isinstance(e, Seal)).encode()


@lru_cache(maxsize=1_000)
def _heading(table: str, columns: tuple[str, ...]) -> str:
    """Return what comes before the rows of a table in a package."""
    return f'"{table}":{{"columns":[{",".join(f"{chr(34)}{name}{chr(34)}" for name in columns)}],"rows":'


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
