"""A service over a real store: called in the process, or over a socket of its own.

The modules of ``ON_BOTH`` run on every database; the others on SQLite, whose file many of them use.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import httpx
import pytest

from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.service import limits as limits_module
from commlog_tui.service.app import create_app
from commlog_tui.service.limits import Limits
from commlog_tui.service.server import serve
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.opening import open_keys, open_store
from commlog_tui.store.protocol import Store, TokenRecord
from commlog_tui.store.signing import KeyFile
from commlog_tui.store.sqlite.store import SqliteStore, utc_now
from tests.patience import PATIENCE
from tests.service.calls import OWNER, bearer
from tests.store.databases import DATABASES

Serving = Callable[..., Any]

ON_BOTH: Final = frozenset(
    {
        "test_access", "test_api", "test_bodies", "test_booking", "test_delivery", "test_identity", "test_isolation",
        "test_nasty", "test_overviews", "test_problems", "test_rejected", "test_repeated",
        "test_resends", "test_call_off", "test_resend_sender",
    }
)  # fmt: skip
"""What the service answers, whatever it stores its log in."""


async def furnish(store: Store) -> None:
    """Make two locations, and a token of every role for the first."""
    for place in ("quay", "pier"):
        await store.create_location(NewLocation(id=place, name=place.title(), zone="Europe/London"))
    for role in Role:
        token = TokenRecord(role.value, f"a {role.value}", role, ("quay",), utc_now())
        await store.create_token(token, digest_of(role.value))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of some modules on every database."""
    if "database" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        metafunc.parametrize("database", DATABASES, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a log that is not there yet; SQLite's is the file ``log.db`` of the test's folder."""
    name = getattr(request, "param", "sqlite")
    if name == "sqlite":
        return str(tmp_path / "log.db")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return str(request.getfixturevalue("create_database")())


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    opened = open_store(database)
    await furnish(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def api(store: Store, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(store, keys=KeyFile(tmp_path / "log.key"), owner=Owner(OWNER, digest_of(OWNER)), quiet=True)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://log.test", headers=bearer(OWNER)) as client:
        yield client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(limits_module, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def serving(store: Store, clock: list[float]) -> Serving:
    @asynccontextmanager
    async def serve(address: str = "192.0.2.7", **bounds: Any) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)), limits=Limits(**bounds), quiet=True)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(address, 4711)), base_url="http://log.test"
        ) as api:
            yield api

    return serve


@dataclass(frozen=True)
class Live:
    """A service that listens."""

    url: str
    path: Path
    stopped: Event
    thread: Thread


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log file of two empty locations, which nobody opens: it is copied."""
    path = tmp_path_factory.mktemp("service") / "log.db"

    async def make() -> None:
        store = SqliteStore.open(path)
        await furnish(store)
        await store.close()

    asyncio.run(make())
    return path


@contextmanager
def listening(path: Path, limits: Limits | None = None, **more: Any) -> Iterator[Live]:
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = Event()
    store = SqliteStore.open(path)
    owner = Owner(OWNER, digest_of(OWNER))
    options = {"keys": open_keys(path), "owner": owner, "limits": limits, "stopped": stopped, "quiet": True, **more}
    thread = Thread(target=serve, args=(store, listener), kwargs=options)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"  # once it serves, the socket is the service's
    thread.start()
    try:
        yield Live(address, path, stopped, thread)
    finally:
        stopped.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def own_log(furnished: Path, tmp_path: Path) -> Path:
    """A log file for one test alone."""
    path = tmp_path / "live.db"
    path.write_bytes(furnished.read_bytes())
    return path


@pytest.fixture
def live(own_log: Path) -> Iterator[Live]:
    with listening(own_log) as served:
        yield served


@pytest.fixture(scope="module")
def long_lived(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One service for the calls of a module that don't look at each other's entries.

    It has a log file of its own. It ends with the module, as its thread would run through what
    other modules replace in this process, such as clocks and ``asyncio.sleep``.
    """
    path = tmp_path_factory.mktemp("shared") / "shared.db"
    path.write_bytes(furnished.read_bytes())
    with listening(path) as served:
        yield served
