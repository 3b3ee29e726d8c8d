"""Page cursors, authenticated and bound to their location and filters."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from commlog_tui.contract.base import LATEST, RequestModel
from commlog_tui.contract.ledger import MOST_SEQ
from commlog_tui.contract.query import EntryQuery, PageRequest
from commlog_tui.store.errors import CursorError

Direction = Literal["older", "newer", "oldest"]
Sealed = TypeVar("Sealed", bound=msgspec.Struct)

_PAGING: Final = {"limit", "cursor", "at"}
_TAG_SIZE: Final = 16
_MOST_MICROSECONDS: Final = int(LATEST.timestamp()) * 1_000_000


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Row that a page begins behind, its direction, and the expected position of the first row."""

    direction: Direction
    sent_at: Annotated[int, msgspec.Meta(ge=0, le=_MOST_MICROSECONDS)]
    seq: Annotated[int, msgspec.Meta(ge=0, le=MOST_SEQ)]
    first: Annotated[int, msgspec.Meta(ge=0, le=MOST_SEQ)]


class CursorCodec:
    """Writes and reads the cursors of one query at one location.

    The key is known to the service alone, so a cursor that anybody else has made or changed is
    refused before it is decoded.
    """

    def __init__(self, key: bytes, location: str, query: RequestModel) -> None:
        name = "" if isinstance(query, EntryQuery) else type(query).__name__
        filters = name + query.model_dump_json(exclude=_PAGING)
        self._key = hmac.digest(key, f"{location}\n{filters}".encode(), "sha256")

    def write(self, cursor: Cursor) -> str:
        """Return the cursor as opaque text."""
        return _sealed(self._key, cursor)

    def read(self, text: str) -> Cursor:
        """Return the cursor of a text.

        Raises:
            CursorError: it was not written with this key, for this location and these filters.
        """
        return _opened(self._key, text, Cursor)

    def read_from(self, request: PageRequest) -> Cursor | None:
        """Return the cursor of a request, if it has one. Raises ``CursorError``."""
        return None if request.cursor is None else self.read(request.cursor)


class Position(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page of the worklist."""

    starts_at: int
    sent_at: int
    seq: Annotated[int, msgspec.Meta(ge=0, le=MOST_SEQ)]


class PositionCodec:
    """Writes and reads the cursors of one location's worklist, authenticated like those of pages."""

    def __init__(self, key: bytes, location: str) -> None:
        self._key = hmac.digest(key, f"{location}\nworklist".encode(), "sha256")

    def write(self, position: Position) -> str:
        """Return the cursor as opaque text."""
        return _sealed(self._key, position)

    def read(self, text: str) -> Position:
        """Return the position of a text.

        Raises:
            CursorError: it was not written with this key for this location's worklist.
        """
        return _opened(self._key, text, Position)


def _sealed(key: bytes, value: object) -> str:
    content = msgspec.msgpack.encode(value)
    return urlsafe_b64encode(_tag(key, content) + content).rstrip(b"=").decode()


def _opened(key: bytes, text: str, kind: type[Sealed]) -> Sealed:
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        tag, content = raw[:_TAG_SIZE], raw[_TAG_SIZE:]
        if not hmac.compare_digest(tag, _tag(key, content)):
            raise ValueError("not authentic")
        return msgspec.msgpack.decode(content, type=kind)
    except (ValueError, msgspec.DecodeError):
        raise CursorError("The cursor does not belong to this question. Ask for the newest page again.") from None


def _tag(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")[:_TAG_SIZE]
