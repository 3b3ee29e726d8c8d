"""Proofs against the published vectors, and against every change that somebody could make to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.proof import consistency_path, extends, includes, inclusion_path
from commlog_tui.ledger.tree import EMPTY_ROOT, node_hash
from tests.ledger.trees import LEAVES, ROOTS, plain_root, subtree_of

INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
SIZES = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(size)]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_published_inclusion_proofs(index: int, size: int) -> None:
    path = inclusion_path(index, size, subtree_of(LEAVES))
    assert [step.hex() for step in path] == INCLUSION[index, size]
    assert includes(LEAVES[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_published_consistency_proofs(old: int, new: int) -> None:
    path = consistency_path(old, new, subtree_of(LEAVES))
    assert [step.hex() for step in path] == CONSISTENCY[old, new]
    assert extends(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), path)


@given(SIZES, st.data())
def test_every_leaf_is_shown_and_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    root = plain_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, subtree_of(leaves))
    assert includes(leaves[index], index, size, path, root)
    assert len(path) <= (size - 1).bit_length()
    other = data.draw(st.integers(-2, size + 2))
    assert includes(leaves[index], other, size, path, root) == (other == index)
    assert not includes(leaf_hash(b"other"), index, size, path, root)
    assert not includes(leaves[index], index, size, [*path, root], root)
    for at in range(len(path)):
        assert not includes(leaves[index], index, size, [*path[:at], *path[at + 1 :]], root)
        assert not includes(leaves[index], index, size, [*path[:at], leaf_hash(b"other"), *path[at + 1 :]], root)


@given(SIZES, st.data())
def test_every_beginning_is_shown_and_no_fork(new: int, data: st.DataObject) -> None:
    leaves = leaves_of(new)
    old = data.draw(st.integers(0, new))
    before, after = plain_root(leaves[:old]), plain_root(leaves)
    path = consistency_path(old, new, subtree_of(leaves))
    assert extends(old, new, before, after, path)
    other = leaf_hash(b"other")
    assert not extends(old, new, other, after, path)
    assert not extends(old, new, before, after, [*path, other])
    if old:
        assert not extends(old, new, before, other, path)
    if 0 < old < new:
        assert not extends(new, old, after, before, path)
        fork = [other, *leaves[1:]]
        assert not extends(old, new, before, plain_root(fork), consistency_path(old, new, subtree_of(fork)))
    for at in range(len(path)):
        assert not extends(old, new, before, after, [*path[:at], *path[at + 1 :]])
        assert not extends(old, new, before, after, [*path[:at], other, *path[at + 1 :]])


def test_every_tree_extends_the_empty_one_and_only_that() -> None:
    assert extends(0, 8, EMPTY_ROOT, bytes.fromhex(ROOTS[8]), [])
    assert not extends(0, 8, bytes.fromhex(ROOTS[1]), bytes.fromhex(ROOTS[8]), [])


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0)])
def test_no_path_leads_from_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_path(index, size, subtree_of(LEAVES))


@pytest.mark.parametrize(("old", "new"), [(-1, 8), (8, 7)])
def test_no_tree_begins_with_a_larger_one(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="larger"):
        consistency_path(old, new, subtree_of(LEAVES))


def test_a_path_that_is_too_short_or_too_long_shows_nothing() -> None:
    four, eight = plain_root(LEAVES[:4]), plain_root(LEAVES)
    path = inclusion_path(0, 8, subtree_of(LEAVES))
    assert includes(LEAVES[0], 0, 8, path, eight)
    assert not includes(LEAVES[0], 0, 8, path[:2], four), "the root of a part is not the root of the whole"
    assert not includes(LEAVES[0], 0, 1, [LEAVES[1]], node_hash(LEAVES[1], LEAVES[0]))
    path = consistency_path(3, 8, subtree_of(LEAVES))
    assert extends(3, 8, plain_root(LEAVES[:3]), eight, path)
    assert not extends(3, 8, plain_root(LEAVES[:3]), four, path[:-1])
    assert not extends(3, 8, plain_root(LEAVES[:3]), eight, [])
    before, after, more = plain_root(LEAVES[:3]), four, LEAVES[7]
    path = consistency_path(3, 4, subtree_of(LEAVES))
    assert extends(3, 4, before, after, path)
    assert not extends(3, 4, node_hash(more, before), node_hash(more, after), [*path, more])


def test_no_tree_has_fewer_leaves_than_none() -> None:
    assert not includes(LEAVES[0], -1, 1, [], LEAVES[0])
    assert not extends(-1, -1, EMPTY_ROOT, EMPTY_ROOT, [])


@pytest.mark.parametrize("other", [bytes(32), b"\xff" * 32])
def test_the_empty_tree_has_one_root(other: bytes) -> None:
    assert extends(0, 3, EMPTY_ROOT, plain_root(LEAVES[:3]), [])
    assert not extends(0, 3, other, plain_root(LEAVES[:3]), [])
