"""Does the journal still say what was signed? Everything is recomputed, in one pass, whatever keeps the
entries.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from tenu.errors import TamperedError
from tenu.journal.checkpoint import Checkpoint, Verifier, verify_checkpoint
from tenu.journal.events import kind_suffix, tells_of
from tenu.journal.tiles import TILE_WIDTH, Frontier, ReadTile, Tile, hashes_of
from tenu.journal.tree import EMPTY_ROOT, leaf_hashes
from tenu.terms import Text

PROBLEM_LIMIT = 20
_BATCH = 16 * TILE_WIDTH

Row: TypeAlias = "tuple[int, str, str | None, bytes]"
"""A sealed entry as stored: index, kind, number of the request it is about, leaf. Index -1: stored among sealed entries, and
never sealed."""


class ProblemKind(StrEnum):
    """What can be wrong with a journal."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_UNSIGNED = "entry_unsigned"
    KIND_CHANGED = "kind_changed"
    REQUEST_CHANGED = "request_changed"
    HASH_CHANGED = "hash_changed"
    ROOT_DIFFERS = "root_differs"
    CHECKPOINT_FORGED = "checkpoint_forged"
    TAIL_CUT = "tail_cut"
    PAST_REWRITTEN = "past_rewritten"


_MESSAGES = {
    ProblemKind.ENTRY_CHANGED: Text(
        fr="l'événement a été changé depuis sa signature", en="the event was changed since it was signed"
    ),
    ProblemKind.ENTRY_MISSING: Text(
        fr="l'événement signé n'est plus là", en="the signed event is no longer there"
    ),
    ProblemKind.ENTRY_UNSIGNED: Text(
        fr="des événements sont rangés sans point de contrôle signé",
        en="events are stored under no signed checkpoint",
    ),
    ProblemKind.KIND_CHANGED: Text(
        fr="le genre rangé n'est pas celui de l'événement", en="the kind stored is not the event's"
    ),
    ProblemKind.REQUEST_CHANGED: Text(
        fr="la demande sous laquelle il est rangé n'est pas celle de l'événement",
        en="the request it is stored under is not the event's",
    ),
    ProblemKind.HASH_CHANGED: Text(
        fr="une empreinte intermédiaire est fausse ; les événements sont intacts",
        en="an intermediate hash is wrong; the events are intact",
    ),
    ProblemKind.ROOT_DIFFERS: Text(
        fr="à partir d'ici les événements ne sont plus ceux qui ont été signés",
        en="from here on the events are not those that were signed",
    ),
    ProblemKind.CHECKPOINT_FORGED: Text(
        fr="un point de contrôle est illisible ou n'est signé par aucune clé de confiance",
        en="a checkpoint is unreadable or signed by no trusted key",
    ),
    ProblemKind.TAIL_CUT: Text(
        fr="le journal est plus court que le point de contrôle connu",
        en="the journal is shorter than the known checkpoint",
    ),
    ProblemKind.PAST_REWRITTEN: Text(
        fr="le journal contredit le point de contrôle connu",
        en="the journal contradicts the known checkpoint",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that does not hold, at the *index* of the first event it touches (or may touch)."""

    kind: ProblemKind
    index: int

    @property
    def message(self) -> Text:
        """Return what it means."""
        return _MESSAGES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was seen to hold.

    Args:
        verified: Events covered by a signed checkpoint whose root was recomputed.
        checkpoints: Signed checkpoints whose root was recomputed.
        root: Root over the *verified* events.
        problems: What does not hold, the first ``PROBLEM_LIMIT`` of it; the work stops at the first wrong
        root.
    """

    verified: int
    checkpoints: int
    root: bytes
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems

    @property
    def first_bad(self) -> int | None:
        """Return the index of the first event that a problem touches, None when the journal holds."""
        return min((problem.index for problem in self.problems), default=None)


def verify(
    rows: Iterable[Row],
    read: ReadTile,
    notes: Iterable[str],
    keys: Sequence[Verifier],
    known: Checkpoint | None = None,
) -> Verification:
    """Recompute the tree from *rows* and hold it to every checkpoint.

    Args:
        rows: Sealed entries, by index.
        read: Stored tiles, from which the changed entry is told apart from its neighbours.
        notes: Stored checkpoints, by size.
        keys: Public keys trusted to sign.
        known: A checkpoint kept elsewhere, already verified.
    """
    work = _Work(rows=iter(rows), read=lru_cache(maxsize=4 * TILE_WIDTH)(read))
    stops = heapq.merge(work.signed(notes, keys), [known] if known else [], key=_size)
    for checkpoint in stops:
        if not work.reach(checkpoint, known=checkpoint is known):
            return work.result()
    if next(work.rows, None) is not None:
        work.found(ProblemKind.ENTRY_UNSIGNED, work.verified)
    return work.result()


@dataclass(slots=True)
class _Work:
    """One verification under way."""

    rows: Iterator[Row]
    read: ReadTile
    frontier: Frontier = field(default_factory=Frontier)
    problems: list[Problem] = field(default_factory=list)
    suffixes: dict[str, bytes] = field(default_factory=dict)
    verified: int = 0
    checkpoints: int = 0
    root: bytes = EMPTY_ROOT

    def found(self, kind: ProblemKind, index: int) -> None:
        if len(self.problems) < PROBLEM_LIMIT:
            self.problems.append(Problem(kind=kind, index=index))

    def result(self) -> Verification:
        return Verification(
            verified=self.verified,
            checkpoints=self.checkpoints,
            root=self.root,
            problems=tuple(self.problems),
        )

    def signed(self, notes: Iterable[str], keys: Sequence[Verifier]) -> Iterator[Checkpoint]:
        """Yield the checkpoints that are signed, in order; a forged one is a problem and is not believed."""
        last = -1
        for note in notes:
            try:
                checkpoint = verify_checkpoint(note, keys)
            except TamperedError:
                self.found(ProblemKind.CHECKPOINT_FORGED, max(last, 0))
                continue
            if checkpoint.size <= last:
                self.found(ProblemKind.CHECKPOINT_FORGED, checkpoint.size)
                continue
            last = checkpoint.size
            yield checkpoint

    def reach(self, checkpoint: Checkpoint, *, known: bool) -> bool:
        """Take the entries up to *checkpoint* and return whether they are those it signed."""
        suspects: list[Tile] = []
        while self.frontier.size < checkpoint.size:
            batch = list(islice(self.rows, min(_BATCH, checkpoint.size - self.frontier.size)))
            if not self._consecutive(batch):
                self._find_gap(batch, known=known)
                return False
            suspects.extend(tile for tile in self._extend(batch) if not self._stored(tile))
        return self._hold(checkpoint, suspects, known=known)

    def _consecutive(self, batch: list[Row]) -> bool:
        first = self.frontier.size
        return bool(batch) and batch[0][0] == first and batch[-1][0] == first + len(batch) - 1

    def _find_gap(self, batch: list[Row], *, known: bool) -> None:
        end = self.frontier.size + len(batch)
        places = enumerate((row[0] for row in batch), self.frontier.size)
        place, index = next(((place, index) for place, index in places if place != index), (end, end))
        if index < 0:
            self.found(ProblemKind.ENTRY_UNSIGNED, place)
        else:
            self.found(ProblemKind.TAIL_CUT if known and not batch else ProblemKind.ENTRY_MISSING, place)

    def _extend(self, batch: list[Row]) -> list[Tile]:
        suffixes = self.suffixes
        for index, kind, request, leaf in batch:
            suffix = suffixes.get(kind) or suffixes.setdefault(kind, kind_suffix(kind))
            if not leaf.endswith(suffix):
                self.found(ProblemKind.KIND_CHANGED, index)
            if not tells_of(kind, leaf, request):
                self.found(ProblemKind.REQUEST_CHANGED, index)
        return self.frontier.extend(leaf_hashes(row[-1] for row in batch))

    def _stored(self, tile: Tile) -> bool:
        return self.read(tile.level, tile.index).startswith(tile.hashes)

    def _hold(self, checkpoint: Checkpoint, suspects: list[Tile], *, known: bool) -> bool:
        root = self.frontier.root()
        if root == checkpoint.root:
            for tile in suspects:
                self.found(ProblemKind.HASH_CHANGED, _first_leaf(tile))
            self.verified, self.root, self.checkpoints = checkpoint.size, root, self.checkpoints + (not known)
            return True
        changed = sorted({index for tile in suspects if tile.level == 0 for index in self._changed(tile)})
        for index in changed:
            self.found(ProblemKind.ENTRY_CHANGED, index)
        if not changed:
            self.found(ProblemKind.PAST_REWRITTEN if known else ProblemKind.ROOT_DIFFERS, self.verified)
        return False

    def _changed(self, tile: Tile) -> Iterator[int]:
        stored = hashes_of(self.read(tile.level, tile.index))
        for offset, computed in enumerate(hashes_of(tile.hashes)):
            if offset >= len(stored) or stored[offset] != computed:
                yield tile.index * TILE_WIDTH + offset


def _first_leaf(tile: Tile) -> int:
    return int(tile.index * TILE_WIDTH ** (tile.level + 1))


def _size(checkpoint: Checkpoint) -> int:
    return checkpoint.size
