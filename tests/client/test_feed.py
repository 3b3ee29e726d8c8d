"""The live feed: no gap and no repeat, through every cut."""

import asyncio
import re
from contextlib import aclosing

import pytest

from commlog_tui.client import errors, feed
from commlog_tui.client.feed import LONGEST_PAUSE, SHORTEST_PAUSE, follow
from commlog_tui.client.log_client import LogClient
from tests.client.raw_server import Act, RawServer, http, says, says_then_resets, says_then_waits, serving, unused_port
from tests.client.samples import PROBLEM_HEADER, TOKEN, feed_item, problem
from tests.patience import PATIENCE

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n"


class Follower:
    """Follows without waiting, and keeps what it was told and how long it would have waited."""

    def __init__(self, url: str, after: int = 0) -> None:
        self.after = after
        self.client = LogClient(url, TOKEN)
        self.pauses: list[float] = []
        self.states: list[bool] = []
        self.enough: int | None = None
        self.ends: list[int] = []

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if self.enough is not None and len(self.pauses) >= self.enough:
            raise _EnoughError
        await asyncio.sleep(0)

    async def take(self, count: int) -> list[int]:
        """The positions of the first records; the rest is let be."""
        seqs: list[int] = []
        async with asyncio.timeout(PATIENCE):
            heard = {"on_state": self.states.append, "on_shorter": self.ends.append, "pause": self.pause}
            answer = follow(self.client, "pier", self.after, **heard)  # type: ignore[arg-type] # each has its type
            async with aclosing(answer) as items:
                async for item in items:
                    seqs.append(item.seq)
                    if len(seqs) == count:
                        break
        await self.client.aclose()
        return seqs

    async def give_up_after(self, pauses: int) -> None:
        self.enough = pauses
        with pytest.raises(_EnoughError):
            await self.take(1)
        await self.client.aclose()


class _EnoughError(Exception):
    pass


def last_ids(server: RawServer) -> list[int]:
    found = [re.search(rb"\r\nlast-event-id: (\d+)\r\n", request, re.IGNORECASE) for request in server.requests]
    return [int(match[1]) for match in found if match]


async def test_records_come_once_and_in_order() -> None:
    async with serving(
        says_then_waits(HEAD, b"retry: 1000\n\n", feed_item(4), b": still here\n\n", feed_item(5))
    ) as server:
        follower = Follower(server.url, after=3)
        assert await follower.take(2) == [4, 5]
        assert last_ids(server) == [3]
        assert b"GET /v1/locations/pier/feed HTTP/1.1" in server.requests[0]
        assert b"text/event-stream" in server.requests[0]
        assert follower.states == [True]


async def test_a_log_that_is_shorter_is_noticed_and_followed_from_its_end() -> None:
    end = b'id: 2\nevent: end\ndata: {"seq":2}\n\n'
    async with serving(says_then_resets(HEAD, end, feed_item(3)), says_then_waits(HEAD, feed_item(4))) as server:
        follower = Follower(server.url, after=9)
        assert await follower.take(2) == [3, 4]
        assert last_ids(server) == [9, 3]
        assert follower.ends == [2]


async def test_a_record_is_told_whole() -> None:
    async with serving(says_then_waits(HEAD, feed_item(1, "correction"))) as server:
        client = LogClient(server.url, TOKEN)
        item = await anext(follow(client, "pier", 0))
        assert item.entry is not None
        assert item.entry.title == "Grüße 🚤"
        assert item.kind == "correction"
        await client.aclose()


async def test_after_a_cut_it_goes_on_behind_the_last_whole_record() -> None:
    third = feed_item(3)
    acts = [
        says(HEAD, feed_item(1), feed_item(2), third[: len(third) // 2]),
        says_then_resets(HEAD, third, feed_item(4)[:-1]),
        says_then_waits(HEAD, feed_item(4), feed_item(5)),
    ]
    async with serving(*acts) as server:
        follower = Follower(server.url)
        seqs = await follower.take(5)
        assert seqs == [1, 2, 3, 4, 5]
        assert last_ids(server)[0] == 0
        assert last_ids(server)[-1] == 3
        assert follower.states[0] is True
        assert follower.states.count(False) == follower.states.count(True) - 1


async def test_a_cut_at_any_byte_loses_and_doubles_nothing() -> None:
    raw = feed_item(1) + feed_item(2)
    for cut in range(0, len(raw), 7):
        async with serving(says(HEAD, raw[:cut]), says_then_waits(HEAD, raw, feed_item(3))) as server:
            assert await Follower(server.url).take(3) == [1, 2, 3]


async def test_what_is_told_again_is_dropped() -> None:
    again = says_then_waits(HEAD, *(feed_item(seq) for seq in (1, 2, 2, 1, 3, 2, 4)))
    async with serving(again) as server:
        assert await Follower(server.url, after=1).take(3) == [2, 3, 4]


async def test_a_kind_of_a_newer_service_is_passed_over_but_counts() -> None:
    annotation = b'id: 2\nevent: annotation\ndata: {"seq": 2, "why": "asked"}\n\n'
    odd = b"event: hello\ndata: there\n\nid: \xc2\xb2\nevent: hello\ndata: there\n\n"
    acts = [says(HEAD, feed_item(1), odd, annotation), says_then_waits(HEAD, feed_item(3))]
    async with serving(*acts) as server:
        assert await Follower(server.url).take(2) == [1, 3]
        assert last_ids(server) == [0, 2]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.TokenRefusedError),
        (403, errors.NotPermittedError),
        (404, errors.NotFoundError),
        (400, errors.RefusedError),
    ],
)
async def test_what_waiting_does_not_mend_is_raised_at_once(status: int, kind: type[errors.ClientError]) -> None:
    async with serving(says(http(status, problem(status), PROBLEM_HEADER))) as server:
        follower = Follower(server.url)
        with pytest.raises(kind):
            await follower.take(1)
        assert server.connections == 1
        assert not follower.pauses


async def test_a_token_revoked_meanwhile_ends_it() -> None:
    async with serving(says(HEAD, feed_item(1)), says(http(401, problem(401), PROBLEM_HEADER))) as server:
        follower = Follower(server.url)
        with pytest.raises(errors.TokenRefusedError):
            await follower.take(2)
        assert follower.states == [True, False]


@pytest.mark.parametrize(
    "data",
    [b"data: {}", b"data: <html>", b'data: {"seq": "x"}', b"data: " + b"9" * 5000],
    ids=["empty", "page", "seq", "number"],
)
async def test_a_record_that_cannot_be_read_is_not_passed_over(data: bytes) -> None:
    async with serving(says_then_waits(HEAD, b"event: entry\n" + data + b"\n\n", feed_item(2))) as server:
        with pytest.raises(errors.UnexpectedAnswerError):
            await Follower(server.url).take(1)


PASSING = {
    "nothing": says(),
    "a reset": says_then_resets(),
    "garbage": says(b"\xff\xfe\x00\r\n\r\n"),
    "busy": says(http(503, problem(503), PROBLEM_HEADER)),
    "too many": says(http(429)),
    "a proxy": says(http(502, b"<html>", "Content-Type: text/html")),
    "a captive portal": says(http(200, b"<html>Sign in</html>", "Content-Type: text/html")),
    "a blocking proxy": says(http(403, b"<html>Blocked</html>", "Content-Type: text/html")),
}


@pytest.mark.parametrize("act", PASSING.values(), ids=PASSING)
async def test_what_passes_is_waited_out(act: Act) -> None:
    async with serving(act, act, act, says_then_waits(HEAD, feed_item(1))) as server:
        follower = Follower(server.url)
        assert await follower.take(1) == [1]
        assert follower.pauses == [0.5, 1.0, 2.0]
        assert follower.states == [False, True]


async def test_pauses_grow_to_a_limit_while_nobody_is_there() -> None:
    follower = Follower(f"http://127.0.0.1:{unused_port()}")
    await follower.give_up_after(8)
    assert follower.pauses == [SHORTEST_PAUSE, 1.0, 2.0, 4.0, 8.0, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert follower.states == [False]


async def test_a_record_makes_pauses_short_again() -> None:
    acts = [says(), says(), says(HEAD, feed_item(1)), says_then_waits(HEAD, feed_item(2))]
    async with serving(*acts) as server:
        follower = Follower(server.url)
        assert await follower.take(2) == [1, 2]
        assert follower.pauses == [0.5, 1.0, 0.5]


async def test_connections_that_say_nothing_do_not_make_pauses_short() -> None:
    async with serving(says(HEAD, b": hello\n\n")) as server:
        follower = Follower(server.url)
        await follower.give_up_after(3)
        assert follower.pauses == [0.5, 1.0, 2.0]


async def test_a_connection_that_lasted_makes_pauses_short_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_PROVED", -1.0)
    async with serving(says(), says(), says(HEAD, b": hello\n\n")) as server:
        follower = Follower(server.url)
        await follower.give_up_after(4)
        assert follower.pauses == [0.5, 1.0, 0.5, 0.5]


@pytest.mark.parametrize(("asked", "pauses"), [(b"2000", [2.0, 4.0]), (b"1", [0.5, 1.0]), (b"99999999", [10.0, 10.0])])
async def test_the_stream_may_ask_for_a_first_pause(asked: bytes, pauses: list[float]) -> None:
    async with serving(says(HEAD, b"retry: " + asked + b"\n\n")) as server:
        follower = Follower(server.url)
        await follower.give_up_after(2)
        assert follower.pauses == pauses


@pytest.mark.parametrize(("asked", "pause"), [("7", 7.0), ("0", 0.5), ("86400", 60.0)])
async def test_a_busy_service_may_ask_for_time(asked: str, pause: float) -> None:
    async with serving(says(http(503, b"", f"Retry-After: {asked}"))) as server:
        follower = Follower(server.url)
        await follower.give_up_after(1)
        assert follower.pauses == [pause]


async def test_a_feed_in_drops_is_read() -> None:
    raw = HEAD + feed_item(1)
    async with serving(says(*(raw[i : i + 1] for i in range(len(raw))))) as server:
        assert await Follower(server.url).take(1) == [1]


async def test_a_cancelled_follower_lets_go_of_its_connection() -> None:
    gone = asyncio.Event()

    async def until_gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        await reader.read()
        gone.set()

    async with serving(until_gone) as server:
        follower = Follower(server.url)
        following = asyncio.create_task(follower.take(1))
        await asyncio.wait_for(server.asked.wait(), 5)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await asyncio.wait_for(gone.wait(), 5)
        await follower.client.aclose()
