"""``python -m tests.bench.bare LOG PORT``: the least that can answer, to compare the service with.

An ASGI application below uvicorn's own protocol that makes the same call of the same store and
encodes its rows: no token, no parameters, no limits, no request log, no metrics.
"""

import asyncio
import json
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import uvicorn
from starlette.types import Receive, Scope, Send

from commlog_tui.contract.query import CustomerQuery, PageRequest
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.service.answers import to_json
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite.store import SqliteStore

QUERIES: Final[Mapping[str, Callable[[Store, Any], Awaitable[object]]]] = {
    "/entries": lambda store, asked: store.page("quay", PageRequest.model_validate(asked)),
    "/customers": lambda store, asked: store.customers("quay", CustomerQuery.model_validate(asked)),
    "/worklist": lambda store, asked: store.worklist("quay", WorklistQuery.model_validate(asked), datetime.now(UTC)),
    "/entry": lambda store, asked: store.detail("quay", asked["id"]),
}
"""Store calls by path; parameters are in the body of the query string, as JSON."""


def application(store: Store) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Return the application over a store."""
    headers = [(b"content-type", b"application/json")]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        asked = json.loads(unquote(scope["query_string"].decode()) or "{}")
        body = to_json(await QUERIES[scope["path"]](store, asked))
        length = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers + length})
        await send({"type": "http.response.body", "body": body})

    return app


def main() -> None:
    """Serve until killed."""
    log, port = Path(sys.argv[1]), int(sys.argv[2])
    store = SqliteStore.open(log)
    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    config = uvicorn.Config(
        application(store), loop="asyncio", http="h11", ws="none", access_log=False, log_level="warning", lifespan="off"
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
