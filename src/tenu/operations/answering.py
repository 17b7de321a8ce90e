"""Answering one request: search everywhere, let a human settle who is who, and build the copy an access request is owed.

Source: GDPR 12(1)-(4), 15; state machine SM-1; policy C-RGT-01, C-RGT-02, C-RGT-22; INV-21, INV-24.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tenu.errors import RefusedError
from tenu.journal.cases import Case, CaseError
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.law.tables import AUTHORITY_ADDRESS, in_force
from tenu.letters.access import AccessFacts, Mask, access_package, package_digest
from tenu.letters.page import File
from tenu.operations.access import copy_of
from tenu.operations.linking import Node
from tenu.operations.plan import today
from tenu.operations.requests import end_file, record, request
from tenu.operations.searching import Asked, Search, Sought, reading, search_in
from tenu.plans.access import Copied
from tenu.plans.plan import Fingerprints
from tenu.policy.rights import Right
from tenu.ports import CaseFile, Ports
from tenu.terms import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search of one request found: whose rows for sure (*rows*), and those a human must look at (*doubtful*)."""

    search: Search
    rows: tuple[Node, ...]
    doubtful: tuple[Node, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether every store answered and nobody is left to tell apart."""
        return self.search.is_complete and not self.doubtful


def look_up(ports: Ports, number: str) -> Found:
    """Search every system for the person of a request, and write in the journal what was covered.

    Raises:
        UnknownRequestError: There is no such request.
        CaseError: It is not being worked on.
        RefusedError: Its file is gone, or designates nobody.
    """
    case, file = request(ports, number), _file(ports, number)
    with reading(ports) as asked:
        found = _found(ports, asked, file)
        tables = Counter({f"{c.system}.{c.table}": len(c.rows) for c in copy_of(asked, found.rows)})
    body: dict[str, Json] = {
        "complete": found.is_complete,
        "systems": [covered.system for covered in found.search.covered if covered.answered],
        "silent": [covered.system for covered in found.search.covered if not covered.answered],
        "tables": {as_name(table): count for table, count in tables.items()},
        "doubtful": len(found.doubtful),
        "people": len(found.search.people),
    }
    record(ports, case.id, EventKind.REQUEST_SEARCHED, body)
    return found


def settle(ports: Ports, number: str, *, theirs: Sequence[str], not_theirs: Sequence[str]) -> None:
    """Record which doubtful rows a human says are the person's, and which are not; the next search follows.

    Args:
        ports: The vault that keeps it.
        number: The request.
        theirs: Fingerprints of rows that are the person's, as ``fingerprint`` gives them.
        not_theirs: Fingerprints of rows that are somebody else's.
    """
    file = _file(ports, number)
    confirmed = {*file.confirmed, *theirs} - {*not_theirs}
    refused = {*file.refused, *not_theirs} - {*theirs}
    ports.cases.keep(replace(file, confirmed=tuple(sorted(confirmed)), refused=tuple(sorted(refused))))


def fingerprint(ports: Ports, node: Node) -> str:
    """Return the name of one row that says nothing of it to whoever has no key."""
    (system, table), key = node
    return Fingerprints(ports.key, f"{system}.{table}").of(key).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The files of an answer, and the digest that stands for them in the journal."""

    files: tuple[File, ...]
    digest: str


def access(
    ports: Ports,
    number: str,
    *,
    recipients: Sequence[str],
    masks: Sequence[Mask] = (),
    language: Language = "fr",
) -> Package:
    """Return the answer to an access request that was decided, and record that it is ready; the files are nobody's yet.

    Args:
        ports: Every system, read again now.
        number: The request.
        recipients: Who received data of this person, by name, as a human says; none when nobody did.
        masks: Columns a human keeps out because they speak of somebody else, with why.
        language: The person's.

    Raises:
        CaseError: It was not decided, or something changed since: a store is silent, somebody is in doubt again.
    """
    case, file = request(ports, number), _file(ports, number)
    if Right.ACCESS not in case.decisions:
        raise CaseError(
            Text(fr=f"{case.id} : l'accès n'a pas été décidé", en=f"{case.id}: access has not been decided"),
            fix=Text(fr=f"tenu request decide {case.id} access", en=f"tenu request decide {case.id} access"),
        )
    with reading(ports) as asked:
        found = _found(ports, asked, file)
        copied = copy_of(asked, found.rows)
    if not found.is_complete:
        raise CaseError(
            Text(
                fr=f"{case.id} : un système se tait, ou quelqu'un est de nouveau à départager",
                en=f"{case.id}: a system is silent, or somebody is to be told apart again",
            ),
            fix=Text(fr=f"tenu request search {case.id}", en=f"tenu request search {case.id}"),
        )
    files = access_package(_facts(ports, case, found, copied, tuple(recipients), tuple(masks)), language)
    package = Package(files=files, digest=package_digest(files))
    body: dict[str, Json] = {"right": str(Right.ACCESS), "package": package.digest}
    record(ports, case.id, EventKind.REQUEST_EXECUTED, body)
    return package


def answered(ports: Ports, number: str, *, delivery: str, letter: str) -> Case:
    """Record that the answer left, how, and the digest of what left; its file then lives five years more.

    Raises:
        CaseError: Something decided is not done yet.
    """
    day = today(ports)
    body: dict[str, Json] = {
        "on": day.isoformat(),
        "delivery": delivery,
        "letter": letter,
        "actor": ports.actor.digest,
    }
    case = record(ports, number, EventKind.REQUEST_ANSWERED, body)
    end_file(ports, case.id, day)
    return case


def _found(ports: Ports, asked: Asked, file: CaseFile) -> Found:
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
    return Found(
        search=searched,
        rows=tuple(sorted((sure | yes) - no, key=str)),
        doubtful=tuple(sorted(doubtful - yes - no, key=str)),
    )


def _facts(
    ports: Ports,
    case: Case,
    found: Found,
    copied: tuple[Copied, ...],
    recipients: tuple[str, ...],
    masks: tuple[Mask, ...],
) -> AccessFacts:
    workspace, day = ports.workspace, today(ports)
    address = in_force(AUTHORITY_ADDRESS, day)
    untils = [person.archived_until for person in found.search.people if set(person.rows) & set(found.rows)]
    return AccessFacts(
        number=case.id,
        received_on=case.received_on,
        answered_on=day,
        searched_at=found.search.at,
        policy=workspace.policy,
        labels={system.system: system.label for system in workspace.systems},
        copied=copied,
        masks=masks,
        covered=found.search.covered,
        recipients=recipients,
        archived_until=max((until for until in untils if until), default=None),
        authority_address=address.value if address else (),
    )


def _file(ports: Ports, number: str) -> CaseFile:
    file = ports.cases.file(request(ports, number).id)
    if file is None:
        raise RefusedError(
            Text(
                fr=f"{number} : le dossier de cette demande n'existe plus, elle est close depuis longtemps",
                en=f"{number}: the file of this request is gone, it was closed long ago",
            )
        )
    return file
