"""Whoever is asked to wait waits, and then goes on."""

import asyncio
import json
from pathlib import Path

import pytest

from commlog_tui.client import errors, send_loop
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, SendReport
from commlog_tui.client.send_loop import SendLoop
from tests.client.raw_server import http, says, serving
from tests.client.samples import KEY, ME, PROBLEM_HEADER, TOKEN, new_entry, problem, receipt
from tests.client.test_outbox_sending import filled
from tests.patience import PATIENCE


def wait(seconds: int, status: int = 429) -> bytes:
    return http(status, problem(status), PROBLEM_HEADER, f"Retry-After: {seconds}")


RECORDED = http(201, json.dumps(receipt()).encode(), "Content-Type: application/json")
OK = http(200, ME, "Content-Type: application/json")


async def test_a_read_and_a_write_are_sent_again_after_the_time_named(pauses: list[float]) -> None:
    async with serving(says(wait(3)), says(OK), says(wait(4)), says(RECORDED)) as server:
        client = LogClient(server.url, TOKEN)
        assert (await client.me()).name == "Front desk"
        assert (await client.add("pier", KEY, new_entry())).seq == 7
        assert pauses == [3, 4]
        await client.aclose()


async def test_what_cannot_be_waited_for_within_the_call_is_told_with_the_time(pauses: list[float]) -> None:
    async with serving(says(wait(60))) as server:
        client = LogClient(server.url, TOKEN)
        for call in (client.me(), client.add("pier", KEY, new_entry())):
            with pytest.raises(errors.BusyError, match="rate limit was exceeded") as caught:
                await call
            assert caught.value.retry_after == 60
        assert (server.connections, pauses) == (2, [])
        await client.aclose()


async def test_a_write_that_may_have_been_looked_at_is_not_sent_again(pauses: list[float]) -> None:
    async with serving(says(wait(1, 503))) as server:
        client = LogClient(server.url, TOKEN)
        with pytest.raises(errors.BusyError):
            await client.add("pier", KEY, new_entry())
        assert (server.connections, pauses) == (1, [])
        await client.aclose()


async def test_the_outbox_keeps_its_entry_and_the_desk_sends_it_after_the_time_named(
    tmp_path: Path, pauses: list[float]
) -> None:
    outbox = filled(tmp_path, KEY)
    async with serving(says(wait(60)), says(RECORDED)) as server:
        client = LogClient(server.url, TOKEN)
        sender, reports, done = SendLoop(client, outbox), list[SendReport](), asyncio.Event()

        def told(report: SendReport) -> None:
            reports.append(report)
            sender.wake()  # a clerk saves another meanwhile
            if report.sent:
                done.set()

        running = asyncio.ensure_future(sender.run(told, pytest.fail))
        async with asyncio.timeout(PATIENCE):
            await done.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await client.aclose()
    first, second = reports
    assert (first.waiting, first.refused, first.sent) == (1, (), ())
    assert [got.seq for _, got in second.sent] == [7]
    assert pauses[0] == 60
    assert Outbox(tmp_path).items() == ()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited for; none of it is."""
    taken: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        if seconds:
            taken.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", pause)
    monkeypatch.setattr(send_loop, "_SHORTEST", 0.0)
    return taken
