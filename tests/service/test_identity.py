"""A record is known by location, source class and key.

Manual and automated ones never stand in each other's way.
"""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.identity import id_of_event, id_of_key, namespaced_id
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.protocol import Store
from tests.service.calls import CALL, CHANGE, ENTRIES, MAIL, SENT, WISH, add, bearer, is_problem

KEYS = ["order-17", "7D3A1C9E-5B0F-4A6E-9C61-0E5D1F2A3B4C", "k"]
BOTH = [
    ("desk", CALL, "sender", MAIL),
    ("sender", MAIL, "desk", CALL),
    ("admin", CALL, "admin", MAIL),
    ("manager", CALL, "sender", MAIL),
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("first", "one", "second", "other"), BOTH)
async def test_the_same_key_is_one_manual_and_one_automated_entry(
    api: httpx.AsyncClient, key: str, first: str, one: dict[str, Any], second: str, other: dict[str, Any]
) -> None:
    answers = [await add(api, one, key, first), await add(api, other, key, second)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == id_of_key(key)
    assert answers[0].json()["id"] != answers[1].json()["id"]
    for answer, content, caller in zip(answers, (one, other), (first, second), strict=True):
        again = await add(api, content, key, caller)
        assert (again.status_code, again.json()) == (200, answer.json())
        assert is_problem(await add(api, content | {"title": "Other"}, key, caller), 422, "key-reused")
        shown = (await api.get(f"{ENTRIES}/{answer.json()['id']}")).json()["entry"]
        assert (shown["id"], shown["source"], shown["title"]) == (
            answer.json()["id"],
            content["source"],
            content["title"],
        )


async def test_in_a_batch_too(api: httpx.AsyncClient) -> None:
    await add(api, CALL, "k", "desk")
    for status in (201, 200):
        answer = await api.post(
            f"{ENTRIES}/batch", json={"items": [{"key": "k", "entry": MAIL}]}, headers=bearer("sender")
        )
        assert [item["status"] for item in answer.json()["items"]] == [status]
    mixed = [{"key": "m", "entry": MAIL}, {"key": "m", "entry": CALL}, {"key": "m", "entry": MAIL}]
    answer = await api.post(f"{ENTRIES}/batch", json={"items": mixed}, headers=bearer("admin"))
    assert [item["status"] for item in answer.json()["items"]] == [201, 201, 200]


@pytest.mark.parametrize("keyed", [True, False], ids=["with a key", "without"])
async def test_events_reach_the_automated_entry_by_its_key_and_its_id(api: httpx.AsyncClient, *, keyed: bool) -> None:
    await add(api, CALL, "k", "desk")
    entry = (await add(api, MAIL | {"events": [SENT]}, "k", "sender")).json()["id"]
    headers = bearer("sender") | ({"Idempotency-Key": "reported"} if keyed else {})
    report = {"kind": "bounced", "at": "2026-11-03T09:16:00Z"}
    body = [
        await api.post(f"{ENTRIES}/{path}/events", json=report, headers=headers) for path in (id_of_key("k"), entry)
    ]
    assert [answer.status_code for answer in body] == [201, 200]
    assert body[0].json() == body[1].json()
    detail = (await api.get(f"{ENTRIES}/{entry}")).json()
    assert ([event["kind"] for event in detail["events"]], detail["entry"]["status"]) == (
        ["sent", "bounced"],
        "bounced",
    )
    again = await add(api, MAIL | {"events": [SENT, report]}, "k", "sender")
    assert again.status_code == 200
    assert len((await api.get(f"{ENTRIES}/{entry}")).json()["events"]) == 2 + keyed


async def test_a_manual_entry_stays_without_events(api: httpx.AsyncClient) -> None:
    await add(api, CALL, "k", "desk")
    refused = await api.post(f"{ENTRIES}/{id_of_key('k')}/events", json=SENT, headers=bearer("sender"))
    assert is_problem(refused, 409, "not-automated")


async def test_corrections_and_redactions_take_no_key_away(api: httpx.AsyncClient) -> None:
    entry = (await add(api, CALL, "call", "desk")).json()["id"]
    manager = bearer("manager")
    for key, path, body in (("a", "corrections", CHANGE), ("b", "redaction", WISH)):
        for status in (201, 200):
            answer = await api.post(f"{ENTRIES}/{entry}/{path}", json=body, headers=manager | {"Idempotency-Key": key})
            assert answer.status_code == status
        mail = await add(api, MAIL, key, "sender")
        assert mail.status_code == 201
        assert (await add(api, MAIL, key, "sender")).json() == mail.json()
        assert (await api.get(f"{ENTRIES}/{id_of_key(key)}")).json()["entry"]["id"] == mail.json()["id"]
        assert (await add(api, CALL, key, "desk")).status_code == 422, "of the same class, the key is used"


async def test_a_correction_whose_key_a_sender_has_used_is_taken(api: httpx.AsyncClient) -> None:
    await add(api, MAIL, "k", "sender")
    entry = (await add(api, CALL, "call", "desk")).json()["id"]
    headers = bearer("manager") | {"Idempotency-Key": "k"}
    body = [await api.post(f"{ENTRIES}/{entry}/corrections", json=CHANGE, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in body] == [201, 200]
    assert body[0].json() == body[1].json()


async def test_no_automated_entry_is_corrected_by_way_of_a_key(api: httpx.AsyncClient) -> None:
    await add(api, MAIL, "k", "sender")
    await add(api, CALL, "k", "desk")
    headers = bearer("manager") | {"Idempotency-Key": "c"}
    assert is_problem(
        await api.post(f"{ENTRIES}/{id_of_key('k')}/corrections", json=CHANGE, headers=headers), 409, "not-manual"
    )


async def test_nobody_takes_the_ids_of_events_and_ids_apart_in_advance(api: httpx.AsyncClient) -> None:
    own = id_of_key("k")
    apart = namespaced_id(own, manual=False)
    event = id_of_event(apart, NewEvent.model_validate(SENT))
    taken = [own, apart, namespaced_id(apart, manual=False), event, namespaced_id(event, manual=False)]
    for key in taken:
        assert (await add(api, CALL, key, "desk")).status_code == 201
    sent = await add(api, MAIL | {"events": [SENT]}, "k", "sender")
    assert (sent.status_code, sent.json()["id"]) == (201, apart)
    detail = (await api.get(f"{ENTRIES}/{apart}")).json()
    assert (detail["entry"]["source"], detail["entry"]["status"]) == ("workflow", "sent")
    for key in taken:
        assert (await add(api, CALL, key, "desk")).status_code == 200


async def test_an_identity_of_before_stays_what_it_is(store: Store, api: httpx.AsyncClient) -> None:
    key = str(uuid4())
    (before,) = await store.append("quay", "a desk", [AppendEntry(key, NewEntry.model_validate(CALL))])
    again = await add(api, CALL, key, "desk")
    assert (again.status_code, again.json()["id"]) == (200, key)
    assert not isinstance(before, Exception)


async def test_the_client_takes_the_receipt_of_an_id_apart(api: httpx.AsyncClient) -> None:
    await add(api, MAIL, "k", "sender")
    client = LogClient("http://log.test", "desk", transport=api._transport)
    receipt = await client.add("quay", "k", NewEntry.model_validate(CALL))
    assert receipt.id == namespaced_id(id_of_key("k"), manual=True)
    assert (await client.detail("quay", receipt.id)).entry.title == CALL["title"]
