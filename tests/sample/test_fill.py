"""The sample in real databases: the same rows on every engine, then the days after."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from tenu.errors import RefusedError
from tenu.sample import Company, Fate
from tenu.sample.answers import answer
from tenu.sample.calendar import closing
from tenu.sample.fill import fill
from tenu.sample.rows import Row
from tenu.sample.schema import SYSTEMS

LATER = date(2029, 6, 30)
COMPANY = Company.generate(people=200, until=LATER)
DIGEST = "7ec74813d9aeaec0e22fa0fc5b48ea9a7224a7ea14fcc5a2a307ddd2adb22bdc"

Tables = dict[str, list[tuple[object, ...]]]


def _read(url: str) -> Tables:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for tables in SYSTEMS.values()
            for name, table in tables.tables.items()
        }
    engine.dispose()
    return found


def _written(company: Company, day: date) -> Tables:
    found: Tables = {name: [] for tables in SYSTEMS.values() for name in tables.tables}
    rows: list[Row] = list(company.sendings())
    rows += [row for person in company.everyone() for row in person.rows_at(closing(day))]
    rows += [row for row in company.rows_between(company.as_of, day) if row.table in ("mailing", "campaign")]
    for row in rows:
        table = next(tables.tables[row.table] for tables in SYSTEMS.values() if row.table in tables.tables)
        found[row.table].append(tuple(row.values[column.name] for column in table.columns))
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def test_every_engine_holds_the_same_rows(engine_url: str) -> None:
    """What was generated is what is read back, on each engine."""
    COMPANY.load(dict.fromkeys(SYSTEMS, engine_url))
    assert _read(engine_url) == _written(COMPANY, COMPANY.as_of)


def test_the_days_after_happen_in_the_database(engine_url: str) -> None:
    """Advanced day by day, the databases hold what the sample says they hold then."""
    urls = dict.fromkeys(SYSTEMS, engine_url)
    COMPANY.load(urls)
    COMPANY.advance(urls, COMPANY.as_of + timedelta(days=1), LATER)
    assert _read(engine_url) == _written(COMPANY, LATER)


def test_the_rows_never_change_from_one_version_to_the_next() -> None:
    """The digest of the first 200 people is a constant: change it only when the sample is meant to change."""
    text = repr(_written(Company.generate(people=200), COMPANY.as_of))
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST


def test_each_system_lives_in_its_own_database(tmp_path: Path) -> None:
    """A system alone can be loaded, and holds its tables only."""
    COMPANY.load({"mail": f"sqlite:///{tmp_path / 'mail.db'}"})
    with create_engine(f"sqlite:///{tmp_path / 'mail.db'}").connect() as connection:
        count = len(connection.execute(select(SYSTEMS["mail"].tables["subscriber"])).all())
    assert count == len(_written(COMPANY, COMPANY.as_of)["subscriber"])


def test_a_database_in_use_is_refused(tmp_path: Path) -> None:
    """The sample is never poured over existing rows."""
    urls = dict.fromkeys(SYSTEMS, f"sqlite:///{tmp_path / 'all.db'}")
    COMPANY.load(urls)
    with pytest.raises(RefusedError):
        COMPANY.load(urls)


def test_filling_in_batches_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few rows give the same database as one."""
    monkeypatch.setattr("tenu.sample.fill.BATCH", 50)
    url = f"sqlite:///{tmp_path / 'all.db'}"
    fill(dict.fromkeys(SYSTEMS, url), (p.rows_at(closing(COMPANY.as_of)) for p in COMPANY.everyone()))
    whole = _written(COMPANY, COMPANY.as_of) | {"mailing": [], "campaign": []}
    assert _read(url) == whole


AT = datetime(2026, 11, 23, 12)


def _due() -> list[int]:
    """Return people who leave through the first system they are in, one of each kind."""
    found = {each.kind: each.person for each in COMPANY.summaries() if each.phase in ("archive", "erase")}
    return sorted(found.values())


def test_whoever_comes_back_is_in_the_databases_again(tmp_path: Path) -> None:
    """Each person due adds a row, in whichever system they have one."""
    urls = dict.fromkeys(SYSTEMS, f"sqlite:///{tmp_path / 'all.db'}")
    COMPANY.load(urls)
    before = sum(map(len, _read(urls["crm"]).values()))
    COMPANY.come_back(urls, _due(), AT)
    assert sum(map(len, _read(urls["crm"]).values())) == before + len(_due())


@pytest.mark.parametrize("number", _due())
def test_whoever_comes_back_keeps_what_they_came_through(number: int) -> None:
    """After their return, more of their rows stay than before."""
    rows = COMPANY.person(number).rows_at(closing(COMPANY.as_of))
    before = {a.key for a in answer(number, rows, COMPANY.as_of) if a.fate is Fate.UNCHANGED}
    after = {a.key for a in COMPANY.answers_after_return([number], AT) if a.fate is Fate.UNCHANGED}
    assert before < after
