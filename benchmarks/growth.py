"""What grows with the people held, and what with the people due: python benchmarks/growth.py --plot

Draws shops of several sizes in its own PostgreSQL and measures `tenu plan`, `tenu apply` (erasing) and the
hand-written search for who is due. With --plot, the drawing of the documentation is written from the numbers.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drawing import Line, Panel, draw
from floors import Floors
from meter import Costs
from shop import AS_OF, ERASED, Shop, running_shop

from tenu.operations.apply import apply
from tenu.operations.plan import plan

PLOT = Path(__file__).parent.parent / "docs" / "explanation" / "growth.svg"
DUE = 2_000
HELD = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """CPU seconds, best of the runs, in a shop of *people* of whom *due* are due."""

    people: int
    due: int
    by_hand: float
    plan: float
    apply: float

    def row(self) -> str:
        """Return the point as a row of the table."""
        return f"{self.people:>10,}{self.due:>8,}{self.by_hand:>10.2f}{self.plan:>8.2f}{self.apply:>8.2f}"


def measured(shop: Shop, *, people: int, due: int, runs: int, chunk: int) -> Point:
    """Return what one size costs."""
    url = shop.draw("shop", people=people, due=due)
    by_hand = Costs(runs=[shop.meter(Floors(url).find) for _ in range(runs)])
    plans, applies = [], []
    for _ in range(runs):
        shop.copy("work", "shop")
        with shop.workspace("work", purpose=ERASED, chunk=chunk) as ports:
            plans.append(shop.meter(partial(plan, ports, AS_OF)))
            made = plan(ports, AS_OF)
            applies.append(shop.meter(partial(apply, ports, made)))
    assert made.people == due
    return Point(
        people=people,
        due=due,
        by_hand=by_hand.best().cpu,
        plan=Costs(runs=plans).best().cpu,
        apply=Costs(runs=applies).best().cpu,
    )


def drawn(held: Sequence[Point], due: Sequence[Point]) -> str:
    """Return the drawing of both growths."""
    return draw(
        title="CPU seconds of a retention run, PostgreSQL",
        panels=(
            Panel(
                title=f"More people held, {DUE:,} due",
                across=[p.people for p in held],
                lines=(
                    Line(name="tenu apply", style="solid", values=[p.apply for p in held]),
                    Line(name="tenu plan", style="dashed", values=[p.plan for p in held]),
                    Line(name="finding them, by hand", style="dotted", values=[p.by_hand for p in held]),
                ),
            ),
            Panel(
                title=f"More people due, {due[0].people:,} held",
                across=[p.due for p in due],
                lines=(
                    Line(name="tenu apply", style="solid", values=[p.apply for p in due]),
                    Line(name="tenu plan", style="dashed", values=[p.plan for p in due]),
                    Line(name="finding them, by hand", style="dotted", values=[p.by_hand for p in due]),
                ),
            ),
        ),
    )


def main() -> None:
    """Measure, print, and draw when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=HELD, help="the largest shop")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--chunk", type=int, default=5_000)
    parser.add_argument("--plot", action="store_true", help=f"write {PLOT.name} of the documentation")
    asked = parser.parse_args()
    held, due = [], []
    print(f"{'held':>10}{'due':>8}{'by hand':>10}{'plan':>8}{'apply':>8}   CPU s, best of {asked.runs}")
    with running_shop() as shop:
        for people in (asked.people // 20, asked.people // 4, asked.people):
            held.append(measured(shop, people=people, due=DUE, runs=asked.runs, chunk=asked.chunk))
            print(held[-1].row(), flush=True)
        for number in (5 * DUE, 20 * DUE):
            due.append(measured(shop, people=asked.people, due=number, runs=asked.runs, chunk=asked.chunk))
            print(due[-1].row(), flush=True)
    if asked.plot:
        PLOT.parent.mkdir(exist_ok=True)
        PLOT.write_text(drawn(held, [held[-1], *due]), "utf-8")


if __name__ == "__main__":
    main()
