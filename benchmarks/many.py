"""What one request costs among many: python benchmarks/many.py --held 10 100 1000 5000

Writes requests in tenu's own database (a SQLite file, in a workspace of the sample company), each acknowledged, identified,
searched, decided and confirmed, then measures what is done to one more: CPU milliseconds of this process, medians of --runs.
Then what opening as many and taking them on takes in all, one verb at a time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the lab of the tests

from lab import make_lab
from rights.asking import office
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.plan import today
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.searching import Sought
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import IdentifierKind

SOUGHT = Sought(values={IdentifierKind.EMAIL: ("nobody@mail.example",)})


def ready(ports: Ports, numbers: Iterator[int], count: int) -> None:
    """Write *count* requests whose erasure is decided and confirmed, as months of work would leave them."""
    events, day, now = list[Event](), today(ports).isoformat(), ports.clock.now()
    who = {"role": "dpo", "actor": ports.actor.digest}
    decided: dict[str, Json] = {"right": "erasure", "outcome": "partial", "codes": ["LEGAL_DUTY"], **who}
    for _ in range(count):
        said: dict[EventKind, dict[str, Json]] = {
            EventKind.REQUEST_RECEIVED: {"rights": ["erasure"], "channel": "email", "received_on": day},
            EventKind.REQUEST_ACKNOWLEDGED: {},
            EventKind.REQUEST_IDENTIFIED: {"method": "known_address", "on": day},
            EventKind.REQUEST_SEARCHED: {"complete": True, "systems": [], "silent": []},
            EventKind.REQUEST_DECIDED: decided,
            EventKind.REQUEST_CONFIRMED: {"right": "erasure", "agrees": True, **who, "actor": "0" * 64},
        }
        number = f"R-{next(numbers):08d}"
        events += [Event(kind=kind, at=now, body={"request": number, **body}) for kind, body in said.items()]
    ports.journal.append(*events)
    ports.journal.seal(ports.signer)


def opened(ports: Ports) -> str:
    """Open a request; return its number."""
    return verbs.receive(ports, [Right.ACCESS], SOUGHT, channel=verbs.Intake.EMAIL).id


def taken_on(ports: Ports, count: int) -> None:
    """Open *count* requests and take each as far as its identity, one verb at a time."""
    for _ in range(count):
        number = opened(ports)
        verbs.acknowledge(ports, number)
        verbs.identify(ports, number, verbs.Method.KNOWN_ADDRESS)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the CPU milliseconds *work* takes."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def measure(ports: Ports, runs: int) -> tuple[float, ...]:
    """Return what a verb costs, showing one request, a list after one of them changed, and a list of no change."""
    found = []
    for _ in range(runs):
        number = opened(ports)
        verb = milliseconds(lambda n=number: verbs.acknowledge(ports, n))
        shown = milliseconds(lambda n=number: verbs.request(ports, n))
        lists = [milliseconds(lambda: verbs.requests(ports)) for _ in range(2)]
        found.append((verb, shown, *lists))
    return tuple(median(column) for column in zip(*found, strict=True))


def main() -> None:
    """Print the tables."""
    said = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    said.add_argument("--held", type=int, nargs="+", default=[10, 100, 1_000, 5_000])
    said.add_argument("--runs", type=int, default=5)
    said.add_argument("--opened", type=int, nargs="+", default=[100, 200, 400])
    asked = said.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = make_lab(Path(folder), lambda name: f"sqlite:///{Path(folder) / name}.db", people=60)
        numbers, held = iter(range(10**6)), 0
        with office(lab) as ports:
            print(f"{'requests':>10}{'a verb':>10}{'show':>10}{'list':>10}{'again':>10}   CPU ms")
            for count in sorted(asked.held):
                ready(ports, numbers, count - held)
                held = count
                print(f"{held:10,}" + "".join(f"{cost:10.1f}" for cost in measure(ports, asked.runs)))
    for count in asked.opened:
        with tempfile.TemporaryDirectory() as folder:
            lab = make_lab(Path(folder), lambda name, f=folder: f"sqlite:///{Path(f) / name}.db", people=60)
            with office(lab) as ports:
                spent = milliseconds(lambda p=ports, c=count: taken_on(p, c))
        print(
            f"{count:,} requests opened and identified: {spent / 1000:.1f} s of CPU, {spent / count:.1f} ms each"
        )


if __name__ == "__main__":
    main()
