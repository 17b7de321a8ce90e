"""The table on a live company: every clause once, its sum, what the journal keeps of it, and what silence does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab import Lab, make_lab
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.operations.attest import ROLL_UP, Attestation, attest, sign
from tenu.policy.clauses import clauses
from tenu.terms import ClauseStatus

PEOPLE = 70


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Give a company nobody has run its policy on."""
    folder = tmp_path_factory.mktemp("attest")
    (folder / "workspace").mkdir()
    return make_lab(folder / "workspace", lambda name: f"sqlite:///{folder / name}.db", people=PEOPLE)


@pytest.fixture(scope="module")
def before(lab: Lab) -> Attestation:
    """Give the table before any run."""
    return _attest(lab)


@pytest.fixture(scope="module")
def after(lab: Lab, before: Attestation) -> Attestation:
    """Give the table after the plan of the day was applied."""
    lab.apply(lab.plan())
    return _attest(lab)


def test_every_clause_is_there_once_and_in_order(before: Attestation) -> None:
    """146 lines, those of the catalogue."""
    assert [line.id for line in before.clauses] == list(clauses())


def test_what_is_late_is_broken_before_the_run(before: Attestation) -> None:
    """Prospects past their fifth year are there: the sentence is false today."""
    assert _status(before, "C-RET-13") is ClauseStatus.BROKEN


def test_nothing_counted_is_broken_after_the_run(after: Attestation) -> None:
    """The sentences about durations are no longer false; who is in doubt leaves them unknown."""
    counted = ("C-RET-02", "C-RET-07", "C-RET-13", "C-RET-17", "C-RET-21", "C-CAT-04", "C-PAY-03")
    assert [clause for clause in counted if _status(after, clause) is ClauseStatus.BROKEN] == []


def test_records_past_their_limit_are_kept_after_the_run(after: Attestation) -> None:
    """Connection logs have no people to tell apart."""
    assert _status(after, "C-CAT-04") is ClauseStatus.KEPT


def test_every_green_line_has_evidence(after: Attestation) -> None:
    """What was counted, in both languages."""
    assert [
        x.id
        for x in after.clauses
        if x.promise is ClauseStatus.KEPT and not (x.evidence.fr and x.evidence.en)
    ] == []


def test_the_sum_is_broken_and_names_what_is(before: Attestation) -> None:
    """C-GEN-02 names the first broken clauses."""
    line = next(line for line in before.clauses if line.id == ROLL_UP)
    first = next(x.id for x in before.clauses if x.promise is ClauseStatus.BROKEN and x.id != ROLL_UP)
    assert (line.promise, first in line.evidence.en) == (ClauseStatus.BROKEN, True)


def test_the_journal_keeps_every_status(lab: Lab, after: Attestation) -> None:
    """The last event of its kind says the 146 of them."""
    event = _last(lab, EventKind.CLAUSE_COMPUTED)
    assert event.body["statuses"] == {line.id: line.promise.value for line in after.clauses}


def test_a_word_is_recorded_and_expires(lab: Lab, after: Attestation) -> None:
    """Attested through its last day, unknown the day after."""
    until = lab.company.as_of + timedelta(days=30)
    with lab.ports() as ports:
        sign(ports, "C-CTL-01", "dpo", until)
        days = [attest(ports, day) for day in (until, until + timedelta(days=1))]
    assert [_status(table, "C-CTL-01") for table in days] == [ClauseStatus.ATTESTED, ClauseStatus.UNKNOWN]


def test_a_silent_system_takes_every_count_with_it(lab: Lab, after: Attestation, silent: Path) -> None:
    """The clause that was kept is unknown, and the system is named."""
    table = _attest(lab)
    assert (_status(table, "C-CAT-04"), table.unreachable) == (ClauseStatus.UNKNOWN, ("mail",))


@pytest.fixture
def silent(lab: Lab) -> Iterator[Path]:
    """Take one database away for a while."""
    path = Path(lab.urls["mail"].removeprefix("sqlite:///"))
    away = path.rename(path.with_suffix(".away"))
    yield away
    away.rename(path)


def _attest(lab: Lab) -> Attestation:
    with lab.ports() as ports:
        return attest(ports, lab.company.as_of)


def _status(table: Attestation, clause: str) -> ClauseStatus:
    return next(line.promise for line in table.clauses if line.id == clause)


def _last(lab: Lab, kind: EventKind) -> Event:
    with lab.ports() as ports:
        return list(ports.journal.events(kind=kind))[-1]
