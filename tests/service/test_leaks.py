"""Nobody's data is in what the service writes down.

A scene full of marked guests, hunted through its logs and metrics.
"""

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from commlog_tui.contract.location import Role
from commlog_tui.service.strict_http import HEAD_BYTES
from commlog_tui.service.tokens import digest_of
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import SqliteStore, utc_now
from tests.patience import PATIENCE
from tests.service.calls import CALL, ENTRIES, MAIL, UNKNOWN_ID, bearer
from tests.service.hunted_service import FAULT

TOKEN: Final = "commlog_leaktoken"
GUEST: Final[dict[str, Any]] = {
    "id": "leakcustomer",
    "name": "Zoë Leakname",
    "addresses": ["leakaddress@example.com"],
    "numbers": ["+44 7700 900987"],
}
MARKED: Final = {"title": "Leaktitle", "body": "Leakbody", "code": "LEAKCODE", "customer": GUEST}
ENTRY: Final = MAIL | MARKED | {"to": "leakaddress@example.com"}
TEXT: Final = CALL | MARKED | {"via": "sms", "to": "+447700900987"}
BROKEN: Final = ENTRY | {"title": f"Leaktitle {FAULT}"}
MARKS: Final = {
    *("leaktoken", "leakguess", "leakcustomer", "leakname", "leakaddress", "900987", "900 987", "leaktitle"),
    *("leakbody", "leakcode", "leaksearch", "leakpath", "leakkey", "leakheader", "leakreason", "leakfield", FAULT),
}


@dataclass(frozen=True)
class Scene:
    """What was answered, and what was written meanwhile."""

    statuses: list[int]
    metrics: str
    log: str

    def found(self) -> set[str]:
        return {mark for mark in MARKS if mark in (self.metrics + self.log).lower()}


async def play(api: httpx.AsyncClient) -> list[int]:
    """Do what goes well, what is refused in every way, and what breaks."""
    key = {"Idempotency-Key": "leakkey", "X-Request-Id": "leakheader@x", "User-Agent": "leakheader"}
    raw = {"Idempotency-Key": "leakkey-2", "Content-Type": "application/json"}
    batch = [{"key": "leakkey-b", "entry": TEXT}, {"key": "leakkey-c", "entry": "Leakbody"}]
    first = await api.post(ENTRIES, json=ENTRY, headers=key)
    told = [
        first,
        await api.post(ENTRIES, json=ENTRY, headers=key),
        await api.post(f"{ENTRIES}/batch", json={"items": batch}),
        await api.get(
            ENTRIES, params={"q": "leaksearch", "to": "leakaddress@example.com", "customer_id": "leakcustomer"}
        ),
        await api.get("/v1/locations/quay/customers", params={"q": "07700 900987"}),
        await api.get("/v1/locations/quay/customers/leakcustomer"),
        await api.get("/v1/locations/quay/customers/leakcustomer-2"),
        await api.get("/v1/locations/leakpath/entries"),
        await api.get("/leakpath/leakaddress@example.com", params={"q": "leaksearch"}),
        await api.request("LEAKPATH", ENTRIES),
        await api.get(f"{ENTRIES}/{UNKNOWN_ID}"),
        await api.get(ENTRIES, params={"leakfield": "leaksearch"}),
        await api.get(ENTRIES, params={"cursor": "leaksearch"}),
        await api.post(ENTRIES, json=ENTRY | {"leakfield": 1, "via": "Leakname " * 20}, headers=raw),
        await api.post(ENTRIES, json=ENTRY | {"title": "Leaktitle 2"}, headers=key),
        await api.post(ENTRIES, content=b'{"title": "Leaktitle', headers=raw),
        await api.post(ENTRIES, content=b"Leakbody" * 200_000, headers=raw),
        await api.post(ENTRIES, content=b"Leakbody", headers={"Idempotency-Key": "leakkey"}),
        await api.get(ENTRIES, headers=bearer("leakguess")),
        await api.get(f"{ENTRIES}?q=leaksearch", headers={"Authorization": "leakguess"}),
        await api.get(ENTRIES, params={"q": f"leaksearch {FAULT}"}),
        await api.get(f"/v1/locations/quay/customers/leakcustomer-{FAULT}"),
        await api.post(ENTRIES, json=BROKEN, headers=raw),
        await api.post(f"{ENTRIES}/{first.json()['id']}/redaction", json={"reason": "leakreason"}, headers=raw),
    ]
    return [answer.status_code for answer in told]


async def break_off(port: int) -> None:
    """Say what is no request, too much of one, and half of one."""
    head = f"POST {ENTRIES}?q=leaksearch HTTP/1.1\r\nHost: leakheader\r\nAuthorization: Bearer {TOKEN}\r\n"
    half = (
        f"{head}Content-Type: application/json\r\nIdempotency-Key: leakkey\r\nContent-Length: "
        f"9000\r\n\r\n{json.dumps(ENTRY)}"
    )
    for said in (
        "leakpath leakname\r\n\r\n",
        (head + "X: leakheader\r\n" * HEAD_BYTES)[: HEAD_BYTES + 1],
        half,
        f"{head}Upgrade: leakheader\r\nConnection: upgrade\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said.encode())
        with suppress(OSError):  # the service waits half a second for slow readers of such an answer, then resets
            writer.write_eof()
            if said is not half:
                async with asyncio.timeout(PATIENCE):
                    assert await reader.readline()
        writer.close()


async def scene(database: Path, leak: str = "") -> Scene:
    store = SqliteStore.open(database)
    await store.create_token(TokenRecord("leak", "Leakname", Role.ADMIN, None, utc_now()), digest_of(TOKEN))
    await store.close()
    command = (sys.executable, "-m", "tests.service.hunted_service", str(database), *filter(None, (leak,)))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            lines = b""
            while not (line := await process.stdout.readline()).strip().isdigit():
                lines += line
                assert line, lines
            port = int(line)
            reading = asyncio.ensure_future(process.stdout.read())
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", headers=bearer(TOKEN), timeout=PATIENCE
            ) as api:
                statuses = await play(api)
                await break_off(port)
                metrics = (await api.get("/metrics")).text
            process.terminate()
            log = (lines + await reading).decode()
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Scene(statuses, metrics, log)


async def test_nobodys_data_is_written_down(own_log: Path) -> None:
    played = await scene(own_log)
    assert played.found() == set(), played.log
    assert {200, 201, 400, 401, 404, 405, 413, 415, 422, 500} <= set(played.statuses)
    assert "event=request method=POST route=/v1/locations/{location}/entries status=413" in played.log
    assert played.log.count("event=fault error=RuntimeError") == 3, "the faults were met"
    assert 'route="/v1/locations/{location}/customers/{customer_id}",status="500"' in played.metrics


@pytest.mark.parametrize(
    ("leak", "marks"),
    [
        ("access", {"leaksearch", "leakpath", "leakaddress", "leakcustomer", FAULT}),
        ("faults", {"leaksearch", "leaktitle", "leakbody", "leakname", "leakaddress", "900987", FAULT}),
        ("metrics", {"leakcustomer", "leakpath", "leakaddress"}),
    ],
)
async def test_the_hunt_finds_what_leaks(own_log: Path, leak: str, marks: set[str]) -> None:
    assert marks <= (await scene(own_log, leak)).found()
