"""The law has dates, and a ceiling shortens a promise only where the policy follows the law."""

from __future__ import annotations

from datetime import date

import pytest

from policy.seed import policy_with, seed
from tenu.law.ceilings import CEILINGS, ceiling, effective_active, outlasts
from tenu.law.tables import BREACH_NOTICE_HOURS, PHONE_CONSENT, Entry, in_force
from tenu.periods.limits import last_day
from tenu.periods.period import Period

TODAY = date(2026, 11, 23)
FOLLOW_ALL = ("when_law_is_stricter: keep_promise", "when_law_is_stricter: follow_law")
RULE = "    - id: prospecting\n      each: person\n"
FOLLOW_ONE = (RULE, f"{RULE}      when_law_is_stricter: follow_law\n")
KEEP_ONE = (RULE, f"{RULE}      when_law_is_stricter: keep_promise\n")
COLLECTED = date(2021, 5, 20)


def _prospecting(*changes: tuple[str, str]) -> Period:
    policy = policy_with(*changes) if changes else seed()
    return effective_active(policy.retention.rule("prospecting"), policy, TODAY)


def test_the_promise_is_what_is_enforced() -> None:
    """A silent prospect leaves on the fifth anniversary of collection (TV-40)."""
    assert last_day(COLLECTED, _prospecting()) == date(2026, 5, 20)


def test_following_the_law_for_all_rules_takes_its_reference() -> None:
    """Where the policy follows the law, the same prospect leaves on the third anniversary (TV-45)."""
    assert last_day(COLLECTED, _prospecting(FOLLOW_ALL)) == date(2024, 5, 20)


def test_one_rule_can_follow_the_law_alone() -> None:
    """A rule's own choice is enough."""
    assert _prospecting(FOLLOW_ONE) == Period(years=3)


def test_one_rule_can_keep_its_promise_alone() -> None:
    """A rule's own choice wins over the policy's."""
    assert _prospecting(FOLLOW_ALL, KEEP_ONE) == Period(years=5)


def test_a_rule_without_a_reference_keeps_its_promise() -> None:
    """Following the law changes nothing where the law has no reference."""
    policy = policy_with(FOLLOW_ALL)
    assert effective_active(policy.retention.rule("contract"), policy, TODAY) == Period(years=5)


def test_a_promise_shorter_than_the_reference_is_kept() -> None:
    """The law's reference never lengthens a promise."""
    shorter = (
        "        lasts: 5 years\n        restarted_by: [reply",
        "        lasts: 2 years\n        restarted_by: [reply",
    )
    assert _prospecting(FOLLOW_ALL, shorter) == Period(years=2)


def test_no_rule_of_the_seed_but_prospecting_outlasts_its_reference() -> None:
    """Our own readings stay within the references of the law."""
    longer = [
        rule.id
        for rule in seed().retention.rules
        if (reference := ceiling(rule.id, TODAY)) and outlasts(rule.active.lasts, reference.value, TODAY)
    ]
    assert longer == ["prospecting"]


@pytest.mark.parametrize(("day", "holds"), [(date(2026, 8, 10), False), (date(2026, 8, 11), True)])
def test_a_value_holds_from_its_first_day(day: date, holds: bool) -> None:
    """Consent to calls is limited from 11 August 2026, not the day before (TV-80, TV-81)."""
    assert (in_force(PHONE_CONSENT, day) is not None) is holds


@pytest.mark.parametrize(("day", "holds"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False)])
def test_a_value_holds_through_its_last_day(day: date, holds: bool) -> None:
    """A value that ends on 31 March holds on that day and not on the next."""
    entry = Entry(value=1, valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 31), source="loi", mark="V1")
    assert entry.holds_on(day) is holds


def test_a_proposal_is_never_in_force() -> None:
    """The 96 hours of the Digital Omnibus do not replace the 72 of the GDPR, however late the day."""
    entry = in_force(BREACH_NOTICE_HOURS, date(2099, 1, 1))
    assert entry is not None
    assert entry.value == 72


def test_the_latest_of_two_values_in_force_is_taken() -> None:
    """When two values hold, the one that started last is the law."""
    older = Entry(value=1, valid_from=date(2020, 1, 1), source="loi", mark="V1")
    newer = Entry(value=2, valid_from=date(2024, 1, 1), source="loi", mark="V1")
    assert in_force((newer, older), TODAY) is newer


def test_every_reference_says_its_source() -> None:
    """No ceiling stands without a source."""
    assert all(entry.source for entries in CEILINGS.values() for entry in entries)
