"""The store under test: the behaviour suite holds for every implementation.

Every test that uses ``store``, ``open_log``, ``url`` or ``database`` runs on each of
``databases.DATABASES``. Tests that ask for ``path`` are about SQLite's own files, and run on it
alone, like everything in the modules that name no fixture of these.
"""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from commlog_tui.store.opening import open_store, sqlite_path
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile
from tests.store.databases import DATABASES, Database, make_database
from tests.store.factory import PIER, QUAY

OpenLog = Callable[..., Store]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on every database; on SQLite alone where it is about the file."""
    if "database" in metafunc.fixturenames:
        names = ["sqlite"] if "path" in metafunc.fixturenames else list(DATABASES)
        metafunc.parametrize("database", names, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database without a log yet; its keys, if they are not beside it, go below ``tmp_path``."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return make_database(request.param, tmp_path, lambda: request.getfixturevalue("create_database"))


@pytest.fixture
def url(database: Database) -> str:
    """The URL of a log that is not there yet."""
    return database.url


@pytest.fixture
def path(url: str) -> Path:
    """The log's file: makes a test one of SQLite alone."""
    return sqlite_path(url)


@pytest.fixture
def open_log(url: str) -> OpenLog:
    """Open the log, once more or anew; with the options of ``open_store``."""
    return partial(open_store, url)


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    """The log's keys, which are no part of the store."""
    return KeyFile(tmp_path / "log.key")


@pytest.fixture
async def store(open_log: OpenLog) -> AsyncIterator[Store]:
    opened = open_log()
    try:
        await opened.create_location(QUAY)
        await opened.create_location(PIER)
        yield opened
    finally:
        await opened.close()
