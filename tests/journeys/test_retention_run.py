"""The first journey: a plan, its file, its run, and every row where the sample company's oracle says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from lab import Lab


def test_every_row_ends_as_the_oracle_says(make_lab_of: Callable[..., Lab]) -> None:
    """Over the four systems, each row is kept, emptied, archived until its day, or gone, as the oracle says."""
    lab = make_lab_of(people=400)
    before = lab.state()
    lab.apply(lab.plan())
    assert lab.differences(before) == []


def test_a_plan_after_a_run_is_empty(make_lab_of: Callable[..., Lab]) -> None:
    """Once a plan is applied, the same day asks for nothing more; it counted each row once, and nobody came back."""
    lab = make_lab_of(people=100)
    made = lab.plan()
    run = lab.apply(made)
    counted = Counter({
        (task.name, effect.verb, effect.table): effect.rows
        for task in made.tasks for effect in task.effects if effect.verb not in ("keep", "cut", "thin")
    })  # fmt: skip
    done = changed(lab, made.digest, {task for task, _, _ in counted})
    assert (lab.plan().is_empty, run.spared["came_back"], done - counted, counted - done) == (True, 0, {}, {})


def changed(lab: Lab, run: str, tasks: Collection[str]) -> Counter[tuple[str, str, str]]:
    """Return how many rows each of *tasks* changed in *run*, by task, verb and table, as the receipts say."""
    rows: Counter[tuple[str, str, str]] = Counter()
    with lab.ports() as ports:
        for database in ports.databases.values():
            with database.session() as session:
                for noted in session.noted(run):
                    if noted.task in tasks and noted.line.verb != "cut" and noted.line.rows:
                        rows[noted.task, noted.line.verb, noted.line.table] += noted.line.rows
    return rows


def test_a_plan_applied_twice_changes_nothing_more(make_lab_of: Callable[..., Lab]) -> None:
    """The second apply of one plan finds everything done and leaves every row as it is."""
    lab = make_lab_of(people=100)
    made = lab.plan()
    lab.apply(made)
    after = lab.state()
    lab.apply(made)
    assert lab.state() == after


def test_planning_changes_nothing(make_lab_of: Callable[..., Lab]) -> None:
    """A plan reads only."""
    lab = make_lab_of(people=100)
    before = lab.state()
    lab.plan()
    assert lab.state() == before
