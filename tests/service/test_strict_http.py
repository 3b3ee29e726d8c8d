"""HTTP as strictly as its specification allows.

What two programs could read in two ways is refused. Over real sockets.
"""

import asyncio
import json
import socket
from pathlib import Path

import h11
import httpx
import pytest

from commlog_tui.contract.problem import PROBLEM_JSON
from commlog_tui.service.strict_http import HEAD_BYTES, StrictConnection
from tests.patience import PATIENCE
from tests.service.calls import CALL, ENTRIES, OWNER, UNKNOWN_ID, bearer, is_problem
from tests.service.conftest import Live, listening
from tests.service.test_connections import GET_ME, WHO, answer, connected, rest

BODY = json.dumps(CALL).encode()
POST = f"POST {ENTRIES} HTTP/1.1\r\n{WHO}Content-Type: application/json\r\n".encode()
KEY = b"Idempotency-Key: k\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


def sized(size: int) -> bytes:
    """Return a whole head of a size, in one piece."""
    begin, end = f"GET /v1/me HTTP/1.1\r\n{WHO}X: ".encode(), b"\r\n\r\n"
    return begin + b"x" * (size - len(begin) - len(end)) + end


def chunks(size: int, count: int) -> bytes:
    """Return a valid body in chunks of one size, behind blanks that fill them."""
    whole = BODY.ljust(size * count)
    return b"".join(b"%x\r\n%s\r\n" % (size, whole[at : at + size]) for at in range(0, len(whole), size)) + b"0\r\n\r\n"


REFUSED = {
    "a length and chunks": (POST + KEY + LENGTH + CHUNKED + b"\r\n" + CHUNK, 400),
    "chunks and a length": (POST + KEY + CHUNKED + LENGTH + b"\r\n" + CHUNK, 400),
    "two lengths": (POST + KEY + LENGTH + b"Content-Length: 1\r\n\r\n" + BODY, 400),
    "a length that is none": (POST + KEY + b"Content-Length: +5\r\n\r\n" + BODY, 400),
    "a length beyond all numbers": (POST + KEY + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + BODY, 400),
    "chunks of an unknown coding": (POST + KEY + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNK, 400),
    "a chunk size that is none": (POST + KEY + CHUNKED + b"\r\nxyz\r\n", 400),
    "chunks in HTTP/1.0": (POST.replace(b"1.1", b"1.0") + KEY + CHUNKED + b"\r\n" + CHUNK, 400),
    "HTTP/9.9": (GET_ME.replace(b"HTTP/1.1", b"HTTP/9.9"), 505),
    "HTTP/2.0": (GET_ME.replace(b"HTTP/1.1", b"HTTP/2.0"), 505),
    "HTTP/1.2": (GET_ME.replace(b"HTTP/1.1", b"HTTP/1.2"), 505),
    "no version": (b"GET /v1/me\r\n\r\n", 400),
    "bare line feeds": (GET_ME.replace(b"\r\n", b"\n"), 400),
    "one bare line feed": (GET_ME.replace(b"\r\nAuth", b"\nAuth"), 400),
    "a bare line feed at the end": (GET_ME.replace(b"\r\n\r\n", b"\r\n\n"), 400),
    "a bare line feed before a body": (POST + KEY + LENGTH + b"\n" + BODY, 400),
    "a carriage return in a field": (GET_ME.replace(b"Host: x", b"Host: x\rY: 1"), 400),
    "a space before the colon": (GET_ME.replace(b"Host:", b"Host :"), 400),
    "no host": (GET_ME.replace(b"Host: x\r\n", b""), 400),
    "two hosts": (GET_ME.replace(b"Host: x", b"Host: x\r\nHost: y"), 400),
    "two keys": (POST + KEY + b"idempotency-key: k\r\n" + LENGTH + b"\r\n" + BODY, 400),
    "two other keys": (POST + KEY + b"Idempotency-Key: other\r\n" + LENGTH + b"\r\n" + BODY, 400),
    "two tokens": (GET_ME.replace(b"Host: x", b"Host: x\r\nAuthorization: Bearer other"), 400),
    "two media types": (POST + KEY + b"Content-Type: text/plain\r\n" + LENGTH + b"\r\n" + BODY, 400),
    "two positions": (GET_ME.replace(b"Host: x", b"Host: x\r\nLast-Event-ID: 1\r\nLast-Event-ID: 2"), 400),
    "a slash in a segment": (GET_ME.replace(b"/v1/me", b"/v1%2fme"), 400),
    "a slash in a later segment": (GET_ME.replace(b"/v1/me", b"/v1/locations/quay%2Fentries"), 400),
    "a backslash in a segment": (GET_ME.replace(b"/v1/me", b"/v1/locations/quay%5Centries"), 400),
    "a head that is too large, at once": (sized(HEAD_BYTES + 1), 431),
    "a head that is nearly twice too large": (sized(120_000), 431),
    "a head of very many lines": (GET_ME.replace(b"Host: x", b"Host: x" + b"\r\na:" * 16_000), 431),
    "a head of a line too many": (GET_ME.replace(b"Host: x", b"Host: x" + b"\r\na:" * 125), 431),
    "an address that is too long": (GET_ME.replace(b"/v1/me", b"/v1/me?" + b"a" * 17_000), 414),
    "very many parameters": (GET_ME.replace(b"/v1/me", b"/v1/me?" + b"&" * 100), 400),
    "a body in very small chunks": (POST + KEY + CHUNKED + b"\r\n" + chunks(1, 1_001), 400),
    "a token refused over a line feed": (GET_ME.replace(b"\r\n\r\n", b"\r\nX: a\nb\r\n\r\n"), 400),
}


@pytest.mark.parametrize(("text", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_could_be_read_in_two_ways_is_refused(live: Live, text: bytes, status: int) -> None:
    async with connected(live) as (reader, writer):
        writer.write(text)
        head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert f"content-type: {PROBLEM_JSON}".encode() in head
    async with httpx.AsyncClient(base_url=live.url, headers=bearer(OWNER), timeout=PATIENCE) as api:
        assert (await api.get("/v1/locations/quay")).json()["seq"] == 0


SMUGGLED = {
    name: text for name, (text, _) in REFUSED.items() if "length" in name or "line feed" in name or "HTTP/" in name
}


@pytest.mark.parametrize("text", SMUGGLED.values(), ids=SMUGGLED)
async def test_nothing_behind_what_was_refused_is_looked_at(live: Live, text: bytes) -> None:
    async with connected(live) as (reader, writer):
        writer.write(text + GET_ME)
        message = await rest(reader)
    assert message.count(b"HTTP/1.1 ") == 1


TAKEN = {
    "a body of a length": POST + KEY + LENGTH + b"\r\n" + BODY,
    "a body in chunks": POST + KEY + CHUNKED + b"\r\n" + CHUNK,
    "a body in small chunks": POST + KEY + CHUNKED + b"\r\n" + chunks(1, 900),
    "a body in very many chunks": POST + KEY + CHUNKED + b"\r\n" + chunks(512, 1_500),
    "a head of many lines": GET_ME.replace(b"Host: x", b"Host: x" + b"\r\na:" * 120),
    "line feeds in a body": POST + KEY + b"Content-Length: %d\r\n\r\n%s\n\n" % (len(BODY) + 2, BODY),
    "a head as large as it may be": sized(HEAD_BYTES),
    "HTTP/1.0": GET_ME.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a letter that is escaped": GET_ME.replace(b"/v1/me", b"/v1/m%65"),
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
async def test_what_has_one_reading_is_taken(live: Live, text: bytes) -> None:
    async with connected(live) as (reader, writer):
        writer.write(text)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith((b"HTTP/1.1 200", b"HTTP/1.1 201"))


async def test_requests_one_behind_the_other_are_each_looked_at(live: Live) -> None:
    async with connected(live) as (reader, writer):
        writer.write(GET_ME + POST + KEY + LENGTH + b"\r\n" + BODY + GET_ME.replace(b"\r\nAuth", b"\nAuth"))
        assert (await answer(reader)).startswith(b"HTTP/1.1 200")
        assert (await answer(reader)).startswith(b"HTTP/1.1 201")
        assert (await answer(reader)).startswith(b"HTTP/1.1 400")
        assert await rest(reader) == b""


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"POST {ENTRIES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer guess\r\n", b"401"),
        (f"POST {ENTRIES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer auditor\r\nIdempotency-Key: k\r\n", b"403"),
        (f"POST {ENTRIES} HTTP/1.1\r\n{WHO}Idempotency-Key: k\r\n", b"413"),
        (f"POST {ENTRIES}/{UNKNOWN_ID} HTTP/1.1\r\n{WHO}", b"405"),
        (f"POST /nowhere HTTP/1.1\r\n{WHO}", b"404"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["of a length", "in chunks"])
async def test_a_body_that_is_refused_is_not_read(own_log: Path, head: str, status: bytes, *, chunked: bool) -> None:
    size = 300 << 20
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    piece = b"10000\r\n" + b" " * 65_536 + b"\r\n" if chunked else b" " * 65_536

    def send(live: Live) -> tuple[int, bytes]:
        with socket.create_connection(("127.0.0.1", int(live.url.rpartition(":")[2])), PATIENCE) as client:
            client.sendall(f"{head}Content-Type: application/json\r\n{framing}\r\n\r\n".encode())
            sent = 0
            try:
                while sent < size:
                    client.sendall(piece)
                    sent += len(piece)
            except OSError:
                pass
            return sent, client.recv(65_536)

    with listening(own_log) as live:
        sent, message = await asyncio.to_thread(send, live)
    assert message.startswith(b"HTTP/1.1 " + status)
    assert sent < 32 << 20


async def test_a_small_body_that_is_refused_costs_no_connection(live: Live) -> None:
    async with connected(live) as (reader, writer):
        for _ in range(3):
            writer.write(
                f"POST {ENTRIES} HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n".encode() + b" " * 70_000
            )
            assert (await answer(reader)).startswith(b"HTTP/1.1 401")
        writer.write(GET_ME)
        assert (await answer(reader)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=latin-1",
        "application/json;charset=UTF-16",
        'application/json; charset="iso-8859-1"',
        "application/json; x=y; charset=windows-1252",
        "text/json",
        "application/json-patch+json",
        "",
    ],
)
async def test_another_media_type_or_charset_is_refused(api: httpx.AsyncClient, media_type: str) -> None:
    headers = {"Content-Type": media_type, "Idempotency-Key": "k"}
    for path in (ENTRIES, f"{ENTRIES}/batch", f"{ENTRIES}/{UNKNOWN_ID}/events"):
        assert is_problem(await api.post(path, content=BODY, headers=headers), 415, "media-type")


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", 'Application/JSON;Charset="UTF-8"', "application/json;"]
)
async def test_utf_8_may_be_named(api: httpx.AsyncClient, media_type: str) -> None:
    headers = {"Content-Type": media_type, "Idempotency-Key": "k"}
    assert (await api.post(ENTRIES, content=BODY, headers=headers)).status_code in {200, 201}


async def test_a_body_that_is_compressed_is_refused(api: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k", "Content-Encoding": "gzip"}
    assert is_problem(await api.post(ENTRIES, content=BODY, headers=headers), 415, "media-type")


def test_head_and_body_of_an_answer_leave_in_one_packet() -> None:
    connection = StrictConnection()
    connection.receive_data(b"GET / HTTP/1.1\r\nHost: log.test\r\n\r\n")
    connection.next_event()
    connection.next_event()
    assert connection.send(h11.Response(status_code=200, headers=[("Content-Length", "2")])) == b""
    data = connection.send(h11.Data(data=b"ok"))
    assert data is not None
    assert data.startswith(b"HTTP/1.1 200")
    assert data.endswith(b"\r\n\r\nok")
    assert connection.send(h11.EndOfMessage()) == b""
