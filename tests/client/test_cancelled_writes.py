"""A caller that goes away cuts off nothing that is being written."""

import asyncio
import gc
import json

import httpx
import pytest

from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from tests.client.raw_server import http, says, serving, unused_port
from tests.client.samples import KEY, ME, TOKEN, new_entry, receipt
from tests.patience import PATIENCE


class SlowService:
    """Answers when it is let."""

    def __init__(self, status: int = 201) -> None:
        self.status = status
        self.reached, self.let, self.answered = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.requests = 0

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.requests += 1
        self.reached.set()
        await self.let.wait()
        self.answered.set()
        return httpx.Response(self.status, content=json.dumps(receipt()).encode())

    def client(self, timeout: float = PATIENCE) -> LogClient:
        return LogClient("https://log.example", TOKEN, timeout=timeout, transport=httpx.MockTransport(self))


async def test_a_cancelled_caller_lets_the_request_end() -> None:
    service = SlowService()
    client = service.client()
    caller = asyncio.create_task(client.add("pier", KEY, new_entry()))
    await service.reached.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    gc.collect()
    service.let.set()
    await asyncio.wait_for(service.answered.wait(), PATIENCE)
    await client.aclose()


async def test_a_caller_out_of_time_lets_the_request_end() -> None:
    service = SlowService()
    client = service.client(timeout=0.05)
    with pytest.raises(errors.UnreachableError):
        await client.add("pier", KEY, new_entry())
    service.let.set()
    await asyncio.wait_for(service.answered.wait(), PATIENCE)
    await client.aclose()


async def test_closing_lets_what_is_being_written_end() -> None:
    service = SlowService()
    client = service.client()
    caller = asyncio.create_task(client.add("pier", KEY, new_entry()))
    await service.reached.wait()
    closing = asyncio.create_task(client.aclose())
    service.let.set()
    assert (await caller).seq == 7
    await closing


async def _write_and_go_away(client: LogClient, service: SlowService) -> None:
    caller = asyncio.create_task(client.add("pier", KEY, new_entry()))
    await service.reached.wait()
    caller.cancel()
    service.let.set()
    await asyncio.wait({caller})


async def test_a_failure_that_nobody_waits_for_is_told_to_nobody() -> None:
    answer: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: answer.append(context))
    service = SlowService(status=500)
    client = service.client()
    await _write_and_go_away(client, service)
    await client.aclose()
    gc.collect()
    assert service.answered.is_set()
    assert not answer


async def test_a_write_that_never_left_is_tried_again() -> None:
    tries = 0

    def refused_once(_: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(201, content=json.dumps(receipt()).encode())

    client = LogClient("https://log.example", TOKEN, transport=httpx.MockTransport(refused_once))
    assert (await client.add("pier", KEY, new_entry())).seq == 7
    assert tries == 2


async def test_many_cancelled_reads_leave_the_client_able() -> None:
    async def hold(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(hold) as server:
        client = LogClient(server.url, TOKEN)
        for _ in range(120):
            reading = asyncio.create_task(client.me())
            await asyncio.wait_for(server.asked.wait(), PATIENCE)
            server.asked.clear()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        assert server.connections == 120
        await client.aclose()


async def test_a_plain_http_client_needs_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    async with serving(says(http(200, ME))) as server:
        client = LogClient(server.url, TOKEN)
        assert (await client.me()).name == "Front desk"
        await client.aclose()
