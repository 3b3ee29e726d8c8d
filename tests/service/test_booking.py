"""The checklist of a booking, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.configuration.expectations import RulesFile
from commlog_tui.contract.booking import BookingChecklist, BookingQuery
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.run import NewRun
from commlog_tui.records.resolution import AppendResolution
from commlog_tui.records.run import AppendRun
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.protocol import Store
from tests.service.calls import OWNER, bearer

BOOKING = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
RULES = '[[quay]]\nkind = "confirmation"\nwithin = "10 minutes"\n[[quay]]\nkind = "reminder"\nbefore_start = "1 day"\n'
LONG_AGO = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "expectations.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
async def client(store: Store, rules: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)), rules=RulesFile(rules).current, quiet=True)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://log.test", headers=bearer(OWNER)) as api:
        yield api


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


async def add(api: httpx.AsyncClient, key: str, *events: dict[str, Any], at: str = "quay", **fields: Any) -> None:
    entry: dict[str, Any] = {"via": "email", "to": "ada@example.com", "title": "It", "source": "workflow"}
    entry |= {"reference": BOOKING}
    entry |= {"sent_at": LONG_AGO.isoformat(), "events": list(events), "code": "HB-1"} | fields
    entry = {name: value for name, value in entry.items() if value is not None}
    answer = await api.post(f"/v1/locations/{at}/entries", json=entry, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text


def event(kind: str, minutes: int = 0, **more: str) -> dict[str, Any]:
    return {"kind": kind, "at": (LONG_AGO + timedelta(minutes=minutes)).isoformat()} | more


async def checklist(api: httpx.AsyncClient, **query: str) -> BookingChecklist:
    answer = await api.get("/v1/locations/quay/booking", params=query)
    assert answer.status_code == 200, answer.text
    return BookingChecklist.model_validate_json(answer.content)


def states(found: BookingChecklist) -> list[tuple[str, str, bool, str | None]]:
    return [(line.title, line.state.value, line.open, line.reason) for line in found.lines]


async def test_the_checklist_says_what_came_what_did_not_and_why(client: httpx.AsyncClient) -> None:
    await add(
        client, "1", event("bounced", 1, code="5.1.1"), kind="confirmation", starts_at="2200-01-01T09:00:00+14:00"
    )
    await add(client, "2", event("skipped", 2, reason="no-address"), kind="survey", via="sms")
    found = await checklist(client, reference=BOOKING)
    assert (found.reference, found.code, found.rules, found.booked_at) == (BOOKING, "HB-1", 2, LONG_AGO)
    assert states(found) == [
        ("Confirmation", "failed", True, "the mailbox does not exist"),
        ("Survey", "skipped", False, "no mobile number"),
        ("Reminder", "due", False, None),
    ]
    assert found.lines[0].advice
    assert found.lines[2].due_at == datetime(2199, 12, 30, 19, tzinfo=UTC)


async def test_a_code_finds_entries_without_one_by_their_reference_and_no_similar_code(
    client: httpx.AsyncClient,
) -> None:
    await add(client, "1", event("delivered"), kind="confirmation")
    await add(client, "2", event("delivered"), kind="receipt", code=None)
    await add(client, "3", event("delivered"), kind="offer", code="HB-12", reference=None)
    await add(client, "4", event("delivered"), kind="refund", code="hb-1", reference=None)
    found = await checklist(client, code="hb-1")
    assert {line.title for line in found.lines} == {"Confirmation", "Receipt", "Refund notice", "Reminder"}
    assert (found.reference, found.code) == (BOOKING, "hb-1")


async def test_another_location_and_nothing_on_record_are_answered_alike(client: httpx.AsyncClient) -> None:
    await add(client, "1", kind="confirmation", at="pier")
    for query in ({"reference": BOOKING}, {"code": "HB-1"}, {"code": "NOBODY"}):
        found = await checklist(client, **query)
        assert (found.lines, found.booked_at) == ((), None)


async def test_a_resolution_of_an_entry_ticks_it_off(client: httpx.AsyncClient, store: Store) -> None:
    await add(client, "1", event("failed", 1), kind="confirmation")
    (line, _) = (await checklist(client, code="HB-1")).lines
    assert line.entry is not None
    resolution = NewResolution(entry=line.entry, note="called the guest")
    await store.append("quay", "Ann", [AppendResolution("0fb3c2d1-1111-4111-8111-111111111111", resolution)])
    (line, _) = (await checklist(client, code="HB-1")).lines
    assert (line.open, line.resolved and line.resolved.actor) == (False, "Ann")


async def test_runs_and_ticked_off_expectations_are_part_of_it(client: httpx.AsyncClient, store: Store) -> None:
    run = {"execution": "e-1", "workflow": "Confirmations", "status": "failed", "at": LONG_AGO, "code": "HB-1"}
    steps = [{"name": "Render", "status": "completed"}, {"name": "Send", "status": "failed"}]
    failed = NewRun.model_validate(run | {"reference": BOOKING, "steps": steps, "error": "timed out"})
    await store.append("quay", "sender", [AppendRun(failed)])
    for query in ({"code": "HB-1"}, {"reference": BOOKING}):
        found = await checklist(client, **query)
        assert (found.reference, found.code) == (BOOKING, "HB-1")
        assert states(found) == [
            ("Workflow Confirmations", "failed", True, "at the step Send: timed out"),
            ("Confirmation", "overdue", True, None),
            ("Reminder", "unknown", False, "the booking's start is not on record"),
        ]
    done = NewResolution.model_validate({"code": "HB-1", "expected": "confirmation", "note": "handed over"})
    await store.append("quay", "Ann", [AppendResolution("0fb3c2d1-1111-4111-8111-111111111111", done)])
    (_, line, _) = (await checklist(client, reference=BOOKING)).lines
    assert (line.state.value, line.open, line.resolved and line.resolved.note) == ("overdue", False, "handed over")


@pytest.mark.parametrize("query", [{}, {"reference": "7"}, {"code": ""}, {"code": "x" * 65}, {"code": "a", "q": "b"}])
async def test_what_names_no_booking_is_a_400(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await client.get("/v1/locations/quay/booking", params=query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_rules_are_read_again_when_they_change(client: httpx.AsyncClient, rules: Path) -> None:
    await add(client, "1", event("delivered"), kind="offer")
    assert (await checklist(client, code="HB-1")).rules == 2
    write(rules, RULES + '[[quay]]\nkind = "survey"\nafter_start = "1 day"\n')
    assert (await checklist(client, code="HB-1")).rules == 3
    write(rules, '[[quay]]\nkind = "survey"\nafter = "1 day"\n')
    for _ in range(2):
        answer = await client.get("/v1/locations/quay/booking", params={"code": "HB-1"})
        assert answer.status_code == 409
        assert "expectations.toml, line 3, rule 1 of quay: there is no key after" in answer.json()["detail"]
        assert str(rules.parent) not in answer.text
    await asyncio.to_thread(rules.unlink)
    assert (await checklist(client, code="HB-1")).rules == 0


async def test_the_client_asks_only_a_service_that_can(store: Store, rules: Path) -> None:
    app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)), rules=RulesFile(rules).current, quiet=True)
    client = LogClient("http://log.test", OWNER, transport=httpx.ASGITransport(app))
    assert (await client.booking("quay", BookingQuery(code="HB-1"))).lines == ()
    await client.aclose()

    async def older(request: httpx.Request) -> httpx.Response:
        me = {"name": "a", "role": "desk", "permissions": [], "locations": [], "version": "0.1.0"}
        return httpx.Response(200, json=me) if request.url.path == "/v1/me" else httpx.Response(404)

    client = LogClient("http://log.test", OWNER, transport=httpx.MockTransport(older))
    with pytest.raises(errors.NotSupportedError):
        await client.booking("quay", BookingQuery(code="HB-1"))
    await client.aclose()
