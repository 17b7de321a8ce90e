"""What every journal promises, in memory and on each database."""

from __future__ import annotations

import pytest

from journal.making import KEYS, SIGNER, STRANGER, chunk, chunks, intent, naive_root
from tenu.errors import TamperedError
from tenu.journal.checkpoint import verify_checkpoint
from tenu.journal.events import leaf
from tenu.journal.kinds import EventKind
from tenu.journal.port import Journal
from tenu.journal.tree import leaf_hash, verify_consistency, verify_inclusion


def test_events_come_back_in_order(journal: Journal) -> None:
    """The journal reads as it was written."""
    journal.append(*chunks(10))
    journal.seal(SIGNER)
    assert list(journal.events()) == chunks(10)


def test_events_not_sealed_yet_are_read_last(journal: Journal) -> None:
    """A run that restarts sees its intent even when nobody sealed it."""
    journal.append(*chunks(3))
    journal.seal(SIGNER)
    journal.append(intent())
    assert [entry.index for entry in journal.entries()] == [0, 1, 2, None]


def test_nothing_appended_is_nothing_written(journal: Journal) -> None:
    """An empty list of events is not an event."""
    journal.append()
    assert (journal.size, journal.waiting) == (0, 0)


def test_waiting_and_sealed_are_counted(journal: Journal) -> None:
    """What waits is not in the tree, and the reverse."""
    journal.append(*chunks(3))
    journal.seal(SIGNER)
    journal.append(*chunks(2))
    assert (journal.size, journal.waiting) == (3, 2)


@pytest.mark.parametrize("start", [0, 4, 5, 6, 11, 12, 99])
def test_reading_starts_where_asked(journal: Journal, start: int) -> None:
    """Before, at and after the place where two seals meet, and past the end."""
    journal.append(*chunks(5))
    journal.seal(SIGNER)
    journal.append(*chunks(7, start=5))
    journal.seal(SIGNER)
    assert list(journal.events(start)) == chunks(12)[start:]


def test_reading_from_the_end_gives_what_waits(journal: Journal) -> None:
    """Events not sealed yet come after every index."""
    journal.append(*chunks(5))
    journal.seal(SIGNER)
    journal.append(chunk(5))
    assert list(journal.events(5)) == [chunk(5)]


def test_reading_one_kind(journal: Journal) -> None:
    """Only the events asked for, sealed or waiting, with their own index."""
    journal.append(chunk(0), intent(), chunk(1))
    journal.seal(SIGNER)
    journal.append(chunk(2), intent())
    assert [entry.index for entry in journal.entries(kind=EventKind.RUN_INTENT)] == [1, None]


def test_reading_goes_over_a_page(journal: Journal) -> None:
    """More events than are read at once are all read, once."""
    journal.append(*chunks(8200))
    journal.seal(SIGNER)
    assert [entry.index for entry in journal.entries()] == list(range(8200))


def test_a_seal_signs_the_root_of_the_definition(journal: Journal) -> None:
    """The checkpoint is over exactly the leaves written."""
    journal.append(*chunks(300))
    sealed = verify_checkpoint(journal.seal(SIGNER).note, KEYS)
    assert sealed.root == naive_root([leaf(event) for event in chunks(300)])


def test_many_seals_sign_the_same_tree_as_one(journal: Journal) -> None:
    """When the sealer comes does not change what is proved."""
    for number in range(20):
        journal.append(*chunks(13, start=13 * number))
        sealed = journal.seal(SIGNER)
    assert sealed.root == naive_root([leaf(event) for event in chunks(260)])


def test_an_empty_journal_can_be_sealed(journal: Journal) -> None:
    """The first checkpoint may be of nothing."""
    assert journal.seal(SIGNER).size == 0


def test_sealing_again_changes_nothing(journal: Journal) -> None:
    """With nothing waiting the same checkpoint comes back."""
    journal.append(chunk(0))
    assert journal.seal(SIGNER) == journal.seal(SIGNER) == journal.checkpoint()


def test_a_journal_never_sealed_has_no_checkpoint(journal: Journal) -> None:
    """Nothing is claimed of what was not signed."""
    assert journal.checkpoint() is None


def test_a_new_key_goes_on_when_the_old_one_is_known(journal: Journal) -> None:
    """A key can be changed."""
    journal.append(chunk(0))
    journal.seal(STRANGER)
    journal.append(chunk(1))
    journal.seal(SIGNER, earlier=(STRANGER.verifier,))
    assert journal.verify((SIGNER.verifier, STRANGER.verifier)).holds


def test_a_key_does_not_go_on_after_a_stranger(journal: Journal) -> None:
    """Sealing after a checkpoint nobody trusted signed would bless it."""
    journal.append(chunk(0))
    journal.seal(STRANGER)
    journal.append(chunk(1))
    with pytest.raises(TamperedError):
        journal.seal(SIGNER)


def test_an_inclusion_proof_verifies(journal: Journal) -> None:
    """An event of an earlier seal is proved in the latest tree."""
    journal.append(*chunks(300))
    journal.seal(SIGNER)
    journal.append(*chunks(300, start=300))
    sealed = journal.seal(SIGNER)
    proof = journal.inclusion_proof(299)
    assert verify_inclusion(leaf_hash(leaf(chunk(299))), 299, sealed.size, proof, sealed.root)


def test_a_consistency_proof_verifies(journal: Journal) -> None:
    """The second checkpoint only added to the first."""
    journal.append(*chunks(300))
    old = journal.seal(SIGNER)
    journal.append(*chunks(300, start=300))
    new = journal.seal(SIGNER)
    proof = journal.consistency_proof(old.size, new.size)
    assert verify_consistency(old.size, new.size, proof, old.root, new.root)


@pytest.mark.parametrize(("index", "size"), [(2, None), (0, 3)])
def test_no_proof_past_the_end(journal: Journal, index: int, size: int | None) -> None:
    """What is not sealed cannot be proved."""
    journal.append(*chunks(2))
    journal.seal(SIGNER)
    journal.append(chunk(2))
    with pytest.raises(IndexError):
        journal.inclusion_proof(index, size)


def test_no_consistency_proof_past_the_end(journal: Journal) -> None:
    """Nothing is said of a tree that is not there yet."""
    journal.append(*chunks(2))
    journal.seal(SIGNER)
    with pytest.raises(IndexError):
        journal.consistency_proof(1, 3)


@pytest.mark.parametrize("sizes", [[], [0], [1], [256], [300, 1, 700], [5, 8200]])
def test_an_untouched_journal_verifies(journal: Journal, sizes: list[int]) -> None:
    """Empty, of one event, of many seals, over a page: all of it is seen to hold."""
    for size in sizes:
        journal.append(*chunks(size))
        journal.seal(SIGNER)
    seen = journal.verify(KEYS)
    assert (seen.holds, seen.verified, seen.checkpoints) == (True, sum(sizes), len(sizes))


def test_what_waits_does_not_stop_verification(journal: Journal) -> None:
    """An event written a second ago is not a fault."""
    journal.append(chunk(0))
    journal.seal(SIGNER)
    journal.append(chunk(1))
    assert journal.verify(KEYS).holds


def test_a_known_checkpoint_holds_as_the_journal_grows(journal: Journal) -> None:
    """What was handed out last year is still the beginning of the journal."""
    journal.append(*chunks(300))
    known = journal.seal(SIGNER)
    journal.append(*chunks(300, start=300))
    journal.seal(SIGNER)
    assert journal.verify(KEYS, known).holds
