"""What tenu asks of a journal. Kept in memory by ``MemoryJournal``, in a database by
``adapters.journal_store``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tenu.journal.cases import Case
from tenu.journal.checkpoint import Checkpoint, Signer, Verifier
from tenu.journal.events import Event
from tenu.journal.kinds import Kinds
from tenu.journal.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One written event. *index* is its place in the tree, None until sealed; *leaf* is what is hashed."""

    index: int | None
    event: Event
    leaf: bytes


class Journal(Protocol):
    """An append-only record. Writers append and never wait on the tree; one ``seal`` at a time extends it."""

    def append(self, *events: Event) -> None:
        """Write *events*, durably and all or none, in this order; they are in the tree after the next
        ``seal``.
        """

    def seal(self, signer: Signer, earlier: Sequence[Verifier] = ()) -> Checkpoint:
        """Give every waiting event its place in the tree and return the checkpoint that covers them, signed.

        With nothing waiting, return the latest checkpoint as it is.

        Args:
            signer: Today's key.
            earlier: Public keys used before, after a change of key.

        Raises:
            TamperedError: The latest checkpoint is signed by none of these keys, or the tree kept no longer
            has its
                root: signing now would bless a rewritten past. Nothing is written.
        """

    def events(self, start: int = 0, kind: Kinds = None, request: str | None = None) -> Iterator[Event]:
        """Yield the events from index *start*, in order, those not sealed yet at the end; of *kind* alone, about
        *request* alone, if given.

        What one request costs does not grow with the others.

        Raises:
            TamperedError: An entry is stored under a request it is not about, or is not of a known form.
        """

    def entries(self, start: int = 0, kind: Kinds = None, request: str | None = None) -> Iterator[Entry]:
        """Yield what ``events`` yields, with the index and the leaf of each."""

    def case(self, number: str) -> Case | None:
        """Return where the request of this number is, as its own events tell it; None when there is none."""

    def cases(self) -> Mapping[str, Case]:
        """Return where every request is, by number, in the order they arrived.

        For lists. It may be read from a summary that whoever writes to the database could have changed: what acts on
        a request folds its own events.
        """

    @property
    def size(self) -> int:
        """Number of sealed events: the size of the tree."""

    @property
    def waiting(self) -> int:
        """Number of events written and not sealed yet."""

    def checkpoint(self) -> Checkpoint | None:
        """Return the latest checkpoint as stored, its signature not verified; None when never sealed."""

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the hashes proving that the leaf at *index* is in the tree of *size* (the whole tree if
        None).

        Raises:
            IndexError: *index* or *size* is not in the tree.
        """

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the hashes proving that the tree of size *new* only added to the tree of size *old*.

        Raises:
            IndexError: Not ``0 < old <= new <= size``.
        """

    def verify(self, keys: Sequence[Verifier], known: Checkpoint | None = None) -> Verification:
        """Recompute everything and say what does not hold.

        Args:
            keys: Public keys trusted to sign checkpoints: today's, and those used before.
            known: A checkpoint kept elsewhere; without one, a journal cut back to an earlier checkpoint
            cannot be
                told from a younger one.
        """
