"""The Merkle tree of RFC 6962: hashes, roots, and the two proofs, made and verified.

A *perfect* subtree is named (level, index): it covers the leaves ``index * 2**level`` up to the next such
multiple.

Source: RFC 6962 section 2.1; RFC 9162 sections 2.1.3 and 2.1.4 for verification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Nodes: TypeAlias = Callable[[int, int], bytes]
"""Where the hash of a perfect subtree comes from, by level and index."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf."""
    return sha256(b"\x00" + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """Return the hash of each of *leaves*, without a call for each: there may be millions."""
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over *left* and *right*."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root of the perfect subtree over *hashes*; their number is a power of two."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def subtree_root(nodes: Nodes, begin: int, end: int) -> bytes:
    """Return the root over the leaves *begin* to *end* (excluded), a range that starts on a split of the
    tree.
    """
    width = end - begin
    if width == 0:
        return EMPTY_ROOT
    level = width.bit_length() - 1
    if width == 1 << level and begin % width == 0:
        return nodes(level, begin >> level)
    middle = begin + _split(width)
    return node_hash(subtree_root(nodes, begin, middle), subtree_root(nodes, middle, end))


def inclusion_proof(nodes: Nodes, index: int, size: int) -> tuple[bytes, ...]:
    """Return the hashes that lead from the leaf at *index* to the root of the tree of *size*, from the leaf
    up.

    Raises:
        IndexError: Not ``0 <= index < size``.
    """
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} in a tree of {size}")
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(subtree_root(nodes, middle, end))
            end = middle
        else:
            path.append(subtree_root(nodes, begin, middle))
            begin = middle
    return tuple(reversed(path))


def consistency_proof(nodes: Nodes, old: int, new: int) -> tuple[bytes, ...]:
    """Return the hashes that show the tree of size *new* to begin with the tree of size *old*.

    Raises:
        IndexError: Not ``0 < old <= new``.
    """
    if not 0 < old <= new:
        raise IndexError(f"no consistency proof from {old} to {new}")
    begin, end, path = 0, new, []
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(subtree_root(nodes, middle, end))
            end = middle
        else:
            path.append(subtree_root(nodes, begin, middle))
            begin = middle
    if begin > 0:
        path.append(subtree_root(nodes, begin, end))
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether *proof* leads from the leaf whose hash is *leaf*, at *index*, to *root* of the tree of
    *size*.
    """
    if not 0 <= index < size:
        return False
    first, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = node_hash(sibling, found)
            first, last = _climb(first, last)
        else:
            found = node_hash(found, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Return whether *proof* shows that the tree of *new* with *new_root* begins with that of *old* with
    *old_root*.
    """
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    return _both_roots(old, new, path) == (old_root, new_root)


def _both_roots(old: int, new: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            first, last = _climb(first, last)
        else:
            after = node_hash(after, sibling)
        first, last = first >> 1, last >> 1
    return (before, after) if last == 0 else None


def _climb(first: int, last: int) -> tuple[int, int]:
    """Step over the levels where the right-most subtree is its own parent, so that its sibling is on the
    left.
    """
    while first and not first & 1:
        first, last = first >> 1, last >> 1
    return first, last


def _split(width: int) -> int:
    """Return the largest power of two smaller than *width*, which is at least 2."""
    return 1 << ((width - 1).bit_length() - 1)
