"""``tenu hold enforce``: each database is made to refuse what its data map asks it to refuse, and no more.

Source: GDPR 18(2); policy C-RGT-16; INV-06.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tenu.datamap.enforcement import Enforcement, PieceState
from tenu.errors import RefusedError, StoreError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.acting import entitled
from tenu.operations.check import refuse_unsafe
from tenu.operations.plan import today
from tenu.ports import Database, Ports
from tenu.terms import Text

WHO = ("dba", "dpo")


class EnforcementError(RefusedError):
    """A system is unknown, or its database does not let tenu's account create triggers."""


def standing(ports: Ports, names: Sequence[str] = ()) -> dict[str, Enforcement]:
    """Return, by system, what its database has and lacks; every system when *names* is empty. Reads only.

    Raises:
        EnforcementError: One of *names* is no system.
        FindingsError: A data map does not fit its live schema: nobody could tell whose its rows are.
        UnreachableError: A database does not answer.
    """
    return {name: database.enforcement() for name, database in _chosen(ports, names).items()}


def enforce(ports: Ports, names: Sequence[str] = ()) -> dict[str, Enforcement]:
    """Put right what ``standing`` finds wrong, system by system, and record it; return what each database has now.

    Done again, it finishes what was cut, and changes nothing where all is right.

    Raises:
        NotEntitledError: The person asking is neither DBA nor DPO.
        FindingsError: A data map does not fit its live schema; nothing is changed.
        EnforcementError: One of *names* is no system, or an account may not create triggers; systems before it are done.
        BusyError: Somebody uses a table for too long; ask again.
        UnreachableError: A database does not answer.
    """
    role = entitled(ports, "hold:enforce", *WHO)
    done = {}
    for name, database in _chosen(ports, names).items():
        _enforced(ports, name, database, role)
        done[name] = database.enforcement()
    ports.journal.seal(ports.signer)
    return done


def _chosen(ports: Ports, names: Sequence[str]) -> Mapping[str, Database]:
    for name in names:
        if name not in ports.databases:
            listed = ", ".join(ports.databases)
            raise EnforcementError(
                Text(fr=f"aucun système « {name} »", en=f"no system '{name}'"),
                fix=Text(fr=f"systèmes connus : {listed}", en=f"known systems: {listed}"),
            )
    refuse_unsafe(ports, today(ports))
    return {name: ports.databases[name] for name in names or ports.databases}


def _enforced(ports: Ports, name: str, database: Database, role: str) -> None:
    try:
        found = database.enforce()
    except StoreError as error:
        raise EnforcementError(
            error.message,
            fix=Text(
                fr=f"donnez à qui administre la base ce que montre « tenu hold enforce --system {name} --sql »",
                en=f"give the database's administrator what 'tenu hold enforce --system {name} --sql' shows",
            ),
        ) from error
    if found.wrong:
        dropped = sum(1 for seen in found.wrong if seen.state is PieceState.LEFTOVER)
        body: dict[str, Json] = {
            "system": name,
            "role": role,
            "actor": ports.actor.digest,
            "created": len(found.wrong) - dropped,
            "dropped": dropped,
        }
        ports.journal.append(Event(kind=EventKind.HOLDS_ENFORCED, at=ports.clock.now(), body=body))
