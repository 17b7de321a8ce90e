"""The right answers: what each label promises, both sides of every limit, and what any company owes."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tenu.sample import TODAY, Answer, Company, Fate
from tenu.sample.answers import answer
from tenu.sample.calendar import closing
from tenu.sample.rows import PARENT, Row
from tenu.sample.scene import Case
from tenu.sample.schema import SYSTEMS

COMPANY = Company.generate(people=400)
DAYS = (TODAY, date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1), date(2028, 2, 29), date(2029, 3, 1))
GONE = {Fate.ERASED, Fate.ARCHIVED}


def _cases() -> Iterator[object]:
    for day in DAYS:
        for case in Company.generate(as_of=day).awkward():
            yield pytest.param(day, case, id=f"{day} {case.label.en}")


@pytest.mark.parametrize(("day", "case"), list(_cases()))
def test_each_awkward_case_has_the_fate_its_label_says(day: date, case: Case) -> None:
    """What the author of the case wrote by hand is what the rules give, whatever the day of the sample."""
    people = {person.id: person.rows for person in case.people}
    doubts = {person.id: people[person.doubt] for person in case.people if person.doubt}
    found = {a for i, rows in people.items() for a in answer(i, rows, day, other=doubts.get(i))}
    assert set(case.expected) <= found


def test_labels_are_all_different() -> None:
    """A label names one case, in each language."""
    labels = [(case.label.fr, case.label.en) for case in COMPANY.awkward()]
    assert len({fr for fr, _ in labels}) == len({en for _, en in labels}) == len(labels)


def test_every_fate_is_shown() -> None:
    """The deliberate cases show each of the nine fates at least once."""
    assert {found.fate for case in COMPANY.awkward() for found in case.expected} == set(Fate)


def _subscriber(label: str) -> tuple[str, str, tuple[object, ...]]:
    case = next(case for case in COMPANY.awkward() if label in case.label.en)
    found = next(each for each in case.expected if each.table == "subscriber")
    return found.system, found.table, found.key


@pytest.mark.parametrize(
    ("label", "due"),
    [
        ("22:30 UTC, 15/01", date(2026, 1, 15)),
        ("23:30 UTC, 15/01", date(2026, 1, 16)),
        ("21:30 UTC, 30/06", date(2026, 6, 30)),
        ("22:30 UTC, 30/06", date(2026, 7, 1)),
        ("23:30 UTC, 30/06", date(2026, 7, 1)),
    ],
)
def test_the_day_is_that_of_paris(label: str, due: date) -> None:
    """The eve of its term the subscriber stays, on the day it goes: winter and summer, near midnight."""
    place = _subscriber(label)
    eve, day = (COMPANY.fates(each)[place].fate for each in (due - timedelta(days=1), due))
    assert (eve, day) == (Fate.UNCHANGED, Fate.ERASED)


@pytest.mark.parametrize(
    ("label", "due"), [("29 February, over", date(2025, 2, 28)), ("29 February, to come", date(2029, 2, 28))]
)
def test_29_february_ends_on_28(label: str, due: date) -> None:
    """Five years after 29 February the clock ends on 28 February, not before and not on 1 March."""
    case = next(case for case in COMPANY.awkward() if label in case.label.en)
    place = (case.expected[0].system, "contact", case.expected[0].key)
    eve, day = (COMPANY.fates(each)[place].fate for each in (due - timedelta(days=1), due))
    assert (eve, day) == (Fate.UNCHANGED, Fate.ERASED)


def test_an_invoice_is_kept_through_the_last_day_of_its_tenth_year() -> None:
    """An invoice of 1 January 2016 is kept on 31 December 2026 and free on 1 January 2027 (TV-70)."""
    case = next(case for case in COMPANY.awkward() if "1 January" in case.label.en)
    kept = next(each for each in case.expected if each.fate is Fate.KEPT_FOR_LAW)
    place = (kept.system, kept.table, kept.key)
    last, free = (COMPANY.fates(each)[place].fate for each in (date(2026, 12, 31), date(2027, 1, 1)))
    assert (last, free) == (Fate.KEPT_FOR_LAW, Fate.ERASED)


def test_the_archive_ends_on_its_day() -> None:
    """The eve of its end a row is archived, on the day there is nothing left to archive."""
    place, found = next((p, a) for p, a in COMPANY.fates().items() if a.fate is Fate.ARCHIVED)
    assert found.until is not None
    eve, day = (COMPANY.fates(each)[place].fate for each in (found.until - timedelta(days=1), found.until))
    assert (eve, day) == (Fate.ARCHIVED, Fate.ERASED)


@pytest.mark.parametrize("day", [TODAY, date(2031, 5, 6)])
def test_no_row_is_left_without_its_parent(day: date) -> None:
    """Where a row goes, all that depends on it goes too, or stops pointing at it."""
    fates = COMPANY.fates(day)
    rows = [row for person in COMPANY.everyone() for row in person.rows_at(closing(TODAY))]
    left = [row for row in rows if fates[_place(row)].fate not in GONE and _orphan(row, fates)]
    assert left == []


def _place(row: Row) -> tuple[str, str, tuple[object, ...]]:
    system = next(name for name, tables in SYSTEMS.items() if row.table in tables.tables)
    return system, row.table, row.key


def _orphan(row: Row, fates: dict[tuple[str, str, tuple[object, ...]], Answer]) -> bool:
    system, mine = _place(row)[0], fates[_place(row)]
    links = [PARENT[row.table]] if row.table in PARENT else []
    links += [("orders", ("year", "order_number"))] if row.table == "invoice" else []
    parents = [
        fates.get((system, table, tuple(row.values[column] for column in columns)))
        for table, columns in links
        if not set(columns) <= set(mine.columns)
    ]
    return any(parent is not None and parent.fate in GONE for parent in parents)


def test_time_never_brings_anything_back() -> None:
    """What is gone, archived or emptied one year is so every year after, while new acts keep coming."""
    company = Company.generate(people=400, until=date(2041, 12, 31))
    years = [company.fates(TODAY.replace(year=year)) for year in range(2026, 2042)]
    back = [
        (place, found)
        for before, after in pairwise(years)
        for place, found in before.items()
        if (found.fate in GONE and after[place].fate not in GONE)
        or not (set(found.columns) <= set(after[place].columns) or after[place].fate in GONE)
    ]
    assert back == []


def test_the_company_lives_on() -> None:
    """In fifteen years people come, buy, and some leave: new rows, ended contracts, delivered orders."""
    company = Company.generate(people=400, until=date(2041, 12, 31))
    later = company.rows_between(TODAY, date(2041, 12, 31))
    seen = {entry.table for entry in later}
    assert {"contact", "orders", "contract", "mandate", "web_order", "sign_in", "account", "exchange"} <= seen


def test_a_day_holds_its_own_rows_only() -> None:
    """Two halves of a period make the whole, and a single day is one of them."""
    company = Company.generate(people=400, until=date(2028, 1, 1))
    whole = company.rows_between(date(2027, 3, 1), date(2027, 3, 31))
    days = (company.rows_on(date(2027, 3, day)) for day in range(1, 32))
    assert whole == tuple(entry for day in days for entry in day)


def test_a_summary_says_why() -> None:
    """The reason of a person whose contract runs names it."""
    case = next(case for case in COMPANY.awkward() if "Contract running" in case.label.en)
    found = next(each for each in COMPANY.summaries() if each.person == case.people[0].id)
    assert "a contract runs" in found.reason
