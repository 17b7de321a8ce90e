"""Each judge in both directions: kept when the facts say so, broken when they do not, unknown when nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from attest.given import (
    DAY,
    archive_facts,
    facts,
    finding,
    judged,
    lawful_purposes,
    measured,
    policy,
    prospecting,
    purposes,
    reach,
    signed,
    status,
    systems,
)
from files.given import store_of
from tenu.periods.period import Period
from tenu.plans.facts import HoldFacts
from tenu.plans.judges import JUDGES, RULE_OF
from tenu.plans.truth import lawful, truth
from tenu.policy.clauses import clauses
from tenu.terms import ClauseStatus, LegalBasis, Severity

KEPT, BROKEN, UNKNOWN, ATTESTED = (
    ClauseStatus.KEPT,
    ClauseStatus.BROKEN,
    ClauseStatus.UNKNOWN,
    ClauseStatus.ATTESTED,
)
COUNTED = {
    "C-CAT-04": "connection_logs",
    "C-CAT-05": "calls",
    "C-PUR-11": "relation",
    "C-PUR-13": "relation",
    "C-PUR-14": "audience",
    "C-PAY-03": "bank_details",
    "C-FRD-01": "fraud_alerts",
    "C-SEC-01": "video",
    "C-SEC-02": "badge",
    "C-AGD-01": "agenda",
    "C-ACC-01": "accounts",
    "C-RET-02": "contract",
    "C-RET-13": "prospecting",
    "C-RET-17": "contract",
    "C-RET-21": "relation",
}
"""Clauses that count who lived past their last day, and a rule they count by."""

ARCHIVED = {
    "C-RET-04": "groundless",
    "C-RET-06": "past",
    "C-RET-15": "forbidden",
    "C-RET-19": "past",
    "C-RET-22": "past",
}
CLASSIFIED = {
    "C-CAT-01": "D-PUR-01",
    "C-CAT-03": "D-COL-02",
    "C-CAT-06": "D-CAT-01",
    "C-RET-01": "D-TBL-01",
    "C-RET-11": "D-LEG-01",
}
OUTSIDE = tuple(replace(system, country="US") for system in systems())
SPELLED = replace(
    policy(),
    controller=replace(policy().controller, published_addresses=policy().controller.published_addresses[:1]),
)
REFUSING = tuple(replace(system, enforce_restrictions=True) for system in systems())
LONGER = replace(policy(), retention=replace(policy().retention, legal_periods=()))
FILMED: dict[str, Any] = {"stores": (store_of(),), "bound": {"video": ("cameras.recordings",)}}
NO_HOLD = HoldFacts(in_force=0, late=0, rows=0, rows_late=0, rows_undated=0, rows_unowned=0)
SAID: dict[str, tuple[dict[str, Any], dict[str, Any], ClauseStatus]] = {
    "C-CAT-02": (FILMED, FILMED | {"overdue": {"video": 1}}, KEPT),
    "C-PUR-12": ({"holds": NO_HOLD}, {"holds": replace(NO_HOLD, late=1)}, KEPT),
    "C-GEN-03": ({"policy": lawful_purposes()}, {}, KEPT),
    "C-CTL-02": ({"policy": SPELLED}, {}, UNKNOWN),
    "C-TRF-01": ({}, {"systems": OUTSIDE}, UNKNOWN),
    "C-LGB-01": ({"policy": lawful_purposes()}, {"policy": purposes(basis=None)}, KEPT),
    "C-LGB-06": (
        {"policy": lawful_purposes()},
        {"policy": purposes(basis=LegalBasis.LEGAL_OBLIGATION, legal_text=None)},
        KEPT,
    ),
    "C-RET-05": ({}, {"archive": archive_facts(reach=reach(files=("archive",)))}, KEPT),
    "C-RET-07": ({}, {"overdue": {"relation": 1}}, KEPT),
    "C-OPS-03": ({}, {"anonymous": (measured(k=4),)}, KEPT),
    "C-RET-08": ({}, {"anonymous": (measured(wanted=None, measured_on=None, since=True),)}, KEPT),
    "C-RET-09": ({}, {"policy": purposes(retention="nothing")}, KEPT),
    "C-RET-10": ({}, {"policy": LONGER}, KEPT),
    "C-RET-14": ({}, {"policy": prospecting(restarted_by=("reply", "opening"))}, KEPT),
    "C-RET-16": (
        {"policy": purposes(basis=LegalBasis.CONTRACT)},
        {"policy": purposes(basis=LegalBasis.LEGITIMATE_INTEREST)},
        KEPT,
    ),
    "C-RGT-16": ({"systems": REFUSING}, {"systems": REFUSING, "schema": (finding("D-ENF-01"),)}, KEPT),
    "C-RET-20": ({"policy": purposes(basis=LegalBasis.CONTRACT)}, {"policy": purposes(basis=None)}, KEPT),
}
"""Clauses judged on what is said: facts at their best, facts that break them, and the best that can be concluded."""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rows": 1, "rows_late": 1}, BROKEN),
        ({"rows": 1, "rows_unowned": 1}, BROKEN),
        ({"rows": 1, "rows_undated": 1}, UNKNOWN),
        ({"rows": 1, "in_force": 2}, KEPT),
    ],
)
def test_disputes_are_judged_from_the_register_and_from_the_rows_that_hold(
    changes: dict[str, int], expected: ClauseStatus
) -> None:
    """Late or without an owner is broken; reviewed nobody knows when is unknown."""
    assert status("C-PUR-12", holds=replace(NO_HOLD, **changes)) is expected


@pytest.mark.parametrize("clause", ["C-SEC-01", "C-CAT-02"])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, KEPT),
        ({"unjudged": {"cameras": 1}}, UNKNOWN),
        ({"unjudged": {"scans": 1}}, KEPT),
        ({"bound": {}}, UNKNOWN),
    ],
    ids=["all judged", "a stray file", "a stray file elsewhere", "no folder"],
)
def test_a_clause_on_files_is_unknown_while_something_there_was_not_judged(
    clause: str, changes: dict[str, Any], expected: ClauseStatus
) -> None:
    """A name nobody described, a link, a mount: zero past their day proves nothing."""
    assert status(clause, **(FILMED | changes)) is expected


def test_images_nobody_described_are_unknown() -> None:
    """No folder of images in the data maps is no proof that there is none."""
    assert status("C-CAT-02") is UNKNOWN


def test_every_judge_is_tested_here() -> None:
    """A judge added without both directions fails here."""
    assert {*COUNTED, *ARCHIVED, *CLASSIFIED, *SAID} == set(JUDGES)


@pytest.mark.parametrize(("clause", "rule"), COUNTED.items())
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (lambda rule: {}, KEPT),
        (lambda rule: {"overdue": {rule: 1}}, BROKEN),
        (lambda rule: {"doubtful": {rule: 1}}, UNKNOWN),
        (lambda rule: {"unreachable": ("crm",)}, UNKNOWN),
        (lambda rule: {"schema": (finding("D-COL-02"),)}, UNKNOWN),
        (lambda rule: {"schema": (finding("D-PATH-01"),)}, UNKNOWN),
        (lambda rule: {"bound": {}}, UNKNOWN),
        (lambda rule: {"overdue": None, "doubtful": None}, UNKNOWN),
    ],
    ids=[
        "nothing late",
        "one late",
        "one in doubt",
        "silent",
        "unclassified",
        "a key",
        "no table",
        "not counted",
    ],
)
def test_a_clause_that_counts(clause: str, rule: str, changes: Any, expected: ClauseStatus) -> None:
    """Nobody past their last day is kept; a zero nobody could count is unknown."""
    assert status(clause, **changes(rule)) is expected


@pytest.mark.parametrize(("clause", "wrong"), ARCHIVED.items())
@pytest.mark.parametrize(("count", "expected"), [(0, KEPT), (1, BROKEN)])
def test_a_clause_on_the_archive(clause: str, wrong: str, count: int, expected: ClauseStatus) -> None:
    """One package too many breaks it."""
    archive = archive_facts(**{wrong: count})
    assert status(clause, archive=archive) is expected


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ({}, KEPT),
        ({"accounts": ("archive:sales",)}, BROKEN),
        ({"files": ("vault",)}, BROKEN),
        ({"shared": ("crm",)}, BROKEN),
        ({"accounts": None}, UNKNOWN),
        ({"accounts": None, "files": ("vault",)}, BROKEN),
    ],
    ids=["nobody", "an account", "a file", "a system", "not told", "not told, and a file"],
)
def test_a_restricted_archive(around: dict[str, Any], expected: ClauseStatus) -> None:
    """Anybody who could read it breaks the clause; a server that does not tell leaves it unknown."""
    assert status("C-RET-05", archive=archive_facts(reach=reach(**around))) is expected


@pytest.mark.parametrize("clause", [*ARCHIVED, "C-RET-05"])
def test_a_silent_archive_is_unknown(clause: str) -> None:
    """Nothing is concluded from its silence."""
    assert status(clause, archive=None) is UNKNOWN


@pytest.mark.parametrize(("clause", "code"), CLASSIFIED.items())
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (lambda code: {}, KEPT),
        (lambda code: {"schema": (finding(code, Severity.MAJOR),)}, BROKEN),
        (lambda code: {"unreachable": ("crm",)}, UNKNOWN),
    ],
    ids=["nothing found", "found", "silent"],
)
def test_a_clause_on_the_data_maps(clause: str, code: str, changes: Any, expected: ClauseStatus) -> None:
    """What comparing found breaks it; a system that was not compared leaves it unknown."""
    assert status(clause, **changes(code)) is expected


@pytest.mark.parametrize("clause", SAID)
def test_a_clause_on_what_is_said_at_its_best(clause: str) -> None:
    """Kept, or unknown where a probe is still to come."""
    best, _, expected = SAID[clause]
    assert status(clause, **best) is expected


@pytest.mark.parametrize("clause", SAID)
def test_a_clause_on_what_is_said_broken(clause: str) -> None:
    """The facts that contradict it."""
    assert status(clause, **SAID[clause][1]) is BROKEN


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"last_run_complete": None}, UNKNOWN),
        ({"last_run_complete": False}, BROKEN),
        ({"doubtful": {"relation": 1}}, UNKNOWN),
        ({"unreachable": ("crm",)}, UNKNOWN),
        ({"overdue": None}, UNKNOWN),
    ],
)
def test_ended_for_good_needs_a_complete_run_and_nobody_in_doubt(
    changes: Any, expected: ClauseStatus
) -> None:
    """C-RET-07: nothing left, and everything looked at."""
    assert status("C-RET-07", **changes) is expected


def test_every_broken_clause_says_how_many_or_which() -> None:
    """Evidence is never empty, in either language."""
    said = [judged(clause, overdue={rule: 7}).evidence for clause, rule in COUNTED.items()]
    assert [text for text in said if "7" not in text.fr or "7" not in text.en] == []


@pytest.mark.parametrize("clause", [clause for clause in clauses() if clause not in JUDGES])
def test_a_clause_nobody_looks_at_is_unknown(clause: str) -> None:
    """Never green without evidence, however well everything else goes."""
    assert status(clause) is UNKNOWN


UNJUDGED = "C-CTL-01"
TOMORROW, YESTERDAY = DAY + timedelta(days=1), DAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "until", "expected"),
    [
        (DAY, DAY, ATTESTED),
        (YESTERDAY, YESTERDAY, UNKNOWN),
        (YESTERDAY, TOMORROW, ATTESTED),
        (TOMORROW, TOMORROW, UNKNOWN),
    ],
    ids=["last day", "day after", "in between", "not yet given"],
)
def test_a_word_expires(on: date, until: date, expected: ClauseStatus) -> None:
    """Good through its last day, and not before it was given."""
    assert status(UNJUDGED, signatures=signed(UNJUDGED, on, until)) is expected


def test_a_word_never_outweighs_a_count() -> None:
    """Somebody late is late, whoever says otherwise."""
    assert (
        status("C-RET-13", overdue={"prospecting": 1}, signatures=signed("C-RET-13", DAY, TOMORROW)) is BROKEN
    )


@pytest.mark.parametrize(("clause", "rule"), RULE_OF.items())
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (lambda clause, rule: {}, KEPT),
        (lambda clause, rule: {"stricter": frozenset({rule})}, BROKEN),
        (lambda clause, rule: {"lint": (finding("L-RT-01", Severity.MAJOR, clause),)}, BROKEN),
        (lambda clause, rule: {"lint": (finding("L-RT-01", Severity.MINOR, clause),)}, KEPT),
        (lambda clause, rule: {"unreachable": ("crm",)}, UNKNOWN),
    ],
    ids=["as the law", "longer than the law", "major finding", "minor finding", "silent"],
)
def test_a_promise_can_be_kept_and_unlawful(
    clause: str, rule: str, changes: Any, expected: ClauseStatus
) -> None:
    """The law is judged on the same facts, apart from the promise."""
    seen = facts(**changes(clause, rule))
    promise = truth(clauses()[clause], seen)
    assert lawful(clauses()[clause], promise, seen).status is expected


def test_longest_ground_looks_at_months_too() -> None:
    """An archive of ten years and a month is longer than any text of ten years."""
    rules = tuple(
        replace(rule, archive=replace(rule.archive, lasts=Period(years=10, months=1)))
        if rule.archive
        else rule
        for rule in policy().retention.rules
    )
    longer = replace(policy(), retention=replace(policy().retention, rules=rules))
    assert status("C-RET-10", policy=longer) is BROKEN
