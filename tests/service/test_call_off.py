"""Calling off a message that waits to be sent again: never both called off and sent."""

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.contract.resend import Route
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.records.call_off import AppendCallOff
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import KeyReusedError, NotSendableError
from commlog_tui.records.rows import ResendRow
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile
from tests.hook_sink import hook_sink
from tests.mail_sink import mail_sink
from tests.service.calls import ENTRIES, OWNER, UNKNOWN_ID, bearer, is_problem
from tests.service.test_resend_sender import by_hook, by_mail, come, sending, until
from tests.service.test_resends import AGAIN, SMTP, letter, post
from tests.store.factory import put
from tests.store.resend_factory import begun, ended, resend
from tests.store.resend_factory import letter as a_letter


async def only(store: Store) -> ResendRow:
    (row,) = (await store.resends.page("quay", ResendListQuery())).resends
    return row


async def waits(store: Store, route: Route = Route.SMTP) -> str:
    await put(store, a_letter(1), resend(2, a_letter(1), route))
    return (await only(store)).entry


async def test_what_was_called_off_is_not_sent(store: Store) -> None:
    entry = await waits(store)
    (answer,) = await store.append("quay", "Desk", [AppendCallOff(entry, 0, "she found it")])
    assert isinstance(answer, Appended)
    row = await only(store)
    assert (row.state, row.attempts, row.status) == ("called-off", 0, "canceled")
    detail = await store.detail("quay", entry)
    assert [(one.kind, one.actor, one.detail) for one in detail.events][-1] == (
        "canceled", "Desk", "Called off: she found it",
    )  # fmt: skip
    assert detail.entry.status == "canceled"
    with mail_sink() as sink:
        async with sending(store, by_mail(sink)):
            await put(store, resend(3, a_letter(1), to="bo@example.com"))
            await come(lambda: bool(sink.ids))
    assert len(sink.ids) == 1
    assert (await store.detail("quay", entry)).entry.status == "canceled"


_STEPS = ("begun 1", "ended 1", "begun 2", "off 0", "off 1")


async def test_in_any_order_an_attempt_is_begun_or_the_message_is_called_off(store: Store) -> None:
    for number, order in enumerate(itertools.permutations(_STEPS, 4)):
        first = a_letter(1_000 + number)
        await put(store, first, resend(5_000 + number, first))
        row, *_ = (await store.resends.page("quay", ResendListQuery(limit=1))).resends
        done = [step for step in order if await accepts(store, row.entry, step)]
        offs = [at for at, step in enumerate(done) if step.startswith("off")]
        assert offs in ([], [len(done) - 1]), "nothing is recorded of an attempt afterwards"
        state = (await store.resends.page("quay", ResendListQuery(limit=1))).resends[0].state
        assert (state == "called-off") is bool(offs)
        if offs:
            assert f"begun {int(done[-1].split()[1]) + 1}" not in done


async def accepts(store: Store, entry: str, step: str) -> bool:
    name, number = step.split()
    at = int(number)
    items: dict[str, Any] = {
        "begun": begun(entry, at),
        "ended": ended(entry, "waiting", "queued", at),
        "off": AppendCallOff(entry, at),
    }
    (answer,) = await store.append("quay", "sender", [items[name]])
    return isinstance(answer, Appended)


async def test_both_stores_refuse_what_comes_too_late(store: Store) -> None:
    entry = await waits(store)
    await put(store, begun(entry))
    (late,) = await store.append("quay", "Desk", [AppendCallOff(entry, 0)])
    assert isinstance(late, KeyReusedError)
    await put(store, ended(entry, "waiting", "queued"))
    assert (await only(store)).state == "waiting"
    await put(store, AppendCallOff(entry, 1))
    (stale,) = await store.append("quay", "sender", [begun(entry, 2)])
    assert isinstance(stale, KeyReusedError)
    assert (await only(store)).state == "called-off"
    (other,) = await store.append("quay", "Desk", [AppendCallOff(a_letter(1).id, 0)])
    assert isinstance(other, NotSendableError)


async def test_a_request_to_the_booking_system_is_begun_first_and_repeated_after_a_crash(store: Store) -> None:
    entry = await waits(store, Route.WEBHOOK)
    now = datetime.now(UTC)
    await store.resends.claim("quay", [Route.WEBHOOK], now, now + timedelta(milliseconds=100), 1)
    await put(store, begun(entry, at=now))
    (late,) = await store.append("quay", "Desk", [AppendCallOff(entry, 0)])
    assert isinstance(late, KeyReusedError)
    with hook_sink() as hooked:
        async with sending(store, by_hook(hooked)):
            (row,) = await until(store, "done")
    assert (row.attempts, len(hooked.requests)) == (1, 1)


@pytest.fixture
async def api(store: Store, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    owner = Owner(OWNER, digest_of(OWNER))
    app = create_app(store, keys=KeyFile(tmp_path / "log.key"), owner=owner, ways=SMTP, quiet=True)
    transport, headers = httpx.ASGITransport(app), bearer(OWNER)
    async with httpx.AsyncClient(transport=transport, base_url="http://log.test", headers=headers) as client:
        yield client


async def test_it_is_called_off_over_the_api_once(api: httpx.AsyncClient) -> None:
    entry = await letter(api)
    made = (await post(api, entry, AGAIN)).json()
    path, body = f"{ENTRIES}/{entry}/call-offs", {"resend": made["id"], "why": "she found it"}
    before = (await api.get(f"{ENTRIES}/{entry}")).headers["etag"]
    first, again = [await api.post(path, json=body, headers=bearer("desk")) for _ in range(2)]
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    after = await api.get(f"{ENTRIES}/{entry}", headers={"If-None-Match": before})
    assert (after.status_code, after.json()["resends"][0]["state"]) == (200, "called-off")
    other = await api.post(path, json={"resend": made["id"]}, headers=bearer("desk"))
    assert is_problem(other, 409, "not-waiting")
    unknown = await api.post(path, json={"resend": UNKNOWN_ID}, headers=bearer("desk"))
    assert unknown.status_code == 404


async def test_what_was_sent_cannot_be_called_off(api: httpx.AsyncClient, store: Store) -> None:
    entry = await letter(api)
    made = (await post(api, entry, AGAIN | {"by_hand": True})).json()
    answer = await api.post(f"{ENTRIES}/{entry}/call-offs", json={"resend": made["id"]}, headers=bearer("desk"))
    assert is_problem(answer, 409, "not-waiting")
    assert "sent already" in answer.json()["detail"]
