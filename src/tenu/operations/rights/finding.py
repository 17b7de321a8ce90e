"""The person of one request: searched for everywhere, who is who settled by a human, what was covered written down.

Source: GDPR 5(1)(d), 11, 12(1)-(4), 12(6); state machine SM-1; policy C-RGT-01, C-RGT-02; INV-21, INV-24.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from tenu.datamap.identity import Identity, identity
from tenu.errors import RefusedError
from tenu.journal.cases import Case, CaseError
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.operations.rights.copying import copy_of
from tenu.operations.rights.requests import record, request
from tenu.operations.rights.searching import Asked, Search, Sought, reading, search_in
from tenu.operations.rights.second import unconfirmed, waits_for_another
from tenu.operations.rights.statements import statements_of
from tenu.plans.archive import Package, people_of
from tenu.plans.case_file import CaseFile
from tenu.plans.plan import Fingerprints
from tenu.plans.statements import Statement
from tenu.policy.rights import Right
from tenu.ports import Node, Ports
from tenu.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search of one request found: whose rows for sure (*rows*), and those a human must look at (*doubtful*).

    *archived*: the packages of the archive that are theirs; *perhaps_archived*: those of several people who answer.
    *statements*: what is kept with their data without changing them.
    """

    search: Search
    rows: tuple[Node, ...]
    doubtful: tuple[Node, ...]
    archived: tuple[Package, ...] = ()
    perhaps_archived: tuple[Package, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Return whether every store answered and nobody is left to tell apart."""
        return self.search.is_complete and not (self.doubtful or self.perhaps_archived)

    @property
    def archived_until(self) -> date | None:
        """Return the last day of what the archive holds of the person, None when it holds nothing."""
        return max((package.until for package in self.archived), default=None)


def look_up(ports: Ports, number: str) -> Found:
    """Search every system for the person of a request, and write in the journal what was covered.

    Raises:
        UnknownRequestError: There is no such request.
        CaseError: It is not being worked on.
        RefusedError: Its file is gone, or designates nobody.
    """
    case, file = request(ports, number), file_of(ports, number)
    with reading(ports) as asked:
        found = found_now(ports, asked, file)
        tables = Counter({f"{c.system}.{c.table}": len(c.rows) for c in copy_of(asked, found.rows)})
    body: dict[str, Json] = {
        "complete": found.is_complete,
        "systems": [covered.system for covered in found.search.covered if covered.answered],
        "silent": [covered.system for covered in found.search.covered if not covered.answered],
        "tables": {as_name(table): count for table, count in tables.items()},
        "doubtful": len(found.doubtful),
        "people": len(found.search.people),
        "archived": len(found.archived) + len(found.perhaps_archived),
    }
    record(ports, case.id, EventKind.REQUEST_SEARCHED, body)
    return found


def settle(ports: Ports, number: str, *, theirs: Sequence[str], not_theirs: Sequence[str]) -> None:
    """Record which doubtful rows a human says are the person's, and which are not; the next search follows.

    Args:
        ports: The vault that keeps it.
        number: The request.
        theirs: Fingerprints of rows that are the person's, as ``fingerprint`` gives them, or names of archived packages.
        not_theirs: Fingerprints of rows, or names of packages, that are somebody else's.
    """
    file = file_of(ports, number)
    confirmed = {*file.confirmed, *theirs} - {*not_theirs}
    refused = {*file.refused, *not_theirs} - {*theirs}
    ports.cases.keep(replace(file, confirmed=tuple(sorted(confirmed)), refused=tuple(sorted(refused))))


def fingerprint(ports: Ports, node: Node) -> str:
    """Return the name of one row that says nothing of it to whoever has no key."""
    (system, table), key = node
    return Fingerprints(ports.key, f"{system}.{table}").of(key).hex()


def decided(ports: Ports, number: str, right: Right) -> Case:
    """Return the request *number*, once a human decided of *right*.

    Raises:
        CaseError: Nobody did, or nobody else confirmed it where that takes two people.
    """
    case = request(ports, number)
    refuse_undecided(ports, case, right)
    return case


def refuse_undecided(ports: Ports, case: Case, right: Right) -> None:
    """Refuse to carry out what nobody decided, or nobody confirmed where that takes two people.

    Raises:
        CaseError: That is so.
    """
    if right not in case.decisions:
        raise CaseError(
            Text(
                fr=f"{case.id} : rien n'a été décidé sur « {right} »",
                en=f"{case.id}: nothing has been decided on '{right}'",
            ),
            fix=Text(
                fr=f"tenu request decide {case.id} {right}", en=f"tenu request decide {case.id} {right}"
            ),
        )
    if waits_for_another(ports, case, right):
        raise unconfirmed(case.id, right)


def found_for_sure(ports: Ports, asked: Asked, case: Case) -> Found:
    """Return whose rows the person's are, now, in systems already open.

    Raises:
        CaseError: A system is silent, or somebody is to be told apart again.
    """
    found = found_now(ports, asked, file_of(ports, case.id))
    if not found.is_complete:
        raise CaseError(
            Text(
                fr=f"{case.id} : un système se tait, ou quelqu'un est de nouveau à départager",
                en=f"{case.id}: a system is silent, or somebody is to be told apart again",
            ),
            fix=Text(fr=f"tenu request search {case.id}", en=f"tenu request search {case.id}"),
        )
    return found


def found_now(ports: Ports, asked: Asked, file: CaseFile) -> Found:
    """Return what a search says now, a human's word on doubtful rows applied."""
    searched = search_in(ports, asked, Sought(values=file.sought))
    named = {
        fingerprint(ports, node): node
        for node in (*(n for person in searched.people for n in person.rows), *searched.perhaps)
    }
    yes = {named[f] for f in file.confirmed if f in named}
    no = {named[f] for f in file.refused if f in named}
    sure = set(searched.only.rows) if searched.only else set()
    doubtful = set(searched.perhaps) if searched.only or not searched.people else set(named.values())
    rows = (sure | yes) - no
    identities = _identities(searched, rows, file)
    statements = statements_of(ports, rows, identities)
    former = [i for statement in statements for i in statement.identities]
    archived, perhaps = _archived(ports, file, [*identities, *former], alone=not rows)
    return Found(
        search=searched,
        rows=tuple(sorted(rows, key=str)),
        doubtful=tuple(sorted(doubtful - yes - no, key=str)),
        archived=archived,
        perhaps_archived=perhaps,
        statements=statements,
    )


def who(found: Found, file: CaseFile) -> tuple[Identity, ...]:
    """Return what identifies the person of one request, as their rows say it; as they do themselves when they have none."""
    return _identities(found.search, set(found.rows), file)


def _identities(searched: Search, rows: Set[Node], file: CaseFile) -> tuple[Identity, ...]:
    mine = [i for person in searched.people if rows & set(person.rows) for i in person.identities]
    return tuple(dict.fromkeys(mine)) or (identity(file.sought),)


def _archived(
    ports: Ports, file: CaseFile, identities: Sequence[Identity], *, alone: bool
) -> tuple[tuple[Package, ...], tuple[Package, ...]]:
    """Return the packages that are the person's, and those of whoever else answers when no live row tells who it is."""
    packages = ports.archive.of(identities)
    known = [package for package in packages if package.subject not in file.refused]
    if not alone or len(people_of(known)) <= 1:
        return tuple(known), ()
    yes = tuple(package for package in known if package.subject in file.confirmed)
    return yes, tuple(package for package in known if package not in yes)


def file_of(ports: Ports, number: str) -> CaseFile:
    """Return what is said of the person of one request.

    Raises:
        RefusedError: It was forgotten, long after the request was closed.
    """
    file = ports.cases.file(request(ports, number).id)
    if file is None:
        raise RefusedError(
            Text(
                fr=f"{number} : le dossier de cette demande n'existe plus, elle est close depuis longtemps",
                en=f"{number}: the file of this request is gone, it was closed long ago",
            )
        )
    return file
