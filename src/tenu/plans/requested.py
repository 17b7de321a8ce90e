"""Carrying out an erasure somebody asked for: the tasks of retention, on whom a request names, whatever their clocks say.

What a text of law keeps stays, what is evidence goes through the archive, a contract under way keeps what it needs, and
nobody on hold is touched: only acts and dates no longer count.

Source: GDPR 17(1), 17(3)(b), 17(3)(e); law 5.5; policy C-RGT-10, C-RGT-11.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from tenu.plans.selection import Listed, all_of, negate
from tenu.plans.task import Anonymise, CrowdTask, PersonTask, Task

REQUESTED = "requested"
"""The list of the rows of people tables that are of whoever asks."""


def requested(tasks: Iterable[Task], places: Collection[tuple[str, str]]) -> Iterator[Task]:
    """Yield those of *tasks* that concern people of *places* (system, people table), for whoever is listed there.

    Records past a limit of their own are left to the calendar; anonymous rows are made vague enough where some are added.
    """
    anonymous: set[tuple[str, str]] = set()
    for task in tasks:
        match task:
            case PersonTask() if (task.system, task.root) in places:
                due = all_of([Listed(name=REQUESTED), negate(task.running), negate(task.held), task.left])
                anonymous |= {(task.system, e.table) for e in task.effects if isinstance(e, Anonymise)}
                yield replace(task, due=due, alive=task.running, before=())
            case CrowdTask() if (task.system, task.table) in anonymous:
                yield task
            case _:
                continue
