"""The live feed and the server's end, over a real socket."""

import asyncio
import gc
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from commlog_tui.contract.entry import Entry, NewEntry
from commlog_tui.contract.page import FeedItem
from commlog_tui.records.entry import AppendEntry
from commlog_tui.service import feed
from commlog_tui.service.connections import Connection
from commlog_tui.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE
from tests.service.calls import CALL, ENTRIES, MAIL, OWNER, SENT, UNKNOWN_ID, add, bearer
from tests.service.conftest import Live

FEED = "/v1/locations/quay/feed"


@asynccontextmanager
async def calling(live: Live) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=live.url, headers=bearer(OWNER), timeout=PATIENCE) as api:
        yield api


@asynccontextmanager
async def following(api: httpx.AsyncClient, after: int | None = None) -> AsyncIterator[AsyncIterator[str]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with api.stream("GET", FEED, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert [await anext(lines), await anext(lines)] == ["retry: 1000", ""]
        yield lines


def entry_of(item: FeedItem) -> Entry:
    assert item.entry is not None
    return item.entry


async def told(lines: AsyncIterator[str]) -> FeedItem:
    number, kind, data, end = [await anext(lines) for _ in range(4)]
    item = FeedItem.model_validate_json(data.removeprefix("data: "))
    assert (number, kind, end) == (f"id: {item.seq}", f"event: {item.kind}", "")
    return item


async def test_a_new_record_is_told(live: Live) -> None:
    async with calling(live) as api:
        await add(api, CALL, "before")
        async with following(api) as lines:
            mail = (await add(api, MAIL, "k")).json()["id"]
            async with asyncio.timeout(PATIENCE):
                assert entry_of(await told(lines)).id == mail
            await api.post(f"{ENTRIES}/{mail}/events", json=SENT)
            async with asyncio.timeout(PATIENCE):
                item = await told(lines)
            assert (item.seq, item.kind, entry_of(item).status.value) == (3, "event", "sent")


async def test_a_feed_resumes_without_a_gap_or_a_repeat(live: Live) -> None:
    async with calling(live) as api:
        items = [{"key": f"k{number}", "entry": CALL} for number in range(150)]
        async with following(api) as lines:
            await api.post(f"{ENTRIES}/batch", json={"items": items[:3]})
            assert [(await told(lines)).seq for _ in range(2)] == [1, 2]
        await api.post(f"{ENTRIES}/batch", json={"items": items})
        async with following(api, after=2) as lines:
            assert [(await told(lines)).seq for _ in range(148)] == list(range(3, 151))
            await add(api, CALL, "later")
            assert (await told(lines)).seq == 151


async def test_a_follower_beyond_the_end_is_told_the_end_and_what_comes_after(live: Live) -> None:
    async with calling(live) as api:
        await add(api, CALL, "before")
        async with following(api, after=900_000_000_000) as lines, asyncio.timeout(PATIENCE):
            assert [await anext(lines) for _ in range(4)] == ["id: 1", "event: end", 'data: {"seq":1}', ""]
            await add(api, CALL, "after")
            assert (await told(lines)).seq == 2
        async with following(api, after=2) as lines, asyncio.timeout(PATIENCE):
            await add(api, CALL, "last")
            assert (await told(lines)).seq == 3


async def test_what_another_process_writes_is_told_too(live: Live) -> None:
    other = SqliteStore.open(live.path)
    async with calling(live) as api, following(api) as lines:
        await other.append("quay", "import", [AppendEntry(UNKNOWN_ID, NewEntry.model_validate(CALL))])
        async with asyncio.timeout(PATIENCE):
            item = await told(lines)
    await other.close()
    assert (entry_of(item).id, entry_of(item).actor) == (UNKNOWN_ID, "import")


async def test_another_locations_records_are_not_told(live: Live) -> None:
    async with calling(live) as api, following(api) as lines:
        await api.post("/v1/locations/pier/entries", json=CALL, headers={"Idempotency-Key": "theirs"})
        await add(api, CALL, "ours")
        assert entry_of(await told(lines)).location == "quay"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_an_answer_is_framed_as_its_version_of_http_has_it(live: Live, version: str) -> None:
    async with calling(live) as api:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(live.url.rpartition(":")[2]))
        writer.write(f"GET {FEED} HTTP/{version}\r\nHost: x\r\nAuthorization: Bearer {OWNER}\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            head = await reader.readuntil(b"retry: 1000\n\n")
            is_chunked = b"transfer-encoding: chunked" in head.lower()
            assert is_chunked is (version == "1.1")
            for number in (1, 2):
                await add(api, CALL, f"k{number}")
                told = await reader.readuntil(b"}\n\n")
                if is_chunked:
                    end, size, event = told.split(b"\r\n")
                    assert (end, int(size, 16)) == (b"", len(event))
                    told = event
                assert told.startswith(b"id: %d\nevent: entry\ndata: {" % number)
        writer.close()


async def test_a_desk_that_takes_nothing_gets_all_of_it_later_and_delays_nobody(live: Live) -> None:
    text = "x" * 20_000
    async with calling(live) as api:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 19)
        narrow.connect(("127.0.0.1", int(live.url.rpartition(":")[2])))
        slow, writer = await asyncio.open_connection(sock=narrow, limit=1 << 10)
        writer.write(f"GET {FEED} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWNER}\r\n\r\n".encode())
        async with following(api) as lines, asyncio.timeout(PATIENCE):
            assert await slow.readuntil(b"retry: 1000\n\n")
            seqs = []
            for batch in range(8):
                items = [{"key": f"{batch}-{number}", "entry": CALL | {"body": text}} for number in range(50)]
                assert (await api.post(f"{ENTRIES}/batch", json={"items": items})).json()["items"][-1]["status"] == 201
                seqs += [(await told(lines)).seq for _ in range(50)]
            assert seqs == list(range(1, 401))
            unsent = [one.transport.get_write_buffer_size() for one in gc.get_objects() if isinstance(one, Connection)]
            assert 0 < max(unsent) < 4 << 20, "of eight mebibytes"
            received = bytearray()
            while received.count(b"\nevent: entry\n") < len(seqs):
                received += await slow.read(1 << 20)
            assert [int(seq) for seq in re.findall(rb"id: (\d+)\nevent: entry\n", received)] == seqs
        writer.close()


async def test_a_quiet_feed_keeps_the_connection_alive(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_KEEP_ALIVE_EVERY", 0.0)
    async with calling(live) as api, following(api) as lines:
        async with asyncio.timeout(PATIENCE):
            assert [await anext(lines), await anext(lines)] == [": still here", ""]


async def test_a_revoked_token_ends_its_feed(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_KEEP_ALIVE_EVERY", 0.0)
    owner = SqliteStore.open(live.path)
    async with calling(live) as api:
        api.headers.update(bearer("desk"))
        async with following(api) as lines:
            assert await owner.revoke_token("desk")
            async with asyncio.timeout(PATIENCE):
                assert {line async for line in lines} <= {": still here", ""}
        assert (await api.get(FEED)).status_code == 401
    await owner.close()


async def test_open_feeds_end_with_the_service(live: Live) -> None:
    async with calling(live) as api, following(api) as one, following(api) as two:
        live.stopped.set()
        assert [line async for line in one] == [line async for line in two] == []
        await asyncio.to_thread(live.thread.join, PATIENCE)
    assert not live.thread.is_alive()


SERVE = """
import socket, sys
from pathlib import Path
from commlog_tui.service.server import serve
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.sqlite.store import SqliteStore
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
serve(SqliteStore.open(Path(sys.argv[1])), listener, owner=Owner("owner", digest_of("owner")))
print("in good order", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_in_good_order_with_feeds_open(live: Live, number: signal.Signals) -> None:
    live.stopped.set()
    await asyncio.to_thread(live.thread.join)
    process = subprocess.Popen(  # noqa: ASYNC220 - starting it takes no time worth a thread
        [sys.executable, "-c", SERVE, str(live.path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    url = f"http://127.0.0.1:{(await asyncio.to_thread(process.stdout.readline)).strip()}"
    async with httpx.AsyncClient(base_url=url, headers=bearer(OWNER), timeout=PATIENCE) as api, following(api) as lines:
        await add(api, CALL, "k")
        assert (await told(lines)).seq == 1
        os.kill(process.pid, number)
        out, err = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    assert (process.returncode, out.strip()) == (0, "in good order")
    assert "Traceback" not in err
    assert not live.path.with_name(f"{live.path.name}-wal").exists()
