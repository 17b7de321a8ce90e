"""The dated cases of the law: what each rule must answer, to the day or to the second."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenu.periods import deadlines, duties, limits, tables, windows
from tenu.periods.civil import PARIS, civil_day
from tenu.periods.holidays import Region
from tenu.periods.monthday import MonthDay
from tenu.periods.period import Period

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/data/time_vectors.json").read_text(encoding="utf-8"))
LAW = ROOT.parent / "shared/law/time_vectors.json"
WAITING = {
    "TV-46": "an objection ends a use at once: no duration, only a gate and an erasure",
    "TV-51": "a running contract gives no anchor: nothing to add a duration to",
    "TV-90": "a word during a call withdraws consent: a gate on facts of the person",
    "TV-91": "the objection is read when the message leaves: a gate, not a duration",
}
TODAY = date(2026, 11, 23)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def law(name: str) -> Any:
    return tables.value_on(getattr(tables, name), TODAY)


def periods(names: list[str]) -> list[Period]:
    found: list[Period] = []
    for name in names:
        value = Period.parse(name) if name.startswith("P") and name[1].isdigit() else law(name)
        found.extend(value if isinstance(value, tuple) else (value,))
    return found


def answer(received: str, region: str = "FR") -> dict[str, Any]:
    return {
        "promised_by": deadlines.answer_due(date.fromisoformat(received), region=Region(region)).promised_by
    }


def answer_at(received_at: str) -> dict[str, Any]:
    received = civil_day(datetime.fromisoformat(received_at))
    return {"received_on": received, **answer(received.isoformat())}


def letter(posted_on: str, delivered_on: str) -> dict[str, Any]:
    return answer(delivered_on)


def extension(received: str) -> dict[str, Any]:
    notice_by = deadlines.refusal_notice_by(date.fromisoformat(received))
    due = deadlines.answer_due(date.fromisoformat(received), extension_noticed_on=notice_by)
    return {"notice_by": notice_by, "promised_by": due.promised_by}


def late_extension(received: str, noticed_on: str) -> dict[str, Any]:
    start, notice = date.fromisoformat(received), date.fromisoformat(noticed_on)
    due = deadlines.answer_due(start, extension_noticed_on=notice)
    return {"valid": deadlines.is_extension_valid(start, notice), "promised_by": due.promised_by}


def question(received: str, asked_on: str, answered_on: str | None) -> dict[str, Any]:
    asked = deadlines.Question(asked_on=date.fromisoformat(asked_on), answered_on=day(answered_on))
    due = deadlines.answer_due(date.fromisoformat(received), question=asked)
    return {"promised_by": due.promised_by, "tolled_by": due.tolled_by, "followed": due.followed}


def silence(received: str, asked_on: str, answered_on: None) -> dict[str, Any]:
    notice_by = deadlines.refusal_notice_by(date.fromisoformat(received))
    return {"refusal_notice_by": notice_by, "followed": question(received, asked_on, answered_on)["followed"]}


def third_party(obtained_on: str, first_message_on: str | None = None) -> dict[str, Any]:
    start = date.fromisoformat(obtained_on)
    return {"notice_by": deadlines.third_party_notice_by(start, first_message_on=day(first_message_on))}


def breach(aware_at: str) -> dict[str, Any]:
    due = deadlines.breach_due(datetime.fromisoformat(aware_at))
    return {
        "strict_at": due.strict_at.astimezone(PARIS),
        "regulation_at": due.regulation_at.astimezone(PARIS),
    }


def limit(acts: list[str], lasts: list[str]) -> dict[str, Any]:
    anchor = max(map(date.fromisoformat, acts))
    return {"last_day": limits.shortest_last_day(anchor, *periods(lasts))}


def archive(last_act: str, active: str, counted_from: str, archive: str) -> dict[str, Any]:
    active_until = limits.last_day(date.fromisoformat(last_act), Period.parse(active))
    archive_until = limits.last_day(date.fromisoformat(counted_from), Period.parse(archive))
    span = limits.archive_span(active_until, archive_until)
    return {"active_until": active_until, "archive": span and list(span)}


def hold(reached_on: str, held_until: str) -> dict[str, Any]:
    return {"execution_day": limits.execution_day(date.fromisoformat(reached_on), day(held_until))}


def choice(chosen_on: str) -> dict[str, Any]:
    life = law("CHOICE_LIFE")
    return {"asked_again_from": windows.choice_asked_again_from(date.fromisoformat(chosen_on), life)}


def tracker(deposits: list[str]) -> dict[str, Any]:
    return {"last_day": windows.tracker_last_day(map(date.fromisoformat, deposits), law("TRACKER_LIFE"))}


def tracker_stop(chosen_on: str, deposits: list[str]) -> dict[str, Any]:
    days = map(date.fromisoformat, deposits)
    choice_life, life = law("CHOICE_LIFE"), law("TRACKER_LIFE")
    return {"last_day": windows.tracker_stops_on(date.fromisoformat(chosen_on), choice_life, days, life)}


def max_age(set_at: str, seconds: int) -> dict[str, Any]:
    start, length, life = datetime.fromisoformat(set_at), timedelta(seconds=seconds), law("TRACKER_LIFE")
    return {
        "expires_on": civil_day(start + length),
        "last_day": windows.tracker_last_day([civil_day(start)], life),
        "kept": windows.is_max_age_kept(start, length, life),
    }


def between(event_on: str, at_least: str, at_most: str) -> dict[str, Any]:
    anchor = date.fromisoformat(event_on)
    return {
        "kept_through": limits.kept_through(anchor, law(at_least)),
        "last_day": limits.last_day(anchor, law(at_most)),
    }


def fiscal(document_on: str, year_end: str) -> dict[str, Any]:
    close = limits.fiscal_close(date.fromisoformat(document_on), MonthDay.parse(year_end))
    period = law("ACCOUNTING_RECORDS")
    return {
        "kept_through": limits.kept_through(close, period),
        "releasable_from": limits.releasable_from(close, period),
    }


def duty(anchor: str, value: str) -> dict[str, Any]:
    return {"kept_through": limits.kept_through(date.fromisoformat(anchor), law(value))}


def electronic_contract(amount_cents: int, concluded_on: str, performed_on: str | None) -> dict[str, Any]:
    through = duties.electronic_contract_kept_through(
        amount_cents, concluded_on=date.fromisoformat(concluded_on), performed_on=day(performed_on)
    )
    return {"kept_through": through}


def limitation(known_on: str, value: str) -> dict[str, Any]:
    known = date.fromisoformat(known_on)
    return {"last_day_to_sue": duties.last_day_to_sue(known, law(value), arisen_on=known)}


def call(at: str, consented_on: str | None, zone: str, region: str, attempts: list[str]) -> dict[str, Any]:
    refusals = windows.call_refusals(
        datetime.fromisoformat(at),
        consented_on=day(consented_on),
        earlier_attempts=[date.fromisoformat(attempt) for attempt in attempts],
        zone=ZoneInfo(zone),
        region=Region(region),
    )
    return {"refusals": list(refusals)}


def phone_consent(consented_on: str) -> dict[str, Any]:
    given = date.fromisoformat(consented_on)
    return {
        "last_calling_day": windows.last_calling_day(given),
        "proof_kept_through": windows.phone_consent_proof_kept_through(given),
    }


def change(effective_on: str) -> dict[str, Any]:
    return {"notice_by": deadlines.change_notice_by(date.fromisoformat(effective_on))}


CHECKS: dict[str, Callable[..., dict[str, Any]]] = {
    check.__name__: check
    for check in (
        answer, answer_at, letter, extension, late_extension, question, silence, third_party, breach, limit,
        archive, hold, choice, tracker, tracker_stop, max_age, between, fiscal, duty, electronic_contract,
        limitation, call, phone_consent, change,
    )
}  # fmt: skip


def plain(value: Any) -> Any:
    """Days and instants as the vectors write them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("vector", [v for v in VECTORS if "check" in v], ids=lambda v: v["id"])
def test_a_dated_case_of_the_law_comes_out_to_the_day(vector: dict[str, Any]) -> None:
    """Every dated case gives exactly what the law's reading expects."""
    assert plain(CHECKS[vector["check"]](**vector["given"])) == vector["expected"]


def test_the_ninety_two_cases_are_all_here() -> None:
    """Each of the 92 cases is present once, in order."""
    assert [v["id"] for v in VECTORS] == [f"TV-{number:02}" for number in range(1, 93)]


def test_a_case_without_arithmetic_says_why() -> None:
    """Only the cases that are about gates or missing anchors have no arithmetic to check."""
    assert {v["id"] for v in VECTORS if "check" not in v} == set(WAITING)


@pytest.mark.skipif(not LAW.exists(), reason="the law's own file is not beside the project")
def test_every_day_the_law_expects_is_a_day_we_expect() -> None:
    """No expected day of the law's file is missing from our copy of the case."""
    ours = {v["id"]: json.dumps(v) for v in VECTORS if v["id"] not in WAITING}
    theirs = {
        v["id"]: re.findall(r"\d{4}-\d\d-\d\d", v["expected"]) for v in json.loads(LAW.read_text("utf-8"))
    }
    assert {name for name, written in ours.items() if not all(d in written for d in theirs[name])} == set()
