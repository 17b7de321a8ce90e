"""Several writers, several sealers, processes that die: nothing lost, nothing twice, and it verifies."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from journal.making import KEYS, SIGNER, chunk, chunks
from tenu.adapters.journal_store import JournalStore
from tenu.adapters.own_database import open_database
from tenu.journal.events import leaf
from tenu.journal.port import Journal

WORKER = """
import sys
sys.path.insert(0, {tests!r})
from journal.worker import work
work({url!r}, {first}, {count})
"""
INSERT = text("INSERT INTO journal_entry (kind, leaf) VALUES ('chunk:done', :leaf)")
TESTS = str(Path(__file__).parents[1])


def start(url: str, first: int, count: int) -> subprocess.Popen[str]:
    code = WORKER.format(tests=TESTS, url=url, first=first, count=count)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def numbers(journal: Journal) -> list[int]:
    return [event.body["chunk"] for event in journal.events()]  # type: ignore[misc]


def test_two_processes_write_and_seal_a_new_journal_at_once(url: str) -> None:
    """Each creates the schema if it must; every event of both is sealed once, each process's in its own
    order.
    """
    processes = [start(url, 0, 60), start(url, 1000, 60)]
    codes = [process.wait() for process in processes]
    store = JournalStore(url)
    found = numbers(store)
    seen = store.verify(KEYS)
    store.close()
    halves = [number for number in found if number < 1000], [number for number in found if number >= 1000]
    expected = list(range(60)), list(range(1000, 1060))
    assert (codes, halves, seen.holds, seen.verified) == ([0, 0], expected, True, 120)


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_process_killed_while_it_seals_loses_nothing(url: str, after: int) -> None:
    """Whatever was acknowledged before kill -9 is there once, and the next seal goes on."""
    process = start(url, 0, 10_000)
    assert process.stdout is not None
    for _ in range(after):
        process.stdout.readline()
    process.kill()
    acknowledged = set(range(after)) | {int(line) for line in process.stdout.read().split("\n")[:-1]}
    process.wait()
    store = JournalStore(url)
    store.append(chunk(99_999))
    store.seal(SIGNER)
    found, seen = Counter(numbers(store)), store.verify(KEYS)
    store.close()
    assert (acknowledged <= set(found), max(found.values()), seen.holds) == (True, 1, True)


def test_threads_share_one_store(store: JournalStore) -> None:
    """A worker's threads write and seal through the same object."""

    def part(first: int) -> None:
        for number in range(first, first + 15):
            store.append(chunk(number))
            store.seal(SIGNER)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(part, [0, 100, 200, 300]))
    seen = store.verify(KEYS)
    assert (seen.holds, seen.verified, len(set(numbers(store)))) == (True, 60, 60)


def test_a_transaction_that_commits_late_is_sealed_in_its_place(postgresql_url: str) -> None:
    """On PostgreSQL a smaller id may be committed after a greater one: the seal waits for it, and misses
    nothing.
    """
    store, engine = JournalStore(postgresql_url), open_database(postgresql_url)
    with ThreadPoolExecutor(1) as thread, engine.connect() as slow:
        slow.execute(INSERT, {"leaf": leaf(chunk(0))})
        store.append(chunk(1))
        sealing = thread.submit(store.seal, SIGNER)
        slow.commit()
        sealed = sealing.result(timeout=30)
    found, seen = numbers(store), store.verify(KEYS)
    engine.dispose()
    store.close()
    assert (sealed.size, found, seen.holds) == (2, [0, 1], True)


def test_a_transaction_rolled_back_leaves_a_gap_that_harms_nothing(postgresql_url: str) -> None:
    """On PostgreSQL ids skip what was rolled back; indexes do not."""
    store, engine = JournalStore(postgresql_url), open_database(postgresql_url)
    for number in range(5):
        store.append(*chunks(2, start=2 * number))
        with engine.connect() as aborted:
            aborted.execute(INSERT, {"leaf": b"x"})
            aborted.rollback()
        if number % 2:
            store.seal(SIGNER)
    store.seal(SIGNER)
    found = [(entry.index, entry.event.body["chunk"]) for entry in store.entries(3)]
    seen = store.verify(KEYS)
    engine.dispose()
    store.close()
    assert (found, seen.holds) == ([(number, number) for number in range(3, 10)], True)
