"""One chunk of people, one transaction: lock, look again, tell the ledger, seal, change, note, commit.

Whom it is about is on the ledger's disk before anything is destroyed, the outcome after.

The archive commits just before the source. At every instant each row exists in at least one place; a unit the archive
has and the source never noted is wiped, here when the transaction fails, by the next ``apply`` when the power does.
Only the source's receipt, read once its transaction is surely over, says whether a unit was committed; the ledger
remembers it should the source go back in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from tenu.errors import TenuError
from tenu.operations.bounding import Budget
from tenu.operations.choosing import Choice, Scene
from tenu.operations.looking_back import LookingBack
from tenu.operations.remembering import people_of, portion_of, settle_pending, unit_of
from tenu.operations.sealing import Sealing
from tenu.plans.erasures import Act
from tenu.plans.plan import verb_of
from tenu.plans.task import Anonymise, Clear, Cut, Erase, Keep, Seal
from tenu.ports import Fate, Found, Line, Ports, Session, Unit, appeared


def do_chunk(opened: Scene, choice: Choice, unit: Unit, run: str, budget: Budget) -> int:
    """Change one chunk; return how many of its people are done, the others having come back or gone on hold.

    Raises:
        BusyError: Rows were locked, or appeared meanwhile; nothing was changed.
        LimitError: More rows would change than *budget* has left; nothing was changed.
    """
    session, chosen, task = opened.sessions[choice.task.system], choice.chosen, choice.task
    ports = opened.ports
    try:
        with session.transaction():
            keys = session.lock(chosen, unit)
            session.recheck(task, chosen, unit, alone=choice.alone)
            session.spare(chosen, opened.back_elsewhere(choice, unit, keys))
            found = opened.who(choice, unit)
            if found:
                so_far, number = session.so_far(run, task.name)
                written = replace(unit, chunk=number)
                intent = portion_of(task.system, task.name, run, written)
                ports.ledger.write(ports.clock.now(), Act.INTENT, intent, people_of(task, found))
                lines = _done(opened, choice, unit, found, run, written)
                budget.hold(so_far, lines)
                session.note(run, task.name, written, lines)
        if found:
            ports.ledger.settle(ports.clock.now(), intent, done=True)
            if task.ends_people:
                opened.gone.add((person.identity, person.values) for person in found)
    except BaseException:
        with suppress(TenuError):  # a server that is gone settles nothing: the next apply does
            settle(ports, session, task.system, run)
        raise
    return len(found)


def settle(ports: Ports, session: Session, system: str, run: str) -> None:
    """Wipe from the archive the units *system* never committed, their rows are still there; and keys without a package.
    Tell the ledger so.

    In a turn of its own: a transaction whose end nobody saw is over by then, one way or the other.
    """
    with session.transaction():
        settle_pending(ports, session, system)
        here = {(noted.task, noted.unit) for noted in session.noted(run)}
        here |= {(p.task, unit_of(p)) for p in (e.portion for e in ports.ledger.done(system)) if p.run == run}
        for task, unit in ports.archive.units(run) - here:
            if task.startswith(f"{system}."):
                ports.archive.wipe(run, task, unit)
        ports.archive.sweep(run, system)


def _done(
    opened: Scene, choice: Choice, unit: Unit, found: Sequence[Found], run: str, written: Unit
) -> list[Line]:
    """Seal and change one chunk; return what was done, the archive having committed it as *written* already."""
    sealing = Sealing(opened, choice, unit, found) if unit.fate is Fate.ARCHIVE else None
    session, layout = opened.sessions[choice.task.system], opened.layouts[choice.task.system]
    back = LookingBack(session, choice, unit, layout.catalog)
    changed = list(_change(session, choice, unit, sealing, back))
    back.insist()
    lines = [*sealing.commit(run, written), *changed] if sealing else changed
    return [replace(line, people=len(found)) for line in lines]


def _change(
    session: Session, choice: Choice, unit: Unit, sealing: Sealing | None, back: LookingBack
) -> Iterator[Line]:
    """Do every effect in order and yield what each did; refuse to erase a row the archive did not read."""
    effects = choice.task.effects
    shared = {
        e: session.shared_keys(e, choice.chosen, unit) for e in effects if isinstance(e, Erase) and e.shared
    }
    for effect in effects:
        match effect:
            case Keep() | Seal():
                continue
            case Cut():
                verb, rows = "cut", session.perform(effect, choice.chosen, unit)
            case Clear() | Anonymise():
                verb, rows = verb_of(effect), session.perform(effect, choice.chosen, unit)
                if isinstance(effect, Anonymise):
                    _refuse_unread(sealing, effect.table, rows)
            case Erase(shared=True):
                verb, rows = "erase", session.erase_unheld(effect, shared[effect])
            case Erase() if sealing and effect in sealing.taken:
                verb, rows = "erase", sealing.take(effect)
            case Erase():
                verb, rows = "erase", session.perform(effect, choice.chosen, unit)
                _refuse_unread(sealing, effect.table, rows)
        back.changed(effect, rows)
        if rows:
            yield Line(verb=verb, table=effect.table, rows=rows, people=0)


def _refuse_unread(sealing: Sealing | None, table: str, rows: int) -> None:
    if sealing and table in sealing.counts and rows > sealing.counts[table]:
        raise appeared(table)
