"""How much a plan may touch, measured when it is made and held when it is applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tenu.errors import RefusedError
from tenu.operations.choosing import Scene
from tenu.operations.filing import count_files
from tenu.plans.bounds import Bounds, Excess, bound, enough, excesses
from tenu.plans.plan import CHANGES, Plan, PlannedTask
from tenu.ports import Line, Ports
from tenu.terms import Text


class LimitError(RefusedError):
    """A plan would touch, or a run would have touched, more than the workspace allows."""


def measured(opened: Scene, tasks: Sequence[PlannedTask]) -> Bounds:
    """Return the limits of a plan of *tasks*; a table is counted only as far as its share asks for."""
    ceilings = opened.ports.workspace.settings.ceilings
    found: Counter[tuple[str, str, str]] = Counter()
    for task in tasks:
        for effect in task.effects:
            if effect.verb in CHANGES:
                found[task.system, effect.table, effect.verb] += effect.rows
    tables = tuple(
        bound(
            place,
            rows,
            _held(opened, place[0], place[1], enough(rows, ceilings.of(".".join(place[:2])))),
            ceilings,
        )
        for place, rows in found.items()
    )
    return Bounds(
        people=ceilings.people,
        rows=ceilings.rows,
        tolerance=ceilings.tolerance,
        tolerance_rows=ceilings.tolerance_rows,
        tables=tables,
    )


def _held(opened: Scene, system: str, table: str, most: int) -> int:
    """Return how many rows, or files, are in *table*, counted up to *most*."""
    if system in opened.ports.files:
        return count_files(opened.ports, system, table, most)
    return opened.sessions[system].count_up_to(table, most)


def over(ports: Ports, plan: Plan) -> tuple[Excess, ...]:
    """Return every limit *plan* is over: those it was made with, and those tenu.toml sets now."""
    limits = plan.limits.tightened(ports.workspace.settings.ceilings)
    return tuple(excesses(limits, plan.people, plan.rows))


def _pots(verb: str) -> tuple[str, ...]:
    """Return the verbs whose counted rows *verb* may reach.

    A row emptied for one person may go with the next, or stay; where it goes after all, whatever of these people stays
    lets go of it.
    """
    if verb == "cut":
        return ("cut", "clear", "erase", "keep")
    return ("clear", "erase") if verb in ("clear", "erase") else (verb,)


class Budget:
    """How many rows one task may change, table by table and verb by verb, in all its chunks and processes."""

    def __init__(self, limits: Bounds, task: PlannedTask, beyond: Mapping[tuple[str, str], int]) -> None:
        """Begin with what a plan counted of *task*, its *limits*, and what it counted elsewhere: *beyond*."""
        self._task = task.name
        counted: Counter[tuple[str, str]] = Counter(beyond)
        for effect in task.effects:
            counted[effect.verb, effect.table] += effect.rows
        self._counted: Mapping[tuple[str, str], int] = counted
        self._limits = limits

    def hold(self, so_far: Mapping[tuple[str, str], int], lines: Iterable[Line]) -> None:
        """Refuse what one chunk is about to commit when it is more than the plan counted; call it before the commit.

        Args:
            so_far: The rows the receipts of this task tell of, by verb and table, read in the same transaction.
            lines: What the chunk changed.

        Raises:
            LimitError: It is; nothing of the chunk is kept.
        """
        done = Counter(so_far)
        for line in lines:
            done[line.verb, line.table] += line.rows
        for (verb, table), total in done.items():
            counted = sum(self._counted.get((each, table), 0) for each in _pots(verb))
            if total > self._limits.allowed(counted):
                raise _overrun(self._task, verb, table, total, counted)


def _overrun(task: str, verb: str, table: str, total: int, counted: int) -> LimitError:
    return LimitError(
        Text(
            fr=f"{task}, {table} ({verb}) : {total} lignes, le plan en comptait {counted} ; ce lot n'a pas été validé",
            en=f"{task}, {table} ({verb}): {total} rows, the plan counted {counted}; this chunk was not committed",
        ),
        fix=Text(
            fr="cherchez ce qui écrit dans cette table, puis refaites un plan : tenu plan -o FICHIER",
            en="find what writes to this table, then make a new plan: tenu plan -o FILE",
        ),
    )
