"""The same person across systems: who is alive, on hold or in doubt somewhere else.

Only the people a run is about are looked up elsewhere, by their identifiers, one query per system and step: the cost
grows with who is due, never with who is held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tenu.datamap.identity import Identity, Likeness, names_differ
from tenu.datamap.layout import Layout
from tenu.periods.limits import last_day
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import NEVER
from tenu.plans.signs import vitals
from tenu.plans.task import Ending, Vitals
from tenu.ports import Found, Key, Node, PlaceName, Session
from tenu.terms import IdentifierKind

NOTHING = Vitals(alive=NEVER, held=NEVER, fresh=NEVER, endings=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A people table and a session to ask it."""

    layout: Layout
    root: str
    session: Session

    @property
    def name(self) -> PlaceName:
        """Return the place's system and table."""
        return (self.layout.system.system, self.root)


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What the rest of the company knows of one person.

    *until*: the last day of their archive, by the ends of relation known anywhere; None when there is none.
    *rows*: their rows everywhere, *identities* what identifies them there. *doubtful*: rows nobody can tell from theirs.
    """

    alive: bool = False
    held: bool = False
    ambiguous: bool = False
    until: date | None = None
    rows: list[Node] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    doubtful: list[Node] = field(default_factory=list)

    @property
    def stays(self) -> bool:
        """Return whether nothing may happen to this person: alive, on hold, or not told apart with certainty."""
        return self.alive or self.held or self.ambiguous


def places_of(layouts: Mapping[str, Layout], sessions: Mapping[str, Session], role: str) -> list[Place]:
    """Return the people tables of *role* in every system that answered."""
    return [
        Place(layout=layout, root=root, session=sessions[name])
        for name, layout in layouts.items()
        for root, people in layout.system.people.items()
        if people.role == role and name in sessions and any(estate.root == root for estate in layout.estates)
    ]


def link(
    start: PlaceName,
    candidates: Iterable[Found],
    places: Sequence[Place],
    rules: Rulebook,
    rule_ids: Sequence[str],
) -> dict[Key, Verdict]:
    """Return, for each candidate, what its other rows say for the rules *rule_ids*.

    Args:
        start: The people table the candidates are rows of.
        candidates: People due by what their own system knows.
        places: Every people table of the same role.
        rules: The enforced durations.
        rule_ids: The rules the candidates are due for; none to only find rows.
    """
    asked = {
        place.name: vitals(place.layout, place.layout.estate(place.root), rules, rule_ids)
        if rule_ids
        else NOTHING
        for place in places
    }
    web = Web({name: found.endings for name, found in asked.items()})
    mine = [web.add((start, found.key), found) for found in candidates]
    while wanted := web.unasked():
        for place in places:
            people = place.layout.system.people[place.root]
            for found in place.session.probe(place.root, people, wanted, asked[place.name]):
                web.add((place.name, found.key), found)
    return {node[1]: web.verdict(node) for node in mine}


class Web:
    """Rows and the identifiers they share."""

    def __init__(self, endings: Mapping[PlaceName, Sequence[Ending]]) -> None:
        self._endings = endings
        self.rows: dict[Node, Found] = {}
        self._carriers: dict[tuple[IdentifierKind, str], list[Node]] = defaultdict(list)
        self._asked: set[tuple[IdentifierKind, str]] = set()

    def add(self, node: Node, found: Found) -> Node:
        """Take in a row; what a probe says of it replaces what was known."""
        if node not in self.rows:
            for identifier in _identifiers(found.identity):
                self._carriers[identifier].append(node)
        self.rows[node] = found
        return node

    def unasked(self) -> dict[IdentifierKind, set[str]]:
        """Return the identifiers nobody was asked about yet, and count them as asked."""
        new = self._carriers.keys() - self._asked
        self._asked |= new
        wanted: dict[IdentifierKind, set[str]] = defaultdict(set)
        for kind, value in new:
            wanted[kind].add(value)
        return wanted

    def verdict(self, start: Node) -> Verdict:
        """Return what the rows of the person of *start* say together; a doubtful row never speaks for them."""
        me = self.rows[start].identity
        seen, queue = {start}, [start]
        verdict = Verdict()
        while queue:
            node = queue.pop()
            row = self.rows[node]
            verdict.rows.append(node)
            verdict.alive |= row.alive
            verdict.held |= row.held
            verdict.identities.append(row.identity)
            verdict.until = latest([verdict.until, *self._untils(node[0], row)])
            for other in self._neighbours(row.identity):
                if other in seen:
                    continue
                theirs = self.rows[other]
                match _same(me, row.identity, theirs.identity):
                    case Likeness.SAME:
                        seen.add(other)
                        queue.append(other)
                    case Likeness.AMBIGUOUS:
                        verdict.ambiguous |= theirs.alive or theirs.held or theirs.fresh
                        verdict.doubtful.append(other)
        return verdict

    def _untils(self, place: PlaceName, row: Found) -> Iterator[date]:
        for ending, day in zip(self._endings[place], row.ended, strict=False):
            if day is not None:
                yield last_day(day, ending.lasts)

    def _neighbours(self, identity: Identity) -> Iterator[Node]:
        for identifier in _identifiers(identity):
            yield from self._carriers[identifier]


def latest(days: Iterable[date | None]) -> date | None:
    """Return the latest of *days*, None when there is none."""
    return max((day for day in days if day is not None), default=None)


def _same(me: Identity, via: Identity, other: Identity) -> Likeness:
    """Return whether *other*, found through *via* (a row of mine), is me: a mailbox alone never joins two references."""
    likeness = via.likeness(other)
    if likeness is not Likeness.SAME or me.references & other.references or via.records & other.records:
        return likeness
    if me.references and other.references:
        return Likeness.DIFFERENT
    if names_differ(me.name, other.name) and not via.references & other.references:
        return Likeness.AMBIGUOUS
    return Likeness.SAME


def _identifiers(identity: Identity) -> Iterator[tuple[IdentifierKind, str]]:
    yield from ((IdentifierKind.CUSTOMER_REFERENCE, value) for value in identity.references)
    yield from ((IdentifierKind.EMAIL, value) for value in identity.emails)
    yield from ((IdentifierKind.RECORD, value) for value in identity.records)
