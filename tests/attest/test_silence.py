"""Silence never makes a clause green: hiding facts can only take a KEPT away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from attest.given import facts, finding, policy, systems
from tenu.plans.facts import ArchiveFacts, Facts
from tenu.plans.judges import JUDGES
from tenu.plans.truth import truth
from tenu.policy.clauses import clauses
from tenu.terms import ClauseStatus

RULES = [rule.id for rule in policy().retention.rules]
CODES = ["D-COL-02", "D-PATH-01", "D-PUR-01", "D-TBL-01", "D-CAT-01", "D-LEG-01", "D-REACH-01"]
COUNTS = st.dictionaries(st.sampled_from(RULES), st.integers(0, 3))
SYSTEMS = [system.system for system in systems()]


def _archives() -> st.SearchStrategy[ArchiveFacts]:
    number = st.integers(0, 2)
    return st.builds(
        ArchiveFacts, packages=st.integers(2, 9), past=number, groundless=number, forbidden=number
    )


@st.composite
def _worlds(draw: st.DrawFn) -> Facts:
    """Draw facts, good and bad."""
    return facts(
        overdue=draw(COUNTS),
        doubtful=draw(COUNTS),
        bound=dict.fromkeys(draw(st.sets(st.sampled_from(RULES))), ("crm.contact",)),
        schema=tuple(finding(code) for code in draw(st.lists(st.sampled_from(CODES), max_size=2))),
        archive=draw(_archives()),
        last_run_complete=draw(st.booleans()),
    )


HIDDEN: dict[str, dict[str, Any]] = {
    "counts": {"overdue": None, "doubtful": None},
    "doubts": {"doubtful": None},
    "archive": {"archive": None},
    "last run": {"last_run_complete": None},
    "tables": {"bound": {}},
}
"""What each missing fact looks like to a judge."""


@given(
    world=_worlds(),
    missing=st.sets(st.sampled_from(sorted(HIDDEN))),
    silent=st.sets(st.sampled_from(SYSTEMS)),
)
def test_hiding_facts_never_makes_a_clause_kept(world: Facts, missing: set[str], silent: set[str]) -> None:
    """What is kept with facts missing is kept with all of them; a silent system takes its counts and findings away."""
    changes: dict[str, Any] = {}
    for name in missing:
        changes |= HIDDEN[name]
    if silent:
        changes |= {"unreachable": tuple(sorted(silent)), "overdue": None, "doubtful": None, "schema": ()}
    blind = replace(world, **changes)
    green = [clause for clause in JUDGES if truth(clauses()[clause], blind).status is ClauseStatus.KEPT]
    assert [
        clause for clause in green if truth(clauses()[clause], world).status is not ClauseStatus.KEPT
    ] == []


@given(world=_worlds())
def test_with_every_count_missing_no_clause_that_counts_is_kept(world: Facts) -> None:
    """Only what is read in the policy itself can still be said."""
    blind = replace(world, unreachable=tuple(SYSTEMS), overdue=None, doubtful=None, archive=None, schema=())
    green = {clause for clause in JUDGES if truth(clauses()[clause], blind).status is ClauseStatus.KEPT}
    assert green <= {"C-LGB-06", "C-RET-09", "C-RET-10", "C-RET-16", "C-RET-20"}
