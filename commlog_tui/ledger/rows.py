"""Records as the verifier takes them."""

from collections.abc import Iterator, Sequence
from typing import Any

Row = tuple[
    int, bytes, bytes | None, bytes | None, bytes | None, bytes | None, str | None, bytes | None, int, bytes | None
]
"""Of one record: seq, public part, salt and personal data (None if removed); then, where the
columns are known, the stored leaf or its first bytes, id, kind and id of its entry, and whether its
location is right; and the commitment, if the public part was made of columns that agree with what
it is filed under, so that it need not be read."""


class Rows:
    """Rows as columns, which take less time than a row each."""

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        """``columns`` are the items of ``Row``, each of all records; there is at least one record."""
        self.columns = columns

    def __iter__(self) -> Iterator[Row]:
        return zip(*self.columns, strict=True)


def is_plain(row: Row) -> bool:
    """Whether the commitment to the personal data is known without reading the public part."""
    _, _, salt, part, _, _, kind, _, _, known = row
    return known is not None and salt is not None and part is not None and kind != "redaction"
