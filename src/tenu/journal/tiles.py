"""The hashes of the tree as they are kept: tiles of 256, so that a proof reads a few and the tree grows on
its right.

Tile (0, i) holds the hashes of leaves 256 i to 256 i + 255; tile (n + 1, i) holds the roots of the full tiles
(n, 256 i) to (n, 256 i + 255). The right-most tile of each level may be partial: together these are the whole
state needed to go on, at most 8 kilobytes per level.

Source: C2SP tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tenu.journal.tree import EMPTY_ROOT, HASH_SIZE, Nodes, fold, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

ReadTile: TypeAlias = Callable[[int, int], bytes]
"""Where a stored tile comes from, by level and index; empty bytes when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """At most 256 hashes one after the other, at their *level* and *index*."""

    level: int
    index: int
    hashes: bytes


class Frontier:
    """The right edge of a growing tree: what must be remembered of *size* leaves to add the next one.

    Adding a leaf costs one hash on average and never more than the height of the tree.
    """

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[list[bytes]] = [[]]

    @classmethod
    def resume(cls, size: int, read: ReadTile) -> Frontier:
        """Return the frontier of the tree of *size* whose tiles *read* gives back."""
        frontier = cls()
        frontier.size = size
        frontier._edge = [_cut(read(level, full), partial) for level, full, partial in _edge_tiles(size)]
        return frontier

    def extend(self, hashes: Sequence[bytes]) -> list[Tile]:
        """Add the leaf *hashes*, in order, and return every tile that is new or fuller than before."""
        begin, level, grown = self.size, 0, []
        self.size += len(hashes)
        while hashes:
            if level == len(self._edge):
                self._edge.append([])
            tiles, hashes = self._extend_level(level, begin, hashes)
            grown.extend(tiles)
            begin, level = begin // TILE_WIDTH, level + 1
        return grown

    def _extend_level(
        self, level: int, begin: int, hashes: Sequence[bytes]
    ) -> tuple[list[Tile], list[bytes]]:
        kept, first = [*self._edge[level], *hashes], begin // TILE_WIDTH
        tiles, roots = [], []
        for start in range(0, len(kept), TILE_WIDTH):
            part = kept[start : start + TILE_WIDTH]
            tiles.append(Tile(level=level, index=first + start // TILE_WIDTH, hashes=b"".join(part)))
            if len(part) == TILE_WIDTH:
                roots.append(fold(part))
        self._edge[level] = kept[len(roots) * TILE_WIDTH :]
        return tiles, roots

    def root(self) -> bytes:
        """Return the root of the tree."""
        root = b""
        for hashes in self._edge:
            end = len(hashes)
            while end:
                width = end & -end
                part = fold(hashes[end - width : end])
                root = node_hash(part, root) if root else part
                end -= width
        return root or EMPTY_ROOT


def nodes_of(read: ReadTile) -> Nodes:
    """Return the hashes of perfect subtrees, from the tiles *read* gives back, each tile read once."""
    kept: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, offset = divmod(index << height, TILE_WIDTH)
        place = tile_level, tile_index
        if place not in kept:
            kept[place] = read(*place)
        return fold(hashes_of(kept[place])[offset : offset + (1 << height)])

    return node


def hashes_of(tile: bytes) -> list[bytes]:
    """Return the hashes a tile holds."""
    return [tile[start : start + HASH_SIZE] for start in range(0, len(tile), HASH_SIZE)]


def _edge_tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield, per level, the index of the right-most tile and how many hashes the tree of *size* has there."""
    level = 0
    while size or level == 0:
        yield (level, *divmod(size, TILE_WIDTH))
        size, level = size // TILE_WIDTH, level + 1


def _cut(tile: bytes, count: int) -> list[bytes]:
    return hashes_of(tile)[:count]
