"""Events by message, runs and resolutions over the API, called by HTTP and by the client."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.client.errors import ClientError
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.delivery import NewMessageEvent
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.run import NewRun, RunState
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.protocol import Store
from tests.service.calls import CALL, ENTRIES, MAIL, OWNER, RUN, SENT, add, bearer, is_problem

EVENTS, RUNS, RESOLUTIONS = (f"/v1/locations/quay/{name}" for name in ("events", "runs", "resolutions"))
MESSAGE: dict[str, Any] = {"provider": "sendgrid", "id": "14c5d75ce93.dfd.64b469"}
BOUNCED: dict[str, Any] = {
    "kind": "bounced", "at": "2026-11-03T09:15:00Z", "to": "ada@example.com", "code": "5.1.1", "event_id": "e-1",
    "message": MESSAGE,
}  # fmt: skip
FULL = MAIL | {
    "kind": "confirmation", "starts_at": "2026-11-05T09:00:00+01:00", "audience": "customer", "message": MESSAGE,
    "attachments": [{"name": "ticket.pdf", "size": 2048, "sha256": "0" * 64}],
}  # fmt: skip


async def test_an_event_waits_for_its_entry_and_both_are_answered_whole(api: httpx.AsyncClient) -> None:
    first, again = [await api.post(EVENTS, json=BOUNCED, headers=bearer("sender")) for _ in range(2)]
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    (listed,) = (await api.get(EVENTS, params={"unmatched": "true"}, headers=bearer("desk"))).json()["events"]
    assert (listed["message"], listed["code"], listed["id"]) == (MESSAGE, "5.1.1", first.json()["id"])
    assert "channel" not in listed
    entry = (await add(api, FULL, "m", "sender")).json()["id"]
    assert (await api.get(EVENTS, params={"unmatched": "true"})).json() == {"events": [], "older": None}
    answer = await api.get(f"{ENTRIES}/{entry}")
    found = answer.json()
    assert found["entry"]["status"] == "bounced"
    added = {name: found["entry"][name] for name in ("kind", "starts_at", "audience", "message", "attachments")}
    assert added == {name: FULL[name] for name in added} | {"starts_at": "2026-11-05T08:00:00Z"}
    assert [(one["id"], one["actor"], one["event_id"]) for one in found["events"]] == [
        (first.json()["id"], "a sender", "e-1")
    ]
    imported = FULL | {"events": [{name: value for name, value in BOUNCED.items() if name != "message"}]}
    assert (await add(api, imported, "m", "sender")).status_code == 200
    assert (await api.get(f"{ENTRIES}/{entry}", headers={"If-None-Match": answer.headers["etag"]})).status_code == 304


async def test_an_entry_without_the_new_fields_is_answered_as_before(api: httpx.AsyncClient) -> None:
    mail = (await add(api, MAIL, "m")).json()["id"]
    await api.post(f"{ENTRIES}/{mail}/events", json=SENT)
    detail = (await api.get(f"{ENTRIES}/{mail}")).json()
    assert not {"kind", "starts_at", "audience", "message", "attachments"} & detail["entry"].keys()
    assert not {"reason", "code", "event_id", "channel"} & detail["events"][0].keys()
    assert "resolutions" not in detail


async def test_a_batch_of_events_is_answered_one_by_one(api: httpx.AsyncClient) -> None:
    items = [BOUNCED, BOUNCED | {"event_id": "e-2"}, BOUNCED, {"kind": "sent"}, 7]
    answer = await api.post(f"{EVENTS}/batch", json={"items": items}, headers=bearer("sender"))
    assert [item["status"] for item in answer.json()["items"]] == [201, 201, 200, 422, 422]
    assert is_problem(await api.post(f"{EVENTS}/batch", json={"items": []}), 422, "invalid")


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (EVENTS, {name: value for name, value in BOUNCED.items() if name != "message"}),
        (EVENTS, BOUNCED | {"message": {"provider": "Send Grid", "id": "1"}}),
        (EVENTS, BOUNCED | {"message": {"provider": "mail", "id": ""}}),
        (EVENTS, BOUNCED | {"reason": "because"}),
        (EVENTS, BOUNCED | {"channel": "signed-webhook"}),
        (ENTRIES, FULL | {"attachments": [{"name": "a", "size": -1, "sha256": "0" * 64}]}),
        (ENTRIES, FULL | {"attachments": FULL["attachments"] * 51}),
        (ENTRIES, FULL | {"audience": "everybody"}),
        (RUNS, RUN),
        (RUNS, RUN | {"execution": "e", "steps": [{"name": "x"}]}),
        (RESOLUTIONS, {}),
        (RESOLUTIONS, {"code": "KB-1"}),
        (RESOLUTIONS, {"entry": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "expected": "survey"}),
    ],
)
async def test_what_is_wrong_is_refused(api: httpx.AsyncClient, url: str, body: dict[str, Any]) -> None:
    assert is_problem(await api.post(url, json=body, headers={"Idempotency-Key": "k"}), 422, "invalid")


async def test_lists_refuse_what_they_do_not_know(api: httpx.AsyncClient) -> None:
    for url in (EVENTS, f"{EVENTS}?unmatched=false", f"{EVENTS}?unmatched=true&kind=sent", f"{RUNS}?status=late"):
        assert is_problem(await api.get(url), 400, "parameters"), url
    assert is_problem(await api.get(f"{RUNS}?cursor=AAAA"), 400, "cursor")


async def test_a_resolution_is_a_clerks_and_its_entry_must_be_there(api: httpx.AsyncClient) -> None:
    entry = (await add(api, CALL, "c")).json()["id"]
    headers = {"Idempotency-Key": "r", **bearer("desk")}
    first, again = [await api.post(RESOLUTIONS, json={"entry": entry, "note": "rang"}, headers=headers) for _ in "ab"]
    assert (first.status_code, again.status_code) == (201, 200)
    assert is_problem(await api.post(RESOLUTIONS, json={"entry": first.json()["id"]}, headers=bearer("desk") | {
        "Idempotency-Key": "s"
    }), 404, "not-found")  # fmt: skip
    before = (await api.get(f"{ENTRIES}/{entry}")).headers["etag"]
    (made,) = (await api.get(f"{ENTRIES}/{entry}")).json()["resolutions"]
    assert (made["note"], made["actor"], made["entry"]) == ("rang", "a desk", entry)
    headers["Idempotency-Key"] = "t"
    await api.post(RESOLUTIONS, json={"entry": entry}, headers=headers)
    assert (await api.get(f"{ENTRIES}/{entry}")).headers["etag"] != before
    for url, body in ((EVENTS, BOUNCED), (RUNS, RUN | {"execution": "e"})):
        assert is_problem(await api.post(url, json=body, headers=bearer("desk")), 403, "not-permitted")
    refused = await api.post(RESOLUTIONS, json={"entry": entry}, headers={"Idempotency-Key": "u", **bearer("sender")})
    assert is_problem(refused, 403, "not-permitted")


@pytest.fixture
async def client(store: Store, tmp_path: Path) -> AsyncIterator[LogClient]:
    app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)), quiet=True)
    opened = LogClient("http://log.test", OWNER, transport=httpx.ASGITransport(app))
    yield opened
    await opened.aclose()


async def test_the_client_records_and_reads_them(client: LogClient) -> None:
    event = NewMessageEvent.model_validate(BOUNCED)
    receipt = await client.add_message_event("quay", event)
    answers = await client.add_message_events("quay", [event, event.model_copy(update={"event_id": "e-2"})])
    assert [answer.status for answer in answers] == [200, 201]
    page = await client.unmatched_events("quay", ListQuery(limit=1))
    assert page.older is not None
    (rest,) = (await client.unmatched_events("quay", ListQuery(cursor=page.older))).events
    assert (rest.id, rest.message and rest.message.id) == (receipt.id, MESSAGE["id"])
    entry = await client.add("quay", "m", NewEntry.model_validate(FULL))
    assert (await client.unmatched_events("quay")).events == ()
    run = NewRun.model_validate(RUN | {"execution": "e", "code": "KB-1", "steps": [{"name": "Wait", "status": "done"}]})
    assert await client.add_run("quay", run) == await client.add_run("quay", run)
    (found,) = (await client.runs("quay", RunQuery(code="KB-1", status=(RunState.RUNNING,)))).runs
    assert (found.execution, found.steps[0].name) == ("e", "Wait")
    assert (await client.runs("quay", RunQuery(status=(RunState.FAILED,)))).runs == ()
    await client.resolve("quay", "r", NewResolution(code="KB-1", expected="survey"))
    await client.resolve("quay", "s", NewResolution(entry=entry.id))
    assert [one.expected for one in (await client.resolutions("quay", ResolutionQuery(code="KB-1"))).resolutions] == [
        "survey"
    ]
    detail = await client.detail("quay", entry.id)
    assert (detail.entry.kind, [one.entry for one in detail.resolutions]) == ("confirmation", [entry.id])


async def test_a_service_of_0_1_0_is_not_asked_for_them() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        me = {"name": "x", "role": "sender", "permissions": [], "locations": [], "version": "0.1.0"}
        return httpx.Response(200, json=me)

    client = LogClient("http://log.test", "x", transport=httpx.MockTransport(answer))
    for call in (
        client.add_message_event("quay", NewMessageEvent.model_validate(BOUNCED)),
        client.runs("quay"),
        client.resolutions("quay"),
    ):
        with pytest.raises(ClientError):
            await call
    assert set(asked) == {"/v1/me"}
    await client.aclose()
