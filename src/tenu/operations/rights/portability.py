"""The answer to a portability request: what the person gave or was seen doing, on consent or contract, for another program to read.

Source: GDPR 12(1)-(4), 20; LIL 55; policy C-RGT-03, C-RGT-04, C-RGT-22; INV-22.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.law.tables import AUTHORITY_ADDRESS, in_force
from tenu.letters.access import package_digest
from tenu.letters.outcome import Fate, Holding, RightDone
from tenu.letters.portability import PortabilityFacts, portability_package
from tenu.letters.tables import Mask, masked, secrets
from tenu.operations.plan import today
from tenu.operations.rights.access import Package
from tenu.operations.rights.copying import copy_of
from tenu.operations.rights.finding import decided, found_for_sure
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.requests import record
from tenu.operations.rights.searching import reading
from tenu.plans.portability import portable
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Language, Text

WHAT = Text(fr="les données que vous emportez", en="the data you take away")


def portability(
    ports: Ports, number: str, *, masks: Sequence[Mask] = (), language: Language = "fr"
) -> Package:
    """Return the files of the answer to a portability request that was decided, and record that it is ready.

    Nothing is erased, no contract ends, and the archive stays shut: what it keeps is evidence, out of this right.

    Args:
        ports: Every system, read again now.
        number: The request.
        masks: Columns a human keeps out because handing them over would harm somebody else (GDPR 20(4)), with why.
        language: The person's.

    Raises:
        CaseError: It was not decided, or something changed since: a store is silent, somebody is in doubt again.
    """
    case = decided(ports, number, Right.PORTABILITY)
    with reading(ports) as asked:
        found = found_for_sure(ports, asked, case)
        copied = copy_of(asked, found.rows)
    workspace, day = ports.workspace, today(ports)
    hidden = (*masks, *secrets(workspace.systems, copied, language))
    kept, left, assumed = portable([masked(table, hidden) for table in copied], workspace.policy)
    address = in_force(AUTHORITY_ADDRESS, day)
    facts = PortabilityFacts(
        number=case.id,
        received_on=case.received_on,
        answered_on=day,
        policy=workspace.policy,
        labels={system.system: system.label for system in workspace.systems},
        zones={system.system: system.stored_in for system in workspace.systems},
        kept=kept,
        left=left,
        masks=hidden,
        assumed=assumed,
        covered=found.search.covered,
        archived_until=found.archived_until,
        authority_address=address.value if address else (),
    )
    files = portability_package(facts, language)
    package = Package(files=files, digest=package_digest(files))
    tables: dict[str, Json] = {as_name(f"{table.system}.{table.table}"): len(table.rows) for table in kept}
    keep_done(ports, case.id, _done(facts))
    body: dict[str, Json] = {"right": str(Right.PORTABILITY), "package": package.digest, "tables": tables}
    record(ports, case.id, EventKind.REQUEST_EXECUTED, body)
    return package


def _done(facts: PortabilityFacts) -> RightDone:
    """Return what the letter tells: how many rows of which system go with it."""
    rows: Counter[str] = Counter()
    for table in facts.kept:
        rows[table.system] += len(table.rows)
    holdings = (
        Holding(what=WHAT, where=facts.labels[name], fate=Fate.COPIED, rows=count)
        for name, count in rows.items()
    )
    return RightDone(right=Right.PORTABILITY, done_on=facts.answered_on, holdings=tuple(holdings))
