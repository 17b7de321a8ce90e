"""One chunk of people, one transaction: lock, look again, seal, change, note, commit.

The archive commits just before the source. At every instant each row exists in at least one place; a unit the archive
has and the source never noted is wiped, here when the transaction fails, by the next ``apply`` when the power does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from tenu.datamap.identity import normalise
from tenu.operations.choosing import Choice, Scene
from tenu.operations.linking import PlaceName, latest
from tenu.periods.limits import last_day
from tenu.plans.retention import vitals
from tenu.plans.selection import any_of
from tenu.plans.task import Clear, Cut, Erase, Keep, Seal
from tenu.ports import BusyError, Fate, Found, Key, Line, Rows, Sealed, Session, Unit, appeared
from tenu.terms import IdentifierKind, Text


def do_chunk(opened: Scene, choice: Choice, unit: Unit, run: str) -> int:
    """Change one chunk; return how many of its people are done, the others having come back or gone on hold.

    Raises:
        BusyError: Rows were locked, or appeared meanwhile; nothing was changed.
    """
    session, chosen = opened.sessions[choice.task.system], choice.chosen
    sealing = unit.fate is Fate.ARCHIVE
    try:
        with session.transaction():
            keys = session.lock(chosen, unit)
            session.recheck(choice.task, chosen, unit, alone=choice.alone)
            session.spare(chosen, [] if choice.alone else _back_elsewhere(opened, choice, keys))
            people = session.left(chosen, unit)
            if people:
                session.note(run, choice.task.name, unit, _done(opened, choice, unit, people, run))
    except BaseException:
        if sealing:
            opened.ports.archive.wipe(run, choice.task.name, unit)
        raise
    return people


def _back_elsewhere(opened: Scene, choice: Choice, keys: Sequence[Key]) -> list[Key]:
    """Return the people whose row in another system shows life, or a hold, since they were chosen."""
    by_place: dict[PlaceName, dict[Key, list[Key]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        for place, other in choice.rows.get(key, ()):
            by_place[place][other].append(key)
    back: list[Key] = []
    for (system, root), others in by_place.items():
        layout = opened.layouts[system]
        signs = vitals(layout, layout.estate(root), opened.rules, choice.task.rules)
        session = opened.sessions[system]
        for other in session.alive_among(root, list(others), any_of([signs.alive, signs.held])):
            back.extend(others[other])
        if system != choice.task.system:
            session.commit()
    return list(dict.fromkeys(back))


def _done(opened: Scene, choice: Choice, unit: Unit, people: int, run: str) -> list[Line]:
    """Seal and change one chunk; return what was done, the archive being committed already."""
    sealing = _Sealing(opened, choice, unit) if unit.fate is Fate.ARCHIVE else None
    changed = list(_change(opened.sessions[choice.task.system], choice, unit, sealing))
    lines = [*sealing.commit(run), *changed] if sealing else changed
    return [replace(line, people=people) for line in lines]


class _Sealing:
    """What the archive must hold of one chunk: read before its people go, committed before the source is."""

    def __init__(self, opened: Scene, choice: Choice, unit: Unit) -> None:
        """Read what nothing will delete as it is; the rest is taken in the very statement that deletes it."""
        self._opened, self._choice, self._unit = opened, choice, unit
        self._session, task = opened.sessions[choice.task.system], choice.task
        self._rows: dict[Key, list[Rows]] = defaultdict(list)
        self.taken = task.taken()
        self.counts: dict[str, int] = {}
        for seal in task.effects:
            if isinstance(seal, Seal) and seal not in self.taken.values():
                self._add(seal, self._session.read(seal, choice.chosen, unit))
        lasts = [ending.lasts for ending in task.endings]
        self._untils = {
            key: latest([*(last_day(d, p) for d, p in zip(days, lasts, strict=False) if d), days[-1]])
            for key, days in self._session.ends(task, choice.chosen, unit)
        }
        people = opened.layouts[task.system].system.people[task.root]
        self._found = list(self._session.identities(choice.chosen, people, unit))

    def take(self, erase: Erase) -> int:
        """Delete rows and keep them for the archive; return how many."""
        seal = self.taken[erase]
        return self._add(seal, self._session.take(seal, erase, self._choice.chosen, self._unit))

    def commit(self, run: str) -> list[Line]:
        """Seal what was read, person by person, and commit it; return how many rows of each table."""
        task = self._choice.task
        ground = _ground(self._opened, task.rules)
        people = (
            _sealed(task.system, task.root, person, self._rows[person.key], self._untils[person.key], ground)
            for person in self._found
        )
        self._opened.ports.archive.put(run, task.name, self._unit, people)
        return [Line(verb="archive", table=table, rows=rows, people=0) for table, rows in self.counts.items()]

    def _add(self, seal: Seal, read: Iterable[Rows]) -> int:
        self.counts[seal.table] = 0
        for part in read:
            self._rows[part.key].append(part)
            self.counts[seal.table] += part.count
        return self.counts[seal.table]


def _change(session: Session, choice: Choice, unit: Unit, sealing: _Sealing | None) -> Iterator[Line]:
    """Do every effect in order and yield what each did; refuse to erase a row the archive did not read."""
    effects = choice.task.effects
    shared = {e: session.shared_keys(e, choice.chosen, unit) for e in effects if isinstance(e, Erase) and e.shared}
    for effect in effects:
        match effect:
            case Keep() | Seal():
                continue
            case Cut():
                verb, rows = "cut", session.perform(effect, choice.chosen, unit)
            case Clear():
                verb, rows = "clear", session.perform(effect, choice.chosen, unit)
            case Erase(shared=True):
                verb, rows = "erase", session.erase_unheld(effect, shared[effect])
            case Erase() if sealing and effect in sealing.taken:
                verb, rows = "erase", sealing.take(effect)
            case Erase():
                verb, rows = "erase", session.perform(effect, choice.chosen, unit)
                if sealing and effect.table in sealing.counts and rows > sealing.counts[effect.table]:
                    raise appeared(effect.table)
        if rows:
            yield Line(verb=verb, table=effect.table, rows=rows, people=0)


def _sealed(
    system: str, root: str, person: Found, rows: list[Rows], until: date | None, ground: str
) -> Sealed:
    if until is None:
        raise BusyError(
            Text(fr="la fin de la relation d'une personne a disparu", en="the end of a person's relation disappeared")
        )
    return Sealed(
        system=system,
        root=root,
        package=_package(rows),
        rows=sum(part.count for part in rows),
        until=until,
        ground=ground,
        identifiers=tuple(_identifiers(person)),
    )


def _package(rows: Sequence[Rows]) -> bytes:
    """Return the person's rows as one JSON object by table; the rows themselves are the server's own JSON, unread."""
    return ("{" + ",".join(f"{_heading(part.table, part.columns)}{part.json}}}" for part in rows) + "}").encode()


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
