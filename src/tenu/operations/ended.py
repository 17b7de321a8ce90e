"""What ledger, journal and databases say of the end of data: for ``attest``.

Source: policy C-RET-07; S-21; T-39; INV-18.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tenu.errors import StoreError, TamperedError, UnreachableError
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.remembering import refuse_altered
from tenu.operations.restoring import restored
from tenu.plans.facts import EndFacts
from tenu.plans.recall import Return
from tenu.ports import Ports


def end_facts(ports: Ports) -> EndFacts:
    """Return what is known now of the end of data."""
    searches = _bodies(ports, EventKind.RESIDUE_SEARCHED)
    last: Mapping[str, Json] = searches[-1] if searches else {}
    disks = [date.fromisoformat(str(b["backups_until"])) for b in _bodies(ports, EventKind.DISK_STATED)]
    return EndFacts(
        intact=_intact(ports),
        restored=_restored(ports),
        residual=_number(last, "residual"),
        earlier=sum(_number(body, "residual") for body in searches[:-1]),
        unread=_number(last, "unread") + _number(last, "skipped"),
        doubtful=_doubtful(ports),
        backups_until=max(disks, default=None),
        undeclared=tuple(
            [name for name, database in ports.databases.items() if database.system.backups_kept_days is None]
            + [name for name, files in ports.files.items() if files.store.backups_kept_days is None]
        ),
    )


def _intact(ports: Ports) -> bool:
    try:
        refuse_altered(ports)
    except TamperedError:
        return False
    return True


def _restored(ports: Ports) -> tuple[str, ...] | None:
    try:
        return tuple(sorted(restored(ports)))
    except (UnreachableError, StoreError, TamperedError):
        return None


def _doubtful(ports: Ports) -> int:
    """Return how many rows the latest replay of each system left for a human."""
    latest = {str(body["system"]): body["left"] for body in _bodies(ports, EventKind.SYSTEM_REPLAYED)}
    reasons = (Return.DOUBT.value, Return.UNSEALED.value, "forgotten")
    return sum(
        _number(left, reason) for left in latest.values() if isinstance(left, Mapping) for reason in reasons
    )


def _bodies(ports: Ports, kind: EventKind) -> list[Mapping[str, Json]]:
    return [event.body for event in ports.journal.events(kind=kind)]


def _number(body: Mapping[str, Json], key: str) -> int:
    return int(str(body.get(key, 0)))
