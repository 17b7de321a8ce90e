"""What the journal says of earlier runs of a plan."""

from __future__ import annotations

from tenu.journal.kinds import EventKind
from tenu.plans.plan import Plan
from tenu.plans.run import Run
from tenu.ports import Ports


def done_before(ports: Ports, plan: Plan) -> tuple[int, int] | None:
    """Return the people and rows earlier runs of *plan* had done when the last of them ended, None when none did."""
    last = None
    for event in ports.journal.events(kind=EventKind.RUN_FINISHED):
        if event.body["run"] == plan.digest:
            last = (int(str(event.body["subjects"])), int(str(event.body["rows"])))
    return last


def changed_nothing(run: Run, before: tuple[int, int] | None) -> bool:
    """Return whether *run* found everything done already, *before* being what earlier runs had done."""
    return before == (run.people, run.changed)
