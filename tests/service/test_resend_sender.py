"""The background job that sends what waits: retries, order, several workers, a stop at any moment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from commlog_tui.contract.resend import Route
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.records.errors import LogError
from commlog_tui.records.rows import EventRow, ResendRow
from commlog_tui.service.outgoing import Ways
from commlog_tui.service.resend_sender import Pace, ResendSender
from commlog_tui.store.protocol import Store
from commlog_tui.store.resends import ATTEMPTS
from tests.hook_sink import HookSink, hook_sink
from tests.mail_sink import MailSink, mail_sink
from tests.patience import PATIENCE
from tests.store.factory import put, redaction
from tests.store.resend_factory import begun, letter, resend

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
QUICK = Pace(look=0.02, lease=timedelta(seconds=0.3))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing wait for the next attempt."""
    monkeypatch.setattr("commlog_tui.store.resends.DELAYS", (timedelta(milliseconds=1),) * 8)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as made:
        yield made


@pytest.fixture
def hooked() -> Iterator[HookSink]:
    with hook_sink() as made:
        yield made


def by_mail(sink: MailSink) -> Ways:
    url = f"smtp://127.0.0.1:{sink.port}"
    return Ways.of(smtp_url=url, smtp_from="desk@quay.example", webhook="", secret="")


def by_hook(sink: HookSink) -> Ways:
    return Ways.of(smtp_url="", smtp_from="", webhook=sink.url, secret=SECRET)


@asynccontextmanager
async def sending(store: Store, ways: Ways, *, count: int = 1) -> AsyncIterator[list[ResendSender]]:
    senders, stop = [ResendSender(store, ways, pace=QUICK) for _ in range(count)], asyncio.Event()
    running = [asyncio.create_task(sender.run(stop)) for sender in senders]
    try:
        yield senders
    finally:
        stop.set()
        await asyncio.gather(*running)


async def listed(store: Store) -> list[ResendRow]:
    return list((await store.resends.page("quay", ResendListQuery(limit=200))).resends)


async def until(store: Store, *states: str) -> list[ResendRow]:
    """Wait until all resends are in one of the states."""
    async with asyncio.timeout(PATIENCE):
        while True:
            rows = await listed(store)
            if rows and all(row.state in states for row in rows):
                return rows
            await asyncio.sleep(0.01)


async def come(is_true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if is_true():
                return
            await asyncio.sleep(0.01)


async def events(store: Store, entry_id: str) -> list[EventRow]:
    return list((await store.detail("quay", entry_id)).events)


async def waiting(store: Store, count: int, route: Route = Route.SMTP) -> None:
    for number in range(1, count + 1):
        await put(store, letter(number), resend(100 + number, str(UUID(int=number)), route))


async def test_what_waits_is_sent_once_and_recorded(store: Store, sink: MailSink) -> None:
    await waiting(store, 7)
    async with sending(store, by_mail(sink)):
        rows = await until(store, "done")
    assert sorted(sink.ids) == sorted(f"<{row.entry}@quay.example>" for row in rows)
    assert {(row.status, row.attempts) for row in rows} == {("sent", 1)}
    reported = await events(store, rows[0].entry)
    assert [(one.kind, one.channel, one.actor) for one in reported] == [
        ("queued", None, "sender"),
        ("queued", "resend", "Send again"),
        ("sent", "resend", "Send again"),
    ]


async def test_several_workers_share_the_work_and_send_nothing_twice(store: Store, sink: MailSink) -> None:
    await waiting(store, 20)
    async with sending(store, by_mail(sink), count=4):
        await until(store, "done")
    assert (len(sink.ids), len(set(sink.ids))) == (20, 20)


async def test_what_is_not_accepted_yet_is_tried_again_until_it_is(store: Store, sink: MailSink) -> None:
    sink.data = "451 4.3.0 later"
    await waiting(store, 1)
    async with sending(store, by_mail(sink)):
        await come(lambda: sink.attempts >= 3)
        sink.data = "250 OK"
        (row,) = await until(store, "done")
    assert (row.attempts, row.status, len(sink.ids)) == (sink.attempts, "sent", 1)
    failed = [one for one in await events(store, row.entry) if one.code == "451"]
    assert len(failed) == row.attempts - 1


@pytest.mark.parametrize("way", ["mail", "hook"])
async def test_it_is_given_up_after_the_last_attempt(store: Store, sink: MailSink, hooked: HookSink, way: str) -> None:
    sink.rcpt, hooked.statuses = "450 4.2.1 greylisted", [500] * 99
    is_mail = way == "mail"
    await waiting(store, 1, Route.SMTP if is_mail else Route.WEBHOOK)
    async with sending(store, by_mail(sink) if is_mail else by_hook(hooked)):
        (row,) = await until(store, "failed")
    assert (row.attempts, row.status) == (ATTEMPTS, "failed")
    assert "Given up" in str((await events(store, row.entry))[-1].detail)
    assert len(sink.rcpts if is_mail else hooked.requests) == ATTEMPTS


async def test_a_lost_answer_is_uncertain_and_never_repeated(store: Store, sink: MailSink) -> None:
    sink.drop = "after"
    await waiting(store, 1)
    async with sending(store, by_mail(sink)):
        (row,) = await until(store, "uncertain")
    sink.drop = ""
    async with sending(store, by_mail(sink)):
        await asyncio.sleep(0.1)
    assert (row.status, len(sink.ids)) == ("failed", 1)
    (last,) = [one for one in await events(store, row.entry) if one.code == "answer-lost"]
    assert "may have been sent" in str(last.detail)


async def test_what_was_begun_by_a_worker_that_died_is_uncertain(store: Store, sink: MailSink) -> None:
    await waiting(store, 1)
    (claimed,) = await store.resends.claim(
        "quay", [Route.SMTP], datetime.now(UTC), datetime.now(UTC) + timedelta(milliseconds=100), 1
    )
    await put(store, begun(claimed.entry.id, at=datetime.now(UTC)))
    async with sending(store, by_mail(sink), count=2):
        (row,) = await until(store, "uncertain")
    assert (sink.ids, row.attempts) == ([], 1)


async def test_what_died_before_it_was_begun_is_sent(store: Store, sink: MailSink) -> None:
    await waiting(store, 1)
    soon = datetime.now(UTC) + timedelta(milliseconds=100)
    assert len(await store.resends.claim("quay", [Route.SMTP], datetime.now(UTC), soon, 1)) == 1
    async with sending(store, by_mail(sink)):
        await until(store, "done")
    assert len(sink.ids) == 1


async def test_a_slow_answer_keeps_its_claim(store: Store, sink: MailSink) -> None:
    sink.held.clear()
    await waiting(store, 1)
    async with sending(store, by_mail(sink), count=3) as senders:
        assert await asyncio.to_thread(sink.arrived.wait, PATIENCE)
        renewed = datetime.now(UTC) + 2 * QUICK.lease
        await come(lambda: datetime.now(UTC) > renewed)
        sink.held.set()
        (row,) = await until(store, "done")
    assert (row.attempts, len(sink.ids), len(senders)) == (1, 1, 3)


async def test_the_webhook_asks_in_order_also_when_one_has_to_wait(store: Store, hooked: HookSink) -> None:
    hooked.statuses = [202, 500, 503]
    await waiting(store, 4, Route.WEBHOOK)
    async with sending(store, by_hook(hooked), count=2):
        rows = await until(store, "done")
    expected = [row.entry for row in reversed(rows)]
    assert list(dict.fromkeys(hooked.ids)) == expected
    assert [hooked.ids.count(one) for one in expected] == [1, 3, 1, 1]
    assert {row.status for row in rows} == {"queued"}


async def test_a_redacted_message_is_never_sent(store: Store, sink: MailSink) -> None:
    await waiting(store, 2)
    await put(store, redaction(letter(1)))
    async with sending(store, by_mail(sink)):
        await until(store, "done")
    assert len(sink.ids) == 1


async def test_a_log_that_is_away_for_a_moment_loses_nothing(
    store: Store, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    await waiting(store, 3)
    append, fails = store.append, iter([True, False, True, True])

    async def flaky(*values: object) -> object:
        if next(fails, False):
            raise LogError("away")
        return await append(*values)  # type: ignore[arg-type] # as they come

    monkeypatch.setattr(store, "append", flaky)
    async with sending(store, by_mail(sink)):
        rows = await until(store, "done", "uncertain")
    done = [row.entry for row in rows if row.state == "done"]
    assert len(sink.ids) == len(set(sink.ids))
    assert {f"<{entry}@quay.example>" for entry in done} <= set(sink.ids)


async def test_without_a_way_nothing_runs(store: Store) -> None:
    await asyncio.wait_for(ResendSender(store, Ways()).run(asyncio.Event()), PATIENCE)
