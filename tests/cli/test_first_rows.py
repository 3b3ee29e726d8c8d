"""What is read of a log before the desk is loaded: a real service, and a real file."""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import apsw
import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.first_rows import FirstRows, first_rows
from commlog_tui.configuration.sources import configured
from commlog_tui.contract.location import NewLocation
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.opening import open_store
from commlog_tui.text.first_page import FirstPage
from commlog_tui.text.rows import cells, kind_of
from tests.certificates import certificate
from tests.patience import PATIENCE

TITLES = [
    "\ufffd]52;c;aGk=\ufffd\ufffd\ufffd31mhostile",
    "=HYPERLINK(1)",
    "On the long day",
    "Summer time's last evening",
]


def check(first: FirstPage | None) -> None:
    assert first is not None
    page = first.page
    assert [cells(entry, first.zone)["Title"] for entry in page.entries] == TITLES
    assert [kind_of(entry) for entry in page.entries] == ["manual", "text", "text", "text"]
    assert cells(page.entries[-1], first.zone)["Date"] == "2026-10-24 23:30"
    assert page.total.count == len(TITLES)
    assert page.older is None
    assert [(one.via, one.count) for one in first.channels] == [("email", 2), ("phone", 1), ("sms", 1)]


def test_a_service_is_asked_for_its_newest_rows(log: list[AppendEntry], data: Path) -> None:
    service = EmbeddedService(data / "log.db")
    try:
        check(first_rows(configured(service=service.base_url, token=service.token), None).page())
    finally:
        service.close()


@contextmanager
def encrypted(folder: Path, service: str) -> Iterator[str]:
    """Serve what another service does, over HTTPS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(folder, "127.0.0.1", days=30))
    wanted = urlsplit(service)
    ready = Queue[tuple[int, Callable[[], object]]]()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
        writer.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(wanted.hostname, wanted.port)
        await asyncio.gather(copy(reader, back), copy(there, writer))

    async def serve() -> None:
        stopped = asyncio.Event()
        async with await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context) as server:
            stop = partial(asyncio.get_running_loop().call_soon_threadsafe, stopped.set)
            ready.put((server.sockets[0].getsockname()[1], stop))
            await stopped.wait()

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    port, stop = ready.get(timeout=PATIENCE)
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        stop()
        thread.join()


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "", "ALL_PROXY"])
def test_a_service_is_asked_over_https_as_far_as_it_is_trusted(
    log: list[AppendEntry], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "ALL_PROXY", "HTTPS_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    if variable == "ALL_PROXY":
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    service = EmbeddedService(data / "log.db")
    try:
        with encrypted(tmp_path, service.base_url) as address:
            first = first_rows(configured(service=address, token=service.token), None).page()
        if variable == "SSL_CERT_FILE":
            check(first)
        else:
            assert first is None
    finally:
        service.close()


def test_the_log_of_this_machine_is_read_without_a_service(log: list[AppendEntry], data: Path) -> None:
    check(first_rows(configured(), data / "log.db").page())


@pytest.mark.parametrize(
    "wrong",
    [{"token": "another"}, {"token": "two\r\nlines: 1"}, {"location": "elsewhere"}, {"service": "http://127.0.0.1:1"}],
)
def test_what_cannot_be_seen_is_nothing(wrong: dict[str, str], log: list[AppendEntry], data: Path) -> None:
    service = EmbeddedService(data / "log.db")
    try:
        settings = configured(**({"service": service.base_url, "token": service.token} | wrong))
        assert first_rows(settings, None).page() is None
    finally:
        service.close()


def _with_another_location(database: Path) -> None:
    async def make() -> None:
        store = open_store(database, create=False)
        await store.create_location(NewLocation(id="other", name="Other", zone="Europe/Paris"))
        await store.close()

    asyncio.run(make())


def _of_another_layout(database: Path) -> None:
    with apsw.Connection(str(database)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize("change", [_with_another_location, _of_another_layout, Path.unlink])
def test_a_file_that_cannot_be_read_or_has_several_locations_is_left_to_the_service(
    change: Callable[[Path], None], log: list[AppendEntry], data: Path
) -> None:
    change(data / "log.db")
    assert first_rows(configured(), data / "log.db").page() is None


@pytest.mark.parametrize(
    "answer", [{}, {"page": {}}, {"page": {"entries": [{"sent_at": "yesterday"}]}, "location": {}}, {"page": [1]}]
)
def test_an_answer_of_another_version_is_left_to_the_desk(answer: Mapping[str, Any]) -> None:
    assert FirstRows(lambda: answer).page() is None
