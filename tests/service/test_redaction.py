"""Redaction over HTTP, and the hour in which the service does it by itself."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import NewRedaction, Redacted
from commlog_tui.service.retention import keep_retention
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.protocol import RetentionRun
from commlog_tui.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE
from tests.service.calls import CALL, ENTRIES, MAIL, OWNER, UNKNOWN_ID, WISH, add, is_problem
from tests.service.conftest import Live
from tests.store.test_scrubbing import read_elsewhere, until


async def test_an_entry_is_redacted_once(api: httpx.AsyncClient) -> None:
    entry_id = (await add(api, CALL, "k")).json()["id"]
    tag = (await api.get(f"{ENTRIES}/{entry_id}")).headers["etag"]
    path = f"{ENTRIES}/{entry_id}/redaction"
    answers = [await api.post(path, json=WISH, headers={"Idempotency-Key": "r"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert is_problem(await api.post(path, json=WISH, headers={"Idempotency-Key": "other"}), 409, "redacted")
    assert is_problem(await api.post(path, json={"reason": "x"}, headers={"Idempotency-Key": "r"}), 422, "key-reused")
    detail = await api.get(f"{ENTRIES}/{entry_id}", headers={"If-None-Match": tag})
    assert (detail.status_code, detail.json()["entry"]["title"]) == (200, "Redacted")
    assert detail.json()["redaction"]["reason"] == WISH["reason"]


async def test_an_event_that_has_matched_is_redacted_with_its_entry(api: httpx.AsyncClient) -> None:
    message = {"provider": "mail", "id": "m-1"}
    report = {"kind": "bounced", "at": "2026-11-03T12:00:00Z", "message": message}
    event_id = (await api.post(f"{ENTRIES.removesuffix('/entries')}/events", json=report)).json()["id"]
    entry_id = (await add(api, MAIL | {"message": message}, "k")).json()["id"]
    refused = await api.post(f"{ENTRIES}/{event_id}/redaction", json=WISH, headers={"Idempotency-Key": "r"})
    assert is_problem(refused, 409, "matched")
    assert entry_id in refused.json()["detail"]


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": None}, {"reason": "\0"}, WISH | {"seq": 1}]
)
async def test_a_redaction_needs_a_reason(api: httpx.AsyncClient, body: dict[str, object]) -> None:
    entry_id = (await add(api, CALL, "k")).json()["id"]
    for path in (f"{ENTRIES}/{entry_id}/redaction", "/v1/locations/quay/customers/c-1/redaction"):
        assert is_problem(await api.post(path, json=body, headers={"Idempotency-Key": "r"}), 422, "invalid")
    assert is_problem(await api.post(path, json=WISH), 400, "parameters")
    assert (await api.get(f"{ENTRIES}/{entry_id}")).json()["entry"]["title"] == "Rang"


async def test_what_is_not_there_is_not_redacted(api: httpx.AsyncClient) -> None:
    answer = await api.post(f"{ENTRIES}/{UNKNOWN_ID}/redaction", json=WISH, headers={"Idempotency-Key": "r"})
    assert is_problem(answer, 404, "not-found")
    path = "/v1/locations/quay/customers/nobody/redaction"
    assert (await api.post(path, json=WISH, headers={"Idempotency-Key": "r"})).json() == {
        "entries": 0,
        "overwritten": True,
    }


async def test_the_client_redacts(live: Live) -> None:
    client = LogClient(live.url, OWNER)
    wish = NewRedaction(reason="asked to be forgotten")
    async with httpx.AsyncClient(base_url=live.url, timeout=PATIENCE) as api:
        first = (await add(api, CALL | {"customer": {"id": "b ü"}}, "1")).json()["id"]
        await add(api, CALL | {"customer": {"id": "b ü"}}, "2")
    receipt = await client.redact("quay", first, "r", wish)
    assert await client.redact("quay", first, "r", wish) == receipt
    assert [await client.redact_customer("quay", "b ü", "c", wish) for _ in range(2)] == [
        Redacted(entries=1, overwritten=True),
        Redacted(entries=0, overwritten=True),
    ]
    assert (await client.detail("quay", first)).entry.redacted
    await client.aclose()


async def test_the_service_keeps_the_retention_by_itself(store: SqliteStore, api: httpx.AsyncClient) -> None:
    entry_id = (await add(api, CALL | {"sent_at": "2001-01-01T00:00:00Z"}, "old")).json()["id"]
    await add(api, CALL | {"sent_at": datetime.now(UTC).isoformat()}, "new")
    await store.set_retention("quay", 12)
    stopping = asyncio.Event()
    keeping = asyncio.create_task(keep_retention(store, stopping, every=0.01))
    assert await store.wait("quay", 2, PATIENCE)
    stopping.set()
    await keeping
    assert (await api.get(f"{ENTRIES}/{entry_id}")).json()["redaction"]["actor"] == "Retention"
    assert (await store.location("quay")).seq == 3


async def test_a_store_in_trouble_is_asked_again(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()
    stopping = asyncio.Event()

    async def trouble(_: datetime) -> RetentionRun:
        if asked.is_set():
            stopping.set()
        asked.set()
        raise StoreUnavailableError("away")

    monkeypatch.setattr(store, "redact_due", trouble)
    async with asyncio.timeout(PATIENCE):
        await keep_retention(store, stopping, every=0.01)
    assert asked.is_set()


async def test_bytes_that_a_reader_holds_up_are_said_until_they_are_gone(
    api: httpx.AsyncClient, store: SqliteStore, tmp_path: Path
) -> None:
    entry_id = (await add(api, CALL, "k")).json()["id"]
    gauge = "commlog_redaction_overwriting"
    async with read_elsewhere(tmp_path / "log.db"):
        answer = await api.post(f"{ENTRIES}/{entry_id}/redaction", json=WISH, headers={"Idempotency-Key": "r"})
        assert (answer.status_code, answer.json()["overwritten"]) == (201, False)
        path = "/v1/locations/quay/customers/nobody/redaction"
        assert not (await api.post(path, json=WISH, headers={"Idempotency-Key": "c"})).json()["overwritten"]
        ready = await api.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert ready.json()["redaction"] == "redacted; its bytes are being overwritten"
        assert f"{gauge} 1.0" in (await api.get("/metrics")).text
    await until(store.is_scrubbed)
    assert (await api.get("/readyz")).json() == {"status": "ready"}
    assert f"{gauge} 0.0" in (await api.get("/metrics")).text
    again = await api.post(f"{ENTRIES}/{entry_id}/redaction", json=WISH, headers={"Idempotency-Key": "r"})
    assert again.json() == answer.json() | {"overwritten": True}


@pytest.mark.parametrize("seconds", [3 * 365 * 86_400, 3_600, -3_600])
async def test_a_clock_that_is_set_while_the_service_runs_redacts_nothing_and_is_said(
    store: SqliteStore,
    api: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seconds: float,
) -> None:
    entry_id = (await add(api, CALL | {"sent_at": "2001-01-01T00:00:00Z"}, "old")).json()["id"]
    await store.set_retention("quay", 12)
    stopping, real = asyncio.Event(), time.time

    async def set_the_clock() -> None:
        monkeypatch.setattr(time, "time", lambda: real() + seconds)
        stopping.set()

    monkeypatch.setattr(store, "scrub", set_the_clock)
    await keep_retention(store, stopping, every=0.01)
    assert "The clock stepped" in capsys.readouterr().err
    assert not (await api.get(f"{ENTRIES}/{entry_id}")).json()["entry"]["redacted"]


async def test_a_clock_that_is_ahead_when_the_service_starts_is_said(
    store: SqliteStore, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry_id = (await add(api, CALL | {"sent_at": datetime.now(UTC).isoformat()}, "new")).json()["id"]
    await store.set_retention("quay", 12)
    really, stopping = store.redact_due, asyncio.Event()

    async def ahead(now: datetime) -> RetentionRun:
        stopping.set()
        return await really(now.replace(year=now.year + 3, day=1))

    monkeypatch.setattr(store, "redact_due", ahead)
    await keep_retention(store, stopping, every=0.01)
    assert "held back" in capsys.readouterr().err
    assert not (await api.get(f"{ENTRIES}/{entry_id}")).json()["entry"]["redacted"]
