"""Readers on a log in memory, without Textual."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast
from zoneinfo import ZoneInfo

import pytest
import time_machine

from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox
from commlog_tui.client.send_loop import SendLoop
from commlog_tui.desk.reader.reader import LogReader
from commlog_tui.desk.reader.state import Scope
from commlog_tui.desk.session import Session
from commlog_tui.desk.target import Target
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW
from tests.patience import PATIENCE


class Read(Protocol):
    """Begins to read a log, and waits for the first page."""

    async def __call__(self, log: FakeLog, scope: Scope | None = None, page_size: int = 50) -> LogReader: ...


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def faults() -> list[BaseException]:
    """What the readers under test met that nobody thought of."""
    return []


@pytest.fixture
def read(tmp_path: Path, faults: list[BaseException]) -> Iterator[Read]:
    readers: list[LogReader] = []

    async def begin(log: FakeLog, scope: Scope | None = None, page_size: int = 50) -> LogReader:
        reader = LogReader(scope, page_size=page_size, on_fault=faults.append)
        readers.append(reader)
        reader.start(await a_session(log, tmp_path / "outbox"))
        await until(lambda: reader.state.page or reader.state.trouble)
        return reader

    yield begin
    assert not faults


async def a_session(log: FakeLog, folder: Path) -> Session:
    client, outbox = cast("LogClient", log), Outbox(folder)
    failing, log.failing = log.failing, None
    me, place = await log.me(), await log.location("demo")
    log.failing = failing
    target = Target("http://127.0.0.1:1", "token", None, folder, "demo")
    return Session(client, outbox, me, place, ZoneInfo(place.location.zone), SendLoop(client, outbox), target)


async def until(condition: Callable[[], object]) -> None:
    """Let the tasks of a reader run until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - any condition
            await asyncio.sleep(0.001)
