"""``tenu replay``: after a restore, hold again whom the ledger holds, then do every erasure again, through a plan.

Source: GDPR 17; CEF 2025 on backups; INV-18, INV-24; S-21; policy C-RET-07.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.acting import entitled
from tenu.operations.plan import Progress, plan, quiet, today
from tenu.operations.remembering import LEDGER, refuse_altered, write_held
from tenu.operations.restoring import restored
from tenu.plans.plan import Plan, Replay
from tenu.ports import Ports
from tenu.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the systems may serve. *restored*: those that came back from a backup, each with the ledger's entry it
    goes up to; *entries*: how many the ledger has.
    """

    restored: Mapping[str, int]
    entries: int

    def plain(self) -> dict[str, object]:
        """Return the state as the documented JSON of ``tenu replay --check --json``."""
        return {"restored": sorted(self.restored), "entries": self.entries}


def health(ports: Ports) -> Health:
    """Return whether a system came back from a backup and was not replayed.

    Raises:
        TamperedError: The ledger is not what the journal says of it.
        UnreachableError: A system does not answer.
    """
    refuse_altered(ports)
    return Health(restored=restored(ports), entries=ports.ledger.head().number)


def replan(
    ports: Ports, system: str, since: datetime | None = None, *, progress: Progress = quiet
) -> Plan | None:
    """Return the plan that does again what was done in *system* since its backup; None when nothing is missing.

    Args:
        ports: What may be asked.
        system: A system of the workspace.
        since: Do again what was done from this instant on, whatever the receipts say: for a restore they do not show,
            as of a single table.
        progress: Told of each task.

    Raises:
        RefusedError: There is no such system.
        TamperedError: The ledger is not what the journal says of it.
        UnreachableError: A system does not answer.
    """
    _known(ports, system)
    refuse_altered(ports)
    after = restored(ports).get(system) if since is None else _before(ports, system, since)
    if after is None:
        return None
    return plan(ports, today(ports), cause=Replay(system=system, after=after), progress=progress)


def release(ports: Ports, system: str) -> int:
    """Let go of everybody in *system* whom the ledger alone holds since a restore; return how many they were.

    Raises:
        NotEntitledError: The person asking is neither counsel nor DPO.
        RefusedError: There is no such system.
    """
    _known(ports, system)
    role = entitled(ports, "hold:release", "counsel", "dpo")
    held = [e for e in ports.ledger.held(system) if e.portion.run == LEDGER and e.people]
    for entry in held:
        write_held(ports, system, entry.portion.task, LEDGER, ())
    people = sum(entry.people for entry in held)
    body: dict[str, Json] = {"system": system, "role": role, "actor": ports.actor.digest, "subjects": people}
    ports.journal.append(Event(kind=EventKind.HOLDS_RELEASED, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
    return people


def _before(ports: Ports, system: str, since: datetime) -> int:
    """Return the last entry of the ledger written before *since*."""
    first = next((entry.number for entry in ports.ledger.done(system) if entry.at >= since), None)
    return ports.ledger.head().number if first is None else first - 1


def _known(ports: Ports, system: str) -> None:
    if system not in ports.databases:
        names = ", ".join(ports.databases)
        raise RefusedError(
            Text(fr=f"système inconnu : {system}", en=f"unknown system: {system}"),
            fix=Text(fr=f"systèmes connus : {names}", en=f"known systems: {names}"),
        )
