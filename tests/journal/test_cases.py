"""The state machine of a request (SM-1): what may follow what, and the days that bind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenu.journal.cases import Case, CaseError, CaseState, cases, received, step
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
WHO = {"role": "dpo", "actor": "0" * 64}
NOTE = "1" * 64
BODIES: dict[EventKind, list[dict[str, Any]]] = {
    EventKind.REQUEST_ACKNOWLEDGED: [{}],
    EventKind.REQUEST_IDENTITY_ASKED: [{"asked_on": "2026-09-02", "doubt": NOTE, **WHO}],
    EventKind.REQUEST_IDENTIFIED: [{"method": "logged_in", "on": "2026-09-05"}],
    EventKind.REQUEST_PRECISION_ASKED: [{"asked_on": "2026-09-03", **WHO}],
    EventKind.REQUEST_PRECISED: [{"on": "2026-09-06", "answered": True}],
    EventKind.REQUEST_SEARCHED: [
        {"complete": whole, "systems": ["crm"], "silent": []} for whole in (True, False)
    ],
    EventKind.REQUEST_EXTENDED: [{"reason": "complex", "noticed_on": "2026-09-20", "note": NOTE, **WHO}],
    EventKind.REQUEST_DECIDED: [
        {"right": right, "outcome": outcome, **WHO}
        for right in ("access", "erasure")
        for outcome in ("granted", "refused")
    ],
    EventKind.REQUEST_EXECUTED: [{"right": right} for right in ("access", "erasure")],
    EventKind.REQUEST_ANSWERED: [{"on": "2026-09-25", "delivery": "email", "letter": NOTE}],
    EventKind.REQUEST_CLOSED: [{"reason": "withdrawn", "on": "2026-09-25", "note": NOTE, **WHO}],
    EventKind.REQUEST_ESCALATED: [{"on": "2026-09-26"}],
}
EVENTS = st.sampled_from([(kind, body) for kind, bodies in BODIES.items() for body in bodies])


def event(kind: EventKind, **body: Any) -> Event:
    return Event(kind=kind, at=AT, body={"request": "R-TEST", **body})


def arrived(*rights: str, on: str = "2026-09-01") -> Event:
    return event(EventKind.REQUEST_RECEIVED, rights=list(rights), channel="email", received_on=on)


def lived(first: Event, *then: tuple[EventKind, dict[str, Any]]) -> Case:
    return cases([first, *(event(kind, **body) for kind, body in then)])["R-TEST"]


@given(st.lists(EVENTS, max_size=14))
def test_no_request_is_answered_before_all_was_searched_decided_and_done(
    path: list[tuple[EventKind, dict[str, Any]]],
) -> None:
    """Whatever happens in whatever order, an answered request was searched everywhere, decided by a human, and what was granted is done."""
    case = lived(arrived("access", "erasure"), *path)
    done = case.executed == case.to_do and case.decisions.keys() == {"access", "erasure"}
    assert case.answered_on is None or (done and case.searched is not None)


@given(st.lists(EVENTS, max_size=14))
def test_an_event_out_of_place_changes_nothing_but_is_counted(
    path: list[tuple[EventKind, dict[str, Any]]],
) -> None:
    """Whatever is written in whatever order, a history stays readable: each event has a path, or is counted as refused."""
    taken, case = 0, received(arrived("access"))
    for kind, body in path:
        try:
            case, taken = step(case, event(kind, **body)), taken + 1
        except CaseError:
            continue
    assert lived(arrived("access"), *path) == replace(case, refused_events=len(path) - taken)


def test_a_decision_needs_a_search_that_covered_everything() -> None:
    """With one system silent, nothing can be decided."""
    started = lived(
        arrived("access"),
        (EventKind.REQUEST_ACKNOWLEDGED, {}),
        (EventKind.REQUEST_IDENTIFIED, {"method": "logged_in", "on": "2026-09-01"}),
        (EventKind.REQUEST_SEARCHED, {"complete": False, "systems": ["crm"], "silent": ["erp"]}),
    )
    with pytest.raises(CaseError):
        step(started, event(EventKind.REQUEST_DECIDED, right="access", outcome="granted", **WHO))


def test_the_promised_day_is_a_calendar_month_not_thirty_days() -> None:
    """Received on 31 January, an answer is due on 2 March, the first working day after 28 February (TV-09 of its kind)."""
    assert received(arrived("access", on="2026-01-31")).due.promised_by == date(2026, 3, 2)


@pytest.mark.parametrize(("day", "late"), [(date(2026, 10, 1), False), (date(2026, 10, 2), True)])
def test_a_request_is_late_the_day_after_its_last(day: date, late: bool) -> None:
    """On its last day a request is in time; the day after it is overdue."""
    assert received(arrived("access")).is_overdue(day) is late


def test_a_question_asked_at_once_stops_the_second_clock_only() -> None:
    """Three days without an answer push the second clock; what was promised does not move."""
    asked = lived(
        arrived("access"),
        (EventKind.REQUEST_ACKNOWLEDGED, {}),
        (EventKind.REQUEST_IDENTITY_ASKED, {"asked_on": "2026-09-02", "doubt": NOTE, **WHO}),
        (EventKind.REQUEST_IDENTIFIED, {"method": "knowledge", "on": "2026-09-05"}),
    )
    assert (asked.due.promised_by, asked.due.tolled_by) == (date(2026, 10, 1), date(2026, 10, 5))


def test_an_extension_counts_three_months_from_receipt() -> None:
    """Told within the first month, the answer is due three months after receipt."""
    extended = lived(
        arrived("access"),
        (EventKind.REQUEST_ACKNOWLEDGED, {}),
        (EventKind.REQUEST_IDENTIFIED, {"method": "logged_in", "on": "2026-09-01"}),
        (EventKind.REQUEST_EXTENDED, {"reason": "complex", "noticed_on": "2026-09-20", "note": NOTE, **WHO}),
    )
    assert (extended.state, extended.due.followed) == (CaseState.EXTENDED, date(2026, 12, 1))
