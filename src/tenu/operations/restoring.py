"""Has a database gone back in time? The receipts the ledger knows of are there, or they are not.

Source: INV-18; CEF 2025 on backups; policy C-RET-07.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tenu.errors import RefusedError
from tenu.operations.recalling import marker
from tenu.operations.remembering import unit_of
from tenu.ports import Database, Ports, Unit
from tenu.terms import Text


class RestoredError(RefusedError):
    """A database was restored and the erasures made since its backup were not done again."""


def restored(ports: Ports) -> Mapping[str, int]:
    """Return the systems that went back in time, each with the entry of the ledger after which they must be replayed.

    Raises:
        UnreachableError: A system does not answer.
    """
    found = {name: known_until(ports, name, database) for name, database in ports.databases.items()}
    return {name: number for name, number in found.items() if number is not None}


def known_until(ports: Ports, name: str, database: Database) -> int | None:
    """Return the last entry of the ledger before the first one *database* lacks the receipt of; None when it has all.

    A receipt commits with what it speaks of and is never removed. What a replay did again needs no older receipt.
    """
    done = ports.ledger.done(name)
    receipts = _receipts(database, {entry.portion.run for entry in done}) if done else set()
    present = [(e.portion.run, e.portion.task, unit_of(e.portion)) in receipts for e in done]
    covered = max(
        (e.number for e, here in zip(done, present, strict=True) if here and e.portion.task == marker(name)),
        default=0,
    )
    missing = (e.number for e, here in zip(done, present, strict=True) if not here and e.number > covered)
    first = next(missing, None)
    return None if first is None else first - 1


def _receipts(database: Database, runs: Collection[str]) -> set[tuple[str, str, Unit]]:
    if not database.prepared():
        return set()
    with database.session() as session:
        return session.receipts(runs)


def refuse_restored(ports: Ports) -> None:
    """Refuse to go on while a system was restored and not replayed.

    Raises:
        RestoredError: It names them, and says what to run.
    """
    names = sorted(restored(ports))
    if names:
        raise restored_error(names)


def restored_error(names: list[str]) -> RestoredError:
    """Return the refusal to act on systems that came back from a backup."""
    said = ", ".join(names)
    return RestoredError(
        Text(
            fr=f"base restaurée, des personnes effacées y sont revenues : {said}",
            en=f"restored database, erased people are back in it: {said}",
        ),
        fix=Text(
            fr=f"refaites les effacements avant de rouvrir : tenu replay --system {names[0]}",
            en=f"do the erasures again before it reopens: tenu replay --system {names[0]}",
        ),
    )
