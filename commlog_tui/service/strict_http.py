"""HTTP/1.1 as strictly as RFC 9112 allows: what two programs could read in two ways is refused."""

import re
from http import HTTPStatus
from typing import Final

import h11
from typing_extensions import override

HEAD_BYTES: Final = 64 << 10
_HEAD_LINES: Final = 128
"""As many as other servers take; each costs more than its bytes."""
_TARGET_BYTES: Final = 16 << 10
"""Over the longest query that any call takes, with every character encoded."""
_SMALL_CHUNK: Final = 64
_SMALL_CHUNKS: Final = 1_000
"""Of one body. A chunk costs as much as 1,000 bytes, however small it is."""
_HEAD_END: Final = b"\r\n\r\n"
_BARE_LINE_FEED: Final = re.compile(rb"(?<!\r)\n")
_VERSIONS: Final = {b"1.0", b"1.1"}


class StrictConnection(h11.Connection):
    """The server's side of a connection.

    Refuses ambiguous requests with h11's own error; ``status`` is what to answer.
    """

    status: int = HTTPStatus.BAD_REQUEST

    def __init__(self) -> None:
        super().__init__(h11.SERVER, HEAD_BYTES)
        self._small_chunks = 0
        self._head = b""

    @override
    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return the next event. Raises ``RemoteProtocolError``."""
        if self.their_state is h11.IDLE:
            self._check_head(self.trailing_data[0])
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._small_chunks = 0
            self._check_request(event)
        elif isinstance(event, h11.Data) and event.chunk_end and len(event.data) < _SMALL_CHUNK:
            self._small_chunks += 1
            if self._small_chunks > _SMALL_CHUNKS:
                self._refuse(HTTPStatus.BAD_REQUEST)
        return event

    @override
    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override] # None for a closed connection only
        """Return the bytes of an event; those of an answer's head with what follows it.

        Head and body then leave in one packet.
        """
        data = super().send(event)
        if isinstance(event, h11.Response):
            self._head = data or b""
            return b""
        if data is not None and self._head:
            data, self._head = self._head + data, b""
        return data

    def _check_head(self, received: bytes) -> None:
        """Refuse a head that is too large or has bare line feeds (RFC 9112, section 2.2)."""
        end = received.find(_HEAD_END)
        head = received if end < 0 else received[: end + len(_HEAD_END)]
        if len(head) > HEAD_BYTES or head.count(b"\n") > _HEAD_LINES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if _BARE_LINE_FEED.search(head):
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _check_request(self, request: h11.Request) -> None:
        if request.http_version not in _VERSIONS:
            self._refuse(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        if len(request.target) > _TARGET_BYTES:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        names = [name for name, _ in request.headers]
        if b"transfer-encoding" in names and (b"content-length" in names or request.http_version == b"1.0"):
            self._refuse(HTTPStatus.BAD_REQUEST)  # RFC 9112, section 6.1: an attempt to smuggle a request

    def _refuse(self, status: HTTPStatus) -> None:
        self.status = status
        raise h11.RemoteProtocolError(status.phrase)
