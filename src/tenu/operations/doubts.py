"""``tenu plan --doubts``: the rows a human must tell apart before anything may happen to them. Reads only.

Only systems, tables and keys are named; who they are is looked up by whoever may, in the systems themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tenu.datamap.identity import Identity, Likeness, names_differ
from tenu.operations.choosing import Scene, scene
from tenu.operations.linking import NOTHING, Verdict, places_of
from tenu.plans.task import PersonTask
from tenu.ports import Key, Node, Ports
from tenu.terms import IdentifierKind, Language, Text

PERHAPS = Text(fr="peut-être la même personne que", en="perhaps the same person as")
WHY = Text(fr="même e-mail, noms différents", en="same e-mail, different names")
SETTLE = Text(
    fr="pour les départager : la même référence client des deux côtés, ou deux références différentes",
    en="to tell them apart: the same customer reference on both sides, or two different ones",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a people table, by system, table and primary key."""

    system: str
    table: str
    key: Key

    def __str__(self) -> str:
        """Return the row as people read it."""
        return f"{self.system}.{self.table} {', '.join(map(str, self.key))}"

    def plain(self) -> dict[str, object]:
        """Return the row as plain data."""
        return {"system": self.system, "table": self.table, "key": [str(part) for part in self.key]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A *row* that is due, and the rows that may be the same person's. *rules* are those it is due for."""

    row: Row
    rules: tuple[str, ...]
    perhaps: tuple[Row, ...]

    def plain(self) -> dict[str, object]:
        """Return the doubt as the documented JSON of ``tenu plan --doubts --json``."""
        return {
            **self.row.plain(),
            "rules": list(self.rules),
            "perhaps": [row.plain() for row in self.perhaps],
            "why": {"fr": WHY.fr, "en": WHY.en},
            "settle": {"fr": SETTLE.fr, "en": SETTLE.en},
        }

    def lines(self, language: Language) -> Iterator[str]:
        """Yield the doubt as people read it."""
        yield f"{self.row}  ({' + '.join(self.rules)})"
        for other in self.perhaps:
            yield (
                f"  {PERHAPS.in_(language)} {other} : {WHY.fr}"
                if language == "fr"
                else f"  {PERHAPS.en} {other}: {WHY.en}"
            )


def doubts(ports: Ports, as_of: date, systems: Sequence[str] = ()) -> tuple[Doubt, ...]:
    """Return every row due on *as_of* that nobody can tell from somebody who stays.

    Args:
        ports: The workspace and its databases.
        as_of: Civil day in the controller's time zone.
        systems: Only rows of these systems; of all when there are none.

    Raises:
        UnreachableError: When a system does not answer.
    """
    found: dict[Row, list[Doubt]] = defaultdict(list)
    with scene(ports, as_of) as opened:
        for task in opened.tasks:
            if isinstance(task, PersonTask) and (not systems or task.system in systems):
                for doubt in _of_task(opened, task):
                    found[doubt.row].append(doubt)
                opened.release()
    return tuple(_together(row, each) for row, each in found.items())


def _of_task(opened: Scene, task: PersonTask) -> Iterator[Doubt]:
    session, people = opened.sessions[task.system], opened.layouts[task.system].system.people[task.root]
    due = session.new_list(task.root)
    session.choose(task, due, size=opened.ports.workspace.settings.chunk)
    verdicts = opened.verdicts(task, list(session.identities(due, people)))
    session.drop_list(due)
    doubtful = {key: v for key, v in verdicts.items() if v.ambiguous and not v.alive and not v.held}
    others = _neighbours(opened, task.role, doubtful)
    for key, verdict in doubtful.items():
        yield Doubt(
            row=Row(system=task.system, table=task.root, key=key),
            rules=task.rules,
            perhaps=tuple(row for row, identity in others.items() if _perhaps(verdict, row, identity)),
        )


def _neighbours(opened: Scene, role: str, doubtful: Mapping[Key, Verdict]) -> dict[Row, Identity]:
    """Return every row that carries an e-mail of one of *doubtful*."""
    emails = {email for verdict in doubtful.values() for mine in verdict.identities for email in mine.emails}
    if not emails:
        return {}
    return {
        Row(system=place.name[0], table=place.root, key=found.key): found.identity
        for place in places_of(opened.layouts, opened.sessions, role)
        for found in place.session.probe(
            place.root, place.layout.system.people[place.root], {IdentifierKind.EMAIL: emails}, NOTHING
        )
    }


def _perhaps(verdict: Verdict, row: Row, other: Identity) -> bool:
    """Return whether *row*, whose identity is *other*, may be the person of *verdict* or may not."""
    node: Node = ((row.system, row.table), row.key)
    if node in verdict.rows:
        return False
    return any(
        mine.likeness(other) is Likeness.AMBIGUOUS
        or (bool(mine.emails & other.emails) and _differ(mine, other))
        for mine in verdict.identities
    )


def _differ(mine: Identity, other: Identity) -> bool:
    return not (mine.references and other.references) and names_differ(mine.name, other.name)


def _together(row: Row, each: Sequence[Doubt]) -> Doubt:
    """Return one doubt per row, whatever the number of tasks it is due for."""
    rules = tuple(dict.fromkeys(rule for doubt in each for rule in doubt.rules))
    perhaps = tuple(dict.fromkeys(other for doubt in each for other in doubt.perhaps))
    return Doubt(row=row, rules=rules, perhaps=perhaps)
