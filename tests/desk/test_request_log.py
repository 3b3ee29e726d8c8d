"""The desk's own log: small, on this machine, and about nobody."""

import asyncio
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.desk import request_log
from commlog_tui.desk.request_log import FILE, keep_log, stop_log
from commlog_tui.desk.session import connect
from commlog_tui.desk.target import Target
from tests.client.raw_server import http, says, serving
from tests.client.samples import ME, TOKEN

LINE = r"at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ method=GET call=v1/me outcome=200 ms=[\d.]+ request_id=([0-9a-f-]{9})\n"
OK = http(200, ME, "Content-Type: application/json")


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    stop_log()


async def ask() -> str:
    """Ask for something; return the id that the service was given."""
    async with serving(says(OK)) as server:
        client = LogClient(server.url, TOKEN)
        await client.me()
        await client.aclose()
        found = re.search(rb"(?i)x-request-id: (\S+)", server.requests[0])
    assert found
    return found[1].decode()


async def test_a_request_is_a_line_with_the_id_that_the_service_was_given(tmp_path: Path) -> None:
    keep_log(tmp_path / "desk")
    request_id = await ask()
    line = re.fullmatch(LINE, (tmp_path / "desk" / FILE).read_text())
    assert line
    assert line[1] == request_id


async def test_another_log_is_written_elsewhere_and_none_after_the_end(tmp_path: Path) -> None:
    keep_log(tmp_path / "one")
    await ask()
    keep_log(tmp_path / "two")
    await ask()
    stop_log()
    await ask()
    assert [len((tmp_path / name / FILE).read_text().splitlines()) for name in ("one", "two")] == [1, 1]


async def test_it_never_grows_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "_LARGEST", 300)
    keep_log(tmp_path)
    for _ in range(20):
        await ask()
    sizes = {name: (tmp_path / name).stat().st_size for name in await asyncio.to_thread(os.listdir, tmp_path)}
    assert set(sizes) == {FILE, f"{FILE}.1"}
    assert sum(sizes.values()) <= 600


@pytest.mark.parametrize("spoilt", ["a file in its place", "a folder in its place"])
async def test_where_it_cannot_be_written_the_desk_goes_on_in_silence(
    tmp_path: Path, spoilt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "desk"
    if spoilt.startswith("a file"):
        folder.write_text("")
    else:
        (folder / FILE).mkdir(parents=True)
    keep_log(folder)
    assert await ask()
    assert capsys.readouterr() == ("", "")


async def test_the_desk_keeps_it_beside_what_else_it_keeps_of_a_log(tmp_path: Path) -> None:
    async def choose(_: object) -> str:
        raise AssertionError

    async with serving(says(http(401))) as server:
        target = Target(server.url, TOKEN, None, tmp_path / "outbox", "demo", tmp_path / "desk")
        with pytest.raises(Exception, match="does not accept this token"):
            await connect(lambda: target, choose)
    assert "call=v1/me outcome=401" in (tmp_path / "desk" / FILE).read_text()


def test_nobody_else_hears_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep_log(tmp_path)
    logging.getLogger("commlog_tui.client").info("said")
    logging.getLogger("httpx").info("https://log.example/?q=zoe")
    assert "said" in (tmp_path / FILE).read_text()
    assert "said" not in caplog.text
    assert "zoe" not in (tmp_path / FILE).read_text()
