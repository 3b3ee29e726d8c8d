"""The Merkle tree against the published vectors, and against a plain reading of the RFC."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.tree import EMPTY_ROOT, Frontier, fold, node_hash, range_root
from tests.ledger.trees import LEAVES, ROOTS, plain_root, subtree_of


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.push(leaf)
    assert frontier.root().hex() == ROOTS[size]
    assert range_root(0, size, subtree_of(LEAVES)).hex() == ROOTS[size]
    assert frontier.size == size


def test_leaves_and_nodes_are_told_apart() -> None:
    left, right = LEAVES[:2]
    assert node_hash(left, right) != leaf_hash(left + right)
    assert leaf_hash(b"") != EMPTY_ROOT


@given(st.integers(0, 600), st.integers(0, 600))
def test_a_frontier_goes_on_where_it_was_left(first: int, more: int) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(first + more)]
    begun = Frontier()
    for leaf in leaves[:first]:
        begun.push(leaf)
    resumed = Frontier(begun.size, begun.peaks)
    for leaf in leaves[first:]:
        resumed.push(leaf)
    assert resumed.root() == plain_root(leaves)


def test_a_leaf_tells_every_subtree_it_completes() -> None:
    subtree = subtree_of(LEAVES)
    frontier = Frontier()
    for number, levels in enumerate([1, 2, 1, 3, 1, 2, 1, 4]):
        completed = frontier.push(LEAVES[number])
        assert completed == [subtree(level, number >> level) for level in range(levels)]


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=300))
def test_pushing_tiles_gives_the_same_root(inputs: list[bytes]) -> None:
    leaves = [leaf_hash(each) for each in inputs]
    frontier = Frontier()
    whole = len(leaves) // 16 * 16
    for at in range(0, whole, 16):
        frontier.push(fold(leaves[at : at + 16]), 4)
    for leaf in leaves[whole:]:
        frontier.push(leaf)
    assert frontier.root() == plain_root(leaves)


@pytest.mark.parametrize(("size", "peaks"), [(0, b"\0" * 32), (3, b"\0" * 32), (1, b""), (2, b"\0" * 31)])
def test_a_frontier_of_another_size_is_refused(size: int, peaks: bytes) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Frontier(size, peaks)


@given(st.integers(0, 1_100), st.integers(0, 600))
def test_leaves_at_once_make_the_tree_of_one_by_one(before: int, count: int) -> None:
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(before + count)]
    alone = Frontier()
    for leaf in leaves[:before]:
        alone.push_leaf(leaf)
    together = Frontier(alone.size, alone.peaks)
    tiles = [tile for leaf in leaves[before:] for tile in alone.push_leaf(leaf)]
    assert together.push_leaves(leaves[before:]) == tiles
    assert (together.size, together.peaks) == (alone.size, alone.peaks)


def test_a_tile_of_tiles_is_completed_by_leaves_at_once() -> None:
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(1 << 16)]
    together = Frontier()
    tiles = together.push_leaves(leaves)
    assert [(level, index) for level, index, _ in tiles[-2:]] == [(8, 255), (16, 0)]
    assert (tiles[-1][2], len(tiles)) == (fold(leaves), 257)
