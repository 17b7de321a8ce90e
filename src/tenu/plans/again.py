"""Doing again what was done before a restore: the same effects, on whom the ledger names, whatever their clocks say.

Nobody is archived twice: their package is there already.

Source: GDPR 17; CEF 2025 on backups; INV-18.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from tenu.plans.selection import NEVER, Listed, all_of, negate
from tenu.plans.task import CrowdTask, PersonTask, Seal, Task


def done_again(tasks: Iterable[Task], system: str, names: Collection[str]) -> Iterator[Task]:
    """Yield those of *tasks* called one of *names*, for whoever is listed under the task's name; in their order.

    Records past a limit of their own are past it still: their task is the same. So is what makes the anonymous rows of
    *system* vague enough.
    """
    for task in tasks:
        if isinstance(task, CrowdTask):
            if task.system == system:
                yield task
        elif task.name in names:
            yield _again(task, names) if isinstance(task, PersonTask) else task


def _again(task: PersonTask, names: Collection[str]) -> PersonTask:
    return replace(
        task,
        due=all_of([Listed(name=task.name), negate(task.held), task.left]),
        archived=NEVER,
        endings=(),
        effects=tuple(effect for effect in task.effects if not isinstance(effect, Seal)),
        before=tuple(one for one in task.before if one.name in names),
        again=True,
    )
