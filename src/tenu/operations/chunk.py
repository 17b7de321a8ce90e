"""One chunk of people, one transaction: lock, look again, seal, change, note, commit.

The archive commits just before the source. At every instant each row exists in at least one place; a unit the archive
has and the source never noted is wiped, here when the transaction fails, by the next ``apply`` when the power does.
Only the source's receipt, read once its transaction is surely over, says whether a unit was committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from tenu.errors import TenuError
from tenu.operations.bounding import Budget
from tenu.operations.choosing import Choice, Scene
from tenu.operations.looking_back import LookingBack
from tenu.operations.sealing import Sealing
from tenu.plans.plan import verb_of
from tenu.plans.task import Anonymise, Clear, Cut, Erase, Keep, Seal
from tenu.ports import Archive, Fate, Line, Session, Unit, appeared


def do_chunk(opened: Scene, choice: Choice, unit: Unit, run: str, budget: Budget) -> int:
    """Change one chunk; return how many of its people are done, the others having come back or gone on hold.

    Raises:
        BusyError: Rows were locked, or appeared meanwhile; nothing was changed.
        LimitError: More rows would change than *budget* has left; nothing was changed.
    """
    session, chosen, task = opened.sessions[choice.task.system], choice.chosen, choice.task
    try:
        with session.transaction():
            keys = session.lock(chosen, unit)
            session.recheck(task, chosen, unit, alone=choice.alone)
            session.spare(chosen, opened.back_elsewhere(choice, unit, keys))
            people = session.left(chosen, unit)
            if people:
                written = replace(unit, chunk=session.next_chunk(run, task.name))
                lines = _done(opened, choice, unit, people, run, written)
                budget.hold(session, lines)
                session.note(run, task.name, written, lines)
    except BaseException:
        with suppress(TenuError):  # a server that is gone settles nothing: the next apply does
            settle(opened.ports.archive, session, task.system, run)
        raise
    return people


def settle(archive: Archive, session: Session, system: str, run: str) -> None:
    """Wipe from the archive the units *system* never committed, their rows are still there; and keys without a package.

    In a turn of its own: a transaction whose end nobody saw is over by then, one way or the other.
    """
    with session.transaction():
        here = {(noted.task, noted.unit) for noted in session.noted(run)}
        for task, unit in archive.units(run) - here:
            if task.startswith(f"{system}."):
                archive.wipe(run, task, unit)
        archive.sweep(run, system)


def _done(opened: Scene, choice: Choice, unit: Unit, people: int, run: str, written: Unit) -> list[Line]:
    """Seal and change one chunk; return what was done, the archive having committed it as *written* already."""
    sealing = Sealing(opened, choice, unit) if unit.fate is Fate.ARCHIVE else None
    session, layout = opened.sessions[choice.task.system], opened.layouts[choice.task.system]
    back = LookingBack(session, choice, unit, layout.catalog)
    changed = list(_change(session, choice, unit, sealing, back))
    back.insist()
    lines = [*sealing.commit(run, written), *changed] if sealing else changed
    return [replace(line, people=people) for line in lines]


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
