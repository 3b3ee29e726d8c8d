"""Every way in which a transport can fail becomes one of the few errors, with a sentence for people."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from commlog_tui.client import errors, transport
from commlog_tui.client.log_client import LogClient
from tests.client.raw_server import Act, drips, http, says, says_then_resets, says_then_waits, serving, unused_port
from tests.client.samples import KEY, ME, PROBLEM_HEADER, TOKEN, new_entry, problem
from tests.patience import PATIENCE

OK_JSON = http(200, ME, "Content-Type: application/json")
HTML = "Content-Type: text/html"
LONG_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


async def failure_of_read(*acts: Act, patience: float = PATIENCE) -> errors.ClientError:
    async with serving(*acts) as server:
        client = LogClient(server.url, TOKEN, timeout=patience)
        with pytest.raises(errors.ClientError) as caught:
            await client.me()
        await client.aclose()
    return caught.value


async def failure_of_write(*acts: Act, patience: float = PATIENCE) -> errors.ClientError:
    async with serving(*acts) as server:
        client = LogClient(server.url, TOKEN, timeout=patience)
        with pytest.raises(errors.ClientError) as caught:
            await client.add("pier", KEY, new_entry())
        assert server.connections == 1, "what may have arrived is not sent again here: that is the outbox's"
        await client.aclose()
    return caught.value


BROKEN = {
    "closes without a word": says(),
    "resets without a word": says_then_resets(),
    "closes in the head": says(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "closes in the body": says(LONG_HEAD, b'{"name":'),
    "resets in the body": says_then_resets(LONG_HEAD, b'{"name":'),
    "cuts a chunk": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"),
    "talks garbage": says(b"\x00\xff\x16\x03\x01 no protocol at all\r\n\r\n"),
    "talks another protocol": says(b"220 mail.example ESMTP\r\n"),
}


@pytest.mark.parametrize("act", BROKEN.values(), ids=BROKEN)
async def test_a_broken_connection_is_no_answer(act: Act) -> None:
    assert isinstance(await failure_of_read(act), errors.UnreachableError)
    assert isinstance(await failure_of_write(act), errors.UnreachableError)


async def test_nobody_there_is_no_answer() -> None:
    client = LogClient(f"http://127.0.0.1:{unused_port()}", TOKEN)
    with pytest.raises(errors.UnreachableError):
        await client.me()
    with pytest.raises(errors.UnreachableError):
        await client.add("pier", KEY, new_entry())
    await client.aclose()


SLOW = {
    "swallows the answer": says_then_waits(),
    "stops in the body": says_then_waits(LONG_HEAD, b"{"),
    "drips the head": drips(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "drips the body": drips(LONG_HEAD, b" "),
}


@pytest.mark.parametrize("act", SLOW.values(), ids=SLOW)
async def test_a_slow_answer_is_waited_for_no_longer_than_the_timeout(act: Act) -> None:
    async with asyncio.timeout(PATIENCE):
        assert isinstance(await failure_of_read(act, patience=0.1), errors.UnreachableError)


@pytest.mark.parametrize("act", [SLOW["swallows the answer"], SLOW["stops in the body"]])
async def test_a_slow_answer_to_what_was_written_is_no_answer(act: Act) -> None:
    assert isinstance(await failure_of_write(act, patience=0.1), errors.UnreachableError)


async def test_an_answer_in_drops_is_read() -> None:
    async with serving(says(*(OK_JSON[i : i + 1] for i in range(len(OK_JSON))))) as server:
        client = LogClient(server.url, TOKEN)
        assert (await client.me()).name == "Front desk"
        await client.aclose()


UNREADABLE = {
    "wrong JSON": http(200, b'{"name": "Front desk"', "Content-Type: application/json"),
    "other JSON": http(200, b'{"users": []}', "Content-Type: application/json"),
    "JSON of another shape": http(200, b"[[[[]]]]", "Content-Type: application/json"),
    "no UTF-8": http(200, b'{"name": "\xff"}', "Content-Type: application/json"),
    "a page": http(200, b"<html>Sign in to the hotel's network</html>", HTML),
    "nothing": http(200),
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "broken compression": http(200, b"this is no gzip", "Content-Encoding: gzip"),
    "a page for 403": http(403, b"<html>Blocked</html>", HTML),
    "a page for 404": http(404, b"<html>nginx</html>", HTML),
    "a page for 422": http(422, b"<html>no</html>", HTML),
    "somebody else's JSON for 404": http(404, problem(404), "Content-Type: application/json"),
    "a problem of another shape": http(409, b'{"type": 3}', PROBLEM_HEADER),
    "a problem that is no JSON": http(409, b"<html>", PROBLEM_HEADER),
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_no_answer_of_ours_is_unexpected(answer: bytes) -> None:
    assert isinstance(await failure_of_read(says(answer)), errors.UnexpectedAnswerError)
    assert isinstance(await failure_of_write(says(answer)), errors.UnexpectedAnswerError)


async def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 1 << 20)
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    endless = drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk)
    assert isinstance(await failure_of_read(endless), errors.UnexpectedAnswerError)


MEANINGS = [
    (401, errors.TokenRefusedError),
    (403, errors.NotPermittedError),
    (404, errors.NotFoundError),
    (400, errors.RefusedError),
    (409, errors.RefusedError),
    (413, errors.RefusedError),
    (415, errors.RefusedError),
    (422, errors.RefusedError),
    (429, errors.BusyError),
    (500, errors.BusyError),
    (502, errors.BusyError),
    (503, errors.BusyError),
    (504, errors.BusyError),
    (507, errors.BusyError),
]


@pytest.mark.parametrize(("status", "kind"), MEANINGS)
async def test_every_status_has_its_error(status: int, kind: type[errors.ClientError]) -> None:
    answer = says(http(status, problem(status), PROBLEM_HEADER))
    assert type(await failure_of_read(answer)) is kind
    assert type(await failure_of_write(answer)) is kind


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503, 504, 507])
async def test_a_proxy_may_say_in_html_what_the_service_says_in_problems(status: int) -> None:
    kind = dict(MEANINGS)[status]
    assert type(await failure_of_write(says(http(status, b"<html><h1>Oh</h1></html>", HTML)))) is kind


async def test_a_full_disk_is_told_from_a_busy_service() -> None:
    full = await failure_of_write(says(http(507, problem(507), PROBLEM_HEADER)))
    busy = await failure_of_write(says(http(503, problem(503), PROBLEM_HEADER)))
    assert "disk is full" in str(full)
    assert "disk" not in str(busy)


@pytest.mark.parametrize("slug", ["damaged", "other-log"])
async def test_a_damaged_log_is_told_from_a_busy_service_in_the_words_of_the_service(slug: str) -> None:
    fields = {
        "type": f"urn:commlog:problem:{slug}",
        "title": "t",
        "status": 500,
        "detail": "The trigger 'x'\x1b[2J was added.",
    }
    error = await failure_of_write(says(http(500, json.dumps(fields).encode(), PROBLEM_HEADER)))
    assert (type(error), str(error)) == (errors.LogDamagedError, "The trigger 'x' [2J was added.")
    assert isinstance(error, errors.BusyError), "what was to be written waits"


async def retry_after(value: str) -> float | None:
    error = await failure_of_write(says(http(503, b"", f"Retry-After: {value}")))
    assert isinstance(error, errors.BusyError)
    return error.retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("17", 17), ("9" * 500, 3600), ("soon", None), ("-3", None), ("1.5", None), ("", None), ("²", None)],
)
async def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert await retry_after(value) == seconds


async def test_retry_after_as_a_date() -> None:
    soon = await retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))
    assert soon is not None
    assert 60 < soon <= 90
    assert await retry_after("Sun, 06 Nov 1994 08:49:37 GMT") == 0
    assert await retry_after("Fri, 31 Dec 9999 23:59:59 GMT") == 3600


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(status: int) -> None:
    async with serving(says(OK_JSON)) as elsewhere:
        answer = says(http(status, b"", f"Location: {elsewhere.url}/v1/me"))
        assert isinstance(await failure_of_read(answer), errors.UnexpectedAnswerError)
        assert isinstance(await failure_of_write(answer), errors.UnexpectedAnswerError)
        assert elsewhere.connections == 0, "the token would have gone elsewhere"


@pytest.mark.parametrize("passing", [says(), says_then_resets(), says(http(502)), says(http(503)), says(http(504))])
async def test_a_read_is_tried_again_until_it_passes(passing: Act) -> None:
    async with serving(passing, passing, says(OK_JSON)) as server:
        client = LogClient(server.url, TOKEN)
        assert (await client.me()).name == "Front desk"
        assert server.connections == 3
        await client.aclose()


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500, 507])
async def test_a_read_that_was_answered_is_not_tried_again(status: int) -> None:
    async with serving(says(http(status, problem(status), PROBLEM_HEADER))) as server:
        client = LogClient(server.url, TOKEN)
        with pytest.raises(errors.ClientError):
            await client.me()
        assert server.connections == 1
        await client.aclose()
