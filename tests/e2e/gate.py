"""A loopback address in front of a service that lets through one connection, and the others when it is opened."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.patience import PATIENCE

_CHUNK = 1 << 16


class Gate:
    """Forwards connections to a service; a desk that is behind it stays as it is before it has connected."""

    def __init__(self, base_url: str) -> None:
        target = urlsplit(base_url)
        self._target = str(target.hostname), target.port or 80
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._opened = threading.Event()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self) -> None:
        """Let all through from now on."""
        self._opened.set()

    def close(self) -> None:
        """End every connection."""
        self._opened.set()
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        is_first = True
        with suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                self._sockets.append(near)
                threading.Thread(target=self._forward, args=(near, is_first), daemon=True).start()
                is_first = False

    def _forward(self, near: socket.socket, is_first: bool) -> None:
        if not is_first:
            self._opened.wait(PATIENCE)
        with suppress(OSError):
            far = socket.create_connection(self._target)
            self._sockets.append(far)
            threading.Thread(target=_carry, args=(far, near), daemon=True).start()
            _carry(near, far)


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def gate(base_url: str) -> Iterator[Gate]:
    """Give a gate, and close it in the end."""
    one = Gate(base_url)
    try:
        yield one
    finally:
        one.close()
