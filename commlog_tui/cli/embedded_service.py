"""The child's side: bind, say where, then load and serve, until standard input closes."""

import json
import os
import socket
import sys
from pathlib import Path
from threading import Event, Thread
from typing import Final

_LATEST_SECONDS: Final = 3.0


def main() -> None:
    """Serve one log file as told on standard input."""
    orders = json.loads(sys.stdin.readline())
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)  # noqa: T201 - the parent waits for this line
    stopped = Event()
    Thread(target=_watch, args=(stopped, Path(orders["trouble"])), daemon=True).start()

    from commlog_tui.service.server import serve
    from commlog_tui.service.tokens import Owner, digest_of
    from commlog_tui.store.sqlite.store import SqliteStore

    store = SqliteStore.open(Path(orders["database"]))
    serve(store, listener, owner=Owner(orders["name"], digest_of(orders["token"])), stopped=stopped, quiet=True)


def _watch(stopped: Event, trouble: Path) -> None:
    while sys.stdin.readline():
        pass
    if not trouble.stat().st_size:
        trouble.unlink()
    stopped.set()
    Event().wait(_LATEST_SECONDS)
    os._exit(0)  # something holds the service up; every acknowledged record is on the disk already


if __name__ == "__main__":
    main()
