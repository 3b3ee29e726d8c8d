"""Connections by address: whoever is silent keeps nobody out. Over real sockets."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from commlog_tui.service.connections import Patrol
from commlog_tui.service.gate import AcceptedSocket, Gate
from commlog_tui.service.limits import Limits
from tests.certificates import certificate
from tests.patience import PATIENCE
from tests.service.calls import CALL, ENTRIES, OWNER, bearer
from tests.service.conftest import Live, listening
from tests.service.test_connections import FEED_NOW, GET_ME, LONG, answer, connected, rest

MANY = 400


@asynccontextmanager
async def silent_connections(live: Live, count: int, before: bytes = b"") -> AsyncIterator[None]:
    """Hold open so many connections that have said no more than this."""
    async with AsyncExitStack() as stack:
        for _ in range(count):
            _, writer = await stack.enter_async_context(connected(live))
            writer.write(before)
        yield


def client(live: Live) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=live.url, headers=bearer("desk"), timeout=PATIENCE)


@pytest.mark.parametrize("before", [b"", b"GET /v1/me HTTP/1.1\r\nX: ", b"GET /v1/me HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_silent_connections_of_one_address_keep_nobody_out(own_log: Path, before: bytes) -> None:
    with listening(own_log, Limits(connections=40, connections_per_address=10, head_seconds=LONG)) as live:
        async with silent_connections(live, 200, before), asyncio.timeout(PATIENCE), client(live) as api:
            assert (await api.get("/v1/me")).status_code == 200
            added = await api.post(ENTRIES, json=CALL, headers={"Idempotency-Key": "k"})
            assert added.status_code == 201


async def test_with_the_usual_bounds_many_silent_connections_keep_nobody_out(own_log: Path) -> None:
    with listening(own_log, Limits(head_seconds=LONG)) as live:
        async with silent_connections(live, MANY), asyncio.timeout(PATIENCE), client(live) as api:
            assert (await api.get("/v1/me")).status_code == 200


async def test_the_oldest_is_cut_first_and_who_showed_a_token_never(own_log: Path) -> None:
    with listening(own_log, Limits(connections_per_address=3, head_seconds=LONG)) as live:
        async with (
            connected(live) as (known, asking),
            connected(live) as (oldest, _),
            connected(live) as (second, silent),
        ):
            asking.write(GET_ME)
            assert (await answer(known)).startswith(b"HTTP/1.1 200")
            async with connected(live) as (reader, writer):
                assert await rest(oldest) == b""
                for ask, hear in ((writer, reader), (silent, second), (asking, known)):
                    ask.write(GET_ME)
                    assert (await answer(hear)).startswith(b"HTTP/1.1 200")


async def test_an_address_has_a_share_of_what_is_busy_too(own_log: Path) -> None:
    with listening(own_log, Limits(connections_per_address=2)) as live:
        async with AsyncExitStack() as stack:
            for status in (b"200", b"200", b"503"):
                reader, writer = await stack.enter_async_context(connected(live))
                writer.write(FEED_NOW)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 " + status)


async def test_a_trusted_proxy_has_no_share(own_log: Path) -> None:
    with listening(own_log, Limits(connections_per_address=1), trusted_proxies=("127.0.0.0/8",)) as live:
        async with AsyncExitStack() as stack:
            for _ in range(3):
                reader, writer = await stack.enter_async_context(connected(live))
                writer.write(FEED_NOW)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_handshakes_that_never_end_are_counted(own_log: Path, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "127.0.0.1")
    trust = ssl.create_default_context(cafile=str(cert))
    limits = Limits(connections=8, connections_per_address=4, head_seconds=LONG)
    with listening(own_log, limits, ssl_certfile=cert, ssl_keyfile=key) as live:
        async with silent_connections(live, 50), asyncio.timeout(PATIENCE):
            url = live.url.replace("http:", "https:")
            async with httpx.AsyncClient(base_url=url, verify=trust, headers=bearer(OWNER), timeout=PATIENCE) as api:
                assert (await api.get("/v1/me")).status_code == 200


class Silent:
    """A connection that waits for its client."""

    def __init__(self) -> None:
        self.is_cut = False

    def is_idle_stranger(self) -> bool:
        return True

    def cut(self) -> None:
        self.is_cut = True


def entered(gate: Gate, host: str, port: int) -> Silent:
    """Let a connection from an address in."""
    accepted, served = AcceptedSocket(), Silent()
    accepted.gate, accepted.address, accepted.served = gate, (host, port), served
    accepted.close()
    gate.enter(accepted)
    return served


@pytest.mark.parametrize(
    ("hosts", "cut"),
    [
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::3"], [True, False, False]),
        (["2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:1:4::1"], [False, False, False]),
        (["::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"], [True, False, False]),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3"], [False, False, False]),
        (["192.0.2.1"] * 4, [True, True, False, False]),
        (["10.0.0.1"] * 4, [False] * 4),
        (["fe80::1%eth0"] * 3, [True, False, False]),
    ],
)
def test_the_share_is_that_of_an_address_or_a_network(hosts: list[str], cut: list[bool]) -> None:
    gate = Gate(Limits(connections_per_address=2), proxies=["10.0.0.0/8"])
    assert [one.is_cut for one in [entered(gate, host, port) for port, host in enumerate(hosts)]] == cut


def test_where_all_is_full_whoever_has_most_gives_way() -> None:
    gate = Gate(Limits(connections=3, connections_per_address=0))
    hosts = ["192.0.2.9", "192.0.2.1", "192.0.2.1", "192.0.2.2"]
    assert [one.is_cut for one in [entered(gate, host, port) for port, host in enumerate(hosts)]] == [
        False,
        True,
        False,
        False,
    ]


def test_what_was_cut_to_make_room_is_counted() -> None:
    registry = CollectorRegistry()
    gate = Gate(Limits(connections_per_address=1))
    patrol = Patrol(Limits(), registry, gate)
    for port in range(3):
        entered(gate, "192.0.2.1", port)
    patrol.look([], 0.0)
    assert registry.get_sample_value("commlog_connections_cut_total", {"waiting": "room"}) == 2
