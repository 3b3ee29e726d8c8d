"""A service with webhooks set up, for the tests of several modules."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from fastapi import FastAPI

from commlog_tui.service.app import create_app
from commlog_tui.service.limits import Limits
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.hook_file import HookFile
from commlog_tui.store.hook_settings import HookSettings, seal
from commlog_tui.store.hooks import HookRecord
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile
from commlog_tui.store.sqlite.store import SqliteStore
from tests.service.calls import OWNER

PUBLIC = "https://log.example.com"


async def set_up(folder: Path, store: SqliteStore, settings: Mapping[str, HookSettings]) -> HookFile:
    """Set up webhooks at quay, by provider."""
    key = KeyFile(folder / "log.key").hook_key(await store.log_name(), create=True)
    hooks = HookFile(folder / "log.hooks")
    for provider, one in settings.items():
        hooks.set(HookRecord("quay", provider, seal(key, "quay", provider, one), datetime.now(UTC)))
    return hooks


@asynccontextmanager
async def serving(folder: Path, store: Store, hooks: HookFile) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """Serve a store with its webhooks in this process."""
    owner = Owner(OWNER, digest_of(OWNER))
    limits = Limits(failures=1_000)
    app = create_app(store, keys=KeyFile(folder / "log.key"), hooks=hooks, owner=owner, limits=limits, quiet=True)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://log.test") as client:
        yield app, client
    hooks.close()
