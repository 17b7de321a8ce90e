"""What answering people costs: python benchmarks/requests.py --people 3000 --runs 5 --queued 1000

Draws the sample company in a private PostgreSQL (four databases), tenu's own stores beside it in SQLite files, and measures one
access, one erasure, then many erasures in one plan: CPU of Python and of the server, and statements, those on tenu's own
stores apart from those on the company's databases. Nothing is written but the table.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from meter import Cost, Meter

sys.path.insert(
    0, str(Path(__file__).parent.parent / "tests")
)  # the private servers and the lab of the tests

from lab import Lab, make_lab
from rights.asking import as_, asked, email_of, granted, office
from servers import PostgreSQLServer
from tenu.journal.cases import Outcome
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.plan import today
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.access import access
from tenu.operations.rights.erasure import erase
from tenu.plans.case_file import CaseFile
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.rows import Person
from tenu.terms import IdentifierKind

CPU_MS, OURS, THEIRS = 60, 60, 30
"""The goals of one request: CPU of Python and the server, statements on tenu's stores and on the company's databases."""
QUEUE_SECONDS = 180
SERVER = "postgresql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One request answered: what it cost, and statements on tenu's own stores and on the others."""

    cost: Cost
    ours: int
    theirs: int


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count statements by kind of engine while the block lasts."""
    found: Counter[str] = Counter()

    def count(connection: sa.Connection, *_: object) -> None:
        found[connection.dialect.name] += 1

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)


def answer(meter: Meter, work: Callable[[], object]) -> Answered:
    """Do *work* and return what it took."""
    with counting() as found:
        cost = meter(work)
    return Answered(cost=cost, ours=found["sqlite"], theirs=found[SERVER])


def line(name: str, runs: Sequence[Answered]) -> str:
    """Return one line of the table, medians, each with whether its goal is met."""
    cpu = median(run.cost.cpu for run in runs) * 1000
    ours, theirs = (int(median(getattr(run, kind) for run in runs)) for kind in ("ours", "theirs"))
    python = median(run.cost.python for run in runs) * 1000
    goals = ((cpu, CPU_MS), (ours, OURS), (theirs, THEIRS))
    missed = "met" if all(found <= most for found, most in goals) else "missed"
    return f"{name:26}{cpu:10.0f}{python:10.0f}{ours:10}{theirs:10}   {missed}"


def people(lab: Lab) -> list[Person]:
    """Return people with an e-mail whom nobody resembles."""
    return [p for p in lab.company.everyone() if not p.shared and p.doubt is None and email_of(p)]


def decided(ports: Ports, person: Person) -> str:
    """Open an access request and decide it; return its number."""
    number = asked(ports, email_of(person), Right.ACCESS)
    verbs.decide(ports, number, Right.ACCESS, Outcome.GRANTED)
    return number


def queue(ports: Ports, waiting: Sequence[Person]) -> list[str]:
    """Write as many erasures as *waiting*, decided and confirmed, as months of work would leave them; return their numbers."""
    numbers, events = [f"R-{number:08d}" for number, _ in enumerate(waiting)], []
    day, now = today(ports).isoformat(), ports.clock.now()
    who = {"role": "dpo", "actor": ports.actor.digest}
    for number in numbers:
        said: dict[EventKind, dict[str, Json]] = {
            EventKind.REQUEST_RECEIVED: {"rights": ["erasure"], "channel": "email", "received_on": day},
            EventKind.REQUEST_ACKNOWLEDGED: {},
            EventKind.REQUEST_IDENTIFIED: {"method": "known_address", "on": day},
            EventKind.REQUEST_SEARCHED: {"complete": True, "systems": [], "silent": []},
            EventKind.REQUEST_DECIDED: {
                "right": "erasure",
                "outcome": "partial",
                "codes": ["LEGAL_DUTY"],
                **who,
            },
            EventKind.REQUEST_CONFIRMED: {"right": "erasure", "agrees": True, **who, "actor": "0" * 64},
        }
        events += [Event(kind=kind, at=now, body={"request": number, **body}) for kind, body in said.items()]
    ports.cases.keep(
        *(
            CaseFile(number=number, sought={IdentifierKind.EMAIL: (email_of(person),)})
            for number, person in zip(numbers, waiting, strict=True)
        )
    )
    ports.journal.append(*events)
    ports.journal.seal(ports.signer)
    return numbers


def measure(lab: Lab, meter: Meter, *, runs: int, queued: int) -> Iterator[str]:
    """Yield the lines of the table."""
    everybody = iter(people(lab))
    with office(lab) as ports:
        for warm in (True, False):
            numbers = [decided(ports, next(everybody)) for _ in range(runs)]
            measured = [answer(meter, lambda n=n: access(ports, n, recipients=())) for n in numbers]
            if not warm:
                yield line("access", measured)
        for warm in (True, False):
            numbers = [
                granted(ports, asked(ports, email_of(next(everybody)))) for _ in range(1 if warm else runs)
            ]
            measured = [answer(meter, lambda n=n: erase(ports, [n])) for n in numbers]
            if not warm:
                yield line("erasure, alone", measured)
        asking = queue(ports, list(islice(everybody, queued)))
        begun = time.perf_counter()
        run = answer(meter, lambda: erase(as_(ports, "alice"), None))
        wall = time.perf_counter() - begun
        share = Answered(
            cost=Cost(wall=0, server=run.cost.server / queued, python=run.cost.python / queued),
            ours=run.ours // queued,
            theirs=run.theirs // queued,
        )
        yield line(f"erasure, {len(asking):,} in one plan", [share])
        said = "met" if wall <= QUEUE_SECONDS else "missed"
        yield f"{queued:,} queued erasures: {wall:.0f} s ({run.cost.cpu:.0f} s of CPU), goal {QUEUE_SECONDS} s: {said}"


def main() -> None:
    """Print the table."""
    said = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    said.add_argument("--people", type=int, default=3_000)
    said.add_argument("--runs", type=int, default=5)
    said.add_argument("--queued", type=int, default=1_000)
    asked_for = said.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="requests-"))
    try:
        with PostgreSQLServer() as server:
            meter = Meter(int((server.folder / "data" / "postmaster.pid").read_text().split()[0]))

            def database(name: str) -> str:
                own = name in ("archive", "vault")
                return f"sqlite:///{folder / name}.db" if own else server.fresh_database(name)

            lab = make_lab(folder, database, people=asked_for.people, chunk=500)
            settings = folder / "tenu.toml"
            settings.write_text(
                settings.read_text().replace("look_again_seconds = 0", "look_again_seconds = 30")
            )
            print(
                f"{'':26}{'CPU ms':>10}{'Python':>10}{'tenu':>10}{'others':>10}   goals {CPU_MS}, {OURS}, {THEIRS}"
            )
            for one in measure(lab, meter, runs=asked_for.runs, queued=asked_for.queued):
                print(one, flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
