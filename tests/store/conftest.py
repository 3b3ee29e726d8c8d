"""The store under test: the behaviour suite holds for every implementation.

A second store adds its name to ``URLS``. Tests that ask for ``path`` are about SQLite's own files,
and skip others.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from commlog_tui.store.opening import open_store, sqlite_path
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile
from tests.store.factory import PIER, QUAY

URLS: Final[Mapping[str, Callable[[Path], str]]] = {"sqlite": lambda folder: f"sqlite://{folder}/made/log.db"}
"""Where each store keeps a log, given a folder of the test's own."""

OpenLog = Callable[..., Store]


@pytest.fixture(params=list(URLS))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a log that is not there yet."""
    made: str = URLS[request.param](tmp_path)
    return made


@pytest.fixture
def path(url: str) -> Path:
    """The log's file, where the store is SQLite."""
    if not url.startswith("sqlite:"):
        pytest.skip("about SQLite's own files")
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
