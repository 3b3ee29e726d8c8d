"""Incremental parser for server-sent events (WHATWG HTML, sections 9.2.5 and 9.2.6)."""

import re
from dataclasses import dataclass
from typing import Final

from commlog_tui.client import errors

LARGEST_EVENT: Final = 8 << 20
"""Maximum size of an event in bytes; an entry has at most 1 MiB."""

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """A complete event."""

    id: str
    """The last id of the stream, set by this event or an earlier one."""
    kind: str
    data: str


class EventStream:
    """Parses the bytes of one connection. An event that was cut off is dropped."""

    def __init__(self) -> None:
        self.retry: float | None = None
        """Seconds to wait before reconnecting, if the stream set it."""
        self._tail = bytearray()
        self._ended_with_cr = False
        self._is_first_line = True
        self._id = ""
        self._kind = ""
        self._data: list[str] = []
        self._size = 0

    def take(self, chunk: bytes) -> list[Event]:
        """Parse a chunk and return the events that it completes.

        Raises:
            UnexpectedAnswerError: an event exceeds the maximum size.
        """
        if self._ended_with_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._ended_with_cr = False
        self._tail += chunk
        self._size += len(chunk)
        if self._size > LARGEST_EVENT:
            raise errors.UnexpectedAnswerError
        if b"\n" not in chunk and b"\r" not in chunk:
            return []
        self._ended_with_cr = self._tail.endswith(b"\r")
        *lines, tail = _LINE_END.split(bytes(self._tail))
        self._tail = bytearray(tail)
        return [event for line in lines if (event := self._line(line)) is not None]

    def _line(self, line: bytes) -> Event | None:
        if self._is_first_line:
            line = line.removeprefix(_BYTE_ORDER_MARK)
            self._is_first_line = False
        if not line:
            return self._dispatched()
        name, _, value = line.decode(errors="replace").partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._kind = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value[:9]) / 1000
        return None

    def _dispatched(self) -> Event | None:
        data, kind = self._data, self._kind
        self._data, self._kind, self._size = [], "", len(self._tail)
        return Event(self._id, kind or "message", "\n".join(data)) if data else None
