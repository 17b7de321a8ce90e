"""SQL and Python agree on every person and every date: the engines choose whom ``plans/decision.py`` says, with its phase.

Dates are drawn around the limits of the day asked about (anniversaries, their eves and morrows, leap days, month ends),
and instants around midnight in Paris, to the microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Step
from hypothesis import strategies as st
from sqlalchemy.dialects.mysql import DATETIME

from tenu.adapters.databases.database import Database
from tenu.datamap.layout import lay_out
from tenu.datamap.model import System
from tenu.documents import read
from tenu.periods.period import Period
from tenu.plans.decision import Act, Decision, History, decide, longest
from tenu.plans.retention import retention_tasks
from tenu.plans.rulebook import rulebook
from tenu.plans.task import PersonTask
from tenu.policy.load import load_policy
from tenu.policy.model import Policy
from tenu.ports import Fate
from tenu.terms import End, Phase

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
PEOPLE = 40
MISSING = 6
"""How many times as often as one day a date is missing: about one time in four."""
EXAMPLES = {"sqlite": 80, "postgresql": 30, "mariadb": 30}

MAP = """
system: small
label: {fr: Petite base, en: Small database}
url: sqlite:///small.db
country: FR
declared: {by: dpo@helianthe.example, on: 2026-03-01}
people: {person: {collected_at: collected_at, identified_by: {email: email}}}
tables:
  person: {purposes: relation, columns: {email: identity}, not_personal: [id, collected_at]}
  orders:
    purposes: relation
    columns: {placed_on: financial}
    not_personal: [id, person_id, status, delivered_on]
  event: {purposes: relation, columns: {at: connection}, not_personal: [id, person_id, kind]}
acts:
  - {kind: purchase, table: orders, dated_by: placed_on}
  - {kind: end_of_performance, table: orders, dated_by: delivered_on, when: {status: [delivered, null]}}
  - {kind: click, table: event, dated_by: at, when: {kind: click}}
  - {kind: reply, table: event, dated_by: at, when: {kind: reply}}
  - {kind: sign_in, table: event, dated_by: at, when: {kind: sign_in}}
  - {kind: debit, table: event, dated_by: at, when: {kind: debit}}
  - {kind: opening, table: event, dated_by: at, when: {kind: opening}}
states:
  - {state: contract_running, table: orders, when: {status: open}}
  - {state: mandate_running, table: event, when: {kind: mandate}}
holds:
  - {reason: {fr: litige, en: claim}, table: orders, when: {status: disputed}}
"""
KINDS = ("click", "reply", "sign_in", "debit") * 3 + ("opening", "mandate")
STATUSES = ("delivered", None, "cancelled") * 4 + ("open", "disputed")
PURPOSES = (
    *(("prospecting",), ("contract",), ("relation",), ("payments",)),
    *(("contract", "relation"), ("prospecting", "relation"), ("contract", "payments")),
)
DAYS = (
    *(date(2026, 2, 28), date(2026, 3, 1), date(2027, 2, 28), date(2028, 2, 29)),
    *(date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 30), date(2026, 8, 31)),
)
"""Days asked about: ends of February, leap days, changes of time, ends of short and long months."""
SHORTER = (None, Period(years=3), Period(months=1, days=30))
"""What the law may shorten every active period to."""
ABOUT = {None: 1826, Period(years=3): 1096, Period(months=1, days=30): 60}
"""How many days ago an act about to end lies; calendars make it a few more or less."""
ABOUT_THIRTEEN_MONTHS, ABOUT_TEN_YEARS = 396, 3652
SECOND = 1_000_000
AROUND_MIDNIGHT = tuple(
    timedelta(microseconds=n) for n in (0, -1, -SECOND, 1, 3600 * SECOND, 7199 * SECOND, 43200 * SECOND)
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person's rows: *orders* (status, placed, delivered), *events* (kind, UTC instant)."""

    collected_at: datetime | None
    orders: tuple[tuple[str | None, date | None, date | None], ...]
    events: tuple[tuple[str, datetime | None], ...]

    def history(self) -> History:
        """Return what the rows say, read the way a human would."""
        bought = [("purchase", placed) for _, placed, _ in self.orders]
        done = [order for order in self.orders if order[0] in ("delivered", None)]
        ended = [("end_of_performance", delivered) for _, _, delivered in done]
        did = [(kind, _day(at)) for kind, at in self.events]
        statuses, kinds = {order[0] for order in self.orders}, {event[0] for event in self.events}
        running = {"contract_running"} if "open" in statuses else set()
        return History(
            acts=tuple(Act(kind=kind, day=day) for kind, day in (*bought, *ended, *did) if day is not None),
            states=frozenset(running | ({"mandate_running"} if "mandate" in kinds else set())),
            collected_on=_day(self.collected_at),
            held="disputed" in statuses,
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """People, and one question about them: on which day, for which purposes, with which active period.

    *shorter*: what the law makes every active period; the promised ones when None. *at_most*: what also caps it.
    *end*: how every rule ends, which changes nothing of whom it chooses.
    """

    people: tuple[Person, ...]
    as_of: date
    purposes: tuple[str, ...]
    shorter: Period | None
    at_most: Period | None
    end: End


def _day(at: datetime | None) -> date | None:
    utc = _zoned(at)
    return None if utc is None else utc.astimezone(PARIS).date()


def _around(as_of: date, ago: int) -> list[date]:
    """Return the days near *ago* days before *as_of*: enough for every leap day and short month in between."""
    return [as_of - timedelta(days=ago + n) for n in range(-4, 5)]


def _instants(days: list[date]) -> st.SearchStrategy[datetime | None]:
    """Draw UTC instants, without zone as databases keep them, close to the first moment of a day in Paris."""
    starts = [datetime.combine(d, time(), PARIS).astimezone(UTC).replace(tzinfo=None) for d in days]
    close = [start + by for start in starts for by in AROUND_MIDNIGHT]
    return st.sampled_from([*[None] * MISSING * len(AROUND_MIDNIGHT), *close])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw people whose dates all lie near the limits of the day asked about."""
    as_of = draw(st.sampled_from(DAYS))
    purposes, shorter = draw(st.sampled_from(PURPOSES)), draw(st.sampled_from(SHORTER))
    ago = ABOUT_THIRTEEN_MONTHS if shorter is None and purposes == ("payments",) else ABOUT[shorter]
    ended = _around(as_of, ago)
    days = [*ended, *_around(as_of, ABOUT_TEN_YEARS), as_of - timedelta(days=7305)]
    day = st.sampled_from([*[None] * MISSING, *days])
    order = st.tuples(st.sampled_from(STATUSES), day, day)
    event = st.tuples(st.sampled_from(KINDS), _instants(days))
    person = st.builds(
        Person,
        collected_at=_instants(days),
        orders=st.lists(order, max_size=2).map(tuple),
        events=st.lists(event, max_size=3).map(tuple),
    )
    return Case(
        people=tuple(draw(st.lists(person, min_size=PEOPLE, max_size=PEOPLE))),
        as_of=as_of,
        purposes=purposes,
        shorter=shorter,
        at_most=draw(st.sampled_from([None, Period(days=ago)])),
        end=draw(st.sampled_from(End)),
    )


@dataclass(frozen=True, kw_only=True)
class Small:
    """An empty small database on one engine: its tables, and tenu's own way into it."""

    engine: sa.Engine
    tables: sa.MetaData
    database: Database
    policy: Policy

    def load(self, people: tuple[Person, ...]) -> None:
        """Replace everybody by *people*, numbered from 0."""
        person, orders, event = (self.tables.tables[name] for name in ("person", "orders", "event"))
        with self.engine.begin() as connection:
            for table in (event, orders, person):
                connection.execute(sa.delete(table))
            for table, rows in zip((person, orders, event), _rows(people), strict=True):
                if rows:
                    connection.execute(sa.insert(table), rows)

    def by_sql(self, case: Case, as_of: date) -> dict[int, Phase]:
        """Return the phase each person who is due goes to, chosen inside the database."""
        system = _serving(self.database.system, case.purposes)
        rules = rulebook(self._capped(case), self._active(case), as_of)
        (task,) = retention_tasks([lay_out(system, self.database.catalog())], rules)
        assert isinstance(task, PersonTask)
        with self.database.session() as session:
            chosen = session.new_list(task.root)
            session.choose(task, chosen, size=PEOPLE)
            return {key: _PHASE[fate] for (key,), fate in session.keys(chosen)}

    def by_python(self, case: Case, as_of: date) -> dict[int, Phase]:
        """Return the same, decided one person at a time."""
        decided = {number: self.decision(case, person, as_of) for number, person in enumerate(case.people)}
        return {number: decision.phase for number, decision in decided.items() if decision.due}

    def decision(self, case: Case, person: Person, as_of: date) -> Decision:
        """Return what the rules of the case's purposes say together of one person."""
        active = self._active(case)
        ids = {p.retention for p in self.policy.purposes if p.id in case.purposes}
        rules = [rule for rule in self._capped(case).retention.rules if rule.id in ids]
        return longest(decide(rule, active[rule.id], person.history(), as_of) for rule in rules)

    def _capped(self, case: Case) -> Policy:
        retention = self.policy.retention
        rules = [
            replace(rule, active=replace(rule.active, at_most=case.at_most), end=case.end)
            for rule in retention.rules
        ]
        return replace(self.policy, retention=replace(retention, rules=tuple(rules)))

    def _active(self, case: Case) -> dict[str, Period]:
        return {rule.id: case.shorter or rule.active.lasts for rule in self.policy.retention.rules}


_PHASE = {Fate.ARCHIVE: Phase.ARCHIVE, Fate.END: Phase.ENDED}


def _serving(system: System, purposes: tuple[str, ...]) -> System:
    """Return *system* with every table serving *purposes*."""
    return replace(system, tables={name: replace(t, purposes=purposes) for name, t in system.tables.items()})


def _rows(people: tuple[Person, ...]) -> tuple[list[dict[str, Any]], ...]:
    """Return the rows of each table, parents first."""
    numbered = list(enumerate(people))
    persons = [(f"p{n}@people.example", _zoned(person.collected_at)) for n, person in numbered]
    orders = [(n, *order) for n, person in numbered for order in person.orders]
    events = [(n, *event) for n, person in numbered for event in person.events]
    return (
        _named(("email", "collected_at"), persons),
        _named(("person_id", "status", "placed_on", "delivered_on"), orders),
        _named(("person_id", "kind", "at"), events),
    )


def _zoned(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


def _named(names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [{"id": i, **dict(zip(names, row, strict=True))} for i, row in enumerate(rows)]


def _instant(*, zoned: bool) -> sa.types.TypeEngine[datetime]:
    """Return an instant to the microsecond; *zoned*: the engine knows that it is one, where it can."""
    return sa.DateTime(timezone=zoned).with_variant(DATETIME(fsp=6), "mysql", "mariadb")


def _schema() -> sa.MetaData:
    metadata = sa.MetaData()

    def key() -> sa.Column[int]:
        return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)

    def child(name: str, *columns: sa.Column[Any]) -> None:
        owner: sa.Column[int] = sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False)
        sa.Table(name, metadata, key(), owner, *columns)

    sa.Table(
        "person",
        metadata,
        key(),
        sa.Column("email", sa.String(80)),
        sa.Column("collected_at", _instant(zoned=True)),
    )
    dates = (sa.Column("placed_on", sa.Date), sa.Column("delivered_on", sa.Date))
    child("orders", sa.Column("status", sa.String(20)), *dates)
    child("event", sa.Column("kind", sa.String(20)), sa.Column("at", _instant(zoned=False)))
    return metadata


def _sample() -> Policy:
    return load_policy((files("tenu.sample") / "policy.yaml").read_text(encoding="utf-8"), file="policy.yaml")


@contextmanager
def small(url: str) -> Iterator[Small]:
    """Make the small database at *url*."""
    engine, tables = sa.create_engine(url), _schema()
    tables.create_all(engine)
    policy = _sample()
    database = Database(read(MAP, file="small.yaml", model=System), url, ZoneInfo(policy.time_zone))
    yield Small(engine=engine, tables=tables, database=database, policy=policy)
    database.close()
    engine.dispose()


def test_sql_chooses_whom_python_does(engine_url: str) -> None:
    """On the day, its eve and its morrow, every engine finds the same people due, and sends them to the same phase."""
    with small(engine_url) as world:

        @settings(
            max_examples=EXAMPLES[_engine(engine_url)],
            deadline=None,
            derandomize=True,
            phases=(Step.explicit, Step.generate),
            suppress_health_check=list(HealthCheck),
        )
        @given(cases())
        def agree(case: Case) -> None:
            world.load(case.people)
            days = [case.as_of + n * DAY for n in (-1, 0, 1)]
            found = [f"{d}: {said}" for d in days for said in _disagreements(world, case, d)]
            assert found == []

        agree()


def _engine(url: str) -> str:
    return sa.make_url(url).get_backend_name().replace("mysql", "mariadb")


def _disagreements(world: Small, case: Case, as_of: date) -> Iterator[str]:
    sql, python = world.by_sql(case, as_of), world.by_python(case, as_of)
    for number, person in enumerate(case.people):
        if sql.get(number) is not python.get(number):
            asked = f"{person} for {case.purposes}, {case.shorter}, {case.at_most}"
            why = world.decision(case, person, as_of).why.en
            yield f"{asked}: SQL {sql.get(number)}, Python {python.get(number)} ({why})"


# ── the oracle itself is held to the dated vectors of the law ──

SIGNED_IN_AFTER = {"end_of_performance": "2025-01-15", "sign_in": "2025-11-02"}
SIGNED_IN_LONG_AFTER = {"end_of_performance": "2020-01-10", "sign_in": "2029-12-01"}


def _decided(
    rule: str, as_of: date, collected: str, acts: dict[str, str], *states: str, held: bool = False
) -> Decision:
    found = _sample().retention.rule(rule)
    history = History(
        acts=tuple(Act(kind=kind, day=date.fromisoformat(day)) for kind, day in acts.items()),
        states=frozenset(states),
        collected_on=date.fromisoformat(collected) if collected else None,
        held=held,
    )
    return decide(found, found.active.lasts, history, as_of)


@pytest.mark.parametrize(
    ("rule", "collected", "acts", "due_from"),
    [
        pytest.param("prospecting", "2021-05-20", {}, "2026-05-20", id="TV-40"),
        pytest.param("prospecting", "2021-05-20", {"opening": "2024-03-01"}, "2026-05-20", id="TV-41"),
        pytest.param("prospecting", "2021-05-20", {"click": "2023-02-28"}, "2028-02-28", id="TV-42"),
        pytest.param("prospecting", "", {"reply": "2024-02-29"}, "2029-02-28", id="TV-43"),
        pytest.param("prospecting", "2021-05-20", {"outgoing_call": "2025-01-10"}, "2026-05-20", id="TV-44"),
        pytest.param("contract", "", SIGNED_IN_AFTER, "2030-11-02", id="TV-47"),
        pytest.param("contract", "", SIGNED_IN_LONG_AFTER, "2034-12-01", id="TV-50"),
        pytest.param("relation", "", {"complaint": "2021-11-23"}, "2026-11-23", id="TV-52"),
    ],
)
def test_due_from_the_day_the_law_s_vectors_say(
    rule: str, collected: str, acts: dict[str, str], due_from: str
) -> None:
    """A person is due on the last day of the limit, and not on its eve."""
    day = date.fromisoformat(due_from)
    assert [_decided(rule, d, collected, acts).due for d in (day - DAY, day)] == [False, True]


@pytest.mark.parametrize(
    ("last", "phase", "following"),
    [("2030-11-01", Phase.ACTIVE, Phase.ARCHIVE), ("2035-01-14", Phase.ARCHIVE, Phase.ENDED)],
)
def test_the_archive_runs_from_the_end_of_the_contract(last: str, phase: Phase, following: Phase) -> None:
    """TV-48: archived once five years passed since the last sign-in, until ten years after the performance ended."""
    day = date.fromisoformat(last)
    decided = [_decided("contract", d, "", SIGNED_IN_AFTER).phase for d in (day, day + DAY)]
    assert decided == [phase, following]


def test_an_archive_no_longer_than_the_active_phase_never_is() -> None:
    """TV-50: when ten years passed since the performance before the active phase ends, nothing is archived."""
    assert _decided("contract", date(2034, 12, 1), "", SIGNED_IN_LONG_AFTER).archive_until is None


def test_no_clock_runs_while_a_contract_does() -> None:
    """TV-51: a running contract keeps the person active, however old the last sign-in."""
    said = _decided("contract", date(2090, 1, 1), "", {"sign_in": "2015-01-01"}, "contract_running")
    assert said.active_until is None


def test_a_hold_blocks_until_it_is_released() -> None:
    """TV-53: what ended under a hold is not executed, and is on the day of the release."""
    held = [_decided("prospecting", date(2027, 2, 9 + n), "2021-05-20", {}, held=n == 0).due for n in (0, 1)]
    assert held == [False, True]
