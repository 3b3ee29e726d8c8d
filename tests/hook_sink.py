"""A booking system on loopback that is asked by webhook to send, and keeps what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import msgspec
from typing_extensions import override

from tests.patience import PATIENCE


@dataclass
class HookSink:
    """What is answered, and what came."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    """Of the next answers; 202 where there are none left, 0 for none at all."""
    location: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    held: Event = field(default_factory=Event)
    """Set at first; a request is answered as long as it is."""
    arrived: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.held.set()

    @property
    def ids(self) -> list[str]:
        """The ids of the messages that were asked for, in order."""
        return [headers["webhook-id"] for headers, _ in self.requests]

    @property
    def data(self) -> list[dict[str, Any]]:
        """What was asked."""
        return [msgspec.json.decode(body)["data"] for _, body in self.requests]


@contextmanager
def hook_sink() -> Iterator[HookSink]:
    """Listen in a thread of its own."""
    sink = HookSink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = sink.statuses.pop(0) if sink.statuses else 202
            sink.arrived.set()
            sink.held.wait(PATIENCE)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            if sink.location:
                self.send_header("Location", sink.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        @override
        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink.url = f"http://127.0.0.1:{server.server_address[1]}/hooks/commlog?x=1"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.held.set()
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
