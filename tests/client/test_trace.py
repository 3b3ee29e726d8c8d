"""Every request has an id that the service and the desk both write down, and that people can read out."""

import logging
import re
from collections.abc import Iterator

import pytest

from commlog_tui.client import errors, trace
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.query import EntryQuery
from tests.client.raw_server import RawServer, http, says, serving
from tests.client.samples import KEY, ME, PROBLEM_HEADER, TOKEN, new_entry, problem

READABLE = re.compile(r"[0-9a-f]{4}-[0-9a-f]{4}")
OK = says(http(200, ME, "Content-Type: application/json"))


def sent(server: RawServer) -> list[str]:
    return [
        found[1].decode() for asked in server.requests if (found := re.search(rb"(?i)x-request-id: (\S+)\r\n", asked))
    ]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, trace.LOGGER.name):
        yield caplog


async def test_each_request_has_an_id_of_its_own() -> None:
    async with serving(OK) as server:
        client = LogClient(server.url, TOKEN)
        for _ in range(20):
            await client.me()
        await client.aclose()
    ids = sent(server)
    assert len(set(ids)) == len(server.requests) == 20
    assert all(READABLE.fullmatch(one) for one in ids)


@pytest.mark.parametrize("status", [500, 503, 507])
async def test_a_fault_of_the_service_is_told_with_the_id(status: int, log: pytest.LogCaptureFixture) -> None:
    async with serving(says(http(status, problem(status), PROBLEM_HEADER))) as server:
        client = LogClient(server.url, TOKEN)
        with pytest.raises(errors.BusyError) as caught:
            await client.add("pier", KEY, new_entry())
        await client.aclose()
    (request_id,) = sent(server)
    assert f"(request {request_id})" in str(caught.value)[:70], "a narrow screen shows no more"
    assert f"outcome={status}" in log.text
    assert f"request_id={request_id}" in log.text


async def test_what_is_no_fault_is_told_without() -> None:
    async with serving(says(http(429, problem(429), PROBLEM_HEADER))) as server:
        client = LogClient(server.url, TOKEN)
        with pytest.raises(errors.BusyError) as caught:
            await client.add("pier", KEY, new_entry())
        await client.aclose()
    assert "request" not in str(caught.value)


async def test_a_feed_has_one_too(log: pytest.LogCaptureFixture) -> None:
    async with serving(says(http(200, b"retry: 1\n\n", "Content-Type: text/event-stream"))) as server:
        client = LogClient(server.url, TOKEN)
        async with client.feed("pier", 0) as chunks:
            assert [chunk async for chunk in chunks]
        await client.aclose()
    (request_id,) = sent(server)
    (line,) = log.messages
    assert re.fullmatch(rf"method=GET call=v1/locations/\*/feed outcome=200 ms=[\d.]+ request_id={request_id}", line)


async def test_nothing_of_what_was_asked_or_said_is_written_down(log: pytest.LogCaptureFixture) -> None:
    mark = "zoe-07700900123"
    async with serving(says()) as server:
        client = LogClient(server.url, mark)
        for call in (
            client.page(mark, EntryQuery(q=mark)),
            client.customer(mark, mark),
            client.customers("pier", mark),
            client.detail(mark, mark),
            client.add(mark, mark, new_entry(mark)),
        ):
            with pytest.raises(errors.UnreachableError):
                await call
        await client.aclose()
    assert all(mark.encode() in asked for asked in server.requests)
    assert "call=v1/locations/*/customers/*" in log.text
    assert "outcome=RemoteProtocolError" in log.text
    assert mark not in log.text
