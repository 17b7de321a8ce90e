"""``tenu review``: rehearse a plan for whoever must approve it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tenu.datamap.layout import Layout
from tenu.errors import Finding
from tenu.journal.kinds import EventKind
from tenu.operations.approving import waits_for, words
from tenu.operations.check import schema_findings
from tenu.operations.choosing import Scene, scene
from tenu.plans.plan import Plan
from tenu.plans.review import Estimate, Month, Review
from tenu.plans.selection import Selection
from tenu.plans.task import PersonTask, RecordTask
from tenu.policy.clauses import clauses
from tenu.ports import Ports
from tenu.terms import Severity, Text

LOG_BYTES_PER_ROW = 440
"""Write-ahead log of one deleted row of a web shop on PostgreSQL, its indexes included; a row updated writes as much."""
ROWS_PER_SECOND = 5_000
"""A modest server's speed, until this workspace has runs of its own to measure."""
BY_ITSELF = ("CASCADE", "SET NULL", "SET DEFAULT")


def review(ports: Ports, plan: Plan, *, months: int = 6) -> Review:
    """Return what a human should know of *plan* before approving it.

    Args:
        ports: What may be read.
        plan: As its file says it; it need not be valid any more.
        months: How many months ahead to look at what falls due.

    Raises:
        UnreachableError: A system does not answer.
    """
    wanted = waits_for(ports, plan)
    with scene(ports, plan.as_of) as opened:
        layouts = dict(opened.layouts)
    return Review(
        plan=plan,
        titles={clause: found.title for clause, found in clauses().items()},
        sizes=_sizes(ports, plan),
        asked=wanted,
        missing=wanted.missing(words(ports, plan)),
        estimate=_estimate(ports, plan),
        cascades=tuple(_cascades(layouts, plan)),
        findings=_findings(ports, layouts, plan),
        months=tuple(_months(ports, plan.as_of, months)) if months else (),
    )


def _sizes(ports: Ports, plan: Plan) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for system in dict.fromkeys(one.system for one in plan.limits.tables):
        tables = sorted({one.table for one in plan.limits.tables if one.system == system})
        if system in ports.files:
            found = {one.table: one.held for one in plan.limits.tables if one.system == system}
        else:
            found = dict(ports.databases[system].sizes(tables))
        sizes |= {f"{system}.{table}": rows for table, rows in found.items()}
    return sizes


def _estimate(ports: Ports, plan: Plan) -> Estimate:
    pacing = ports.workspace.settings.pacing
    measured = _speed(ports)
    seconds = plan.rows / (measured or ROWS_PER_SECOND * pacing.duty / 100)
    return Estimate(
        log_bytes=LOG_BYTES_PER_ROW * (plan.rows - plan.files),
        seconds=round(seconds),
        lock_ms=pacing.target_ms or None,
        measured=measured is not None,
    )


def _speed(ports: Ports) -> float | None:
    """Return how many rows a second the last run that was not interrupted changed, None when there is none."""
    begun = {event.body["run"]: event.at for event in ports.journal.events(kind=EventKind.RUN_INTENT)}
    cut = {event.body["run"] for event in ports.journal.events(kind=EventKind.RUN_RESUMED)}
    speed = None
    for event in ports.journal.events(kind=EventKind.RUN_FINISHED):
        run, rows = event.body["run"], int(str(event.body.get("rows", 0)))
        if run in begun and run not in cut and rows:
            lasted = (event.at - begun[run]).total_seconds()
            speed = rows / lasted if lasted > 0 else speed
    return speed


def _cascades(layouts: dict[str, Layout], plan: Plan) -> Iterator[Text]:
    erased = {(one.system, one.table) for one in plan.limits.tables if one.verb == "erase"}
    for name, layout in layouts.items():
        for reference in layout.references:
            if (name, reference.parent) in erased and reference.on_delete in BY_ITSELF:
                child, parent, rule = reference.child, reference.parent, reference.on_delete
                yield Text(
                    fr=f"{name} : {child} → {parent} est « ON DELETE {rule} » ; le plan passe avant elle, ligne par ligne.",
                    en=f"{name}: {child} → {parent} is 'ON DELETE {rule}'; the plan comes before it, row by row.",
                )


def _findings(ports: Ports, layouts: dict[str, Layout], plan: Plan) -> tuple[Finding, ...]:
    """Return the findings that do not stop the run: missing indexes, rows emptied rather than erased."""
    found = schema_findings(ports, layouts, plan.as_of)
    return tuple(f for f in found if f.severity in (Severity.MAJOR, Severity.MINOR))


def _months(ports: Ports, as_of: date, count: int) -> Iterator[Month]:
    """Yield what falls due from *as_of* to the end of its month, then month by month."""
    start, before = as_of, _due(ports, as_of)
    for _ in range(count):
        end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        after = _due(ports, end)
        yield Month(start=start, people=max(0, after[0] - before[0]), records=max(0, after[1] - before[1]))
        start, before = end, after


def _due(ports: Ports, day: date) -> tuple[int, int]:
    """Return how many records of people, and records with a term of their own, are due on *day*."""
    with scene(ports, day) as opened:
        people = sum(_count(opened, t.system, t.root, t) for t in opened.tasks if isinstance(t, PersonTask))
        records = sum(
            opened.sessions[t.system].count_rows(Selection(table=t.table, where=t.due))
            for t in opened.tasks
            if isinstance(t, RecordTask)
        )
    return people, records


def _count(opened: Scene, system: str, root: str, task: PersonTask) -> int:
    return opened.sessions[system].count_rows(Selection(table=root, where=task.due))
