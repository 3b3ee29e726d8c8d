"""The service as a process that writes down all it can, breaks where it is told to, and on demand leaks.

``python -m tests.service.hunted_service DATABASE [LEAK]``: prints its port, then serves until SIGTERM.
"""

import logging
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from starlette.types import Scope
from uvicorn.config import Config

from commlog_tui.service import journal
from commlog_tui.service.server import serve
from commlog_tui.store.opening import open_keys
from commlog_tui.store.sqlite.store import SqliteStore

FAULT: Final = "faultmark"
"""Who asks for it, or writes it, meets a fault of the store that tells everything it knows."""
LOGGERS: Final = ("uvicorn", "uvicorn.error", "asyncio", "httpx", "commlog_tui")


def _write_all() -> None:
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    configure = Config.configure_logging

    def loudly(config: Config) -> None:
        configure(config)
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.DEBUG)

    Config.configure_logging = loudly  # type: ignore[method-assign,assignment] # uvicorn sets its levels when it is configured


def _breaking(call: Callable[..., Any]) -> Callable[..., Any]:
    async def broken(*given: Any) -> Any:
        if FAULT in repr(given):
            raise RuntimeError(f"in the middle of {given!r}")
        return await call(*given)

    return broken


def _leak_access() -> None:
    loudly = Config.configure_logging

    def louder(config: Config) -> None:
        loudly(config)
        logging.getLogger("uvicorn.access").addHandler(logging.StreamHandler())
        logging.getLogger("uvicorn.access").setLevel(logging.INFO)

    Config.configure_logging = louder  # type: ignore[method-assign,assignment] # as above


def _leak_faults() -> None:
    journal._places = str  # type: ignore[assignment] # says of an error what it says itself


def _leak_metrics() -> None:
    note = journal.Journal._note

    def with_path(self: journal.Journal, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        self._seconds.labels(scope["method"], scope["path"], status).observe(seconds)
        note(self, scope, status, seconds, request_id)

    journal.Journal._note = with_path  # type: ignore[method-assign] # what the hunt must find


LEAKS: Final = {"access": _leak_access, "faults": _leak_faults, "metrics": _leak_metrics}


def main(database: str, leak: str = "") -> None:
    """Serve."""
    _write_all()
    if leak:
        LEAKS[leak]()
    store = SqliteStore.open(Path(database))
    for name in ("page", "append", "customer", "feed"):
        setattr(store, name, _breaking(getattr(store, name)))
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    serve(store, listener, keys=open_keys(database))


if __name__ == "__main__":
    main(*sys.argv[1:])
