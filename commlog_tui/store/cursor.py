"""Page cursors, authenticated and bound to their location and filters."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final, Literal

import msgspec

from commlog_tui.contract.base import LATEST, RequestModel
from commlog_tui.contract.ledger import MOST_SEQ
from commlog_tui.contract.query import EntryQuery, PageRequest
from commlog_tui.store.errors import CursorError

Direction = Literal["older", "newer", "oldest"]

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
        content = msgspec.msgpack.encode(cursor)
        return urlsafe_b64encode(self._tag(content) + content).rstrip(b"=").decode()

    def read(self, text: str) -> Cursor:
        """Return the cursor of a text.

        Raises:
            CursorError: it was not written with this key, for this location and these filters.
        """
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            tag, content = raw[:_TAG_SIZE], raw[_TAG_SIZE:]
            if not hmac.compare_digest(tag, self._tag(content)):
                raise ValueError("not authentic")
            return msgspec.msgpack.decode(content, type=Cursor)
        except (ValueError, msgspec.DecodeError):
            raise CursorError("The cursor does not belong to this question. Ask for the newest page again.") from None

    def read_from(self, request: PageRequest) -> Cursor | None:
        """Return the cursor of a request, if it has one. Raises ``CursorError``."""
        return None if request.cursor is None else self.read(request.cursor)

    def _tag(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")[:_TAG_SIZE]
