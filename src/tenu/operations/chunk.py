"""One chunk of people, one transaction: lock, look again, seal, change, note, commit.

The archive commits just before the source. At every instant each row exists in at least one place; a unit the archive
has and the source never noted is wiped, here when the transaction fails, by the next ``apply`` when the power does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tenu.datamap.identity import normalise
from tenu.operations.choosing import Choice, Scene
from tenu.operations.linking import PlaceName, latest
from tenu.periods.limits import last_day
from tenu.plans.retention import vitals
from tenu.plans.selection import any_of
from tenu.plans.task import Clear, Cut, Erase, Keep, Seal
from tenu.ports import BusyError, Fate, Found, Key, Line, Rows, Sealed, Session, Unit
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
                sealed = _seal(opened, choice, unit, run) if sealing else {}
                session.note(run, choice.task.name, unit, _change(session, choice, unit, people, sealed))
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


def _change(
    session: Session, choice: Choice, unit: Unit, people: int, sealed: Mapping[str, int]
) -> Iterator[Line]:
    """Do every effect in order and yield what each did; refuse to erase a row the archive did not read."""
    effects = choice.task.effects
    shared = {e: session.shared_keys(e, choice.chosen, unit) for e in effects if isinstance(e, Erase) and e.shared}
    for table, rows in sealed.items():
        yield Line(verb="archive", table=table, rows=rows, people=people)
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
            case Erase():
                verb, rows = "erase", session.perform(effect, choice.chosen, unit)
                if effect.table in sealed and rows > sealed[effect.table]:
                    raise _appeared(effect.table)
        if rows:
            yield Line(verb=verb, table=effect.table, rows=rows, people=people)


def _appeared(table: str) -> BusyError:
    return BusyError(
        Text(fr=f"des lignes de « {table} » sont apparues entre-temps", en=f"rows of '{table}' appeared meanwhile"),
        fix=Text(fr="relancez « tenu apply » : il reprend", en="run 'tenu apply' again: it goes on"),
    )


def _seal(opened: Scene, choice: Choice, unit: Unit, run: str) -> dict[str, int]:
    """Read what must be archived, seal it person by person, commit it; return how many rows of each table."""
    session, task = opened.sessions[choice.task.system], choice.task
    counts: dict[str, int] = {}
    rows: dict[Key, list[Rows]] = defaultdict(list)
    for effect in task.effects:
        if isinstance(effect, Seal):
            counts[effect.table] = 0
            for part in session.read(effect, choice.chosen, unit):
                rows[part.key].append(part)
                counts[effect.table] += part.count
    lasts = [ending.lasts for ending in task.endings]
    untils = {
        key: latest([*(last_day(d, p) for d, p in zip(days, lasts, strict=False) if d), days[-1]])
        for key, days in session.ends(task, choice.chosen, unit)
    }
    people = opened.layouts[task.system].system.people[task.root]
    found = list(session.identities(choice.chosen, people, unit))
    ground = _ground(opened, task.rules)
    opened.ports.archive.put(
        run, task.name, unit, (_sealed(task.system, task.root, p, rows[p.key], untils[p.key], ground) for p in found)
    )
    return counts


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
    tables = (
        f'"{part.table}":{{"columns":[{",".join(chr(34) + c + chr(34) for c in part.columns)}],"rows":{part.json}}}'
        for part in rows
    )
    return ("{" + ",".join(tables) + "}").encode()


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
