"""The service as an ASGI application."""

from collections.abc import Callable
from threading import Event
from typing import Any, Final

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from commlog_tui import __version__
from commlog_tui.expectations.rules_file import Rules
from commlog_tui.service import (
    bookings,
    delivery,
    documents,
    entries,
    evidence,
    feed,
    hook_routes,
    hook_status,
    operations,
    overviews,
    people,
    places,
    problems,
    resends,
    work,
)
from commlog_tui.service.bodies import Budget, Parser
from commlog_tui.service.dispatch import DirectRoutes
from commlog_tui.service.feed_reader import FeedReader
from commlog_tui.service.hook_cache import HookCache
from commlog_tui.service.hook_fetcher import Fetcher
from commlog_tui.service.journal import Journal
from commlog_tui.service.limits import Limiter, Limits
from commlog_tui.service.outgoing import Ways
from commlog_tui.service.overdue import OverdueIndex
from commlog_tui.service.resend_sender import ResendSender
from commlog_tui.service.timed_store import timed
from commlog_tui.service.tokens import Owner
from commlog_tui.store.hooks import Hooks
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import Keys

_DESCRIPTION: Final = (
    "Times are RFC 3339 with an offset, in the years 1970 to 2199. `/healthz`, `/readyz`, `/metrics` and "
    "`/openapi.json` need no "
    "token; the last three are limited by address. A record is known by its location, its source class (manual or "
    "automated) and "
    "its key: the same key may stand for one record of each, and the receipt has the id. A desk that several people "
    "share may name who writes with the header `Commlog-Person`, as percent-encoded UTF-8 of at most 40 characters."
)


class _Service(FastAPI):
    """The framework behind what answers most requests without it."""

    front: ASGIApp

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        scope["app"] = self
        await self.front(scope, receive, send)

    @override
    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document, completed with what routes declare by hand."""
        if not self.openapi_schema:
            self.openapi_schema = documents.complete(super().openapi())
        return self.openapi_schema


def create_app(
    store: Store,
    *,
    keys: Keys | None = None,
    hooks: Hooks | None = None,
    owner: Owner | None = None,
    limits: Limits | None = None,
    limiter: Limiter | None = None,
    stopping: Event | None = None,
    rules: Callable[[], Rules] = dict,
    ways: Ways | None = None,
    quiet: bool = False,
) -> FastAPI:
    """Return the service over a store.

    ``keys`` hold what signs the log's checkpoints; without them, none are given. ``hooks`` are the
    webhooks of providers; without them, every webhook is refused. ``owner`` is a
    token known to this process alone, for the embedded service; feeds end when ``stopping`` is set.
    ``limiter`` counts by the limits, where several processes do so together.
    ``rules`` returns what bookings of each location should get. ``ways`` are those on which messages
    are sent again.
    """
    app = _Service(
        title="commlog",
        version=__version__,
        summary="An append-only communication log.",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # operations serves it, under the same rules as everything else
        redirect_slashes=False,
    )
    app.state.registry = CollectorRegistry()
    store = timed(store, app.state.registry)
    app.state.store = store
    app.state.keys = keys
    app.state.owner = owner
    limits = limits or Limits()
    app.state.rules = rules
    app.state.overdue = OverdueIndex(store, rules)
    app.state.resend_sender = ResendSender(store, ways or Ways())
    app.state.limiter = limiter or Limiter(limits)
    app.state.body_budget = Budget(limits.body_mebibytes << 20)
    app.state.parser = Parser()
    app.state.hooks = HookCache(store, keys, hooks)
    app.state.fetcher = Fetcher()
    app.state.readiness = operations.Readiness()
    app.state.stopping = stopping or Event()
    app.state.feed_reader = FeedReader(store, app.state.stopping)
    app.state.overwriting = operations.overwriting_gauge(app.state.registry)
    parts = (
        entries,
        bookings,
        delivery,
        places,
        overviews,
        work,
        people,
        resends,
        evidence,
        feed,
        hook_routes,
        hook_status,
        operations,
    )
    routers = [part.router for part in parts]
    problems.install(app, routers)
    for router in routers:
        app.include_router(router)
    routes = DirectRoutes(super(_Service, app).__call__, routers)
    app.front = Journal(routes, app.state.registry, quiet=quiet)
    return app
