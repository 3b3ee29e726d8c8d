"""Cursors: where a page begins, bound to the location and the filters they were made for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final, Literal

import msgspec

from commlog_tui.contract.query import EntryQuery, PageRequest
from commlog_tui.store.errors import CursorError

Direction = Literal["older", "newer", "oldest"]

_SEAL_SIZE: Final = 8


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The row a page lies behind, in the direction asked, and the position its first row is expected to have."""

    direction: Direction
    sent_at: int
    seq: int
    first: int


def seal(location: str, request: EntryQuery) -> bytes:
    """Return the digest that ties cursors to a location and its filters."""
    filters = request.model_dump_json(include=set(EntryQuery.model_fields))
    return sha256(f"{location}\n{filters}".encode()).digest()[:_SEAL_SIZE]


def write_cursor(cursor: Cursor, tie: bytes) -> str:
    """Return the cursor as opaque text."""
    content = msgspec.msgpack.encode(cursor)
    return urlsafe_b64encode(_check(content, tie) + content).rstrip(b"=").decode()


def read_cursor(location: str, request: PageRequest) -> Cursor | None:
    """Return the cursor of a request.

    Raises:
        CursorError: it is malformed, or was made for another location or other filters.
    """
    if request.cursor is None:
        return None
    try:
        raw = urlsafe_b64decode(request.cursor + "=" * (-len(request.cursor) % 4))
        check, content = raw[:_SEAL_SIZE], raw[_SEAL_SIZE:]
        if check != _check(content, seal(location, request)):
            raise ValueError("sealed otherwise")
        return msgspec.msgpack.decode(content, type=Cursor)
    except (ValueError, msgspec.DecodeError):
        raise CursorError("The cursor does not belong to this question. Ask for the newest page again.") from None


def _check(content: bytes, tie: bytes) -> bytes:
    return sha256(tie + content).digest()[:_SEAL_SIZE]
