"""``python -m tests.bench.size --file LOG [--size N] [--beside LOG]``: pages of the largest location.

Prints p50 and p99 in milliseconds of the newest page, of every filter, of two filters, of pages far
back, of a day two years back and of totals: by the store's own clock, and with ``--http`` as one
bare client sees it, which writes bytes and reads an answer's length; how many rows each page has;
whether both meet their goals; and the ratio to a log of a tenth of the size where one is given. A
log that is not there is filled by ``tests.bench.bulk``. Times are of the clock on the wall; the
last column is the processor time of a request, which other programs disturb less.
"""

import argparse
import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.contract.location import Role
from commlog_tui.contract.query import PageRequest
from commlog_tui.records.entry import AppendEntry
from commlog_tui.service.tokens import digest_of
from commlog_tui.store.opening import is_postgresql, open_store
from commlog_tui.store.protocol import Store, TokenRecord
from commlog_tui.store.rows import PageRow
from commlog_tui.store.sqlite.store import utc_now
from tests.bench.bulk import fill
from tests.bench.figures import percentile
from tests.bench.large_log import END, FIRST, LARGEST, entries, volumes
from tests.bench.load import exchange, get
from tests.prove.running_service import RunningService

_TIMES: Final = 200
_BACK: Final = END - timedelta(days=730)
_WEEK: Final = timedelta(days=7)
_SAMPLE: Final = 4_000
Query = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: what was asked, and in milliseconds how long it took."""

    name: str
    times: list[float]
    processor: float
    entries: int

    def words(self, goal: tuple[float, float], beside: "Row | None") -> str:
        """Return it as a line, with whether it meets its goal; ``beside`` is the same of a smaller log.

        There is no ratio to a page that is shorter, as the smaller log has no more of these.
        """
        p50, p99 = percentile(self.times, 0.5), percentile(self.times, 0.99)
        met = "yes" if p50 <= goal[0] and p99 <= goal[1] else "no"
        ratio = "" if beside is None else f"{p50 / percentile(beside.times, 0.5):8.2f}"
        if beside is not None and beside.entries != self.entries:
            ratio = f"of {beside.entries}"
        return f"{self.name:40} {self.entries:3} {p50:8.2f} {p99:8.2f} {self.processor:8.2f} {met:>4} {ratio:>8}"


def queries(sample: AppendEntry) -> Iterator[tuple[str, Query]]:
    """Yield what is asked for, by name."""
    entry = sample.entry
    assert entry.customer is not None
    one: dict[str, Query] = {
        "newest page": {},
        "channel, frequent": {"via": ["email"]},
        "channel, rare": {"via": ["whatsapp"]},
        "channel, none": {"via": ["fax"]},
        "two channels": {"via": ["whatsapp", "phone"]},
        "status, frequent": {"status": ["delivered"]},
        "status, rare": {"status": ["bounced"]},
        "did not arrive": {"status": ["bounced", "failed", "rejected"]},
        "source, frequent": {"source": "workflow"},
        "source, rare": {"source": "manual"},
        "kind": {"kind": "survey"},
        "kind, none": {"kind": "invoice"},
        "customer": {"customer_id": entry.customer.id},
        "reference": {"reference": entry.reference},
        "address": {"to": entry.to},
        "a week": {"since": _BACK, "until": _BACK + _WEEK},
        "day two years back": {"at": _BACK},
    }
    yield from one.items()
    pairs: dict[str, Query] = {
        "channel": {"via": ["whatsapp"]},
        "status": {"status": ["bounced"]},
        "source": {"source": "system"},
        "kind": {"kind": "refund"},
        "a week": {"since": _BACK, "until": _BACK + _WEEK},
        "customer": {"customer_id": entry.customer.id},
    }
    names = list(pairs)
    for number, name in enumerate(names):
        for other in names[number + 1 :]:
            yield f"{name} and {other}", pairs[name] | pairs[other]


async def measured(name: str, ask: Callable[[], Awaitable[PageRow | bytes]], times: int) -> Row:
    """Ask so often, once unmeasured."""
    page = await ask()
    shown = len(json.loads(page)["entries"] if isinstance(page, bytes) else page.entries)
    found, cpu = [], process_time()
    for _ in range(times):
        begun = perf_counter()
        await ask()
        found.append((perf_counter() - begun) * 1000)
    return Row(name, found, (process_time() - cpu) / times * 1000, shown)


async def cursor_of(store: Store, page: int, count: int) -> str | None:
    """Return the cursor of a page; the pages before it are passed over by their share of the time."""
    at = END - (END - FIRST) * min(page * 50 / count, 1)
    found: PageRow = await store.page(LARGEST, PageRequest(at=at))
    return found.older


async def by_store(log: str, size: int, times: int) -> list[Row]:
    """Measure the store alone."""
    store, count = open_store(log, create=False), volumes(size)[0]
    sample = next(item for item in entries(1, count) if item.entry.events)
    try:
        rows = []
        for name, query in queries(sample):
            request = PageRequest.model_validate(query)
            rows.append(await measured(name, partial(store.page, LARGEST, request), times))
        for page in (100, 10_000):
            if page * 50 < count:
                request = PageRequest(cursor=await cursor_of(store, page, count))
                rows.append(await measured(f"page {page:,}", partial(store.page, LARGEST, request), times))
        return rows
    finally:
        await store.close()


async def by_http(log: str, size: int, times: int) -> list[Row]:
    """Measure one bare client on one connection of a service in a process of its own."""
    sample = next(item for item in entries(1, volumes(size)[0]) if item.entry.events)
    with ExitStack() as stack:
        base_url, token = await _served(log, stack)
        address = urlsplit(base_url)
        connection = stack.enter_context(socket.create_connection((address.hostname or "", address.port or 0)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = {"Authorization": f"Bearer {token}"}
        rows = []

        async def ask(request: bytes) -> bytes:
            return exchange(connection, request)

        for name, query in queries(sample):
            fields = PageRequest.model_validate(query).model_dump(mode="json", exclude_defaults=True)
            target = f"/v1/locations/{LARGEST}/entries?{urlencode(fields, doseq=True)}"
            rows.append(await measured(name, partial(ask, get(target, headers)), times))
        return rows


async def _served(log: str, stack: ExitStack) -> tuple[str, str]:
    """Start a service of a file or a database, and return its address and a token for it."""
    if not is_postgresql(log):
        embedded = EmbeddedService(Path(log))
        stack.callback(embedded.close)
        return embedded.base_url, embedded.token
    store = open_store(log, create=False)
    token = secrets.token_hex(16)
    await store.create_token(TokenRecord(token[:8], "bench", Role.ADMIN, None, utc_now()), digest_of(token))
    await store.close()
    home = Path(stack.enter_context(TemporaryDirectory()))
    os.environ.setdefault("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))  # the log's keys
    service = RunningService(home, log)
    stack.callback(service.kill)
    service.start()
    await service.ready(token)
    return service.url, token


_WAYS: Final = (("store alone", by_store, (0.4, 0.8)), ("HTTP", by_http, (1.0, 4.0)))
"""How to measure, and the goals of p50 and p99."""
_IN_POSTGRESQL: Final = {"HTTP": (2.0, 6.0)}
"""The goals that are others there."""


def main() -> None:
    """Read the options, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.size", description="Measures pages of a large log.")
    parser.add_argument("--file", required=True, help="the log, filled if it is a file that is not there")
    parser.add_argument("--size", type=int, default=10_000_000, help="its entries (default: %(default)s)")
    parser.add_argument("--times", type=int, default=_TIMES, help="requests of each sort (default: %(default)s)")
    parser.add_argument("--beside", help="a log of a tenth of the entries, for ratios")
    parser.add_argument("--http", action="store_true", help="measure over HTTP, too")
    options = parser.parse_args()
    if not is_postgresql(options.file) and not Path(options.file).exists():
        fill(Path(options.file), options.size)
    for name, way, usual in _WAYS[: 2 if options.http else 1]:
        goal = _IN_POSTGRESQL.get(name, usual) if is_postgresql(options.file) else usual
        smaller: dict[str, Row] = {}
        if options.beside:
            smaller = {row.name: row for row in asyncio.run(way(options.beside, options.size // 10, options.times))}
        rows = asyncio.run(way(options.file, options.size, options.times))
        print(f"{name}; {volumes(options.size)[0]:,} entries of {options.size:,}, load {os.getloadavg()[0]:.1f}")
        print(f"goals: p50 {goal[0]}, p99 {goal[1]}, ratio to a tenth of the entries 1.1; page 10,000 at most 1.1")
        print("times page 1, a day two years back 1.5 times")
        print(f"{'milliseconds':40} row {'p50':>8} {'p99':>8} {'cpu':>8} {'met':>4} {'ratio':>8}")
        for row in rows:
            print(row.words(goal, smaller.get(row.name)))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
