"""Values of the law: each has a source, and exactly one is in force on a day."""

import re
from datetime import date, timedelta

import pytest

from tenu.periods import duties, tables
from tenu.periods.period import Period
from tenu.periods.tables import LawValue, value_on

HISTORIES = {
    name: history
    for name, history in vars(tables).items()
    if isinstance(history, tuple) and history and isinstance(history[0], LawValue)
}
ENTRIES = [(name, entry) for name, history in HISTORIES.items() for entry in history]


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("day", [date(2018, 5, 25), date(2026, 8, 10), date(2026, 8, 11), date(2030, 1, 1)])
def test_at_most_one_value_is_in_force(name: str, day: date) -> None:
    """Two values at once would make the answer depend on their order."""
    assert sum(entry.in_force(day) for entry in HISTORIES[name]) <= 1


@pytest.mark.parametrize("name", HISTORIES)
def test_every_rule_has_a_value_today(name: str) -> None:
    """No rule is left without a value by a change of law."""
    assert any(entry.in_force(date(2026, 11, 23)) for entry in HISTORIES[name])


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_every_value_cites_its_rule_and_its_source(name: str, entry: LawValue[object]) -> None:
    """A number without a source is an opinion."""
    assert re.match(r"T-\d\d: \w", f"{entry.rule}: {entry.source}")


def test_a_proposed_text_is_never_in_force() -> None:
    """The 96 hours of the proposal change nothing, even far ahead."""
    assert value_on(tables.BREACH_TO_AUTHORITY, date(2099, 1, 1)) == timedelta(hours=72)


def test_a_day_without_value_is_refused() -> None:
    """Nothing is assumed where the table is silent."""
    with pytest.raises(LookupError, match="no value is in force on 2026-08-10"):
        value_on(tables.PHONE_CONSENT_LIFE, date(2026, 8, 10))


@pytest.mark.parametrize(("cents", "kept"), [(11_999, None), (12_000, date(2036, 4, 10))])
def test_an_online_contract_is_kept_from_120_euros(cents: int, kept: date | None) -> None:
    """One cent decides."""
    day = date(2026, 4, 10)
    found = duties.electronic_contract_kept_through(cents, concluded_on=day, performed_on=None)
    assert found == kept


@pytest.mark.parametrize(
    ("known_on", "last"), [(date(2040, 2, 10), date(2045, 2, 10)), (date(2044, 2, 10), date(2046, 2, 10))]
)
def test_a_claim_never_outlives_twenty_years(known_on: date, last: date) -> None:
    """A fact known late leaves less than five years."""
    found = duties.last_day_to_sue(known_on, Period(years=5), arisen_on=date(2026, 2, 10))
    assert found == last
