"""The Merkle tree over a location's records (RFC 9162, section 2.1).

A complete subtree of 2**level leaves never changes. With stored subtrees any root or proof can be
computed; to append, only the frontier is needed.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH_SIZE: Final = 32
TILE: Final = 8
"""Every eighth level is stored, as tiles of 256 hashes (c2sp.org/tlog-tiles)."""

EMPTY_ROOT: Final = sha256(b"").digest()
_NODE_PREFIX: Final = b"\x01"
_PAIR: Final = 2 * HASH_SIZE

Subtree = Callable[[int, int], bytes]
"""Returns the hash of the complete subtree at a level (0 for leaves) and index."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node (RFC 9162, section 2.1.1)."""
    return sha256(_NODE_PREFIX + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over 1, 2, 4, 8 … complete subtrees of one level."""
    level = list(hashes)
    while len(level) > 1:
        joined = b"".join(level)
        level = [sha256(_NODE_PREFIX + joined[at : at + _PAIR]).digest() for at in range(0, len(joined), _PAIR)]
    return level[0]


def join(peaks: Iterable[bytes]) -> bytes:
    """Return the root over complete subtrees that shrink from left to right."""
    root = b""
    for peak in reversed(tuple(peaks)):
        root = node_hash(peak, root) if root else peak
    return root or EMPTY_ROOT


def range_root(start: int, end: int, subtree: Subtree) -> bytes:
    """Return the root over the leaves from ``start`` up to but not including ``end``.

    ``start`` is 0 or a multiple of the largest power of two in the range, as in all RFC proofs.
    """
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(subtree(level, start >> level))
        start += 1 << level
    return join(peaks)


class Frontier:
    """The right edge of a tree: all that appending needs, one hash per bit set in the size."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        """Restore a frontier from its ``peaks``.

        Raises ``ValueError`` if they do not fit the size.
        """
        if len(peaks) != size.bit_count() * HASH_SIZE:
            raise ValueError("the frontier does not fit the size")
        self.size = size
        self._peaks = [peaks[at : at + HASH_SIZE] for at in range(0, len(peaks), HASH_SIZE)]

    @property
    def peaks(self) -> bytes:
        """The concatenated hashes of the complete subtrees, largest first."""
        return b"".join(self._peaks)

    def push(self, subtree: bytes, level: int = 0) -> list[bytes]:
        """Append a leaf, or a complete subtree of a level that divides the size.

        Returns the subtrees that it completes, from its own level upward.
        """
        completed = [subtree]
        at = self.size >> level
        while at & 1:
            subtree = node_hash(self._peaks.pop(), subtree)
            completed.append(subtree)
            at >>= 1
        self._peaks.append(subtree)
        self.size += 1 << level
        return completed

    def push_leaf(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Append a leaf and return the completed tiles: level, index, hash."""
        completed = self.push(leaf)
        return [(level, (self.size >> level) - 1, completed[level]) for level in range(TILE, len(completed), TILE)]

    def push_leaves(self, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Append leaves and return the completed tiles, as ``push_leaf`` does for each; whole tiles at once."""
        tiles: list[tuple[int, int, bytes]] = []
        at, count, whole = 0, len(leaves), 1 << TILE
        while at < count:
            if self.size % whole or count - at < whole:
                tiles += self.push_leaf(leaves[at])
                at += 1
                continue
            completed = self.push(fold(leaves[at : at + whole]), TILE)
            tiles += [
                (level, (self.size >> level) - 1, completed[level - TILE])
                for level in range(TILE, TILE + len(completed), TILE)
            ]
            at += whole
        return tiles

    def root(self) -> bytes:
        """Return the root of the current tree."""
        return join(self._peaks)
