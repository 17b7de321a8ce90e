"""``tenu apply``: do exactly what a plan says, chunk by chunk, and nothing else.

Each chunk is one transaction: lock, look again, seal, change, note, commit. Whatever stops the run, a second ``apply``
of the same plan goes on where it was, and a third changes nothing.
"""

from __future__ import annotations

from collections import Counter

from tenu.operations.anonymity import write_down
from tenu.operations.archive import end_past
from tenu.operations.bounding import LimitError
from tenu.operations.ending import end, erased_before
from tenu.operations.evidence import finish, intend, refuse_run, stop
from tenu.operations.file_batches import erased_files
from tenu.operations.pacer import Pacer, StoppedError, Waits
from tenu.operations.plan import Progress, quiet
from tenu.operations.preflight import refuse_stale
from tenu.operations.remembering import refuse_altered
from tenu.operations.restoring import refuse_restored
from tenu.operations.sampling import Sample
from tenu.operations.settling import settle_what_was_cut
from tenu.operations.upholding import uphold
from tenu.operations.working import Work, people_of, work
from tenu.plans.plan import Plan, Replay
from tenu.plans.residue import Gone
from tenu.plans.run import Run
from tenu.ports import Fate, Ports


def apply(
    ports: Ports,
    plan: Plan,
    *,
    progress: Progress = quiet,
    waits: Waits = lambda _wait: None,
    sample: Sample | None = None,
) -> Run:
    """Do *plan*.

    Args:
        ports: What may be touched.
        plan: As ``read_plan`` returns it.
        progress: Told of each chunk.
        waits: Told each time the run waits, and why.
        sample: How many people of each task to do before stopping; all of them when None.

    Raises:
        RefusedError: The plan is stale, expired, over its limits, not approved, or something makes it unsafe: nothing
            was written. Or a chunk would have changed more than was counted: it was not committed.
        RestoredError: A system came back from a backup and was not replayed: nothing was written.
        TamperedError: The ledger is not what the journal says of it: nothing was written.
        UnreachableError: A system does not answer. What was committed before stays; run it again to go on.
    """
    refuse_altered(ports)
    if not isinstance(plan.cause, Replay):
        refuse_restored(ports)
    settle_what_was_cut(ports)
    refuse_stale(ports, plan)
    _prepare(ports)
    uphold(ports)
    intend(ports, plan)
    digest = plan.digest
    pacer = Pacer(ports, digest, plan.expires_at, waits)
    picked = sample.picked(plan.tasks) if sample else None
    gone = Gone(skipped=erased_before(ports, digest))
    todo = Work(
        ports=ports, plan=plan, digest=digest, pacer=pacer, progress=progress, picked=picked, gone=gone
    )
    try:
        work(todo)
    except StoppedError as stopped:
        run = end(ports, plan, _sum_up(ports, todo, stopped=stopped.reason), gone)
        stop(ports, run)
        return run
    except LimitError as error:
        refuse_run(ports, plan, "overrun")
        raise error
    write_down(ports, plan.as_of, digest, todo.measured)
    ended = end_past(ports, plan.as_of, digest)
    progress("", todo.total, todo.total)
    run = end(ports, plan, _sum_up(ports, todo, ended=ended), gone)
    finish(ports, plan, run)
    return run


def _prepare(ports: Ports) -> None:
    for database in ports.databases.values():
        if not database.prepared():
            database.prepare()


def _sum_up(ports: Ports, todo: Work, *, ended: int = 0, stopped: str = "") -> Run:
    people: Counter[Fate] = Counter()
    rows: Counter[tuple[str, str, str]] = Counter()
    for name, database in ports.databases.items():
        with database.session() as session:
            noted = session.noted(todo.digest)
        people += people_of(noted)
        for n in (n for n in noted if n.line.rows):
            rows[name, n.line.table, n.line.verb] += n.line.rows
    files = erased_files(ports, todo.plan, todo.digest)
    rows.update({(store, table, "erase"): done.files for (store, table), done in files.items()})
    return Run(
        plan=todo.plan.digest,
        archived=people[Fate.ARCHIVE],
        ended=people[Fate.END],
        rows=rows,
        bytes={place: done.bytes for place, done in files.items()},
        spared=todo.spared,
        ended_archives=ended,
        stopped=stopped,
        taken=tuple(todo.taken),
    )
