"""Create and verify Merkle inclusion and consistency proofs (RFC 9162).

Leaves are counted from 0; the record with seq 1 is leaf 0.
"""

from collections.abc import Sequence

from commlog_tui.ledger.tree import EMPTY_ROOT, Subtree, node_hash, range_root


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the inclusion proof of a leaf (RFC 9162, section 2.1.3.1).

    Raises:
        ValueError: a tree of this size has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("there is no such leaf")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(middle, end, subtree))
            end = middle
        else:
            path.append(range_root(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Return the consistency proof between the trees of sizes ``old`` and ``new``.

    RFC 9162, section 2.1.4.1. Empty if there is nothing to show: equal sizes, or an empty old tree.

    Raises:
        ValueError: the old tree is larger than the new one.
    """
    if not 0 <= old <= new:
        raise ValueError("the old tree is larger than the new one")
    if old in {0, new}:
        return []
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(middle, end, subtree))
            end = middle
        else:
            path.append(range_root(start, middle, subtree))
            start = middle
    if start:  # else the old root itself is where the path begins, and whoever checks has it
        path.append(range_root(start, end, subtree))
    return path[::-1]


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than the size."""
    return 1 << (size - 1).bit_length() - 1


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Verify an inclusion proof (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    found = leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Verify a consistency proof (RFC 9162, section 2.1.4.2).

    Every tree extends the empty one.
    """
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
