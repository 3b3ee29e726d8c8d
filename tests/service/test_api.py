"""The API, called as a client would call it, over a real store."""

from pathlib import Path

import httpx

from commlog_tui.service.openapi import document
from tests.service.calls import CALL, CHANGE, ENTRIES, MAIL, add, is_problem


async def test_a_key_is_an_entry_once_and_for_all(api: httpx.AsyncClient) -> None:
    first, again, other = (
        await add(api, CALL, "k"),
        await add(api, CALL, "k"),
        await add(api, CALL | {"title": "x"}, "k"),
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert is_problem(other, 422, "key-reused")
    assert (await api.get(ENTRIES)).json()["total"] == {"count": 1, "exact": True}


async def test_the_service_says_who_wrote(api: httpx.AsyncClient) -> None:
    await add(api, CALL, "k", "desk")
    (entry,) = (await api.get(ENTRIES)).json()["entries"]
    assert (entry["actor"], entry["seq"], entry["status"]) == ("a desk", 1, "logged")


async def test_a_batch_answers_item_by_item(api: httpx.AsyncClient) -> None:
    items = [{"key": "a", "entry": CALL}, {"key": "b", "entry": {}}, {"key": "a", "entry": CALL}, "x"]
    answer = await api.post(f"{ENTRIES}/batch", json={"items": items})
    assert answer.status_code == 200
    assert [item["status"] for item in answer.json()["items"]] == [201, 422, 200, 422]
    assert is_problem(await api.post(f"{ENTRIES}/batch", json={"items": []}), 422, "invalid")


async def test_events_make_the_status_and_corrections_stay_in_the_open(api: httpx.AsyncClient) -> None:
    mail, call = (await add(api, MAIL, "m")).json()["id"], (await add(api, CALL, "c")).json()["id"]
    for kind in ("bounced", "delivered", "opened", "delivered"):
        await api.post(f"{ENTRIES}/{mail}/events", json={"kind": kind, "at": "2026-11-03T09:15:00Z"})
    detail = (await api.get(f"{ENTRIES}/{mail}")).json()
    assert detail["entry"]["status"] == "bounced"
    assert len(detail["events"]) == 3
    path = f"{ENTRIES}/{call}/corrections"
    assert (await api.post(path, json=CHANGE, headers={"Idempotency-Key": "x"})).status_code == 201
    refused = await api.post(f"{ENTRIES}/{mail}/corrections", json=CHANGE, headers={"Idempotency-Key": "y"})
    assert is_problem(refused, 409, "not-manual")
    detail = (await api.get(f"{ENTRIES}/{call}")).json()
    assert (detail["entry"]["title"], detail["original"]["title"]) == ("Rang twice", "Rang")


async def test_an_unchanged_entry_is_not_sent_again(api: httpx.AsyncClient) -> None:
    entry_id = (await add(api, MAIL, "m")).json()["id"]
    tag = (await api.get(f"{ENTRIES}/{entry_id}")).headers["etag"]
    assert (await api.get(f"{ENTRIES}/{entry_id}", headers={"If-None-Match": tag})).status_code == 304
    await api.post(f"{ENTRIES}/{entry_id}/events", json={"kind": "sent", "at": "2026-11-03T09:15:00Z"})
    assert (await api.get(f"{ENTRIES}/{entry_id}", headers={"If-None-Match": tag})).status_code == 200


def test_the_committed_description_is_the_service() -> None:
    committed = Path(__file__).parents[2] / "docs" / "openapi.json"
    assert committed.read_text(encoding="utf-8") == document(), (
        "run: python -m commlog_tui.service.openapi > docs/openapi.json"
    )
