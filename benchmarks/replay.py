"""How fast a restored people table is asked of the ledger: hashing every row, on a SQLite table and a ledger in a folder.

Run: ``python benchmarks/replay.py --people 200000``. Prints CPU seconds and people per second; fails nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tenu.adapters.ledger import FileLedger
from tenu.datamap.identity import identity
from tenu.plans.erasures import Act, Person, Portion
from tenu.terms import IdentifierKind

PLACE = "crm.contact"
TASK = f"{PLACE}:prospecting"
CHUNK = 1_000


def main() -> None:
    """Write a ledger, then ask it about everybody."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000, help="rows of the restored table")
    parser.add_argument("--erased", type=int, default=45_000, help="how many of them the ledger speaks of")
    asked = parser.parse_args()
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        ledger = FileLedger(Path(folder), bytes(32))
        start = time.process_time()
        for chunk, first in enumerate(range(0, asked.erased, CHUNK)):
            portion = Portion(system="crm", task=TASK, run="r", fate=2, chunk=chunk)
            ledger.write(at, Act.INTENT, portion, (_person(n) for n in range(first, first + CHUNK)))
            ledger.settle(at, portion, done=True)
        _say("write and sync", asked.erased, start)
        start = time.process_time()
        again = FileLedger(Path(folder), bytes(32))
        recall = again.recall(again.done("crm"), lambda instant: instant.date())
        _say("read back", asked.erased, start)
        start = time.process_time()
        found = sum(any(recall.of(PLACE, p.key, p.identity)) for p in map(_person, range(asked.people)))
        _say("ask about every row, identities included", asked.people, start)
        print(f"{found} recognised")


def _person(number: int) -> Person:
    """Return somebody as a row of a people table says it."""
    values = {
        IdentifierKind.CUSTOMER_REFERENCE: [f"C{number:07d}"],
        IdentifierKind.EMAIL: [f"Person.{number}@mail.example"],
        IdentifierKind.NAME: ["Martin", f"Hélène{number}"],
    }
    return Person(place=PLACE, key=(number,), identity=identity(values))


def _say(what: str, people: int, start: float) -> None:
    spent = time.process_time() - start
    print(f"{what:<42} {spent:6.2f} s CPU  {people / spent:>9,.0f} people/s")


if __name__ == "__main__":
    main()
