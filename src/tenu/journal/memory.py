"""A journal kept in memory: same promises as the one in a database, for tests and for trying things out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from tenu.journal import tree, verification
from tenu.journal.bodies_request import REQUESTS
from tenu.journal.cases import Case, cases
from tenu.journal.checkpoint import Checkpoint, Signer, Verifier, read_checkpoint
from tenu.journal.events import Event, event_about, leaf, request_of
from tenu.journal.kinds import Kinds, among
from tenu.journal.port import Entry
from tenu.journal.sealing import signed_frontier
from tenu.journal.tiles import nodes_of


class MemoryJournal:
    """A ``Journal`` that lasts as long as the object. Not for several threads."""

    def __init__(self) -> None:
        self.rows: list[verification.Row] = []
        self.pending: list[tuple[str, str | None, bytes]] = []
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.notes: list[str] = []

    def append(self, *events: Event) -> None:
        """Write *events*, to be sealed later."""
        self.pending.extend((event.kind, request_of(event), leaf(event)) for event in events)

    def seal(self, signer: Signer, earlier: Sequence[Verifier] = ()) -> Checkpoint:
        """Seal what is waiting and return the checkpoint that covers it."""
        frontier = signed_frontier(self.notes[-1] if self.notes else None, self._read, signer, earlier)
        if self.notes and not self.pending:
            return read_checkpoint(self.notes[-1])
        for tile in frontier.extend(tree.leaf_hashes(row[-1] for row in self.pending)):
            self.tiles[tile.level, tile.index] = tile.hashes
        self.rows.extend((index, *row) for index, row in enumerate(self.pending, self.size))
        self.pending.clear()
        checkpoint = signer.sign(size=frontier.size, root=frontier.root())
        self.notes.append(checkpoint.note)
        return checkpoint

    def events(self, start: int = 0, kind: Kinds = None, request: str | None = None) -> Iterator[Event]:
        """Yield the events from index *start*, in order, those not sealed yet at the end."""
        return (entry.event for entry in self.entries(start, kind, request))

    def entries(self, start: int = 0, kind: Kinds = None, request: str | None = None) -> Iterator[Entry]:
        """Yield the entries from index *start*, in order, those not sealed yet at the end."""
        wanted = among(kind)
        rows = chain(self.rows[start:], [(None, *row) for row in self.pending])
        for index, said, about, written in rows:
            if (wanted is None or said in wanted) and request in (None, about):
                yield Entry(index=index, event=event_about(written, request), leaf=written)

    def case(self, number: str) -> Case | None:
        """Return where one request is, folded from its own events."""
        return cases(self.events(kind=REQUESTS.keys(), request=number)).get(number)

    def cases(self) -> dict[str, Case]:
        """Return where every request is, folded anew."""
        return cases(self.events(kind=REQUESTS.keys()))

    @property
    def size(self) -> int:
        """Number of sealed events."""
        return len(self.rows)

    @property
    def waiting(self) -> int:
        """Number of events written and not sealed yet."""
        return len(self.pending)

    def checkpoint(self) -> Checkpoint | None:
        """Return the latest checkpoint, None when never sealed."""
        return read_checkpoint(self.notes[-1]) if self.notes else None

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the hashes proving that the leaf at *index* is in the tree of *size*."""
        within = self.size if size is None else size
        if within > self.size:
            raise IndexError(f"no tree of {within} in a journal of {self.size}")
        return tree.inclusion_proof(nodes_of(self._read), index, within)

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the hashes proving that the tree of *new* only added to the tree of *old*."""
        if new > self.size:
            raise IndexError(f"no tree of {new} in a journal of {self.size}")
        return tree.consistency_proof(nodes_of(self._read), old, new)

    def verify(self, keys: Sequence[Verifier], known: Checkpoint | None = None) -> verification.Verification:
        """Recompute everything and say what does not hold."""
        return verification.verify(self.rows, self._read, self.notes, keys, known)

    def _read(self, level: int, index: int) -> bytes:
        return self.tiles.get((level, index), b"")
