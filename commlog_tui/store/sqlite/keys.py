"""Keys of records: one integer, ``location << 40 | seq``; and ids as they lie in the file."""

from typing import Any, Final

from commlog_tui.store.sqlite.schema import SEQ_BITS

Row = tuple[Any, ...]
"""A row as SQLite gives it; its types are the schema's."""

_SEQ_MASK: Final = (1 << SEQ_BITS) - 1


def key_of(location: int, seq: int) -> int:
    """Return the key of a location's record."""
    return location << SEQ_BITS | seq


def seq_of(pk: int) -> int:
    """Return the position a key stands for."""
    return pk & _SEQ_MASK


def range_of(location: int) -> tuple[int, int]:
    """Return the first and the last key a location can have."""
    return key_of(location, 0), key_of(location, _SEQ_MASK)


def id_bytes(text: str) -> bytes:
    """Return a UUID as it lies in the file."""
    return bytes.fromhex(text.replace("-", ""))
