"""The answer to an access request: the copy, everything that goes with it, read again at the instant it is made.

Source: GDPR 12(1)-(4), 15; policy C-RGT-01, C-RGT-02, C-RGT-22.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tenu.journal.cases import Case
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.law.tables import AUTHORITY_ADDRESS, in_force
from tenu.letters.access import AccessFacts, access_package, package_digest
from tenu.letters.outcome import Fate, Holding, RightDone
from tenu.letters.page import File
from tenu.letters.tables import Mask, secrets
from tenu.operations.plan import today
from tenu.operations.rights.archived import opened_for
from tenu.operations.rights.copying import copy_of
from tenu.operations.rights.finding import Found, decided, found_for_sure
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.requests import record
from tenu.operations.rights.searching import reading
from tenu.plans.access import Copied
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Language, Text


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
        NotEntitledError: The archive holds something of them, and whoever answers is no archivist.
    """
    case = decided(ports, number, Right.ACCESS)
    with reading(ports) as asked:
        found = found_for_sure(ports, asked, case)
        copied = (*copy_of(asked, found.rows), *opened_for(ports, case.id, found.archived, asked.layouts))
    hidden = (*masks, *secrets(ports.workspace.systems, copied, language))
    files = access_package(_facts(ports, case, found, copied, tuple(recipients), hidden), language)
    package = Package(files=files, digest=package_digest(files))
    keep_done(ports, case.id, _done(ports, copied))
    body: dict[str, Json] = {"right": str(Right.ACCESS), "package": package.digest}
    record(ports, case.id, EventKind.REQUEST_EXECUTED, body)
    return package


def _done(ports: Ports, copied: tuple[Copied, ...]) -> RightDone:
    """Return what the letter tells of the copy: how many rows of which system."""
    rows = Counter({table.system: 0 for table in copied})
    for table in copied:
        rows[table.system] += len(table.rows)
    labels = {system.system: system.label for system in ports.workspace.systems}
    what = Text(fr="vos données", en="your data")
    holdings = tuple(
        Holding(what=what, where=labels[name], fate=Fate.COPIED, rows=count)
        for name, count in rows.items()
        if count
    )
    return RightDone(right=Right.ACCESS, done_on=today(ports), holdings=holdings)


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
        archived_until=found.archived_until,
        statements=found.statements,
        authority_address=address.value if address else (),
    )
