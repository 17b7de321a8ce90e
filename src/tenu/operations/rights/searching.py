"""Who answers to these identifiers, in every system and the archive, and what was not searched. Reads only.

Found by a reference or an e-mail, rows are one person's as everywhere else (``datamap.identity``). Telephones, and a name
with a postcode, only suggest: a human says. Several people who answer to the same words are never merged.

Source: GDPR 5(1)(d), 11, 12(6), 15(1); policy C-RGT-01, C-RGT-02; EDPB 01/2022.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from tenu.datamap.identity import LINKING, Identity, Likeness, identity, names_differ, normalise
from tenu.datamap.layout import Layout, lay_out
from tenu.errors import RefusedError, UnreachableError
from tenu.operations.linking import Place, Web
from tenu.plans.searched import Covered, TableCovered
from tenu.ports import Found, Node, Ports, Session
from tenu.terms import IdentifierKind, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody says of themselves, as they wrote it: values by kind."""

    values: Mapping[IdentifierKind, tuple[str, ...]]

    def normalised(self) -> dict[IdentifierKind, frozenset[str]]:
        """Return the values as they are compared, by kind; kinds nothing is left of are absent."""
        found = {
            kind: frozenset(said for value in values if (said := normalise(kind, value)))
            for kind, values in self.values.items()
        }
        return {kind: values for kind, values in found.items() if values}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One person who may be the one sought: their *rows* everywhere, and what identifies them there.

    *contested* rows are also another candidate's, as far as anybody can tell. *shared* kinds are those they have in
    common with what was sought; *archived_until*: last day of what the archive holds of them, None when it holds nothing.
    """

    rows: tuple[Node, ...]
    contested: tuple[Node, ...]
    identities: tuple[Identity, ...]
    shared: tuple[IdentifierKind, ...]
    archived_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What one search found. *people* answer for sure; *perhaps* are rows a human must look at; *covered*, by system.

    *known*: everything looked at, with what identifies it.
    """

    at: datetime
    people: tuple[Candidate, ...]
    perhaps: tuple[Node, ...]
    covered: tuple[Covered, ...]
    known: Mapping[Node, Found]

    @property
    def is_complete(self) -> bool:
        """Return whether every store answered: only then is « nothing » an answer (C-RGT-01)."""
        return all(system.answered for system in self.covered)

    @property
    def only(self) -> Candidate | None:
        """Return the one person who answers, None when there is nobody, or somebody a human must tell apart."""
        alone = len(self.people) == 1 and not self.people[0].contested
        return self.people[0] if alone else None


class NothingSoughtError(RefusedError):
    """Nothing to look anybody up by was given, or only what half a town shares."""


def search(ports: Ports, sought: Sought) -> Search:
    """Return who answers to *sought* in every system, whatever their role there.

    Raises:
        NothingSoughtError: There is neither a reference, an e-mail, a telephone, nor a name with a postcode.
    """
    with reading(ports) as asked:
        return search_in(ports, asked, sought)


def search_in(ports: Ports, asked: Asked, sought: Sought) -> Search:
    """Return what ``search`` does, in systems already open."""
    wanted = _sought(sought)
    web = Web({place.name: () for place in asked.places})
    kinds: set[IdentifierKind] = set()
    while wanted:
        kinds |= wanted.keys()
        for place in asked.places:
            people = place.layout.system.people[place.root]
            for found in place.session.seek(place.root, people, wanted):
                web.add((place.name, found.key), found)
        wanted = {kind: frozenset(values) for kind, values in web.unasked().items()}
    return Search(
        at=ports.clock.now(),
        people=tuple(_people(ports, web, sought)),
        perhaps=tuple(_perhaps(web, sought)),
        covered=tuple(_covered(asked, kinds)),
        known=web.rows,
    )


# ── asking every system ──


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Every system that answered, laid out, with a session; and those that did not."""

    layouts: Mapping[str, Layout]
    sessions: Mapping[str, Session]
    silent: tuple[str, ...]

    @property
    def places(self) -> list[Place]:
        """Return every people table of the systems that answered, whatever its role."""
        return [
            Place(layout=layout, root=estate.root, session=self.sessions[name])
            for name, layout in self.layouts.items()
            for estate in layout.estates
        ]


@contextmanager
def reading(ports: Ports) -> Iterator[Asked]:
    """Open every system that answers, to read only; what does not answer is named, and never taken for empty."""
    layouts: dict[str, Layout] = {}
    sessions: dict[str, Session] = {}
    silent = []
    with ExitStack() as stack:
        for name, database in ports.databases.items():
            try:
                layouts[name] = lay_out(database.system, database.catalog())
                sessions[name] = stack.enter_context(database.session())
            except UnreachableError:
                layouts.pop(name, None)
                silent.append(name)
        yield Asked(layouts=layouts, sessions=sessions, silent=tuple(silent))


# ── who is who ──


def _sought(sought: Sought) -> dict[IdentifierKind, frozenset[str]]:
    wanted = sought.normalised()
    named = IdentifierKind.NAME in wanted and IdentifierKind.POSTCODE in wanted
    if not (wanted.keys() & {*LINKING, IdentifierKind.PHONE} or named):
        raise NothingSoughtError(
            Text(
                fr="rien qui désigne quelqu'un : ni référence, ni e-mail, ni téléphone, ni nom avec code postal",
                en="nothing that designates anybody: no reference, e-mail, telephone, nor name with postcode",
            ),
            fix=Text(
                fr="demandez à la personne ce qui la désigne chez vous, sans pièce d'identité",
                en="ask the person what designates them with you, without an identity document",
            ),
        )
    return wanted


def _people(ports: Ports, web: Web, sought: Sought) -> Iterator[Candidate]:
    """Yield the people whose reference or e-mail is the one sought, each once.

    Rows that carry a reference, then a name, speak first: a bare mailbox belongs to whoever else claims it, and to
    nobody alone when two do.
    """
    me = identity(sought.values)
    sure = [n for n, row in web.rows.items() if me.likeness(row.identity) is Likeness.SAME]
    sets: list[frozenset[Node]] = []
    for node in sorted(
        sure, key=lambda n: (not web.rows[n].identity.references, not web.rows[n].identity.name)
    ):
        if not any(node in mine for mine in sets):
            sets.append(frozenset(web.verdict(node).rows))
    wanted = sought.normalised()
    for number, mine in enumerate(sets):
        others = frozenset().union(*(s for i, s in enumerate(sets) if i != number))
        identities = tuple(dict.fromkeys(web.rows[node].identity for node in sorted(mine, key=str)))
        yield Candidate(
            rows=tuple(sorted(mine, key=str)),
            contested=tuple(sorted(mine & others, key=str)),
            identities=identities,
            shared=_shared([web.rows[node] for node in mine], wanted),
            archived_until=_archived(ports, identities),
        )


def _perhaps(web: Web, sought: Sought) -> list[Node]:
    """Return the rows that may be theirs and nobody can say: another name on the mailbox, a telephone, a namesake."""
    me = identity(sought.values)
    sure = [n for n, row in web.rows.items() if me.likeness(row.identity) is Likeness.SAME]
    mine = {node for start in sure for node in web.verdict(start).rows}
    doubtful = {node for start in sure for node in web.verdict(start).doubtful}
    weak = {node for node, row in web.rows.items() if _resembles(row, me, sought)}
    return sorted((doubtful | weak) - mine, key=str)


def _resembles(row: Found, me: Identity, sought: Sought) -> bool:
    """Return whether *row* has what only suggests a person: the mailbox under another name, a telephone, name and postcode."""
    if me.likeness(row.identity) is Likeness.AMBIGUOUS:
        return True
    if me.references and row.identity.references:
        return False
    theirs = Sought(values=row.values).normalised()
    wanted = sought.normalised()
    if wanted.get(IdentifierKind.PHONE, frozenset()) & theirs.get(IdentifierKind.PHONE, frozenset()):
        return True
    where = wanted.get(IdentifierKind.POSTCODE, frozenset()) & theirs.get(
        IdentifierKind.POSTCODE, frozenset()
    )
    return bool(where and me.name and row.identity.name and not names_differ(me.name, row.identity.name))


def _shared(
    rows: Sequence[Found], wanted: Mapping[IdentifierKind, frozenset[str]]
) -> tuple[IdentifierKind, ...]:
    theirs = [Sought(values=row.values).normalised() for row in rows]
    return tuple(
        kind
        for kind, values in wanted.items()
        if any(values & said.get(kind, frozenset()) for said in theirs)
    )


def _archived(ports: Ports, identities: Sequence[Identity]) -> date | None:
    return ports.archive.recall({("sought",): identities}).get(("sought",))


# ── what was searched ──


def _covered(asked: Asked, kinds: Set[IdentifierKind]) -> Iterator[Covered]:
    """Yield, system by system, what was searched and by what; a table searched by nothing is named too."""
    for name, layout in asked.layouts.items():
        people = layout.system.people
        yield Covered(
            system=name,
            answered=True,
            people=tuple(
                TableCovered(
                    table=estate.root,
                    by=tuple(kind for kind in people[estate.root].identified_by if kind in kinds),
                )
                for estate in layout.estates
            ),
            tables=tuple(sorted({owned.table for estate in layout.estates for owned in estate.owned})),
            declared_without=tuple(layout.system.ignored),
        )
    for name in asked.silent:
        yield Covered(system=name, answered=False, people=(), tables=(), declared_without=())
