"""What the shop feels while tenu erases: python benchmarks/felt.py --people 50000 --chunk 1000 --chunk 500

Two clients write to the shop during a run: one updates customers who stay, one plays due customers who come back. Their
waits are printed for each size of chunk, and without any run. A returning customer should wait 250 ms at most.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from statistics import quantiles

import psycopg
from shop import AS_OF, ERASED, Shop, running_shop

from tenu.operations.apply import apply
from tenu.operations.plan import plan

PAUSE_SECONDS = 0.005
IDLE_SECONDS = 8.0
TOUCH = "UPDATE customers SET note = note WHERE id = %s"
"""A write that takes the row's lock and is no act: nobody is spared for it, so every run does the same work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """What one client waited for each of its transactions, in milliseconds."""

    waits: Sequence[float]

    def said(self) -> str:
        """Return the median, the 99th percentile and the longest."""
        cuts = quantiles(self.waits, n=100)
        return f"{cuts[49]:8.1f}{cuts[98]:8.1f}{max(self.waits):9.1f}"


def client(url: str, people: Sequence[int], seed: int, stop: Event, waits: Queue[list[float]]) -> None:
    """Update one of *people* after the other until *stop*, and hand over how long each took."""
    drawn, said = random.Random(seed), []  # noqa: S311 - a seed, not a secret
    with psycopg.connect(url, autocommit=True) as connection:
        while not stop.is_set():
            begun = time.perf_counter()
            connection.execute(TOUCH, [drawn.choice(people)])
            said.append(1_000 * (time.perf_counter() - begun))
            time.sleep(PAUSE_SECONDS)
    waits.put(said)


def felt(
    url: str, due: Sequence[int], staying: Sequence[int], work: Callable[[], object]
) -> tuple[Felt, Felt]:
    """Do *work* while both clients write; return what those who stay waited, and those who come back."""
    stop, asked = multiprocessing.Event(), []
    for seed, people in enumerate((staying, due)):
        waits: Queue[list[float]] = multiprocessing.Queue()
        process = multiprocessing.Process(target=client, args=(url, people, seed, stop, waits))
        process.start()
        asked.append((process, waits))
    time.sleep(1)
    work()
    stop.set()
    found = [Felt(waits=waits.get()) for _, waits in asked]
    for process, _ in asked:
        process.join()
    return found[0], found[1]


def run(shop: Shop, people: int, chunk: int) -> tuple[Felt, Felt, float]:
    """Erase with *chunk* people at once, or nothing when 0; return both waits, and the seconds it took."""
    url = shop.copy("work", "shop")
    due = [i for i in range(1, people + 1) if (i * (people // 5)) % people < people // 5]
    staying = sorted(set(range(1, people + 1)) - set(due))
    if not chunk:
        return *felt(url, due, staying, lambda: time.sleep(IDLE_SECONDS)), IDLE_SECONDS
    with shop.workspace("work", purpose=ERASED, chunk=chunk) as ports:
        made = plan(ports, AS_OF)
        assert made.people == len(due)
        begun = time.perf_counter()
        both = felt(url, due, staying, lambda: apply(ports, made))
        return *both, time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--chunk", type=int, action="append")
    asked = parser.parse_args()
    print(
        f"{'ms':>10}{'stays: p50':>14}{'p99':>8}{'max':>9}{'returns: p50':>15}{'p99':>8}{'max':>9}{'run s':>8}"
    )
    with running_shop() as shop:
        shop.draw("shop", people=asked.people, due=asked.people // 5)
        for chunk in (0, *(asked.chunk or (2_000, 1_000, 500, 250))):
            stays, returns, seconds = run(shop, asked.people, chunk)
            name = f"{chunk:,}" if chunk else "no run"
            print(f"{name:>10}{stays.said():>31}{returns.said():>32}{seconds:8.1f}", flush=True)


if __name__ == "__main__":
    main()
