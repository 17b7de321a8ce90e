"""What a release lets go: the plan of the day, as far as it is about the rows a hold no longer keeps.

Source: state machine SM-6; GDPR 5(1)(e).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tenu.errors import FindingsError, UnreachableError
from tenu.operations.plan import plan
from tenu.plans.plan import Fingerprints, PlannedTask, unpack
from tenu.ports import Node, Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What a release lets go: the tasks of today's plan that take rows of its people, and how many of these."""

    task: PlannedTask
    people: int


def freed(ports: Ports, day: date, let_go: frozenset[Node]) -> tuple[Freed, ...] | None:
    """Return what of *let_go* today's plan takes; None when the plan cannot be made."""
    try:
        made = plan(ports, day)
    except (FindingsError, UnreachableError):
        return None
    return tuple(_taken(ports, made.tasks, let_go))


def _taken(ports: Ports, tasks: tuple[PlannedTask, ...], let_go: frozenset[Node]) -> Iterator[Freed]:
    for task in tasks:
        chosen = unpack(task.chosen)
        prints = Fingerprints(ports.key, f"{task.system}.{task.table}")
        people = sum(name == (task.system, task.table) and prints.of(key) in chosen for name, key in let_go)
        if people:
            yield Freed(task=task, people=people)
