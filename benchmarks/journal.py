"""Append to the journal and verify it, against hashing alone: python benchmarks/journal.py --entries 1000000

CPU seconds of this process, on a SQLite file; "hashing alone" is the SHA-256 of every leaf and node of the
tree, in memory, with nothing kept. Medians of --rounds runs.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenu.adapters.journal_store import JournalStore
from tenu.journal.checkpoint import Signer
from tenu.journal.events import Event, leaf
from tenu.journal.kinds import EventKind

BATCH = 10_000
GOAL = 4.0


def made(count: int) -> list[Event]:
    """Return *count* events as a retention run writes them."""
    at, run = datetime(2026, 3, 1, tzinfo=UTC), sha256(b"run").hexdigest()
    bodies = ({"run": run, "chunk": number, "system": "crm", "rows": 5000} for number in range(count))
    return [Event(kind=EventKind.CHUNK_DONE, at=at, body=body) for body in bodies]


def hash_alone(leaves: list[bytes]) -> bytes:
    """Return the root over *leaves*; no journal can do less."""
    level = [sha256(b"\x00" + written).digest() for written in leaves]
    while len(level) > 1:
        pairs = iter(level[: len(level) & ~1])
        odd = level[len(level) & ~1 :]
        level = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)
        ] + odd
    return level[0]


def append(journal: JournalStore, events: list[Event]) -> None:
    """Append *events* in batches, each flushed to the disk."""
    for start in range(0, len(events), BATCH):
        journal.append(*events[start : start + BATCH])


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds *work* takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(count: int) -> dict[str, float]:
    """Return the CPU seconds of each step of one round over *count* events."""
    signer = Signer("acme.example/tenu", Ed25519PrivateKey.generate())
    spent, events = {}, list[Event]()
    spent["make the events"] = timed(lambda: events.extend(made(count)))
    # What the benchmark itself holds is not the journal's to collect.
    gc.collect()
    gc.freeze()
    leaves = list[bytes]()
    spent["write them as leaves"] = timed(lambda: leaves.extend(map(leaf, events)))
    spent["hashing alone"] = timed(lambda: hash_alone(leaves))
    with tempfile.TemporaryDirectory() as folder:
        journal = JournalStore(f"sqlite:///{Path(folder) / 'tenu.db'}")
        spent["append (leaves included)"] = timed(lambda: append(journal, events))
        spent["seal"] = timed(lambda: journal.seal(signer))
        spent["verify"] = timed(lambda: journal.verify([signer.verifier]))
        spent["1,000 inclusion proofs"] = timed(
            lambda: [journal.inclusion_proof(index) for index in range(0, count, max(1, count // 1000))]
        )
        journal.close()
    spent["append and seal, without writing the leaves"] = (
        spent["append (leaves included)"] + spent["seal"] - spent["write them as leaves"]
    )
    return spent


def main() -> None:
    """Print one line per step: seconds, ratio to hashing alone, and the goal where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    rounds = [measure(asked.entries) for _ in range(asked.rounds)]
    floor = median(one["hashing alone"] for one in rounds)
    goals = {"append and seal, without writing the leaves": GOAL, "verify": GOAL}
    print(f"{asked.entries:,} entries, median of {asked.rounds}")
    print(f"{'step':46}{'CPU s':>8}{'ratio':>8}{'goal':>8}")
    for step in rounds[0]:
        seconds = median(one[step] for one in rounds)
        goal = f"<= {goals[step]:.0f}x" if step in goals else ""
        print(f"{step:46}{seconds:8.2f}{seconds / floor:7.2f}x{goal:>8}")


if __name__ == "__main__":
    main()
