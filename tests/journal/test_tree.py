"""The tree is RFC 6962's, and its proofs prove exactly what they say."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.making import naive_root
from tenu.journal.tiles import Frontier, ReadTile, nodes_of
from tenu.journal.tree import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)

# The leaves certificate-transparency implementations share as test inputs.
RFC_LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")] + [
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
SIZES = st.integers(min_value=1, max_value=1100)


def leaves(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def grown(count: int, step: int = 10_000) -> tuple[Frontier, ReadTile]:
    """Return the frontier of *count* leaves added *step* at a time, and its tiles as they would be stored."""
    frontier, kept = Frontier(), {}
    hashes = [leaf_hash(leaf) for leaf in leaves(count)]
    for start in range(0, count, step):
        for tile in frontier.extend(hashes[start : start + step]):
            kept[tile.level, tile.index] = tile.hashes
    return frontier, lambda level, index: kept.get((level, index), b"")


ALL, READ_ALL = grown(70_000)


@pytest.mark.parametrize(
    ("size", "root"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_known_roots(size: int, root: str) -> None:
    """The roots every implementation of RFC 6962 finds over the shared leaves."""
    frontier = Frontier()
    frontier.extend([leaf_hash(leaf) for leaf in RFC_LEAVES[:size]])
    assert frontier.root().hex() == root


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1000])
def test_the_frontier_has_the_root_of_the_definition(size: int) -> None:
    """Boundaries of tiles included."""
    assert grown(size)[0].root() == naive_root(leaves(size))


@given(st.lists(st.integers(min_value=0, max_value=700), max_size=6))
def test_the_root_does_not_depend_on_how_leaves_come(steps: list[int]) -> None:
    """One by one or many at once, the tree is the same."""
    frontier, done = Frontier(), 0
    for step in steps:
        frontier.extend([leaf_hash(leaf) for leaf in leaves(done + step)[done:]])
        done += step
    assert frontier.root() == naive_root(leaves(done))


@given(SIZES, st.integers(min_value=0, max_value=600))
def test_a_frontier_resumed_from_its_tiles_goes_on(size: int, more: int) -> None:
    """What is stored is the whole state."""
    _, read = grown(size, step=97)
    resumed = Frontier.resume(size, read)
    resumed.extend([leaf_hash(leaf) for leaf in leaves(size + more)[size:]])
    assert resumed.root() == naive_root(leaves(size + more))


def test_a_frontier_resumes_over_three_levels_of_tiles() -> None:
    """A tree of more than 65,536 leaves has tiles of tiles of tiles."""
    assert Frontier.resume(70_000, READ_ALL).root() == ALL.root()


@given(SIZES)
def test_tiles_give_the_root_of_every_earlier_size(size: int) -> None:
    """Nothing else than tiles is needed to go back to a checkpoint."""
    assert subtree_root(nodes_of(READ_ALL), 0, size) == naive_root(leaves(size))


@given(SIZES, st.data())
def test_an_inclusion_proof_leads_to_the_root(size: int, data: st.DataObject) -> None:
    """Every leaf of every tree can be proved."""
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    proof = inclusion_proof(nodes_of(READ_ALL), index, size)
    assert verify_inclusion(leaf_hash(leaves(size)[index]), index, size, proof, naive_root(leaves(size)))


@given(st.integers(min_value=2, max_value=1100), st.data())
def test_an_inclusion_proof_proves_nothing_else(size: int, data: st.DataObject) -> None:
    """Another place, another leaf, a hash more, less or changed: refused."""
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    other = data.draw(st.integers(min_value=0, max_value=size - 1).filter(lambda drawn: drawn != index))
    proof, root = inclusion_proof(nodes_of(READ_ALL), index, size), naive_root(leaves(size))
    leaf = leaf_hash(leaves(size)[index])
    changed = (sha256(proof[0]).digest(), *proof[1:])
    lies = [
        verify_inclusion(leaf, other, size, proof, root),
        verify_inclusion(leaf_hash(b"another"), index, size, proof, root),
        verify_inclusion(leaf, index, size, proof[:-1], root),
        verify_inclusion(leaf, index, size, (*proof, root), root),
        verify_inclusion(leaf, index, size, changed, root),
        verify_inclusion(leaf, index, index, proof, root),
    ]
    assert not any(lies)


@given(SIZES, st.data())
def test_a_consistency_proof_holds_between_any_two_sizes(new: int, data: st.DataObject) -> None:
    """Every tree begins with every smaller one."""
    old = data.draw(st.integers(min_value=1, max_value=new))
    proof = consistency_proof(nodes_of(READ_ALL), old, new)
    assert verify_consistency(old, new, proof, naive_root(leaves(old)), naive_root(leaves(new)))


@given(st.integers(min_value=2, max_value=1100), st.data())
def test_a_consistency_proof_proves_nothing_else(new: int, data: st.DataObject) -> None:
    """A rewritten past, another size, a hash more or less: refused."""
    old = data.draw(st.integers(min_value=1, max_value=new - 1))
    proof = consistency_proof(nodes_of(READ_ALL), old, new)
    before, after = naive_root(leaves(old)), naive_root(leaves(new))
    rewritten = naive_root([b"another", *leaves(old)[1:]])
    lies = [
        verify_consistency(old, new, proof, rewritten, after),
        verify_consistency(old, new, proof, before, rewritten),
        verify_consistency(old, new, proof[:-1], before, after),
        verify_consistency(old, new, (*proof, after), before, after),
        verify_consistency(new, old, proof, after, before),
    ]
    assert not any(lies)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0)])
def test_no_inclusion_proof_outside_the_tree(index: int, size: int) -> None:
    """The first index that is not in the tree is its size."""
    with pytest.raises(IndexError):
        inclusion_proof(nodes_of(READ_ALL), index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5)])
def test_no_consistency_proof_from_nothing_or_backwards(old: int, new: int) -> None:
    """Every tree begins with the empty one: there is nothing to prove."""
    with pytest.raises(IndexError):
        consistency_proof(nodes_of(READ_ALL), old, new)
