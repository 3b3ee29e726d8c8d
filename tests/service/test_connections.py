"""What a client cannot do to the service: dawdle, crowd it out, or let it hold what nobody takes.

Over real sockets.
"""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.contract.problem import PROBLEM_JSON
from commlog_tui.service.limits import Limits
from commlog_tui.service.strict_http import HEAD_BYTES
from tests.patience import PATIENCE
from tests.service.calls import CALL, ENTRIES, OWNER, bearer, is_problem
from tests.service.conftest import Live, listening

SHORT = 0.2
LONG = 3_600.0
FEED = "/v1/locations/quay/feed"
WHO = f"Host: x\r\nAuthorization: Bearer {OWNER}\r\n"
POST = f"POST {ENTRIES} HTTP/1.1\r\n{WHO}Idempotency-Key: k\r\nContent-Type: application/json\r\n"
FEED_NOW = f"GET {FEED} HTTP/1.1\r\n{WHO}\r\n".encode()
GET_ME = f"GET /v1/me HTTP/1.1\r\n{WHO}\r\n".encode()


def bounds(**short: float) -> Limits:
    """Return limits with these bounds; whatever else might end a test is far off."""
    seconds: dict[str, Any] = {"head_seconds": LONG, "body_seconds": LONG, "answer_seconds": LONG, "probes": 0}
    return Limits(**(seconds | short))


@asynccontextmanager
async def connected(live: Live) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(live.url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.close()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the other side has closed, which must be soon."""
    told = b""
    async with asyncio.timeout(PATIENCE):
        try:
            while chunk := await reader.read(65_536):
                told += chunk
        except ConnectionError:
            pass
    return told


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drop: bytes) -> bytes:
    """Send a drop at a time until the other side has closed, which must be soon."""
    closing = asyncio.ensure_future(rest(reader))
    while not closing.done():
        writer.write(drop)
        await asyncio.wait({closing}, timeout=0.01)
    return await closing


async def answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    assert length
    return head + await reader.readexactly(int(length[1]))


async def metrics(live: Live) -> str:
    async with httpx.AsyncClient(base_url=live.url, timeout=PATIENCE) as api:
        return (await api.get("/metrics")).text


async def test_a_connection_that_says_nothing_is_cut(own_log: Path) -> None:
    with listening(own_log, bounds(head_seconds=SHORT)) as live:
        async with connected(live) as (reader, _):
            assert await rest(reader) == b""
        assert 'commlog_connections_cut_total{waiting="head"} 1.0' in await metrics(live)


@pytest.mark.parametrize("before", [0, 1, 3])
async def test_a_head_that_drips_is_cut_also_after_good_requests(own_log: Path, before: int) -> None:
    with listening(own_log, bounds(head_seconds=SHORT)) as live:
        async with connected(live) as (reader, writer):
            for _ in range(before):
                writer.write(GET_ME)
                assert (await answer(reader)).startswith(b"HTTP/1.1 200")
            writer.write(b"GET /healthz HTTP/1.1\r\nX: ")
            assert await dripping(reader, writer, b"x") == b""


async def test_a_kept_connection_that_is_idle_is_cut(own_log: Path) -> None:
    with listening(own_log, bounds(head_seconds=SHORT)) as live:
        async with connected(live) as (reader, writer):
            writer.write(GET_ME)
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")
            assert await rest(reader) == b""


@pytest.mark.parametrize(
    ("head", "drop"),
    [("Content-Length: 1000000\r\n\r\n", b" "), ("Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")],
    ids=["of a length", "in chunks"],
)
async def test_a_body_that_drips_is_cut_and_records_nothing(own_log: Path, head: str, drop: bytes) -> None:
    with listening(own_log, bounds(body_seconds=SHORT)) as live:
        async with connected(live) as (reader, writer):
            writer.write((POST + head).encode() + json.dumps(CALL).encode() * head.startswith("Content"))
            assert await dripping(reader, writer, drop) == b""
        async with httpx.AsyncClient(base_url=live.url, headers=bearer(OWNER), timeout=PATIENCE) as api:
            assert (await api.get("/v1/locations/quay")).json()["seq"] == 0
        assert 'commlog_connections_cut_total{waiting="body"} 1.0' in await metrics(live)


async def test_a_body_that_goes_on_after_it_was_refused_is_cut(own_log: Path) -> None:
    with listening(own_log, bounds(body_seconds=SHORT)) as live:
        async with connected(live) as (reader, writer):
            writer.write(f"POST {ENTRIES} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode())
            assert (await dripping(reader, writer, b" ")).startswith(b"HTTP/1.1 401")


async def test_a_feed_lives_though_its_client_says_nothing_more(own_log: Path) -> None:
    with listening(own_log, bounds(head_seconds=SHORT, body_seconds=SHORT, answer_seconds=SHORT)) as live:
        async with connected(live) as (reader, writer), connected(live) as (idle, _):
            writer.write(f"GET {FEED} HTTP/1.1\r\n{WHO}\r\n".encode())
            await reader.readuntil(b"retry: 1000")
            assert await rest(idle) == b"", "by now the feed is older than every bound"
            async with httpx.AsyncClient(base_url=live.url, headers=bearer(OWNER), timeout=PATIENCE) as api:
                await api.post(ENTRIES, json=CALL, headers={"Idempotency-Key": "k"})
            async with asyncio.timeout(PATIENCE):
                await reader.readuntil(b"id: 1\n")


def lazy(live: Live, request: bytes) -> socket.socket:
    """Return a connection that asked and takes nothing; its buffer is small."""
    taker = socket.socket()
    taker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    taker.connect(("127.0.0.1", int(live.url.rpartition(":")[2])))
    taker.sendall(request)
    return taker


def until_cut(taker: socket.socket) -> int:
    """Return how many bytes came before the connection was cut."""
    taker.settimeout(PATIENCE)
    count = 0
    try:
        while chunk := taker.recv(1 << 20):
            count += len(chunk)
    except ConnectionError:
        pass
    return count


async def fill(live: Live) -> int:
    """Record large entries, more than sockets buffer by themselves; return their size in all."""
    body = "x" * 60_000
    items = [{"key": str(number), "entry": CALL | {"body": body}} for number in range(120)]
    async with httpx.AsyncClient(base_url=live.url, headers=bearer(OWNER), timeout=PATIENCE) as api:
        told = await api.post(f"{ENTRIES}/batch", json={"items": items})
        assert {item["status"] for item in told.json()["items"]} == {201}
    return len(items) * len(body)


async def cut_for_answers(live: Live) -> None:
    """Wait until a connection was cut whose client took nothing."""
    async with asyncio.timeout(PATIENCE):
        while 'commlog_connections_cut_total{waiting="answer"} 1.0' not in await metrics(live):
            pass


@pytest.mark.parametrize(("path", "count"), [(FEED, 1), (f"{ENTRIES}?limit=200", 8)], ids=["a feed", "pages"])
async def test_a_client_that_takes_nothing_is_cut(own_log: Path, path: str, count: int) -> None:
    with listening(own_log, bounds(answer_seconds=SHORT)) as live:
        size = await fill(live)
        with lazy(live, f"GET {path} HTTP/1.1\r\n{WHO}Last-Event-ID: 0\r\n\r\n".encode() * count) as taker:
            await cut_for_answers(live)
            assert await asyncio.to_thread(until_cut, taker) < size


async def test_a_service_with_a_client_that_takes_nothing_still_ends(own_log: Path) -> None:
    with listening(own_log, bounds()) as live:
        await fill(live)
        with lazy(live, f"GET {FEED} HTTP/1.1\r\n{WHO}Last-Event-ID: 0\r\n\r\n".encode()) as taker:
            assert await asyncio.to_thread(taker.recv, 64)
            live.stopped.set()
            await asyncio.to_thread(live.thread.join, PATIENCE)
            assert not live.thread.is_alive()


async def test_connections_beyond_the_limit_are_told_so(own_log: Path) -> None:
    with listening(own_log, Limits(connections=2)) as live:
        async with connected(live) as (first, writer), connected(live) as (second, other):
            for ask, hear in ((writer, first), (other, second)):
                ask.write(GET_ME)
                assert (await answer(hear)).startswith(b"HTTP/1.1 200")
            async with httpx.AsyncClient(base_url=live.url, headers=bearer(OWNER), timeout=PATIENCE) as api:
                refused = await api.post(ENTRIES, json=CALL, headers={"Idempotency-Key": "k"})
            assert is_problem(refused, 503, "crowded")
            assert (refused.headers["retry-after"], refused.headers["connection"]) == ("5", "close")
            writer.write(GET_ME)
            assert (await answer(first)).startswith(b"HTTP/1.1 200"), "who was there before is served on"
        async with (
            httpx.AsyncClient(base_url=live.url, headers=bearer(OWNER), timeout=PATIENCE) as api,
            asyncio.timeout(PATIENCE),
        ):
            while (free := await api.get("/v1/locations/quay")).status_code == 503:
                pass
            assert free.json()["seq"] == 0


def too_large(begin: bytes, more: bytes) -> bytes:
    """Return a head one byte too large.

    Nothing of it is left unread, which would reset the connection before the answer.
    """
    return (begin + more * HEAD_BYTES)[: HEAD_BYTES + 1]


UNREADABLE = {
    "no HTTP": (b"\x16\x03\x01 hello\r\n\r\n", 400),
    "a field too large": (too_large(b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"x"), 431),
    "an address too long": (too_large(b"GET /", b"x"), 431),
    "too many fields": (too_large(b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: x\r\n"), 431),
}


@pytest.mark.parametrize(("said", "status"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_answered_with_a_problem(long_lived: Live, said: bytes, status: int) -> None:
    async with connected(long_lived) as (reader, writer):
        writer.write(said)
        head, _, body = (await rest(reader)).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert f"content-type: {PROBLEM_JSON}".encode() in head
    assert json.loads(body)["status"] == status


async def test_feeds_are_counted_by_token_and_in_all(own_log: Path) -> None:
    with listening(own_log, Limits(streams=1, all_streams=2)) as live:
        async with httpx.AsyncClient(base_url=live.url, timeout=PATIENCE) as api:

            async def told(token: str) -> httpx.Response:
                return await api.get(FEED, headers=bearer(token))

            async with api.stream("GET", FEED, headers=bearer("desk"), timeout=PATIENCE) as first:
                assert first.status_code == 200
                mine = await told("desk")
                assert is_problem(mine, 429, "streams")
                async with api.stream("GET", FEED, headers=bearer("auditor")) as second:
                    assert second.status_code == 200
                    full = await told("manager")
                    assert is_problem(full, 503, "streams")
                    assert mine.headers["retry-after"] == full.headers["retry-after"] == "10"
                    assert (await api.get("/v1/me", headers=bearer("desk"))).status_code == 200
            async with asyncio.timeout(PATIENCE):
                while True:
                    async with api.stream("GET", FEED, headers=bearer("desk"), timeout=PATIENCE) as again:
                        if again.status_code == 200:
                            break


async def test_a_feed_that_is_refused_for_another_reason_holds_no_place(own_log: Path) -> None:
    with listening(own_log, Limits(streams=1)) as live:
        async with httpx.AsyncClient(base_url=live.url, headers=bearer("desk"), timeout=PATIENCE) as api:
            for _ in range(3):
                assert is_problem(await api.get(FEED, headers={"Last-Event-ID": "x"}), 400, "last-event-id")
            async with api.stream("GET", FEED) as feed:
                assert feed.status_code == 200
