"""Rows two tasks of one plan would take: the first to run has them, so the second neither counts nor waits for them.

A record past a limit of its own goes, or becomes nobody's, before its person is looked at; and so does what hangs from it.

Source: policy C-RET-07, C-RET-08; GDPR 5(1)(e).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tenu.datamap.ways import Hop
from tenu.plans.selection import NEVER, Condition, all_of, any_of, linked, negate
from tenu.plans.task import Anonymise, Effect, Erase, PersonTask, RecordTask


def counted(task: PersonTask) -> tuple[Effect, ...]:
    """Return the effects of *task*, each limited to the rows it will still find."""
    return tuple(_only(effect, negate(taken_before(effect, task.before))) for effect in task.effects)


def left_over(task: PersonTask) -> tuple[Effect, ...]:
    """Return the effects of *task*, each limited to the rows an earlier task should have taken, if it could."""
    return tuple(_only(effect, taken_before(effect, task.before)) for effect in task.effects)


def taken_before(effect: Effect, before: Iterable[RecordTask]) -> Condition:
    """Return when a row of *effect* goes, or loses its person, by one of the tasks *before*; never a row people share."""
    if isinstance(effect, Erase) and effect.shared:
        return NEVER
    tables = (effect.table, *(hop.table for hop in effect.path))
    return any_of(
        linked(effect.path[:place], task.due)
        for task in before
        for place, table in enumerate(tables[:-1])
        if table == task.table and _lets_go(task, effect.path[place])
    )


def _lets_go(task: RecordTask, hop: Hop) -> bool:
    """Return whether a record *task* has changed no longer leads where *hop* does."""
    if not isinstance(task.effect, Anonymise):
        return True
    emptied = {c.column for c in task.effect.clearings if c.to is None and c.empties}
    return any(here in emptied for here, _ in hop.pairs)


def _only(effect: Effect, where: Condition) -> Effect:
    return replace(effect, where=all_of([effect.where, where]))
