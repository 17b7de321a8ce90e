"""The fictional company: the same every time, populated in every phase, and fictional throughout."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from tenu.errors import RefusedError
from tenu.sample import Company, Row
from tenu.sample.identity import iban, lines
from tenu.sample.rows import SYSTEM_OF
from tenu.sample.schema import SYSTEMS

COMPANY = Company.generate()
SMALL = Company.generate(people=300)


def test_two_generations_are_identical() -> None:
    """Same seed, same people, same day: the same rows, one by one."""
    fresh = [Company.generate(people=300).person(number) for number in range(1, 301)]
    assert fresh == list(SMALL.everyone())


def test_another_seed_gives_other_people() -> None:
    """The seed changes the ordinary people."""
    assert SMALL.person(250) != Company.generate(people=300, seed=2).person(250)


def test_more_people_leave_the_first_as_they_were() -> None:
    """A person depends on nobody else."""
    assert COMPANY.person(250) == SMALL.person(250)


def test_what_comes_later_changes_nothing_of_the_past() -> None:
    """A sample that goes on holds, on its day, the very rows of one that stops there."""
    longer = Company.generate(people=300, until=date(2036, 1, 1))
    assert [*longer._loaded()][:300] == [*SMALL._loaded()]


def test_every_phase_is_well_populated() -> None:
    """Most are active, many to archive or to erase, and one in twelve is none of these."""
    found = Counter(each.phase for each in COMPANY.summaries())
    shares = {phase: round(count / COMPANY.people, 2) for phase, count in found.items()}
    wanted = {"active": 0.45, "archive": 0.26, "erase": 0.2, "special": 0.09}
    assert all(abs(shares[phase] - share) <= 0.04 for phase, share in wanted.items()), shares


def test_a_person_has_a_dozen_rows_or_two() -> None:
    """The rows of the sample are 12 to 25 a person."""
    rows = sum(len(person.rows) for person in COMPANY.everyone())
    assert 12 <= rows / COMPANY.people <= 25


def test_keys_never_collide() -> None:
    """No two rows of the sample share a table and a key."""
    keys = Counter((row.table, row.key) for person in COMPANY.everyone() for row in person.rows)
    assert keys.most_common(1)[0][1] == 1


def test_every_row_holds_every_column() -> None:
    """A row gives a value, be it None, to each column of its table."""
    columns = {n: set(t.columns.keys()) for s in SYSTEMS.values() for n, t in s.tables.items()}
    assert {
        row.table for p in COMPANY.everyone() for row in p.rows if set(row.values) != columns[row.table]
    } == set()


def test_every_table_is_used() -> None:
    """No table of the four databases stays empty."""
    used = {row.table for person in COMPANY.everyone() for row in person.rows}
    assert used | {row.table for row in COMPANY.sendings()} == set(SYSTEM_OF)


def _values(*columns: str) -> set[str]:
    rows: list[Row] = [row for person in COMPANY.everyone() for row in person.rows]
    return {str(row.values[c]) for row in rows for c in columns if row.values.get(c)}


def test_mail_goes_nowhere() -> None:
    """Every e-mail address ends in a domain nobody can own."""
    emails = _values("email", "email_2", "guest_email", "old_email")
    assert {
        email for email in emails if not re.search(r"@[\w-]+\.(example|test)$", email.lower().strip())
    } == set()


def test_telephones_are_those_of_fiction() -> None:
    """Every telephone lies in a range ARCEP keeps for films and books."""
    phones = {re.sub(r"\D", "", each)[-9:] for each in _values("phone", "old_phone")}
    fiction = r"(19900|26191|35301|46571|53649|63998)\d{4}"
    assert {phone for phone in phones if not re.fullmatch(fiction, phone)} == set()


@pytest.mark.parametrize("number", [1, 42, 999_999])
def test_an_iban_has_a_right_checksum(number: int) -> None:
    """The remainder of ISO 13616 is one."""
    digits = "".join(str(int(letter, 36)) for letter in iban(number)[4:] + iban(number)[:4])
    assert int(digits) % 97 == 1


def test_names_are_many_and_hard() -> None:
    """There are 200 first names and 300 last names, with apostrophes, hyphens and particles."""
    last_names = lines("last_names.txt")
    hard = [any(mark in name for name in last_names) for mark in ("'", "-", " ", "é", "ï")]
    assert (len(lines("first_names.txt")) >= 200, len(last_names) >= 300, all(hard)) == (True, True, True)


def test_too_few_people_are_refused() -> None:
    """The deliberate cases need room."""
    with pytest.raises(RefusedError):
        Company.generate(people=10)


def test_a_sample_cannot_end_before_its_day() -> None:
    """*until* comes after *as_of*."""
    with pytest.raises(RefusedError):
        Company.generate(until=date(2020, 1, 1))


def test_people_beyond_memory_are_the_same_people() -> None:
    """A company too large to remember draws the same people."""
    large = replace(SMALL, people=30_000)
    assert large.person(299) == SMALL.person(299)
