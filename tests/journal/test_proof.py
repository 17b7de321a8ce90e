"""A receipt can be checked by the person who holds it, and cannot be made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.making import KEYS, SIGNER, STRANGER, chunk, chunks
from tenu.errors import TamperedError
from tenu.journal.events import leaf
from tenu.journal.memory import MemoryJournal
from tenu.journal.proof import FORMAT, EntryProof, read_proof
from tenu.operations.journal import prove


def journal_of(count: int, signer=SIGNER) -> MemoryJournal:
    journal = MemoryJournal()
    journal.append(*chunks(count))
    journal.seal(signer)
    return journal


PROOF = prove(journal_of(300), 128, KEYS)


@given(st.integers(min_value=1, max_value=40), st.data())
def test_a_receipt_survives_its_text(size: int, data: st.DataObject) -> None:
    """What is written is what is read, for a journal of one event too."""
    proof = prove(journal_of(size), data.draw(st.integers(min_value=0, max_value=size - 1)), KEYS)
    assert read_proof(proof.render()) == proof


def test_a_receipt_carries_its_event() -> None:
    """The person reads in it what was done."""
    assert read_proof(PROOF.render()).leaf == leaf(chunk(128))


def test_a_receipt_verifies_against_its_checkpoint() -> None:
    """With the public key and nothing else."""
    assert read_proof(PROOF.render()).verify(KEYS).size == 300


def test_a_receipt_is_small() -> None:
    """Two kilobytes at most, so that it fits in a letter."""
    assert len(PROOF.render()) <= 2048


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("index 128", "index 129"),
        lambda text: text.replace("\n300\n", "\n301\n"),
        lambda text: text.replace(FORMAT, "c2sp.org/tlog-proof@v2"),
        lambda text: "\n".join(line for line in text.split("\n") if not line.startswith("extra ")),
        lambda text: text.replace("extra ", "extra AAAA"),
        lambda text: text.split("\n\n")[0],
        lambda text: "",
    ],
)
def test_a_changed_receipt_is_refused(changed) -> None:
    """Whatever line is touched."""
    with pytest.raises(TamperedError):
        read_proof(changed(PROOF.render())).verify(KEYS)


def test_a_receipt_for_another_event_is_refused() -> None:
    """The path of one event does not prove its neighbour."""
    forged = EntryProof(index=128, leaf=leaf(chunk(129)), hashes=PROOF.hashes, note=PROOF.note)
    with pytest.raises(TamperedError):
        forged.verify(KEYS)


def test_a_strangers_receipt_is_refused() -> None:
    """A journal anybody could have made proves nothing."""
    proof = prove(journal_of(300, STRANGER), 128, (STRANGER.verifier,))
    with pytest.raises(TamperedError):
        proof.verify(KEYS)
