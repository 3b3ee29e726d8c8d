"""What every refusal looks like, and what none of them says."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.errors import StoreFullError, StoreUnavailableError
from commlog_tui.store.protocol import Store
from tests.service.calls import CALL, CHANGE, ENTRIES, MAIL, OWNER, SENT, UNKNOWN_ID, add, bearer, is_problem

JSON = {"Content-Type": "application/json", "Idempotency-Key": "k"}
SECRET = "ada-lovelace-07700900123"


async def test_the_shape_of_a_problem(api: httpx.AsyncClient) -> None:
    answer = await add(api, {"via": "sms", "title": "", "source": "manual", "sent_at": 5, "customer": {"id": 1}}, "k")
    assert answer.json() == {
        "type": "urn:commlog:problem:invalid",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "The content is not valid; nothing was changed. See the errors by field.",
        "errors": [
            {"field": "title", "message": "must not be empty"},
            {"field": "customer.id", "message": "must be text"},
            {
                "field": "sent_at",
                "message": "must be an RFC 3339 date and time with an offset, such as 2026-11-03T09:14:00+01:00",
            },
        ],
    }


async def test_each_kind_of_refusal(api: httpx.AsyncClient) -> None:
    call, mail = (await add(api, CALL, "call")).json()["id"], (await add(api, MAIL, "mail")).json()["id"]
    assert is_problem(await api.get("/nowhere"), 404, "not-found")
    assert is_problem(await api.get(ENTRIES + "/"), 404, "not-found")
    assert is_problem(await api.get(f"{ENTRIES}/{UNKNOWN_ID}"), 404, "not-found")
    assert is_problem(await api.get(f"{ENTRIES}/no-uuid"), 404, "not-found")
    assert is_problem(await api.get("/v1/locations/quay/customers/nobody"), 404, "not-found")
    assert is_problem(await api.get(f"{ENTRIES}?cursor=AAAA"), 400, "cursor")
    assert is_problem(await api.get("/v1/locations/quay/feed", headers={"Last-Event-ID": "x"}), 400, "last-event-id")
    assert is_problem(await api.post(f"{ENTRIES}/{call}/events", json=SENT), 409, "not-automated")
    assert is_problem(await api.post(f"{ENTRIES}/{mail}/corrections", json=CHANGE, headers=JSON), 409, "not-manual")
    assert is_problem(await api.post(f"{ENTRIES}/{UNKNOWN_ID}/events", json=SENT), 404, "not-found")
    assert is_problem(await api.post(ENTRIES, content=b"x", headers={"Idempotency-Key": "k"}), 415, "media-type")
    assert is_problem(await api.post(ENTRIES, content=b"{", headers=JSON), 400, "json")
    assert is_problem(await add(api, CALL | {"title": "Rang off"}, "call"), 422, "key-reused")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/me", "/v1/locations", "/v1/locations/quay", ENTRIES, f"{ENTRIES}/{UNKNOWN_ID}",
        "/v1/locations/quay/customers", "/v1/locations/quay/worklist", "/v1/locations/quay/statistics",
        "/v1/locations/quay/customers/c", "/v1/locations/quay/feed", "/healthz", "/readyz", "/metrics", "/openapi.json",
    ],
)  # fmt: skip
async def test_an_unknown_parameter_is_refused_everywhere(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.get(path, params={SECRET: "1"})
    assert is_problem(answer, 400, "parameters")
    assert SECRET not in answer.text


@pytest.mark.parametrize("path", [ENTRIES, f"{ENTRIES}/batch", f"{ENTRIES}/{UNKNOWN_ID}/events"])
async def test_calls_that_write_take_no_parameters(api: httpx.AsyncClient, path: str) -> None:
    assert is_problem(await api.post(path, params={"x": "1"}, headers=JSON, content=b"{}"), 400, "parameters")


async def test_a_method_not_taken_names_those_that_are(api: httpx.AsyncClient) -> None:
    for path, allowed in [(ENTRIES, "GET, POST"), ("/v1/me", "GET"), (f"{ENTRIES}/batch", "POST"), ("/healthz", "GET")]:
        answer = await api.request("PUT", path)
        assert is_problem(answer, 405, "method")
        assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("path", [ENTRIES, f"{ENTRIES}/{UNKNOWN_ID}/corrections"])
@pytest.mark.parametrize("key", [None, "", " ", "x" * 256, "é", "\t"])
async def test_what_changes_the_log_needs_a_key(api: httpx.AsyncClient, path: str, key: str | None) -> None:
    headers = {} if key is None else {b"Idempotency-Key": key.encode()}
    answer = await api.post(path, json=CALL, headers=headers)
    assert is_problem(answer, 400, "parameters")
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_body_too_large_is_refused_however_it_is_sent(api: httpx.AsyncClient) -> None:
    async def chunks(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b" " * (1 << 16)

    for path, limit in [(ENTRIES, 16), (f"{ENTRIES}/batch", 128), (f"{ENTRIES}/{UNKNOWN_ID}/events", 16)]:
        over = await api.post(path, content=chunks(limit + 1), headers=JSON)
        assert "content-length" not in over.request.headers
        assert is_problem(over, 413, "too-large")
        assert is_problem(await api.post(path, content=b" " * (limit << 16), headers=JSON), 400, "json")


@pytest.mark.parametrize(
    "body",
    [
        CALL | {SECRET: 1}, CALL | {"via": SECRET * 9}, CALL | {"source": SECRET}, CALL | {"sent_at": SECRET},
        CALL | {"customer": {"id": "c", SECRET: 1}}, CALL | {"reference": SECRET}, CALL | {"title": [SECRET]}, [SECRET],
        SECRET,
    ],
)  # fmt: skip
async def test_what_was_sent_is_never_repeated(api: httpx.AsyncClient, body: object) -> None:
    single = await api.post(ENTRIES, json=body, headers=JSON)
    batch = await api.post(f"{ENTRIES}/batch", json={"items": [{"key": "k", "entry": body}]})
    query = await api.get(ENTRIES, params={"since": SECRET, "source": SECRET, "reference": SECRET, SECRET: SECRET})
    assert (single.status_code, query.status_code, batch.json()["items"][0]["status"]) == (422, 400, 422)
    assert SECRET not in single.text + batch.text + query.text


async def test_a_name_given_twice_is_refused(api: httpx.AsyncClient) -> None:
    body = json.dumps(CALL)[:-1] + ',"title":"Rang, or not"}'
    assert is_problem(await api.post(ENTRIES, content=body.encode(), headers=JSON), 400, "json")


async def test_a_store_in_trouble_is_told_plainly(
    api: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreFullError("There is no room left. Nothing was written.")

    async def down(*_: object) -> None:
        raise StoreUnavailableError("The log cannot be read now.")

    monkeypatch.setattr(store, "append", full)
    monkeypatch.setattr(store, "check_writable", down)
    assert is_problem(await add(api, CALL, "k"), 507, "full")
    unready = await api.get("/readyz")
    assert is_problem(unready, 503, "unavailable")
    assert unready.headers["retry-after"] == "1"
    assert (await api.get("/healthz")).status_code == 200


async def test_a_fault_tells_nobody_what_it_was_about(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(store, "page", broken)
    app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://log.test", headers=bearer(OWNER)
    ) as api:
        answer = await api.get(ENTRIES, headers={"X-Request-Id": "mine-1"})
    assert is_problem(answer, 500, "unexpected")
    output = capsys.readouterr().err
    assert "event=fault error=RuntimeError" in output
    assert "request_id=mine-1" in output
    assert SECRET not in output + answer.text
