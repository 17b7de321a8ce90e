"""Whom a hold covers: found by any identifier, in every system, never merged when nobody can tell.

Source: policy C-PUR-12; GDPR 5(1)(d), 11.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tenu.datamap.identity import Identity, Likeness
from tenu.errors import RefusedError
from tenu.operations.choosing import Scene
from tenu.operations.doubts import Row
from tenu.operations.entangled import entangled
from tenu.operations.linking import NOTHING, Place, link, places_of
from tenu.plans.extract import Extract, extract_of
from tenu.plans.selection import ALWAYS
from tenu.plans.signs import ways_to
from tenu.plans.task import Keep
from tenu.ports import Fate, Found, Key, Node, PlaceName, Unit
from tenu.terms import IdentifierKind, Text

_NOWHERE = Unit(fate=Fate.SPARED, chunk=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Rows that are one person's as far as anybody can tell, and what identifies them."""

    rows: frozenset[Node]
    identities: frozenset[Identity]

    def __str__(self) -> str:
        """Return their first row, the way ``--row`` takes it."""
        return written(min(self.rows, key=str))


def written(node: Node) -> str:
    """Return one row of a people table as a human names it: ``system.table:key,key``."""
    (system, root), key = node
    return f"{system}.{root}:{','.join(map(str, key))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a hold is about, as its file keeps it: rows chosen by a human, what identifies them, and the words of why.

    *extract*: the files it is about instead; *key*: of their sealed copy, once there is one (32 bytes in hexadecimal).
    """

    rows: tuple[Row, ...]
    identities: tuple[Identity, ...]
    text: str
    words: str
    extract: Extract | None = None
    key: str | None = None

    def to_json(self) -> str:
        """Return it as the text of its file."""
        said = {
            "rows": [[row.system, row.table, [str(part) for part in row.key]] for row in self.rows],
            "identities": [[sorted(i.references), sorted(i.emails), i.name] for i in self.identities],
            "text": self.text,
            "words": self.words,
            "extract": self.extract.plain() if self.extract else None,
            "key": self.key,
        }
        return json.dumps(said, ensure_ascii=False)


def subject_of(text: str) -> Subject:
    """Return what a file says; keys are still text."""
    said = json.loads(text)
    return Subject(
        rows=tuple(Row(system=s, table=t, key=tuple(key)) for s, t, key in said["rows"]),
        identities=tuple(
            Identity(references=frozenset(r), emails=frozenset(e), name=n) for r, e, n in said["identities"]
        ),
        text=said["text"],
        words=said["words"],
        extract=extract_of(said["extract"]) if said.get("extract") else None,
        key=said.get("key"),
    )


def at_rows(opened: Scene, rows: Iterable[Row]) -> tuple[Person, ...]:
    """Return the people whose rows a human named, keys as text.

    Raises:
        RefusedError: There is no such row, or no such people table.
    """
    found: dict[PlaceName, dict[Key, Found]] = defaultdict(dict)
    for row in rows:
        here = list(_at(opened, (row,)))
        if not here:
            raise RefusedError(
                Text(fr=f"aucune ligne de personne {row}", en=f"no row of a person {row}"),
                fix=Text(
                    fr="écrivez système.table:clé, d'une table de personnes de la carte des données",
                    en="write system.table:key, of a people table of the data map",
                ),
            )
        for name, one in here:
            found[name][one.key] = one
    return _people(opened, found)


def _at(opened: Scene, rows: Iterable[Row]) -> Iterator[tuple[PlaceName, Found]]:
    """Yield those of *rows* that exist, with what identifies them."""
    places = {place.name: place for place in _places(opened)}
    wanted: dict[PlaceName, list[Key]] = defaultdict(list)
    for row in rows:
        name = (row.system, row.table)
        live = places[name].layout.catalog.table(row.table) if name in places else None
        try:
            wanted[name].append(live.key_of([str(part) for part in row.key]) if live else ())
        except ValueError:
            continue
    for name, keys in wanted.items():
        if name in places:
            place = places[name]
            chosen = place.session.new_list(place.root)
            place.session.fill(chosen, ((key, _NOWHERE, None) for key in dict.fromkeys(keys)))
            people = place.layout.system.people[place.root]
            yield from ((name, found) for found in list(place.session.identities(chosen, people)))
            place.session.drop_list(chosen)


def _people(opened: Scene, found: Mapping[PlaceName, Mapping[Key, Found]]) -> tuple[Person, ...]:
    """Return the people behind the rows *found*, each once."""
    persons: list[Person] = []
    for rows, identities in _linked(opened, found).values():
        same = [person for person in persons if person.rows & rows]
        persons = [person for person in persons if person not in same]
        persons.append(
            Person(
                rows=rows.union(*(person.rows for person in same)),
                identities=identities.union(*(person.identities for person in same)),
            )
        )
    return tuple(sorted(persons, key=str))


def _linked(
    opened: Scene, found: Mapping[PlaceName, Mapping[Key, Found]]
) -> dict[Node, tuple[frozenset[Node], frozenset[Identity]]]:
    """Return, for each row found, all the rows of its person and what identifies them."""
    all_of: dict[Node, tuple[frozenset[Node], frozenset[Identity]]] = {}
    for name, rows in found.items():
        role = opened.layouts[name[0]].system.people[name[1]].role
        places = places_of(opened.layouts, opened.sessions, role)
        for key, verdict in link(name, rows.values(), places, opened.rules, ()).items():
            all_of[name, key] = (frozenset(verdict.rows), frozenset(verdict.identities))
    return all_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What one hold covers today. *entangled*: rows of other people that those of its own point at.

    *perhaps*: rows that may be the person's and that nobody can tell; they are not covered unless a human names them.
    """

    rows: frozenset[Node]
    entangled: frozenset[Node]
    identities: frozenset[Identity]
    perhaps: frozenset[Node] = frozenset()

    def by_place(self) -> dict[PlaceName, tuple[set[Key], set[Key]]]:
        """Return, by people table, the keys of its own people and of those they are entangled with."""
        found: dict[PlaceName, tuple[set[Key], set[Key]]] = defaultdict(lambda: (set(), set()))
        for which, nodes in enumerate((self.rows, self.entangled)):
            for place, key in nodes:
                found[place][which].add(key)
        return found


NOBODY = Covered(rows=frozenset(), entangled=frozenset(), identities=frozenset())
"""What a hold on files covers in the databases."""


def cover(
    opened: Scene, subjects: Mapping[str, Subject], within: Mapping[str, Sequence[str]]
) -> dict[str, Covered]:
    """Return what each hold covers now: its rows, found by key or by what identified them, and all that is linked.

    Everything is asked once for all holds together.

    Args:
        opened: Every database.
        subjects: Whom each hold is about, by its id.
        within: What each hold is limited to; nothing for everywhere.
    """
    whose: dict[Node, set[str]] = defaultdict(set)
    found: dict[PlaceName, dict[Key, Found]] = defaultdict(dict)
    for name, one, hold in (*_by_key(opened, subjects), *_by_identity(opened, subjects)):
        found[name][one.key] = one
        whose[name, one.key].add(hold)
    rows: dict[str, set[Node]] = {hold: set() for hold in subjects}
    identities: dict[str, set[Identity]] = {hold: set(s.identities) for hold, s in subjects.items()}
    for node, (linked, known) in _linked(opened, found).items():
        for hold in whose[node]:
            rows[hold] |= linked
            identities[hold] |= known
    return {hold: _covered(opened, rows[hold], identities[hold], within.get(hold, ())) for hold in subjects}


def _covered(
    opened: Scene, rows: Iterable[Node], identities: Iterable[Identity], within: Sequence[str]
) -> Covered:
    mine = frozenset(node for node in rows if not within or any(_inside(opened, node, w) for w in within))
    held: dict[PlaceName, set[Key]] = defaultdict(set)
    for place, key in mine:
        held[place].add(key)
    others = entangled(opened.layouts, opened.sessions, held)
    return Covered(
        rows=mine,
        entangled=frozenset((place, key) for place, keys in others.items() for key in keys),
        identities=frozenset(identities),
    )


def _by_key(opened: Scene, subjects: Mapping[str, Subject]) -> Iterator[tuple[PlaceName, Found, str]]:
    for hold, subject in subjects.items():
        yield from ((name, found, hold) for name, found in _at(opened, subject.rows))


def _by_identity(opened: Scene, subjects: Mapping[str, Subject]) -> Iterator[tuple[PlaceName, Found, str]]:
    """Yield who carries today what identified the person when the hold was asked for."""
    wanted: dict[IdentifierKind, set[str]] = defaultdict(set)
    for subject in subjects.values():
        for identity in subject.identities:
            wanted[IdentifierKind.CUSTOMER_REFERENCE] |= identity.references
            wanted[IdentifierKind.EMAIL] |= identity.emails
    asked = {kind: values for kind, values in wanted.items() if values}
    for place in _places(opened) if asked else ():
        people = place.layout.system.people[place.root]
        roles = {hold: _roles(opened, subject) for hold, subject in subjects.items()}
        for found in place.session.probe(place.root, people, asked, NOTHING):
            for hold, subject in subjects.items():
                same = any(i.likeness(found.identity) is Likeness.SAME for i in subject.identities)
                if same and (people.role in roles[hold] or not roles[hold]):
                    yield place.name, found, hold


def _roles(opened: Scene, subject: Subject) -> set[str]:
    """Return the roles a human chose rows of: a supplier and a customer behind one mailbox are two relations."""
    systems = {name: layout.system for name, layout in opened.layouts.items()}
    return {
        systems[row.system].people[row.table].role
        for row in subject.rows
        if row.system in systems and row.table in systems[row.system].people
    }


def _inside(opened: Scene, node: Node, within: str) -> bool:
    """Return whether *node* is in the system *within*, or owns a row of the table ``system.table``."""
    (system, root), key = node
    wanted, _, table = within.partition(".")
    if system != wanted or not table:
        return system == wanted
    ways = ways_to(opened.layouts[system].estate(root), table)
    session = opened.sessions[system]
    chosen = session.new_list(root)
    session.fill(chosen, [(key, _NOWHERE, None)])
    found = any(session.count(Keep(table=table, path=owned.path, where=ALWAYS), chosen) for owned in ways)
    session.drop_list(chosen)
    return found


def _places(opened: Scene) -> list[Place]:
    roles = {people.role for layout in opened.layouts.values() for people in layout.system.people.values()}
    return [place for role in sorted(roles) for place in places_of(opened.layouts, opened.sessions, role)]
