"""``tenu check``: everything the law, the policy and the live schemas say, at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tenu.datamap.drift import compare
from tenu.datamap.enforcement import enforcement_findings
from tenu.datamap.files import store_findings
from tenu.datamap.findings import finding
from tenu.datamap.layout import Layout, lay_out
from tenu.documents import Located
from tenu.errors import Finding, FindingsError, UnreachableError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.law.lint import lint, not_judged
from tenu.operations.contents import Progress, contents, keys
from tenu.operations.reaching import archive_findings
from tenu.operations.register import hold_findings
from tenu.operations.rights.lasting import lasting
from tenu.plans.constraints import unclearable
from tenu.plans.feeds import feed_findings
from tenu.plans.fitness import unfit
from tenu.plans.opposing import oppositions
from tenu.plans.retention import retention_tasks
from tenu.plans.rulebook import rules_on
from tenu.ports import Ports
from tenu.terms import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was looked at, and what was found, worst first. *waiting*: law rules nothing can judge yet."""

    findings: tuple[Finding, ...]
    systems: tuple[str, ...]
    unreachable: tuple[str, ...]
    waiting: int

    @property
    def blockers(self) -> int:
        """Return how many findings stop a run or break a text of law."""
        return sum(1 for found in self.findings if found.severity is Severity.BLOCKER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """How far values are looked at: *most* rows of each table, all of them when None; *progress* is told each table."""

    most: int | None
    progress: Progress


def check(ports: Ports, as_of: date, values: Values | None = None) -> Checked:
    """Return every finding on the workspace as it is, with the law of *as_of*. Reads only.

    Args:
        ports: What may be asked.
        as_of: Civil day whose law counts.
        values: How far the values of columns are looked at too; not at all when None.
    """
    layouts, silent = _layouts(ports)
    mute = dict(_mute_stores(ports))
    policy = ports.workspace.policy
    schema, held = (
        schema_findings(ports, layouts, as_of),
        [*hold_findings(ports, as_of), *lasting(ports, as_of)],
    )
    fits = not any(f.severity is Severity.BLOCKER for f in schema)
    enforced = [
        f
        for name in (layouts if fits else ())
        for f in enforcement_findings(ports.databases[name].system, ports.databases[name].enforcement())
    ]
    found = [
        *schema,
        *silent,
        *mute.values(),
        *archive_findings(ports),
        *held,
        *enforced,
        *lint(policy, as_of),
    ]
    for name, layout in layouts.items():
        found.extend(keys(ports.databases[name], layout))
        if values is not None:
            found.extend(contents(ports.databases[name], layout, values.most, values.progress))
    order = list(Severity)
    return Checked(
        findings=tuple(sorted(found, key=lambda f: order.index(f.severity))),
        systems=(*ports.databases, *ports.files),
        unreachable=(*(name for name in ports.databases if name not in layouts), *mute),
        waiting=len(not_judged()),
    )


def schema_findings(ports: Ports, layouts: dict[str, Layout], as_of: date) -> list[Finding]:
    """Return what the data maps and the live schemas say against one another, and against what a run must do."""
    policy = ports.workspace.policy
    found = [
        f for layout in layouts.values() for f in (*compare(layout, policy), *oppositions(layout, policy))
    ]
    found += [f for files in ports.files.values() for f in store_findings(files.store, policy)]
    if not any(f.severity is Severity.BLOCKER for f in found):
        tasks = retention_tasks(layouts.values(), rules_on(policy, as_of))
        found.extend(unclearable(layouts, tasks))
        found.extend(unfit(layouts, tasks))
        found.extend(f for layout in layouts.values() for f in feed_findings(layout, policy))
    return found


def refuse_unsafe(ports: Ports, as_of: date, *, fresh: bool = True) -> None:
    """Refuse to count or change anything on a data map that does not fit its live schema.

    Args:
        ports: What may be asked.
        as_of: Civil day of the run.
        fresh: Whether to read the schemas again; not when that was just done.

    Raises:
        FindingsError: With every finding that blocks.
        UnreachableError: When a system does not answer.
    """
    layouts = {
        name: lay_out(database.system, database.catalog(fresh=fresh))
        for name, database in ports.databases.items()
    }
    unsafe = [found for found in schema_findings(ports, layouts, as_of) if found.severity is Severity.BLOCKER]
    if unsafe:
        raise FindingsError(tuple(unsafe))


def record(ports: Ports, checked: Checked) -> None:
    """Write in the journal that a check was done, and how many findings of each code it gave."""
    codes = Counter(found.code for found in checked.findings)
    severities = Counter(found.severity.value for found in checked.findings)
    body: dict[str, Json] = {
        "findings": len(checked.findings),
        "policy": ports.workspace.policy_digest,
        "codes": dict(codes),
        "severities": dict(severities),
        "systems": list(checked.systems),
        "unreachable": list(checked.unreachable),
    }
    ports.journal.append(Event(kind=EventKind.CHECK_DONE, at=ports.clock.now(), body=body))


def _layouts(ports: Ports) -> tuple[dict[str, Layout], list[Finding]]:
    """Return the layout of each system that answers, and a finding for each that does not."""
    layouts, silent = {}, []
    for name, database in ports.databases.items():
        try:
            layouts[name] = lay_out(database.system, database.catalog(fresh=True))
        except UnreachableError as error:
            silent.append(_silent(database.system, error))
    return layouts, silent


def _mute_stores(ports: Ports) -> Iterator[tuple[str, Finding]]:
    """Yield the stores of files whose root cannot be read, each with its finding."""
    for name, files in ports.files.items():
        try:
            files.list(())
        except UnreachableError as error:
            yield name, _silent(files.store, error)


def _silent(described: Located, error: UnreachableError) -> Finding:
    """Return that what a file of the workspace describes does not answer."""
    place = described.at.get("url", described.place)
    fix = (error.fix.fr, error.fix.en) if error.fix else None
    said = (error.message.fr, error.message.en)
    return finding("D-REACH-01", Severity.BLOCKER, place, said, fix, ("C-OPS-01",))
