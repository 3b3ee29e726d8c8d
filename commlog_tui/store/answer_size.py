"""How many bytes of records one answer carries: rows are left for the next page, never dropped."""

from collections.abc import Iterable, Iterator
from itertools import accumulate, takewhile
from typing import Any, Final

Row = tuple[Any, ...]

MOST_BYTES: Final = 1 << 20
"""200 entries of 5 KB; the largest entry has some 300 KB."""


def size_of(row: Row) -> int:
    """Return the bytes of a row's records, which are blobs."""
    return sum([len(value) for value in row if type(value) is bytes])  # a generator takes twice as long


def fitting(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows while they fit into one answer; the first in any case."""
    size = 0
    for row in rows:
        more = size_of(row)
        if size and size + more > MOST_BYTES:
            return
        size += more
        yield row


def count_fitting(sizes: Iterable[int]) -> int:
    """Return how many rows of these sizes fit into one answer; 1 at least."""
    whole = accumulate(sizes)
    return max(sum(1 for size in takewhile(lambda size: size <= MOST_BYTES, whole)), 1)
