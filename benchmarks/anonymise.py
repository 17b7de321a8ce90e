"""Anonymising in place beside one UPDATE by hand: python benchmarks/anonymise.py --rows 200000 --runs 3

Starts its own durable PostgreSQL, draws visits in it, all old enough to become statistics, and measures on copies of the
same database one hand-written UPDATE of the six columns, the same with a new key drawn for each row, tenu's apply of the
same (chunks, locks, receipts, the k check before and after, the journal), and the checks alone. Nothing is written but
the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import psycopg
from meter import Cost, Costs
from retention import HEAD, Measured
from shop import AS_OF, Shop, running_shop

from tenu.operations.apply import apply
from tenu.operations.plan import plan
from tenu.plans.plan import read_plan
from tenu.plans.task import CrowdTask, Task
from tenu.ports import Ports

SIX = (
    "account_id = NULL, ip = NULL, agent = NULL, note = NULL, at = date_trunc('year', at), "
    "postcode = substr(postcode, 1, 2)"
)
KEY = "id = -1 - (random() * 9007199254740992)::bigint"
K = "SELECT min(n) FROM (SELECT count(*) AS n FROM visits GROUP BY at, postcode) AS classes"
PURPOSE = "improvement"


def updates(shop: Shop, *, runs: int) -> Iterator[Measured]:
    """Measure making every visit nobody's."""
    floor = Costs(runs=[_by_hand(shop, f"UPDATE visits SET {SIX}") for _ in range(runs)])
    yield Measured(name="one UPDATE of six columns, by hand", costs=floor)
    keyed = Costs(runs=[_by_hand(shop, f"UPDATE visits SET {SIX}, {KEY}") for _ in range(runs)])
    yield Measured(name="the same, a new key drawn, by hand", costs=keyed, floor=floor)
    ours = Costs(runs=[_by_tenu(shop) for _ in range(runs)])
    yield Measured(name="tenu apply, checks and key included", costs=ours, floor=floor, goal=1.15)
    yield Measured(name="the same beside the UPDATE that draws a key", costs=ours, floor=keyed)


def checks(shop: Shop, *, runs: int) -> Iterator[Measured]:
    """Measure counting how many rows are alike, once they are anonymous."""
    url = shop.copy("work", "visits")
    with shop.workspace("work", purpose=PURPOSE, chunk=5_000, datamap="visits.yaml") as ports:
        apply(ports, read_plan(plan(ports, AS_OF).to_json()))
        floor = Costs(runs=[shop.meter(lambda: _run(url, K)) for _ in range(runs)])
        ours = Costs(runs=[shop.meter(lambda: _measure(ports)) for _ in range(runs)])
    yield Measured(name="k of the anonymous rows, one GROUP BY by hand", costs=floor)
    yield Measured(name="tenu's measure of k", costs=ours, floor=floor)


def _measure(ports: Ports) -> None:
    from tenu.operations.choosing import scene  # noqa: PLC0415 - beside what it measures

    with scene(ports, AS_OF) as opened:
        for task in _crowds(opened.tasks):
            opened.sessions[task.system].measure(task.crowd)


def _crowds(tasks: tuple[Task, ...]) -> Iterator[CrowdTask]:
    return (task for task in tasks if isinstance(task, CrowdTask))


def _by_hand(shop: Shop, statement: str) -> Cost:
    url = shop.copy("work", "visits")
    return shop.meter(lambda: _run(url, statement))


def _run(url: str, statement: str) -> None:
    with psycopg.connect(url, options="-c jit=off") as connection:
        connection.execute(statement)  # type: ignore[arg-type]  # written here


def _by_tenu(shop: Shop) -> Cost:
    shop.copy("work", "visits")
    with shop.workspace("work", purpose=PURPOSE, chunk=5_000, datamap="visits.yaml") as ports:
        made = read_plan(plan(ports, AS_OF).to_json())
        return shop.meter(lambda: apply(ports, made))


PARTS: dict[str, Callable[..., Iterator[Measured]]] = {"update": updates, "check": checks}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with running_shop() as shop:
        shop.draw("visits", people=asked.rows, due=0, script="visits.sql")
        print(f"{asked.rows:,} rows; best of {asked.runs} runs by CPU\n{HEAD}")
        for part in PARTS.values():
            for measured in part(shop, runs=asked.runs):
                print(measured.line(), flush=True)


if __name__ == "__main__":
    main()
