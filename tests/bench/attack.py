"""Time an honest ``GET /v1/me`` while eight clients send the worst requests they may.

Run by hand:

    python -m tests.bench.attack [--seconds 5] [KIND ...]

The service, the attackers and the honest client are processes of their own. Nothing is asserted; the
goal is a p99 under 250 ms.
``python -m tests.bench.attack attack URL TOKEN KIND`` is the attackers' side.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any, Final

import httpx

from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.service.tokens import digest_of, new_secret
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import SqliteStore, utc_now
from tests.bench.figures import percentile

CLIENTS: Final = 8
_ENTRIES: Final = "/v1/locations/quay/entries"
_CALL: Final[dict[str, Any]] = {"via": "phone", "title": "Rang", "source": "manual", "sent_at": "2026-11-03T09:14:00Z"}
_MAIL: Final[dict[str, Any]] = _CALL | {"via": "email", "to": "ada@example.com", "source": "workflow"}
_ADDRESS: Final = "someone.with.quite.a.long.name@mail.example.com"


def _post(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nIdempotency-Key: KEY\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _chunked(chunks: bytes) -> bytes:
    return _post(_ENTRIES, b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n"


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n\r\n".encode()


def _entry(fields: dict[str, Any], **others: Any) -> bytes:
    return json.dumps(fields | others, separators=(",", ":")).encode()


def _batch(items: list[Any]) -> bytes:
    return _post(f"{_ENTRIES}/batch", json.dumps({"items": items}, separators=(",", ":")).encode())


def _full(number: int, **others: Any) -> dict[str, Any]:
    """Return an item of a batch with every list full."""
    people = {"id": f"c{number}", "addresses": [f"{at}{_ADDRESS}" for at in range(20)], "numbers": [_ADDRESS] * 20}
    events = [{"kind": "sent", "at": f"2026-11-03T09:14:{at:02}Z", "detail": "d" * 40, "to": "a"} for at in range(50)]
    return {"key": f"k{number}", "entry": _MAIL | {"customer": people, "events": events} | others}


KINDS: Final[Mapping[str, tuple[str, Callable[[], bytes]]]] = {
    "honest-flood": ("desk", lambda: _get("/v1/me")),
    "numbers": ("desk", lambda: _post(_ENTRIES, _entry(_CALL, customer={"id": "c", "numbers": [0] * 450_000}))),
    "events": ("sender", lambda: _post(_ENTRIES, _entry(_MAIL, events=[0] * 450_000))),
    "unknown-fields": ("desk", lambda: _batch([{"key": "k", "entry": {f"u{at:04}": 0 for at in range(1300)}}] * 500)),
    "allowed-faults": ("desk", lambda: _batch([{"key": "k", "entry": {f"u{at:04}": 0 for at in range(390)}}] * 500)),
    "full-items": ("sender", lambda: _batch([_full(number, title="") for number in range(500)])),
    "escapes": ("desk", lambda: _post(_ENTRIES, b'{"body":"' + b"\\u0041" * 170_000 + b'"}')),
    "depth": ("desk", lambda: _post(_ENTRIES, b"[" * 1_000_000)),
    "digits": ("desk", lambda: _post(_ENTRIES, b'{"title":1.' + b"7" * 1_000_000 + b"}")),
    "parameters": ("desk", lambda: _get(f"{_ENTRIES}?{'&'.join(f'a{at}' for at in range(9_000))}")),
    "vias": ("desk", lambda: _get(f"{_ENTRIES}?{'&'.join(['via=A'] * 9_000)}")),
    "lines": ("desk", lambda: _get("/v1/me").replace(b"Host: x", b"Host: x" + b"\r\na:" * 16_000)),
    "chunks": ("desk", lambda: _chunked(b"1\r\n \r\n" * 1_000_000)),
    "large-pages": ("desk", lambda: _get(f"{_ENTRIES}?limit=200")),
}


async def _attack(port: int, request: bytes) -> None:
    """Send a request again and again over one connection, or over the next."""
    number = 0
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
            while True:
                number += 1
                writer.write(request.replace(b"KEY", b"%d-%d" % (os.getpid(), number), 1))
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head)
                left = int(length[1]) if length else 0
                while left > 0:
                    left -= len(await reader.readexactly(min(left, 1 << 16)))
                if wait := re.search(rb"retry-after: (\d+)", head):
                    await asyncio.sleep(min(int(wait[1]), 1))
        await asyncio.sleep(0.01)


async def attack(port: int, tokens: list[str], kind: str) -> None:
    """Send the requests of a kind from eight clients until stopped."""
    request = KINDS[kind][1]()
    await asyncio.gather(*(_attack(port, request.replace(b"TOKEN", token.encode(), 1)) for token in tokens))


def _measured(url: str, token: str, seconds: float) -> list[float]:
    times: list[float] = []
    end = monotonic() + seconds
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=120) as api:
        while monotonic() < end:
            began = perf_counter()
            try:
                status = api.get("/v1/me").status_code
            except httpx.HTTPError:
                status = 0
            times.append((perf_counter() - began) * 1000 if status == httpx.codes.OK else float("inf"))
            sleep(0.01)
    return times


async def set_up(database: Path) -> dict[str, list[str]]:
    """Make a log with tokens: one a client, and one for whoever is honest."""
    store = SqliteStore.open(database)
    await store.create_location(NewLocation(id="quay", name="Quay", zone="Europe/London"))
    made: dict[str, list[str]] = {"desk": [], "sender": []}
    for number in range(CLIENTS + 1):
        for role, secrets in made.items():
            secrets.append(new_secret())
            token = TokenRecord(f"{role}-{number}", f"a {role}", Role(role), ("quay",), utc_now())
            await store.create_token(token, digest_of(secrets[-1]))
    await store.close()
    return made


def main() -> None:
    """Measure every kind of attack, each against a service of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.attack")
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--seconds", type=float, default=5)
    asked = parser.parse_args()
    for kind in asked.kinds:
        with tempfile.TemporaryDirectory() as folder:
            print(_against(Path(folder), kind, asked.seconds), flush=True)


def _against(home: Path, kind: str, seconds: float) -> str:
    tokens = asyncio.run(set_up(home / "log.db"))
    command = [sys.executable, "-m", "commlog_tui", "serve", "--port", "0", "--database", str(home / "log.db")]
    with (home / "requests.log").open("w+") as log, subprocess.Popen(command, stderr=log) as service:
        try:
            while not (answer := re.search(r"http://127\.0\.0\.1:(\d+)", (home / "requests.log").read_text())):
                sleep(0.05)
            if kind == "large-pages":
                fill(answer[0], tokens["desk"][-1])
            attackers = [
                sys.executable,
                "-m",
                "tests.bench.attack",
                "attack",
                answer[1],
                kind,
                *tokens[KINDS[kind][0]][:CLIENTS],
            ]
            with subprocess.Popen(attackers) as attacking:
                sleep(1)
                times = _measured(answer[0], tokens["desk"][-1], seconds)
                attacking.kill()
            peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{service.pid}/status").read_text())
        finally:
            service.kill()
    p50, p99, most = (f"{percentile(times, share):7.1f}" for share in (0.5, 0.99, 1))
    memory = int(peak[1]) >> 10 if peak else 0
    return f"{kind:16} {len(times):5} requests  p50 {p50}  p99 {p99}  max {most} ms  memory {memory:5} MiB"


def fill(url: str, token: str) -> None:
    """Record entries with as long a text as they may have."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as api:
        for first in range(0, 200, 20):
            items = [{"key": f"k{first + at}", "entry": _CALL | {"body": "\u20ac" * 100_000}} for at in range(20)]
            content = json.dumps({"items": items}, ensure_ascii=False).encode()
            api.post(
                f"{_ENTRIES}/batch", content=content, headers={"Content-Type": "application/json"}
            ).raise_for_status()


if __name__ == "__main__":
    if sys.argv[1:2] == ["attack"]:
        asyncio.run(attack(int(sys.argv[2]), sys.argv[4:], sys.argv[3]))
    else:
        main()
