"""The clocks of one person, whatever happened to them."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenu.sample.clocks import EXCHANGES, Rule, clocks
from tenu.sample.rows import Row

KINDS = st.sampled_from((*EXCHANGES, "outgoing_call"))
INSTANTS = st.datetimes(datetime(2012, 1, 1), datetime(2026, 1, 1))
EXCHANGED = st.builds(lambda kind, at: Row("exchange", {"kind": kind, "at": at}, at), KINDS, INSTANTS)
COLLECTED_ON = date(2015, 6, 30)


@given(st.lists(EXCHANGED), EXCHANGED, st.sampled_from(Rule))
def test_one_more_act_never_brings_an_end_forward(rows: list[Row], more: Row, rule: Rule) -> None:
    """Whatever is added, the clock ends no earlier than before."""
    before, after = (clocks(each).ends_on(rule, COLLECTED_ON) for each in (rows, [*rows, more]))
    assert before is not None
    assert after is not None
    assert before <= after


@given(st.lists(EXCHANGED), st.integers(0, 4000))
def test_what_the_company_does_restarts_nothing(rows: list[Row], days: int) -> None:
    """An outgoing call leaves every clock where it was."""
    at = datetime(2012, 1, 1) + timedelta(days=days)
    call = Row("exchange", {"kind": "outgoing_call", "at": at}, at)
    assert clocks([*rows, call]) == clocks(rows)


@given(st.lists(EXCHANGED))
def test_words_never_restart_the_contract(rows: list[Row]) -> None:
    """Talking with the company is no performance of a contract: that clock starts at collection."""
    assert clocks(rows).ends_on(Rule.CONTRACT, COLLECTED_ON) == date(2020, 6, 30)
