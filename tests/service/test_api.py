"""The API, called as a client would call it, over a real store."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.service.app import create_app
from commlog_tui.service.openapi import document
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import SqliteStore, utc_now

ENTRIES = "/v1/locations/quay/entries"
CALL: dict[str, Any] = {"via": "phone", "title": "Rang", "source": "manual", "sent_at": "2026-11-03T09:14:00Z"}
MAIL = CALL | {"via": "email", "to": "ada@example.com", "source": "workflow"}
UNKNOWN_ID = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    store = SqliteStore.open(tmp_path / "log.db")
    for place in ("quay", "pier"):
        await store.create_location(NewLocation(id=place, name=place.title(), zone="Europe/London"))
    for role in Role:
        token = TokenRecord(role.value, f"a {role.value}", role, ("quay",), utc_now())
        await store.create_token(token, digest_of(role.value))
    app = create_app(store, owner=Owner("owner", digest_of("owner")), quiet=True)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://log.test", headers=bearer("owner")) as client:
        yield client
    await store.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def add(api: httpx.AsyncClient, entry: dict[str, Any], key: str, caller: str = "owner") -> httpx.Response:
    return await api.post(ENTRIES, json=entry, headers={"Idempotency-Key": key, **bearer(caller)})


def is_problem(answer: httpx.Response, status: int, slug: str) -> bool:
    told = answer.json()
    return (
        answer.status_code == status == told["status"]
        and answer.headers["content-type"] == "application/problem+json"
        and set(told) == {"type", "title", "status", "detail", "errors"}
        and told["type"] == f"urn:commlog:problem:{slug}"
    )


async def test_a_key_is_an_entry_once_and_for_all(api: httpx.AsyncClient) -> None:
    first, again, other = await add(api, CALL, "k"), await add(api, CALL, "k"), await add(api, CALL | {"title": "x"}, "k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert is_problem(other, 422, "key-reused")
    assert (await api.get(ENTRIES)).json()["total"] == {"count": 1, "exact": True}


async def test_the_service_says_who_wrote(api: httpx.AsyncClient) -> None:
    await add(api, CALL, "k", "desk")
    (entry,) = (await api.get(ENTRIES)).json()["entries"]
    assert (entry["actor"], entry["seq"], entry["status"]) == ("a desk", 1, "logged")


@pytest.mark.parametrize(
    ("role", "reads", "manual", "automated", "corrects"),
    [
        (Role.DESK, 200, 201, 403, 403),
        (Role.MANAGER, 200, 201, 403, 201),
        (Role.SENDER, 403, 403, 201, 403),
        (Role.AUDITOR, 200, 403, 403, 403),
        (Role.ADMIN, 200, 201, 201, 201),
    ],
)
async def test_what_each_role_may(
    api: httpx.AsyncClient, role: Role, reads: int, manual: int, automated: int, corrects: int
) -> None:
    entry_id = (await add(api, CALL, "first")).json()["id"]
    headers = bearer(role.value)
    assert (await api.get(ENTRIES, headers=headers)).status_code == reads
    assert (await add(api, CALL, "m", role.value)).status_code == manual
    assert (await add(api, MAIL, "a", role.value)).status_code == automated
    changes = {"changes": {"title": "Rang twice"}}
    path = f"{ENTRIES}/{entry_id}/corrections"
    assert (await api.post(path, json=changes, headers=headers | {"Idempotency-Key": "c"})).status_code == corrects
    assert (await api.get("/v1/me", headers=headers)).status_code == 200


async def test_another_location_answers_like_one_that_is_not_there(api: httpx.AsyncClient) -> None:
    for rest in ("", "/entries", f"/entries/{UNKNOWN_ID}", "/customers", "/customers/c", "/feed"):
        other = await api.get(f"/v1/locations/pier{rest}", headers=bearer("manager"))
        unknown = await api.get(f"/v1/locations/nowhere{rest}", headers=bearer("manager"))
        assert other.content == unknown.content
        assert is_problem(other, 404, "not-found")


async def test_a_batch_answers_item_by_item(api: httpx.AsyncClient) -> None:
    items = [{"key": "a", "entry": CALL}, {"key": "b", "entry": {}}, {"key": "a", "entry": CALL}, "x"]
    answer = await api.post(f"{ENTRIES}/batch", json={"items": items})
    assert [item["status"] for item in answer.json()["items"]] == [201, 422, 200, 422]


async def test_events_make_the_status_and_corrections_stay_in_the_open(api: httpx.AsyncClient) -> None:
    mail, call = (await add(api, MAIL, "m")).json()["id"], (await add(api, CALL, "c")).json()["id"]
    for kind in ("bounced", "delivered", "opened", "delivered"):
        await api.post(f"{ENTRIES}/{mail}/events", json={"kind": kind, "at": "2026-11-03T09:15:00Z"})
    detail = (await api.get(f"{ENTRIES}/{mail}")).json()
    assert detail["entry"]["status"] == "bounced"
    assert len(detail["events"]) == 3
    body = {"changes": {"title": "Rang twice"}, "reason": "forgot"}
    path = f"{ENTRIES}/{call}/corrections"
    assert (await api.post(path, json=body, headers={"Idempotency-Key": "x"})).status_code == 201
    refused = await api.post(f"{ENTRIES}/{mail}/corrections", json=body, headers={"Idempotency-Key": "y"})
    assert is_problem(refused, 409, "not-manual")
    detail = (await api.get(f"{ENTRIES}/{call}")).json()
    assert (detail["entry"]["title"], detail["original"]["title"]) == ("Rang twice", "Rang")


async def test_an_unchanged_entry_is_not_sent_again(api: httpx.AsyncClient) -> None:
    entry_id = (await add(api, MAIL, "m")).json()["id"]
    tag = (await api.get(f"{ENTRIES}/{entry_id}")).headers["etag"]
    assert (await api.get(f"{ENTRIES}/{entry_id}", headers={"If-None-Match": tag})).status_code == 304
    await api.post(f"{ENTRIES}/{entry_id}/events", json={"kind": "sent", "at": "2026-11-03T09:15:00Z"})
    assert (await api.get(f"{ENTRIES}/{entry_id}", headers={"If-None-Match": tag})).status_code == 200


NASTY_QUERIES = [
    "limit=0", "limit=201", "limit=9223372036854775808", "limit=-1", "limit=x", "cursor=x", "cursor=AAAA", "cursor=%00",
    "since=0001-01-01T00:00:00%2B14:00", "until=9999-12-31T23:59:59-14:00", "since=5", "since=Mon", "q=", "q=%00", "via=%F0",
    "status=opened", "reference=x", "unknown=1", "limit=1&limit=2", "to=", "customer_id=", "source=me", f"q={'x' * 201}",
]  # fmt: skip


@pytest.mark.parametrize("query", NASTY_QUERIES)
async def test_a_bad_question_is_refused(api: httpx.AsyncClient, query: str) -> None:
    answer = await api.get(f"{ENTRIES}?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "q",
    [
        '"',
        "*",
        "a OR b",
        "NEAR(a b)",
        "🛶",
        "\u202e",
        "%",
        "_",
        "(((",
        "col:x",
        "日本語",
        "\x1b[31m",
        "'",
        "\\",
        "- -",
        "+",
        "00",
    ],
)
async def test_any_search_is_only_text(api: httpx.AsyncClient, q: str) -> None:
    await add(api, CALL | {"title": f"said {q} to us"}, "k")
    answer = await api.get(ENTRIES, params={"q": q})
    assert answer.status_code == 200
    assert answer.json()["total"]["count"] == 1


NASTY_BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b'{"via":"\\ud800"}', b"\xff", b"[" * 10_000, b'{"a":' * 10_000, b"1" * 5_000,
    json.dumps(CALL | {"title": "\x00"}).encode(), json.dumps(CALL | {"sent_at": 2**63}).encode(),
    json.dumps(CALL | {"sent_at": "0001-01-01T00:00:00+14:00"}).encode(), json.dumps(CALL | {"seq": 1}).encode(),
]  # fmt: skip


@pytest.mark.parametrize("path", ["", "/batch", f"/{UNKNOWN_ID}/events", f"/{UNKNOWN_ID}/corrections"])
@pytest.mark.parametrize("body", NASTY_BODIES, ids=lambda body: repr(body[:30]))
async def test_a_bad_body_is_refused_and_changes_nothing(api: httpx.AsyncClient, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = await api.post(ENTRIES + path, content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert (await api.get(ENTRIES)).json()["entries"] == []


async def test_other_refusals_are_problems_too(api: httpx.AsyncClient) -> None:
    assert is_problem(await api.get("/nowhere"), 404, "not-found")
    assert (await api.put("/v1/me")).status_code == 405
    assert is_problem(await api.get("/v1/me", headers={"Authorization": "Bearer nobody"}), 401, "token")
    assert is_problem(await api.get("/v1/me?x=1"), 400, "parameters")
    assert is_problem(await api.post(ENTRIES, json=CALL), 400, "parameters")
    assert is_problem(await api.post(ENTRIES, content=b"x", headers={"Idempotency-Key": "k"}), 415, "media-type")
    large = await add(api, CALL | {"body": "x" * (1 << 20)}, "k")
    assert is_problem(large, 413, "too-large")
    gone = await api.get(f"{ENTRIES}/{UNKNOWN_ID}")
    assert is_problem(gone, 404, "not-found")
    assert "x-request-id" in gone.headers


async def test_operations(api: httpx.AsyncClient) -> None:
    assert (await api.get("/healthz")).status_code == 200
    assert (await api.get("/readyz")).status_code == 200
    assert "commlog_request_seconds" in (await api.get("/metrics")).text


def test_the_committed_description_is_the_service() -> None:
    committed = Path(__file__).parents[2] / "docs" / "openapi.json"
    assert committed.read_text(encoding="utf-8") == document(), "run: python -m commlog_tui.service.openapi > docs/openapi.json"
