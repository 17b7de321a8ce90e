"""A retention run beside the SQL a careful DBA would write: python benchmarks/retention.py --people 200000 --runs 3

Starts its own durable PostgreSQL, draws a web shop in it (5 orders, 10 lines and 10 events per customer, one in five
due), and measures in turn each hand-written way and tenu's, on copies of the same database. CPU is the server's
processes and Python together. Nothing is written but the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from floors import Floors, left, sizes
from meter import Cost, Costs
from shop import ARCHIVED, AS_OF, ERASED, Shop, running_shop

from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import read_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One line of the table. *floor* is what it is compared to, None for a floor; *goal*: CPU ratio at most."""

    name: str
    costs: Costs
    floor: Costs | None = None
    goal: float | None = None
    note: str = ""

    def line(self) -> str:
        """Return the line as the table prints it."""
        best = self.costs.best()
        said = (
            f"{self.name:46}{best.cpu:8.2f}{self.costs.median_cpu():8.2f}{best.server:9.2f}{best.python:8.2f}"
        )
        said += f"{best.wall:8.2f}"
        if self.floor:
            said += f"{best.cpu / self.floor.best().cpu:8.2f}x{best.wall / self.floor.best().wall:6.2f}x"
            said += f"{f'<= {self.goal}' if self.goal else '':>8}"
        return f"{said}  {self.note}"


LEFT_TO_THE_SERVER = "[disk]\nvacuum = false\n"
HEAD = f"{'':46}{'cpu s':>8}{'median':>8}{'server':>9}{'python':>8}{'wall s':>8}{'x cpu':>9}{'x wall':>7}{'goal':>8}"


def plans(shop: Shop, *, runs: int, chunk: int) -> Iterator[Measured]:
    """Measure finding who is due, and counting what it would take away."""
    floors = Floors(shop.address("shop"))
    finding = Costs(runs=[shop.meter(floors.find) for _ in range(runs)])
    counting = Costs(runs=[shop.meter(floors.find_and_count) for _ in range(runs)])
    yield Measured(name="find who is due, by hand", costs=finding, note=f"{floors.find():,} due")
    yield Measured(name="the same and count their rows, by hand", costs=counting)
    with shop.workspace("shop", purpose=ERASED, chunk=chunk) as ports:
        ours = Costs(runs=[shop.meter(lambda: plan(ports, AS_OF)) for _ in range(runs)])
        made = plan(ports, AS_OF)
    assert made.people == floors.find()
    assert made.rows == sum(floors.find_and_count().values())
    note = f"{made.people:,} people, {made.rows:,} rows"
    yield Measured(name="tenu plan", costs=ours, floor=counting, goal=1.1, note=note)


def erasures(shop: Shop, *, runs: int, chunk: int) -> Iterator[Measured]:
    """Measure erasing those who are due with their children."""
    by_hand = [_by_hand(shop, lambda url: Floors(url).erase()) for _ in range(runs)]
    cleaned = [_by_hand(shop, _erase_and_vacuum) for _ in range(runs)]
    ours = [_by_tenu(shop, ERASED, chunk, LEFT_TO_THE_SERVER) for _ in range(runs)]
    whole = [_by_tenu(shop, ERASED, chunk) for _ in range(runs)]
    assert by_hand[0].left == ours[0].left == whole[0].left
    floor, clean = (Costs(runs=[one.cost for one in done]) for done in (by_hand, cleaned))
    yield Measured(name="erase: four DELETEs, one transaction", costs=floor)
    yield Measured(name="the same, then VACUUM (ANALYZE)", costs=clean)
    yield from _runs("tenu apply", chunk, ours, whole, floor, clean, goal=1.2)


def archives(shop: Shop, *, runs: int, chunk: int) -> Iterator[Measured]:
    """Measure moving them to an archive in another database: in clear by hand, sealed by tenu."""
    by_hand = [_moved_by_hand(shop) for _ in range(runs)]
    cleaned = [_moved_by_hand(shop, vacuum=True) for _ in range(runs)]
    ours = [_by_tenu(shop, ARCHIVED, chunk, LEFT_TO_THE_SERVER) for _ in range(runs)]
    whole = [_by_tenu(shop, ARCHIVED, chunk) for _ in range(runs)]
    assert by_hand[0].left == ours[0].left == whole[0].left
    floor, clean = (Costs(runs=[one.cost for one in done]) for done in (by_hand, cleaned))
    yield Measured(
        name="archive: COPY pipes then DELETEs, in clear", costs=floor, note=_megabytes(by_hand[0].archived)
    )
    yield Measured(name="the same, then VACUUM (ANALYZE)", costs=clean)
    share = ours[0].archived / by_hand[0].archived
    note = f"{_megabytes(ours[0].archived)} ({share:.0%}, goal 50%)"
    yield from _runs("tenu apply, sealed", chunk, ours, whole, floor, clean, goal=1.0, note=note)


def _runs(
    name: str,
    chunk: int,
    ours: list[Done],
    whole: list[Done],
    floor: Costs,
    clean: Costs,
    *,
    goal: float,
    note: str = "",
) -> Iterator[Measured]:
    """Yield a run that leaves the VACUUM to the server beside a floor that does too, then one that makes it beside its own."""
    costs = Costs(runs=[one.cost for one in ours])
    yield Measured(
        name=f"{name}, {chunk:,} at once, no VACUUM", costs=costs, floor=floor, goal=goal, note=note
    )
    costs = Costs(runs=[one.cost for one in whole])
    yield Measured(name=f"{name}, {chunk:,} at once, as by default", costs=costs, floor=clean, goal=goal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one way cost, the rows it left, and the bytes it put in the archive."""

    cost: Cost
    left: dict[str, int]
    archived: int = 0


def _by_hand(shop: Shop, work: Callable[[str], None]) -> Done:
    url = shop.copy("work", "shop")
    return Done(cost=shop.meter(lambda: work(url)), left=left(url))


def _erase_and_vacuum(url: str) -> None:
    Floors(url).erase()
    Floors(url).vacuum()


def _moved_by_hand(shop: Shop, *, vacuum: bool = False) -> Done:
    url, archive = shop.copy("work", "shop"), shop.empty("by_hand", like="shop")

    def move() -> None:
        Floors(url, archive).move()
        if vacuum:
            Floors(url).vacuum()

    cost = shop.meter(move)
    return Done(cost=cost, left=left(url), archived=sizes(archive))


def _by_tenu(shop: Shop, purpose: str, chunk: int, settings: str = "") -> Done:
    url = shop.copy("work", "shop")
    with shop.workspace("work", purpose=purpose, chunk=chunk, settings=settings) as ports:
        made = read_plan(plan(ports, AS_OF).to_json())
        cost = shop.meter(lambda: apply(ports, made))
    return Done(
        cost=cost, left=left(url), archived=sizes(shop.address("archive")) + sizes(shop.address("vault"))
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


PARTS = {"plan": plans, "erase": erasures, "archive": archives}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--chunk", type=int, default=5_000)
    parser.add_argument("--only", choices=PARTS, action="append")
    asked = parser.parse_args()
    with running_shop() as shop:
        shop.draw("shop", people=asked.people, due=asked.people // 5)
        print(
            f"{asked.people:,} customers, {asked.people * 26:,} rows; best of {asked.runs} runs by CPU\n{HEAD}"
        )
        for part in asked.only or PARTS:
            for measured in PARTS[part](shop, runs=asked.runs, chunk=asked.chunk):
                print(measured.line(), flush=True)


if __name__ == "__main__":
    main()
