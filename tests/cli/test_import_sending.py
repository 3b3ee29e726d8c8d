"""Sending what a reader gives to the real service, in this process."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typing_extensions import override

from commlog_tui.cli.import_sending import SHOWN, Tally, send
from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.contract.page import BatchAnswer, BatchItem
from commlog_tui.contract.query import EntryQuery
from commlog_tui.imports.formats import READERS, Format, detect
from commlog_tui.imports.items import ImportOptions, Item, Outcome, Progress, Refusal, entry_of
from commlog_tui.imports.refused_file import RefusedFile
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of, new_secret
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import SqliteStore

SECRET = new_secret()
DESK = new_secret()


@pytest.fixture
async def transport(tmp_path: Path) -> AsyncIterator[httpx.ASGITransport]:
    store = SqliteStore.open(tmp_path / "log.db")
    await store.create_location(NewLocation(id="quay", name="Quay", zone="Europe/London"))
    await store.create_token(TokenRecord("1", "desk", Role.DESK, None, datetime.now(UTC)), digest_of(DESK))
    app = create_app(store, owner=Owner("owner", digest_of(SECRET)), quiet=True)
    yield httpx.ASGITransport(app=app)
    await store.close()


@pytest.fixture
async def client(transport: httpx.ASGITransport) -> AsyncIterator[LogClient]:
    client = LogClient("http://log.example", SECRET, transport=transport)
    yield client
    await client.aclose()


def refused_file(folder: Path, name: str = "refused.csv") -> RefusedFile:
    source = folder / "source.csv"
    source.touch()
    return RefusedFile(folder / name, Format.JSONL, source, ImportOptions())


def items(numbers: Iterable[int], source: str = "system", body: str | None = None) -> Iterator[Outcome]:
    for number in numbers:
        values = {
            "via": "sms",
            "to": "07700 900123",
            "title": f"No. {number}",
            "source": source,
            "sent_at": "2026-11-03T09:14:00Z",
        }
        entry = entry_of(values | ({"body": body} if body else {}), {})
        yield Item("a.csv", number + 2, f"row:{number}", entry, (b'{"n":%d}\n' % number,))


async def test_running_twice_adds_nothing(client: LogClient, tmp_path: Path) -> None:
    first, second = Tally(), Tally()
    await send(client, "quay", items(range(1203)), first, refused_file(tmp_path))
    await send(client, "quay", items(range(1203)), second, refused_file(tmp_path))
    assert (first.added, first.there, first.refused) == (1203, 0, 0)
    assert (second.added, second.there, second.refused) == (0, 1203, 0)
    assert (await client.page("quay", EntryQuery())).total.count == 1203
    assert not (tmp_path / "refused.csv").exists()


SAMPLES = {
    "a.csv": "via,to,title,source,sent_at,status\n" + "sms,07700 900123,Hi,system,2026-11-03T09:14:00Z,delivered\n" * 2,
    "b.jsonl": '{"via":"sms","to":"07700 900123","title":"Hi","source":"manual","sent_at":"2026-11-03T09:14:00Z"}\n',
    "sent": (
        "From a Tue Nov  3 09:14:00 2026\nTo: a@example.org, b@example.org\n"
        "Date: Tue, 03 Nov 2026 09:14:00 +0100\n\nHi\n"
    ),
    "twilio.csv": (
        "From,To,Body,Status,SentDate,Sid,Direction\n"
        "+442079460123,+447700900123,Hi,undelivered,2026-11-03T09:14:00Z,SM1,outbound-api\n"
    ),
    "p.json": '{"MessageID":"x","Recipients":["a@example.org"],"ReceivedAt":"2026-11-03T09:14:00Z","Status":"Sent"}\n',
    "s.csv": (
        "processed,message_id,event,email,subject\n"
        "2026-11-03T09:14:00Z,m,processed,a@example.org,Hi\n2026-11-03T09:15:00Z,m,delivered,a@example.org,Hi\n"
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
async def test_every_format_is_taken_and_taken_once(client: LogClient, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(SAMPLES[name], encoding="utf-8")
    tallies = [Tally(), Tally()]
    for tally in tallies:
        await send(
            client,
            "quay",
            READERS[detect(path, ImportOptions())](path, ImportOptions(), Progress()),
            tally,
            refused_file(tmp_path),
        )
    assert [tally.refused for tally in tallies] == [0, 0]
    assert tallies[0].added > 0 == tallies[1].added
    assert tallies[1].there == tallies[0].added + tallies[0].there


async def test_more_events_of_a_message_are_added_later(client: LogClient, tmp_path: Path) -> None:
    lines = SAMPLES["s.csv"].splitlines(keepends=True)
    for content in ("".join(lines[:2]), "".join(lines)):
        (tmp_path / "s.csv").write_text(content, encoding="utf-8")
        outcomes = READERS[Format.SENDGRID](tmp_path / "s.csv", ImportOptions(), Progress())
        await send(client, "quay", outcomes, Tally(), refused_file(tmp_path))
    (entry,) = (await client.page("quay", EntryQuery())).entries
    assert entry.status.value == "delivered"


async def test_what_the_log_refuses_is_kept_with_its_reason(client: LogClient, tmp_path: Path) -> None:
    await send(client, "quay", items(range(2)), Tally(), refused_file(tmp_path))
    (other,) = (Item("a.csv", 2, "row:0", one.entry, (b'{"n":0}\n',)) for one in items([7]) if isinstance(one, Item))
    refusals = [Refusal("a.csv", number, "why", (b'{"n":%d}\n' % number,)) for number in range(30)]
    tally, file = Tally(), refused_file(tmp_path)
    await send(client, "quay", [other, *refusals], tally, file)
    file.close()
    assert (tally.added, tally.refused, len(tally.shown)) == (0, 31, SHOWN)
    assert file.written == 31
    written = (tmp_path / "refused.csv").read_text(encoding="utf-8").splitlines()
    assert len(written) == 31
    assert "already with other content" in written[-1]
    assert "900123" not in "".join(tally.shown)


async def test_large_bodies_go_in_batches_that_the_service_takes(client: LogClient, tmp_path: Path) -> None:
    tally = Tally()
    await send(client, "quay", items(range(60), body="⛵" * 99_000), tally, refused_file(tmp_path))
    assert (tally.added, tally.refused) == (60, 0)


async def test_a_role_that_may_not_stops_the_import(transport: httpx.ASGITransport, tmp_path: Path) -> None:
    client, tally = LogClient("http://log.example", DESK, transport=transport), Tally()
    with pytest.raises(errors.NotPermittedError, match="automated"):
        await send(client, "quay", [*items(range(2), "manual"), *items(range(2, 5000))], tally, refused_file(tmp_path))
    assert (tally.added, tally.refused) == (2, 0)


class Failing(LogClient):
    """A client whose batches fail as told, in order."""

    def __init__(self, failures: Sequence[errors.ClientError | None]) -> None:
        super().__init__("http://log.example", SECRET)
        self.failures = list(failures)
        self.under_way = self.most = self.sent = 0

    @override
    async def add_batch(self, location: str, items: Sequence[BatchItem]) -> tuple[BatchAnswer, ...]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        for _ in range(20):
            await asyncio.sleep(0)
        self.under_way -= 1
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        self.sent += len(items)
        return tuple(BatchAnswer(key=item.key, status=201) for item in items)


async def test_an_answer_that_does_not_come_is_asked_for_again(tmp_path: Path) -> None:
    client, tally = Failing([errors.UnreachableError(), errors.BusyError(0.0), None]), Tally()
    await send(client, "quay", items(range(10)), tally, refused_file(tmp_path), pauses=(0, 0))
    assert tally.added == 10


async def test_a_service_that_asks_to_wait_is_waited_for_however_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    client, tally = Failing([errors.BusyError(4.0, status=429)] * 9), Tally()
    monkeypatch.setattr(asyncio, "sleep", pause)
    await send(client, "quay", items(range(10)), tally, refused_file(tmp_path), pauses=())
    assert (tally.added, tally.refused) == (10, 0)
    assert [seconds for seconds in slept if seconds] == [4.0] * 9


async def test_a_service_that_is_gone_stops_the_import_with_what_is_in_counted(tmp_path: Path) -> None:
    client, tally = Failing([None, None, *[errors.UnreachableError()] * 50]), Tally()
    read: list[Outcome] = []

    def reading() -> Iterator[Outcome]:
        for one in items(range(20_000)):
            read.append(one)
            yield one

    with pytest.raises(errors.UnreachableError):
        await send(client, "quay", reading(), tally, refused_file(tmp_path), pauses=(0,))
    assert tally.added == client.sent == 1000
    assert len(read) < 5000


async def test_only_a_few_batches_are_under_way(tmp_path: Path) -> None:
    client, tally = Failing([]), Tally()
    await send(client, "quay", items(range(10_000)), tally, refused_file(tmp_path))
    assert tally.added == 10_000
    assert 1 < client.most <= 3


async def test_stopping_counts_what_was_on_its_way(tmp_path: Path) -> None:
    client, tally = Failing([]), Tally()

    def reading() -> Iterator[Outcome]:
        for number, one in enumerate(items(range(5000))):
            if number == 3000:
                running.cancel()
            yield one

    running = asyncio.ensure_future(send(client, "quay", reading(), tally, refused_file(tmp_path)))
    with pytest.raises(asyncio.CancelledError):
        await running
    assert tally.added == client.sent > 0
