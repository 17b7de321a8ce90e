"""Whoever writes in the journal's tables without the key is found out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from journal.making import KEYS, SIGNER, STRANGER, chunk, chunks
from tenu.adapters.journal_store import JournalStore
from tenu.adapters.own_database import open_database
from tenu.errors import TamperedError
from tenu.journal.checkpoint import Checkpoint
from tenu.journal.events import leaf
from tenu.journal.tiles import Frontier
from tenu.journal.tree import leaf_hash
from tenu.journal.verification import ProblemKind, Verification

FIRST, SECOND = 300, 700
CHANGE = "UPDATE journal_entry SET leaf = :leaf WHERE id = :id"
INSERT = "INSERT INTO journal_entry (id, kind, leaf) VALUES (:id, 'chunk:done', :leaf)"


@pytest.fixture
def first(store: JournalStore) -> Checkpoint:
    """Give the first of two checkpoints of a journal of 1,000 events."""
    store.append(*chunks(FIRST))
    sealed = store.seal(SIGNER)
    store.append(*chunks(SECOND, start=FIRST))
    store.seal(SIGNER)
    return sealed


def tamper(url: str, change: Callable[[Connection], None]) -> None:
    engine = open_database(url)
    with engine.begin() as connection:
        change(connection)
    engine.dispose()


def run(statement: str, **values: object) -> Callable[[Connection], None]:
    def change(connection: Connection) -> None:
        connection.execute(text(statement), values)

    return change


def kinds(seen: Verification) -> set[ProblemKind]:
    return {problem.kind for problem in seen.problems}


def rewrite(connection: Connection, events: list) -> None:
    """Put *events* in the place of what was written, every hash recomputed: all but the signatures."""
    for place, event in enumerate(events, 1):
        run(CHANGE, leaf=leaf(event), id=place)(connection)
    for tile in Frontier().extend([leaf_hash(leaf(event)) for event in events]):
        connection.execute(
            text("UPDATE journal_tile SET hashes = :hashes WHERE level = :level AND tile_index = :place"),
            {"hashes": tile.hashes, "level": tile.level, "place": tile.index},
        )


@pytest.mark.parametrize("index", [0, 299, 300, 511, 512, 999])
def test_a_changed_event_is_named(store: JournalStore, url: str, first: Checkpoint, index: int) -> None:
    """The very event that was changed is pointed at."""
    tamper(url, run(CHANGE, leaf=leaf(chunk(5555)), id=index + 1))
    seen = store.verify(KEYS)
    assert [(problem.kind, problem.index) for problem in seen.problems] == [
        (ProblemKind.ENTRY_CHANGED, index)
    ]


def test_two_swapped_events_are_named(store: JournalStore, url: str, first: Checkpoint) -> None:
    """Order is part of what was signed."""
    tamper(url, run(CHANGE, leaf=leaf(chunk(20)), id=11))
    tamper(url, run(CHANGE, leaf=leaf(chunk(10)), id=21))
    assert [problem.index for problem in store.verify(KEYS).problems] == [10, 20]


@pytest.mark.parametrize("index", [0, 299, 300, 998])
def test_a_removed_event_is_missed(store: JournalStore, url: str, first: Checkpoint, index: int) -> None:
    """A hole is seen where it is."""
    tamper(url, run("DELETE FROM journal_entry WHERE id = :id", id=index + 1))
    seen = store.verify(KEYS)
    assert [(problem.kind, problem.index) for problem in seen.problems] == [
        (ProblemKind.ENTRY_MISSING, index)
    ]


def test_a_removed_tail_is_missed(store: JournalStore, url: str, first: Checkpoint) -> None:
    """The last checkpoint remembers how many there were."""
    tamper(url, run("DELETE FROM journal_entry WHERE id > 900"))
    assert store.verify(KEYS).first_bad == 900


def test_a_history_rewritten_with_its_hashes_is_found(
    store: JournalStore, url: str, first: Checkpoint
) -> None:
    """Without the key, no checkpoint fits the new story."""
    tamper(url, lambda connection: rewrite(connection, [chunk(9), *chunks(999, start=1)]))
    assert kinds(store.verify(KEYS)) == {ProblemKind.ROOT_DIFFERS}


def test_a_history_rewritten_after_a_good_checkpoint_starts_there(
    store: JournalStore, url: str, first: Checkpoint
) -> None:
    """What an earlier checkpoint covers is still verified."""
    tamper(url, lambda connection: rewrite(connection, [*chunks(999), chunk(5)]))
    seen = store.verify(KEYS)
    assert (seen.verified, seen.first_bad) == (FIRST, FIRST)


def test_a_checkpoint_of_another_key_is_forged(store: JournalStore, url: str, first: Checkpoint) -> None:
    """A rewritten history under a stranger's signature is not believed."""
    latest = store.checkpoint()
    assert latest is not None
    forged = STRANGER.sign(size=latest.size, root=latest.root).note
    tamper(url, run("UPDATE journal_checkpoint SET note = :note WHERE size = 1000", note=forged))
    assert kinds(store.verify(KEYS)) == {ProblemKind.CHECKPOINT_FORGED, ProblemKind.ENTRY_UNSIGNED}


def test_a_checkpoint_shown_twice_is_forged(store: JournalStore, url: str, first: Checkpoint) -> None:
    """An earlier checkpoint cannot stand in for the latest."""
    tamper(url, run("UPDATE journal_checkpoint SET note = :note WHERE size = 1000", note=first.note))
    assert ProblemKind.CHECKPOINT_FORGED in kinds(store.verify(KEYS))


def test_a_removed_last_checkpoint_leaves_events_unsigned(
    store: JournalStore, url: str, first: Checkpoint
) -> None:
    """Events under no signature are said to be so."""
    tamper(url, run("DELETE FROM journal_checkpoint WHERE size = 1000"))
    seen = store.verify(KEYS)
    assert [(problem.kind, problem.index) for problem in seen.problems] == [
        (ProblemKind.ENTRY_UNSIGNED, FIRST)
    ]


def test_an_event_hidden_under_another_kind_is_found(
    store: JournalStore, url: str, first: Checkpoint
) -> None:
    """Changing only the column that is searched does not hide an event."""
    tamper(url, run("UPDATE journal_entry SET kind = 'check:done' WHERE id = 43"))
    seen = store.verify(KEYS)
    assert [(problem.kind, problem.index) for problem in seen.problems] == [(ProblemKind.KIND_CHANGED, 42)]


@pytest.mark.parametrize(("tile", "index"), [((0, 1), 256), ((1, 0), 0)])
def test_a_changed_hash_is_not_taken_for_a_changed_event(
    store: JournalStore, url: str, first: Checkpoint, tile: tuple[int, int], index: int
) -> None:
    """The events are intact and said to be; proofs would fail, so it is a problem."""
    change = "UPDATE journal_tile SET hashes = :hashes WHERE level = :level AND tile_index = :place"
    tamper(url, run(change, hashes=bytes(32 * 256), level=tile[0], place=tile[1]))
    seen = store.verify(KEYS)
    assert (kinds(seen), seen.first_bad, seen.verified) == ({ProblemKind.HASH_CHANGED}, index, 1000)


def test_an_event_slipped_between_sealed_ones_is_found(store: JournalStore, url: str) -> None:
    """A row in a gap that a rolled back transaction left would be read, and never be proved."""
    store.append(*chunks(3))
    store.seal(SIGNER)
    tamper(url, run(INSERT, id=50, leaf=leaf(chunk(3))))
    store.seal(SIGNER)
    tamper(url, run(INSERT, id=20, leaf=leaf(chunk(4))))
    seen = store.verify(KEYS)
    assert [(problem.kind, problem.index) for problem in seen.problems] == [(ProblemKind.ENTRY_UNSIGNED, 3)]


def cut(connection: Connection) -> None:
    """Bring the journal back to its first checkpoint, leaving no trace of the second."""
    connection.execute(text("DELETE FROM journal_entry WHERE id > 300"))
    connection.execute(text("DELETE FROM journal_span WHERE first_index >= 300"))
    connection.execute(text("DELETE FROM journal_checkpoint WHERE size > 300"))


def test_a_journal_cut_at_a_checkpoint_looks_younger(
    store: JournalStore, url: str, first: Checkpoint
) -> None:
    """Alone, no log can tell that its end was removed: this is why checkpoints are kept elsewhere."""
    tamper(url, cut)
    assert store.verify(KEYS).holds


def test_a_known_checkpoint_shows_the_cut(store: JournalStore, url: str, first: Checkpoint) -> None:
    """A checkpoint handed out before says where the journal ended."""
    known = store.checkpoint()
    tamper(url, cut)
    seen = store.verify(KEYS, known)
    assert [(problem.kind, problem.index) for problem in seen.problems] == [(ProblemKind.TAIL_CUT, FIRST)]


def test_a_known_checkpoint_shows_a_past_signed_anew(store: JournalStore, first: Checkpoint) -> None:
    """Even the holder of the key cannot change what was handed out."""
    known = SIGNER.sign(size=500, root=leaf_hash(b"what was handed out"))
    assert kinds(store.verify(KEYS, known)) == {ProblemKind.PAST_REWRITTEN}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_tile SET hashes = substr(hashes, 1, 32) WHERE level = 1",
        "DELETE FROM journal_tile WHERE level = 0 AND tile_index = 3",
        "UPDATE journal_span SET length = length - 1 WHERE first_index = 300",
        "DELETE FROM journal_span WHERE first_index = 300",
        "DELETE FROM journal_checkpoint WHERE size = 1000",
    ],
)
def test_nothing_is_sealed_on_a_changed_past(
    store: JournalStore, url: str, first: Checkpoint, statement: str
) -> None:
    """A signature now would bless the change."""
    tamper(url, run(statement))
    store.append(chunk(1000))
    with pytest.raises(TamperedError):
        store.seal(SIGNER)


def test_only_the_first_problems_are_listed(store: JournalStore, url: str, first: Checkpoint) -> None:
    """A journal replaced altogether is not a report of a million lines."""
    tamper(url, run("UPDATE journal_entry SET leaf = :leaf", leaf=leaf(chunk(5555))))
    assert len(store.verify(KEYS).problems) == 20
