"""A duration is read in both languages, written back, and added without ever skipping a month."""

import json
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from periods.calendars import any_day, periods
from tenu.documents import Located, document, json_schema, read
from tenu.errors import FindingsError
from tenu.periods.monthday import MonthDay
from tenu.periods.period import Period, add


@document
class Sample(Located):
    lasts: Period
    year_end: MonthDay


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P5Y", Period(years=5)),
        ("P13M", Period(months=13)),
        ("P1Y6M", Period(years=1, months=6)),
        ("P30D", Period(days=30)),
        ("P2W", Period(days=14)),
        ("5 years", Period(years=5)),
        ("1 year", Period(years=1)),
        ("13 months", Period(months=13)),
        ("30 days", Period(days=30)),
        ("2 weeks", Period(days=14)),
        ("5 ans", Period(years=5)),
        ("1 an", Period(years=1)),
        ("5\u00a0années", Period(years=5)),
        ("13 mois", Period(months=13)),
        ("30 jours", Period(days=30)),
        ("2 semaines", Period(days=14)),
        ("1 an et 6 mois", Period(years=1, months=6)),
        ("1 year, 6 months and 3 days", Period(years=1, months=6, days=3)),
        ("  5 ans ", Period(years=5)),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, period: Period) -> None:
    """ISO 8601, French and English give the same period."""
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    "text",
    ["", "P", "5", "5years", "P5", "PT5H", "P-5Y", "-5 years", "0 days", "P0D", "five years", "5 ans après",
     "5 years 2 years", "P5Y ou 3 ans", "1000 years", "9999999 days", "400000 days", "5 ans\n"*2],
)  # fmt: skip
def test_what_is_not_a_period_is_refused_with_an_example(text: str) -> None:
    """A refusal shows how to write a period."""
    with pytest.raises(ValueError, match="write for example '"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("period", "fr", "en"),
    [
        (Period(years=1), "1 an", "1 year"),
        (Period(years=5), "5 ans", "5 years"),
        (Period(months=1), "1 mois", "1 month"),
        (Period(days=30), "30 jours", "30 days"),
        (Period(years=1, months=6), "1 an et 6 mois", "1 year and 6 months"),
        (Period(years=2, months=1, days=1), "2 ans, 1 mois et 1 jour", "2 years, 1 month and 1 day"),
    ],
)
def test_a_period_is_said_in_both_languages(period: Period, fr: str, en: str) -> None:
    """Singular and plural follow each language."""
    assert (period.words("fr"), period.words("en")) == (fr, en)


@given(periods)
def test_every_spelling_of_a_period_reads_back(period: Period) -> None:
    """ISO, French and English all read back to the period that wrote them."""
    assert {Period.parse(text) for text in (str(period), period.words("fr"), period.words("en"))} == {period}


def test_a_negative_period_is_refused() -> None:
    """No number of a period may be negative, even when the whole is not."""
    with pytest.raises(ValueError, match="back in time"):
        Period(years=5, months=-1)


def test_a_period_never_changes() -> None:
    """A period is a value."""
    with pytest.raises(FrozenInstanceError):
        Period(years=5).years = 6  # type: ignore[misc]


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-01-30", "P1M", "2026-02-28"),
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2026-02-28", "P1M", "2026-03-28"),
        ("2028-01-31", "P1M", "2028-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2096-02-29", "P4Y", "2100-02-28"),
        ("2026-12-31", "P2M", "2027-02-28"),
        ("2026-01-31", "P1M1D", "2026-03-01"),
        ("2026-02-28", "P1D", "2026-03-01"),
        ("9999-12-31", "P5Y", "9999-12-31"),
        ("9999-12-31", "P1D", "9999-12-31"),
    ],
)
def test_a_period_ends_on_the_same_date_or_the_last_of_the_month(start: str, period: str, end: str) -> None:
    """Months are added to the original date, then days; the end of time stays the end of time."""
    assert add(date.fromisoformat(start), Period.parse(period)) == date.fromisoformat(end)


@given(any_day, st.integers(1, 60))
def test_more_months_never_end_earlier(start: date, months: int) -> None:
    """Adding from the original date grows with the number of months."""
    assert add(start, Period(months=months)) < add(start, Period(months=months + 1))


@given(any_day, any_day, periods)
def test_a_later_start_never_ends_earlier(one: date, other: date, period: Period) -> None:
    """A later act never shortens a life."""
    assert add(min(one, other), period) <= add(max(one, other), period)


@given(any_day, st.integers(1, 30))
def test_twelve_months_are_a_year(start: date, years: int) -> None:
    """Two spellings of one length end on one day."""
    assert add(start, Period(years=years)) == add(start, Period(months=12 * years))


@given(any_day, st.integers(1, 60))
def test_a_month_keeps_its_date_unless_it_is_too_short(start: date, months: int) -> None:
    """The end has the day of the start, or is the last of a month that does not reach it."""
    end = add(start, Period(months=months))
    is_last = add(end, Period(days=1)).day == 1
    assert end.day == start.day or (is_last and end.day < start.day)


@given(any_day)
def test_393_days_never_pass_thirteen_months(start: date) -> None:
    """The shortest thirteen months have 393 days."""
    assert add(start, Period(days=393)) <= add(start, Period(months=13))


@given(any_day)
def test_181_days_never_pass_six_months(start: date) -> None:
    """The shortest six months have 181 days."""
    assert add(start, Period(days=181)) <= add(start, Period(months=6))


def test_a_file_holds_periods_and_days_of_the_year() -> None:
    """Both are fields of a workspace file."""
    sample = read("lasts: 5 ans\nyear_end: 12-31\n", file="sample.yaml", model=Sample)
    assert (sample.lasts, sample.year_end) == (Period(years=5), MonthDay(month=12, day=31))


@pytest.mark.parametrize("written", ["5", "cinq ans", "true", "5.5", "[5 ans]"])
def test_a_bad_period_in_a_file_is_a_finding_at_its_place(written: str) -> None:
    """A period without a unit, in full letters or of another type is named with its line."""
    with pytest.raises(FindingsError) as caught:
        read(f"year_end: 12-31\nlasts: {written}\n", file="sample.yaml", model=Sample)
    assert [(f.code, f.place and f.place.line) for f in caught.value.findings] == [("W-VALUE-01", 2)]


@given(periods)
def test_editors_accept_every_spelling_tenu_writes(period: Period) -> None:
    """The pattern of the JSON Schema matches ISO and words."""
    pattern = json_schema(Sample, identifier="x", title="x")["properties"]["lasts"]["pattern"]
    assert all(re.search(pattern, text) for text in (str(period), period.words("fr"), period.words("en")))


def test_a_period_is_written_in_json_as_iso() -> None:
    """Stable exports hold ISO 8601."""
    assert json.loads(TypeAdapter(Period).dump_json(Period(years=1, months=6))) == "P1Y6M"


@pytest.mark.parametrize("text", ["12-32", "00-10", "13-01", "02-30", "04-31", "31/12", "1-1", "december"])
def test_what_is_not_a_day_of_the_year_is_refused(text: str) -> None:
    """A refusal shows how to write a day of the year."""
    with pytest.raises(ValueError, match="for example '12-31'"):
        MonthDay.parse(text)


def test_a_day_of_the_year_must_be_text() -> None:
    """A number in its place is refused, not guessed."""
    with pytest.raises(ValidationError):
        TypeAdapter(MonthDay).validate_python(1231)


@pytest.mark.parametrize(("year", "end"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29))])
def test_29_february_means_the_end_of_february(year: int, end: date) -> None:
    """A fiscal year closing at the end of February closes every year."""
    assert MonthDay.parse("02-29").in_year(year) == end


def test_a_day_of_the_year_reads_back() -> None:
    """Its text is MM-DD."""
    assert str(MonthDay.parse("03-31")) == "03-31"


def test_reading_a_duration_loads_no_holiday_calendar() -> None:
    """Limits and duties cannot depend on holidays: the module is not even loaded."""
    script = "import sys, tenu.periods.limits; print(any('holidays' in name for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
