"""The store under test: the behaviour suite holds for every implementation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import PIER, QUAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "log.db"


@pytest.fixture(params=["sqlite"])
async def store(path: Path) -> AsyncIterator[Store]:
    opened = SqliteStore.open(path)
    try:
        await opened.create_location(QUAY)
        await opened.create_location(PIER)
        yield opened
    finally:
        await opened.close()
