"""Writing holds where they are obeyed, taking them away, and putting them back where a restore lost them.

Source: policy C-PUR-12; state machines SM-5, SM-6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from tenu.journal.events import Event
from tenu.journal.holds import Hold, HoldEnd
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.choosing import scene
from tenu.operations.covering import Covered, cover, subject_of
from tenu.operations.plan import today
from tenu.operations.register import holds
from tenu.operations.registering import say
from tenu.ports import BusyError, HeldRow, Node, Ports, Session

TURNS = 6
"""How many times to wait for the turn of a chunk that lasts: half a minute in all."""
ENTANGLED = "entangled"
"""The kind of rows of others that a held row points at: tenu must not delete them, anybody else may change them."""
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What a hold covers that nobody knew of: rows of people by system, and archive packages."""

    rows: Mapping[str, int]
    archived: int


def place(ports: Ports, hold: Hold, covered: Covered) -> Placed:
    """Write *hold* in every database its people are in, then in the archive.

    Each database is written in the turn chunks take: when this returns, every chunk to come sees it.

    Raises:
        BusyError: A chunk did not end in time.
    """
    rows: Counter[str] = Counter()
    for (system, root), (mine, theirs) in sorted(covered.by_place().items()):
        database = ports.databases[system]
        if not database.prepared():
            database.prepare()
        with database.session(writing=True) as session:
            for keys, kind, spreads in ((mine, hold.kind, not hold.within), (theirs, ENTANGLED, False)):
                put = partial(session.place, hold.id, kind, root, keys, spreads=spreads)
                rows[system] += _in_turn(session, put)
    systems = sorted({where.partition(".")[0] for where in hold.within})
    return Placed(rows=+rows, archived=ports.archive.hold(hold.id, covered.identities, systems))


def lift(ports: Ports, name: str) -> tuple[frozenset[Node], int]:
    """Take a hold out of every database and of the archive, then destroy its file, and what was copied for it.

    Return the rows of people it covered, and how many archive packages.
    """
    let_go = {((system, root), held.key) for system, root, held in placed(ports) if held.hold == name}
    for system in sorted({system for (system, _), _ in let_go}):
        with ports.databases[system].session(writing=True) as session:
            _in_turn(session, partial(session.lift, name))
    archived = ports.archive.release(name)
    ports.hold_files.destroy(name)
    ports.extracts.destroy(name)
    return frozenset(let_go), archived


def let_through(ports: Ports, name: str, seconds: int) -> list[str]:
    """Let applications change what the restriction *name* keeps, for *seconds*; return the systems that would refuse it."""
    found = []
    for system, database in ports.databases.items():
        with database.session(writing=True) as session:
            if _in_turn(session, partial(session.let_through, name, seconds)):
                found.append(system)
    return found


def placed(ports: Ports) -> Iterator[tuple[str, str, HeldRow]]:
    """Yield every row of people some hold covers, with its system and table, as the databases say."""
    for system, database in ports.databases.items():
        with database.session() as session:
            for root in database.system.people:
                yield from ((system, root, held) for held in session.placed(root))


def uphold(ports: Ports) -> int:
    """Make databases and archive say what the register says; return how many rows of people had lost their hold.

    What is in force is put back wherever it is missing (a database restored from a backup, a row that appeared since).
    A restriction whose person was told of its end, and whose day has come, ends. What ended goes, where a crash or a
    restore left it. A hold the register does not know stays: it protects. Done
    before every run, and first of all after a restore.

    Raises:
        UnreachableError: A system does not answer.
        BusyError: A chunk did not end in time.
    """
    day, files = today(ports), ports.hold_files.known()
    _end_noticed(ports, day)
    known = holds(ports)
    told = {held.hold for _, _, held in placed(ports)} if known else set()
    for name in sorted({*told, *files}):
        if name in known and known[name].ended_on is not None:
            lift(ports, name)
    in_force = [h for n in files if (h := known.get(n)) and h.blocks_on(day) and h.manifest is None]
    return sum(_put_back(ports, in_force)) if in_force else 0


def _end_noticed(ports: Ports, day: date) -> None:
    """Write down the end of every restriction whose announced day has come, in the name of who decided it (SM-4)."""
    for hold in holds(ports).values():
        if hold.lift is not None and hold.lifts_on(day):
            body: dict[str, Json] = {
                "hold": hold.id,
                "on": day.isoformat(),
                "role": hold.lift.role,
                "actor": hold.lift.actor,
                "reason": HoldEnd.LIFTED_AFTER_NOTICE,
            }
            say(ports, EventKind.HOLD_RELEASED, body)


def _put_back(ports: Ports, in_force: list[Hold]) -> Iterator[int]:
    """Place every hold *in_force* again, all found at once; yield how many rows each lacked."""
    subjects = {hold.id: subject_of(ports.hold_files.read(hold.id) or "{}") for hold in in_force}
    with scene(ports, today(ports)) as opened:
        covered = cover(opened, subjects, {hold.id: hold.within for hold in in_force})
    for hold in in_force:
        for system, rows in place(ports, hold, covered[hold.id]).rows.items():
            body: dict[str, Json] = {"hold": hold.id, "system": system, "subjects": rows}
            ports.journal.append(Event(kind=EventKind.HOLD_RESTORED, at=ports.clock.now(), body=body))
            yield rows


def _in_turn(session: Session, act: Callable[[], Done]) -> Done:
    """Do *act* in the turn chunks take, waiting for one that lasts."""
    for _ in range(TURNS - 1):
        try:
            with session.transaction():
                return act()
        except BusyError:
            continue
    with session.transaction():
        return act()
