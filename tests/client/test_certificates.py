"""A certificate that cannot be trusted: what is wrong is said, and nothing is sent."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from commlog_tui.client import errors
from commlog_tui.client.feed import follow
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.entry import NewEntry
from tests.certificates import certificate
from tests.client.samples import TOKEN
from tests.service.calls import CALL

CASES = {
    "nobody known signed it": ("127.0.0.1", "127.0.0.1", 30, False, "is signed by itself"),
    "another address": ("127.0.0.1", "192.0.2.7", 30, True, "is that of another address"),
    "another name": ("localhost", "other.example", 30, True, "is that of another host"),
    "expired": ("127.0.0.1", "127.0.0.1", -1, True, "has expired"),
}


@asynccontextmanager
async def serving(folder: Path, host: str, days: int, heard: list[bytes]) -> AsyncIterator[int]:
    """Serve with a certificate for a host, and keep what is said."""
    cert, key = certificate(folder, host, days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1 << 16))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


CALLS: dict[str, Callable[[LogClient], object]] = {
    "read": lambda client: client.me(),
    "write": lambda client: client.add("quay", "k", NewEntry.model_validate(CALL)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(("host", "named", "days", "trusted", "words"), CASES.values(), ids=CASES)
async def test_what_is_wrong_is_said_and_nothing_is_sent(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    named: str,
    days: int,
    trusted: bool,
    words: str,
    call: Callable[[LogClient], object],
) -> None:
    heard: list[bytes] = []
    async with serving(tmp_path, named, days, heard) as port:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        client = LogClient(f"https://{host}:{port}", TOKEN)
        with pytest.raises(errors.CertificateError, match=words) as refused:
            await call(client)  # type: ignore[misc] # every call is awaited
        await client.aclose()
    assert "Nothing was sent" in str(refused.value)
    assert isinstance(refused.value, errors.UnreachableError)
    assert heard == []


async def test_what_waits_in_the_outbox_goes_on_waiting(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    outbox.save(OutboxItem(key="k", location="quay", content=CALL))
    async with serving(tmp_path, "127.0.0.1", 30, []) as port:
        client = LogClient(f"https://127.0.0.1:{port}", TOKEN)
        report = await outbox.send(client)
        await client.aclose()
    assert isinstance(report.error, errors.CertificateError)
    assert [item.state for item in outbox.items()] == ["waiting"]


async def test_a_feed_goes_on_trying(tmp_path: Path) -> None:
    async def stop(_: float) -> None:
        raise KeyError

    async with serving(tmp_path, "127.0.0.1", 30, []) as port:
        client = LogClient(f"https://127.0.0.1:{port}", TOKEN)
        with pytest.raises(KeyError):
            await anext(follow(client, "quay", 0, pause=stop))
        await client.aclose()
