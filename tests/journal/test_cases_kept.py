"""Requests read one by one, and in lists from a summary: what is kept beside the journal never says anything else than the journal."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, event, text

from journal.making import KEYS, NOON, SIGNER, chunks
from journal.test_cases import EVENTS
from tenu.adapters.journal_store import JournalStore
from tenu.errors import TamperedError
from tenu.journal.bodies_request import REQUESTS
from tenu.journal.cases import cases
from tenu.journal.events import Event, event_of
from tenu.journal.kinds import EventKind
from tenu.journal.port import Journal
from tenu.journal.verification import ProblemKind

NUMBERS = ("R-A", "R-B", "R-C")
STEPS = st.one_of(
    st.tuples(st.sampled_from(NUMBERS), EVENTS), st.just("list"), st.just("seal"), st.just("chunk")
)


def about(number: str, kind: EventKind, **said: Any) -> Event:
    return Event(kind=kind, at=NOON, body={"request": number, **said})


def arrived(number: str) -> Event:
    said: dict[str, Any] = {"rights": ["access", "erasure"], "channel": "email", "received_on": "2026-09-01"}
    return about(number, EventKind.REQUEST_RECEIVED, **said)


def folded(journal: Journal) -> list[Any]:
    """Return every request as the whole journal tells it, in order."""
    return list(cases(journal.events(kind=REQUESTS.keys())).items())


def filled(store: JournalStore) -> None:
    """Write three requests, each at another point of its life, among other things."""
    store.append(arrived("R-B"), *chunks(5), arrived("R-A"), arrived("R-C"))
    store.append(about("R-A", EventKind.REQUEST_ACKNOWLEDGED), about("R-C", EventKind.REQUEST_ACKNOWLEDGED))
    store.append(about("R-A", EventKind.REQUEST_IDENTIFIED, method="logged_in", on="2026-09-05"))
    store.append(about("R-A", EventKind.PACKAGE_OPENED, link="1" * 64))
    store.seal(SIGNER)


def sql(store: JournalStore, said: str, **values: Any) -> None:
    with store._writes.begin() as connection:
        connection.execute(text(said), values)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_a_list_says_what_the_whole_journal_says(steps: list[Any]) -> None:
    """Whatever happens to whichever request between two lists, each list is what reading everything again would give."""
    with tempfile.TemporaryDirectory() as folder:
        store = JournalStore(f"sqlite:///{Path(folder) / 'tenu.db'}")
        store.append(*map(arrived, NUMBERS))
        for step in [*steps, "list"]:
            match step:
                case "list":
                    assert list(store.cases().items()) == folded(store)
                case "seal":
                    store.seal(SIGNER)
                case "chunk":
                    store.append(*chunks(2))
                case number, (kind, said):
                    store.append(about(number, kind, **said))
        store.close()


def test_one_request_is_read_as_if_it_were_alone(journal: Journal) -> None:
    """Its events are all of its own, in order, and nobody else's."""
    journal.append(arrived("R-A"), arrived("R-B"), about("R-A", EventKind.REQUEST_ACKNOWLEDGED), *chunks(3))
    journal.seal(SIGNER)
    journal.append(about("R-A", EventKind.REQUEST_IDENTIFIED, method="logged_in", on="2026-09-05"))
    whole = [event for event in journal.events() if event.body.get("request") == "R-A"]
    alone = list(journal.events(kind=REQUESTS.keys(), request="R-A"))
    assert (alone, list(journal.cases())) == (whole, ["R-A", "R-B"])


def test_a_request_costs_the_same_among_many(tmp_path: Path) -> None:
    """The database finds the events of one request by their number, and never reads through the others."""
    store = JournalStore(f"sqlite:///{tmp_path / 'tenu.db'}")
    store.append(*(arrived(f"R-{number}") for number in range(500)))
    said: list[tuple[str, Any]] = []
    event.listen(store._reads, "before_cursor_execute", lambda *args: said.append(args[2:4]))
    assert len(list(store.events(kind=REQUESTS.keys(), request="R-250"))) == 1
    ((page, values),) = [line for line in said if "FROM journal_entry" in line[0]]
    with store._reads.connect() as connection:
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {page}", values)]
    store.close()
    assert steps == ["SEARCH journal_entry USING INDEX journal_entry_about (request=? AND id>?)"]


@pytest.mark.parametrize(
    "lost",
    [
        "DELETE FROM request_summary",
        "DELETE FROM request_summary WHERE request = 'R-A'",
        "UPDATE request_summary SET told = '{}'",
        "UPDATE request_summary SET form = 'older', told = replace(told, 'access', 'erasure')",
        "UPDATE request_summary SET entries = entries - 1",
        "INSERT INTO request_summary VALUES ('R-Z', 1, 1, 1, 'x', '{}')",
    ],
)
def test_a_summary_that_is_lost_or_older_is_made_again(store: JournalStore, lost: str) -> None:
    """The journal is the authority: nothing of the summary has to be there, or right, for the list to be."""
    filled(store)
    before = list(store.cases().items())
    sql(store, lost)
    assert (list(store.cases().items()), before) == (folded(store), folded(store))


def test_only_what_changed_is_read_again(store: JournalStore) -> None:
    """A second list folds no request that nothing happened to."""
    filled(store)
    store.cases()
    sql(store, "UPDATE request_summary SET told = replace(told, 'email', 'post')")
    store.append(about("R-B", EventKind.REQUEST_ACKNOWLEDGED))
    assert {number: case.channel for number, case in store.cases().items()} == {
        "R-B": "email",
        "R-A": "post",
        "R-C": "post",
    }


def test_an_event_stored_under_another_request_is_found(store: JournalStore) -> None:
    """A word on one person's request cannot be made to count for another's, nor be hidden, without verification saying so."""
    filled(store)
    sql(store, "UPDATE journal_entry SET request = 'R-B' WHERE id = 9")
    sql(store, "UPDATE journal_entry SET request = NULL WHERE id = 10")
    sql(store, "UPDATE journal_entry SET request = 'R-C' WHERE id = 2")
    problems = [(one.kind, one.index) for one in store.verify(KEYS).problems]
    assert problems == [(ProblemKind.REQUEST_CHANGED, index) for index in (1, 8, 9)]
    with pytest.raises(TamperedError):
        list(store.events(request="R-B"))
    with pytest.raises(TamperedError):
        store.cases()


def test_a_journal_of_before_is_brought_up_to_date(store: JournalStore, url: str) -> None:
    """Opened by this version, a journal written by the one before gives each request its events, and still verifies."""
    filled(store)
    before = folded(store)
    store.close()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        _as_before(connection)
    engine.dispose()
    again = JournalStore(url)
    try:
        leaves = [json.loads(entry.leaf)["body"] for entry in again.entries(request="R-A")]
        assert (len(leaves), {said["request"] for said in leaves}) == (4, {"R-A"})
        assert (list(again.cases().items()), again.verify(KEYS).holds) == (before, True)
    finally:
        again.close()


def _as_before(connection: Connection) -> None:
    """Take the schema back to version 0003."""
    for said in (
        "DROP TABLE request_summary",
        "DROP INDEX journal_entry_about",
        "ALTER TABLE journal_entry DROP COLUMN request",
        "UPDATE tenu_schema_version SET version_num = '0003'",
    ):
        connection.execute(text(said))


def test_the_bytes_of_an_event_are_those_of_before() -> None:
    """Where an event is stored is no part of what is signed: a leaf written before still reads."""
    written = (
        b'{"at":"2026-03-01T12:00:00.000000Z","body":{"request":"R-A"},"kind":"request:acknowledged","v":1}'
    )
    assert event_of(written) == about("R-A", EventKind.REQUEST_ACKNOWLEDGED)
