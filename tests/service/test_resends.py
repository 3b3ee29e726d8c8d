"""Sending again over the API: routes, roles, warnings, what is refused, what is listed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.resend import NewResend
from commlog_tui.service.app import create_app
from commlog_tui.service.outgoing import Ways
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile
from tests.service.calls import CALL, ENTRIES, MAIL, OWNER, SENT, UNKNOWN_ID, WISH, add, bearer, is_problem

SMTP = Ways.of(smtp_url="smtp://mail.example", smtp_from="Quay <quay@quay.example>", webhook="", secret="")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LETTER = MAIL | {"body": "Dear Ada", "to": "ada@gmial.com"}
AGAIN: dict[str, Any] = {"to": "ada@gmail.com", "why": "typo"}
LIST = "/v1/locations/quay/resends"


@pytest.fixture
def ways() -> Ways:
    return SMTP


@pytest.fixture
async def api(store: Store, ways: Ways, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    owner = Owner(OWNER, digest_of(OWNER))
    app = create_app(store, keys=KeyFile(tmp_path / "log.key"), owner=owner, ways=ways, quiet=True)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://log.test", headers=bearer(OWNER)
    ) as client:
        yield client


async def post(
    api: httpx.AsyncClient, entry: str, body: dict[str, Any], key: str = "k", caller: str = "desk"
) -> httpx.Response:
    headers = {"Idempotency-Key": key} | bearer(caller)
    return await api.post(f"{ENTRIES}/{entry}/resends", json=body, headers=headers)


async def letter(api: httpx.AsyncClient, key: str = "letter", **fields: Any) -> str:
    return str((await add(api, LETTER | fields, key)).json()["id"])


async def test_a_message_is_sent_again_once_and_shown_on_both_sides(api: httpx.AsyncClient) -> None:
    entry = await letter(api)
    made, again = [await post(api, entry, AGAIN) for _ in range(2)]
    assert (made.status_code, again.status_code, made.json()) == (201, 200, again.json())
    detail = (await api.get(f"{ENTRIES}/{entry}")).json()
    (one,) = detail["resends"]
    assert {"id": made.json()["id"], "to": "ada@gmail.com", "why": "typo", "route": "smtp", "state": "waiting",
            "status": "queued", "actor": "a desk", "original": entry}.items() <= one.items()  # fmt: skip
    new = (await api.get(f"{ENTRIES}/{one['entry']}")).json()["entry"]
    assert (new["resend_of"], new["to"], new["body"], new["status"]) == (entry, "ada@gmail.com", "Dear Ada", "queued")
    assert new["message"] == {"provider": "mail", "id": f"{one['entry']}@quay.example"}
    assert (await api.get(LIST, params={"state": "waiting"})).json() == {"resends": [one], "older": None}
    assert (await api.get(LIST, params={"state": "failed"})).json()["resends"] == []
    assert (await api.get(f"{ENTRIES}/{entry}/resends")).json()["resends"] == [one]


async def test_the_detail_changes_its_tag_when_a_message_is_sent_again(api: httpx.AsyncClient) -> None:
    entry = await letter(api)
    before = (await api.get(f"{ENTRIES}/{entry}")).headers["etag"]
    await post(api, entry, AGAIN)
    after = await api.get(f"{ENTRIES}/{entry}", headers={"If-None-Match": before})
    assert (after.status_code, len(after.json()["resends"])) == (200, 1)
    (new,) = [one["entry"] for one in after.json()["resends"]]
    sent = await api.post(f"{ENTRIES}/{new}/events", json=SENT, headers=bearer(OWNER))
    assert sent.status_code == 201
    now = await api.get(f"{ENTRIES}/{entry}", headers={"If-None-Match": after.headers["etag"]})
    assert (now.status_code, now.json()["resends"][0]["status"]) == (200, "sent")


async def test_nothing_is_sent_twice_to_an_address_unless_that_is_asked_for(api: httpx.AsyncClient) -> None:
    entry = await letter(api)
    await post(api, entry, AGAIN)
    refused = await post(api, entry, AGAIN, "other")
    assert is_problem(refused, 409, "already-sent")
    assert "sent again to this address before" in refused.json()["detail"]
    assert (await post(api, entry, AGAIN | {"again": True}, "other")).status_code == 201


async def test_what_cannot_be_sent_says_what_can_be_done(api: httpx.AsyncClient) -> None:
    bare, rang = await letter(api, "bare", body=None), await letter(api, "rang", **CALL, direction="inbound")
    assert is_problem(await post(api, bare, AGAIN), 409, "no-route")
    assert is_problem(await post(api, rang, AGAIN | {"by_hand": True}), 409, "not-sendable")
    assert is_problem(await post(api, bare, AGAIN | {"to": "07700 900123"}), 409, "no-route")
    assert is_problem(await post(api, await letter(api), AGAIN | {"to": "ada at gmail"}), 422, "invalid")
    assert is_problem(await post(api, UNKNOWN_ID, AGAIN), 404, "not-found")
    assert (await post(api, bare, AGAIN | {"by_hand": True}, "hand")).status_code == 201
    redacted = await letter(api, "gone")
    await api.post(f"{ENTRIES}/{redacted}/redaction", json=WISH, headers={"Idempotency-Key": "r"})
    assert is_problem(await post(api, redacted, AGAIN | {"by_hand": True}), 409, "redacted")


@pytest.mark.parametrize("body", [{}, {"to": "a@b.example"}, AGAIN | {"to": ""}, AGAIN | {"x": 1}, AGAIN | {"why": ""}])
async def test_what_is_wrong_is_refused(api: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert is_problem(await post(api, await letter(api), body), 422, "invalid")


@pytest.mark.parametrize(("caller", "status"), [("desk", 201), ("manager", 201), ("sender", 403), ("auditor", 403)])
async def test_clerks_send_again_and_nobody_else(api: httpx.AsyncClient, caller: str, status: int) -> None:
    assert (await post(api, await letter(api), AGAIN, caller=caller)).status_code == status


async def test_what_is_known_of_the_address_is_named_before(api: httpx.AsyncClient) -> None:
    entry = await letter(api, attachments=[{"name": "a.pdf", "size": 1, "sha256": "0" * 64}])
    for key, kind, more in (
        ("b", "bounced", {}),
        ("s", "skipped", {"reason": "opted-out"}),
        ("r", "rejected", {"reason": "suppressed"}),
        ("c", "complained", {}),
    ):
        about = (await add(api, MAIL | {"to": "ADA@gmail.com"}, key)).json()["id"]
        await api.post(f"{ENTRIES}/{about}/events", json=SENT | {"kind": kind} | more)
    url = f"{ENTRIES}/{entry}/resends"
    answer = (await api.get(url, params={"to": "ada@gmail.com"}, headers=bearer("desk"))).json()
    assert [one["kind"] for one in answer["warnings"]] == [
        "opted-out", "suppressed", "complained", "bounced", "attachments",
    ]  # fmt: skip
    assert answer["routes"] == ["smtp", "by-hand"]
    later = (await add(api, MAIL | {"to": "ada@gmail.com", "sent_at": "2026-11-04T09:00:00Z"}, "d")).json()["id"]
    await api.post(f"{ENTRIES}/{later}/events", json=SENT | {"kind": "delivered"})
    answer = (await api.get(url, params={"to": "ada@gmail.com"})).json()
    assert "bounced" not in [one["kind"] for one in answer["warnings"]]
    other = (await api.get(url, params={"to": "07700 900123"})).json()
    assert ([one["kind"] for one in other["warnings"]], other["routes"]) == (["attachments"], ["by-hand"])


async def test_what_a_guest_does_not_want_is_named_before(api: httpx.AsyncClient) -> None:
    entry = await letter(api, customer={"id": "c-1", "name": "Ada"})
    url = "/v1/locations/quay/preferences"
    for key, body in (
        ("p1", {"customer_id": "c-1", "via": "email", "words": "no mail, please"}),
        ("p2", {"customer_id": "c-1", "via": "sms", "words": "no texts"}),
        ("p3", {"to": "ada@gmail.com"}),
    ):
        made = await api.post(url, json=body, headers={"Idempotency-Key": key})
        assert made.status_code == 201, made.text
    answer = (await api.get(f"{ENTRIES}/{entry}/resends", params={"to": "ada@gmail.com"})).json()
    assert {one["words"] for one in answer["warnings"]} == {
        "The guest does not want this: no mail, please.",
        "The guest does not want this: no messages.",
    }
    assert (await post(api, entry, AGAIN)).status_code == 201


@pytest.mark.parametrize("ways", [Ways.of(smtp_url="", smtp_from="", webhook="https://x.example/h", secret=SECRET)])
async def test_a_webhook_takes_every_channel_and_needs_no_text(api: httpx.AsyncClient) -> None:
    entry = await letter(api, body=None)
    assert (await api.get(f"{ENTRIES}/{entry}/resends")).json()["routes"] == ["webhook", "by-hand"]
    assert (await post(api, entry, AGAIN | {"to": "07700 900123"})).status_code == 201
    (one,) = (await api.get(LIST)).json()["resends"]
    assert (one["route"], one["state"]) == ("webhook", "waiting")


@pytest.mark.parametrize("ways", [Ways()])
async def test_without_a_way_only_what_was_done_by_hand_is_recorded(api: httpx.AsyncClient) -> None:
    entry = await letter(api)
    assert is_problem(await post(api, entry, AGAIN), 409, "no-route")
    assert (await post(api, entry, AGAIN | {"by_hand": True})).status_code == 201
    (one,) = (await api.get(LIST)).json()["resends"]
    assert (one["route"], one["state"], one["status"]) == ("by-hand", "done", "logged")


async def test_the_client_sends_again_and_reads_what_became_of_it(store: Store, api: httpx.AsyncClient) -> None:
    entry = await letter(api)
    client = LogClient("http://log.test", OWNER, transport=api._transport)
    try:
        receipt = await client.again.send("quay", entry, "k", NewResend.model_validate(AGAIN))
        found = await client.again.of_entry("quay", entry, "ada@gmail.com")
        assert [one.id for one in found.resends] == [receipt.id]
        assert [one.id for one in (await client.again.page("quay")).resends] == [receipt.id]
    finally:
        await client.aclose()
