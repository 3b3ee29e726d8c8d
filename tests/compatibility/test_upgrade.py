"""An upgrade and a downgrade, played.

Each side of 0.1.0 with the other side of today, its outbox and its log file.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest
from typing_extensions import override

from commlog_tui import __version__
from commlog_tui.client.errors import NotSupportedError, RefusedError
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.delivery import NewEvent, Status
from commlog_tui.contract.entry import NewCorrection, NewEntry, NewRedaction
from commlog_tui.contract.location import Capability, NewLocation
from commlog_tui.contract.open_enum import is_known
from commlog_tui.contract.page import BatchItem
from commlog_tui.contract.query import EntryQuery
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.signing import KeyFile
from commlog_tui.store.sqlite.store import SqliteStore
from tests.compatibility import release_0_1_0 as old
from tests.compatibility.exchange import CALL, CALLS, MAIL, TEXT, play
from tests.store.hashed import hashed

HERE = Path(__file__).parent
ANSWERS: dict[str, tuple[int, Any]] = json.loads((HERE / "answers-0.1.0.json").read_text(encoding="utf-8"))
BY_NAME = {call.name: call for call in CALLS}
BOTH = EntryQuery(status=(Status.BOUNCED, Status.FAILED))


def service_of(store: SqliteStore, folder: Path) -> httpx.ASGITransport:
    keys = KeyFile(folder / "log.key")
    return httpx.ASGITransport(create_app(store, keys=keys, owner=Owner("Desk", digest_of("secret")), quiet=True))


@pytest.fixture
async def new_service(tmp_path: Path) -> AsyncIterator[httpx.ASGITransport]:
    store = SqliteStore.open(tmp_path / "log.db")
    await store.create_location(NewLocation(id="quay", name="Quay Boats", zone="Europe/London"))
    yield service_of(store, tmp_path)
    await store.close()


def caller(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport, base_url="http://log.test", headers={"Authorization": "Bearer secret"}
    )


class OldService(httpx.AsyncBaseTransport):
    """The service of 0.1.0, as its answers were recorded.

    ``change`` may put something into them.
    """

    def __init__(self, **change: Any) -> None:
        self.change = change
        self.asked: list[str] = []

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        is_post = request.method == "POST"
        for call in CALLS:
            if (call.path, call.body is not None) == (request.url.path, is_post) and ANSWERS[call.name][0] < 300:
                status, answer = ANSWERS[call.name]
                return httpx.Response(status, json=answer | self.change)
        return httpx.Response(
            404, json=ANSWERS["detail of none"][1], headers={"content-type": "application/problem+json"}
        )


@pytest.fixture
def old_service() -> OldService:
    return OldService()


async def client_of(transport: httpx.AsyncBaseTransport) -> LogClient:
    return LogClient("http://log.test", "secret", transport=transport)


async def test_an_old_desk_reads_every_answer_of_the_new_service(new_service: httpx.ASGITransport) -> None:
    async with caller(new_service) as http:
        answers = await play(http)
    for call in CALLS:
        status, answer = answers[call.name]
        assert status == call.status == ANSWERS[call.name][0], (call.name, answer)
        call.model.model_validate_json(json.dumps(answer))
    for name in ("page", "filtered", "detail", "detail of a redacted entry", "location", "customer"):
        answer = answers[name][1]
        if name == "filtered":  # optional, and new: why an entry matched the search
            assert all(entry.pop("matched") for entry in answer["entries"])
        assert without_moments(answer) == without_moments(ANSWERS[name][1]), f"{name}: what 0.1.0 said is said still"


def without_moments(answer: Any) -> Any:
    """Return an answer as far as 0.1.0 knew it, without what differs from run to run."""
    if isinstance(answer, list):
        return [without_moments(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    changing = {"recorded_at", "leaf_hash", "older", "newer", "oldest", "other"}
    return {name: without_moments(value) for name, value in answer.items() if name not in changing}


async def test_the_new_service_says_what_it_can_do(new_service: httpx.ASGITransport) -> None:
    client = await client_of(new_service)
    me = await client.me()
    assert (me.version, set(me.capabilities)) == (__version__, set(Capability))
    assert (await client.page("quay", BOTH)).entries == ()
    assert (await client.matching_ids("quay", "0000")).ids == ()
    await client.aclose()


async def test_a_new_desk_reads_every_answer_of_the_old_service(old_service: OldService) -> None:
    client = await client_of(old_service)
    assert (await client.me()).capabilities == ()
    assert [place.id for place in await client.locations()] == ["quay"]
    assert (await client.location("quay")).channels
    assert len((await client.page("quay", EntryQuery())).entries) == 2
    details = [await client.detail("quay", entry_id) for entry_id in (MAIL, CALL, TEXT)]
    assert [len(detail.events) for detail in details] == [3, 0, 0]
    assert [len(detail.corrections) for detail in details] == [0, 1, 0]
    assert [detail.redaction is not None for detail in details] == [False, False, True]
    assert [one.id for one in (await client.customers("quay", "ada")).customers] == ["c-1"]
    assert (await client.customer("quay", "c-1")).name == "Ada Byron"
    assert (await client.checkpoint("quay")).size == (await client.proof("quay", 1)).size
    assert (await client.consistency("quay", 2, 5)).old_size == 2
    assert len(await client.records("quay", 0)) == (await client.checkpoint("quay")).size
    assert (await client.add("quay", MAIL, NewEntry.model_validate(BY_NAME["add"].body))).seq == 1
    assert (await client.add_event("quay", MAIL, NewEvent.model_validate(BY_NAME["add an event"].body))).seq
    assert (
        await client.correct("quay", CALL, "correction-1", NewCorrection.model_validate(BY_NAME["correct"].body))
    ).seq
    asked_for = NewRedaction(reason="asked for")
    assert (await client.redact("quay", TEXT, "redaction-1", asked_for)).seq
    assert (await client.redact_customer("quay", "c-1", "redaction-2", asked_for)).entries
    batch = BatchItem.model_validate({"key": TEXT, "entry": BY_NAME["add by hand"].body})
    assert [answer.status for answer in await client.add_batch("quay", [batch])] == [201]
    await client.aclose()


async def test_a_new_desk_does_not_ask_an_old_service_for_what_it_cannot_do(old_service: OldService) -> None:
    client = await client_of(old_service)
    with pytest.raises(
        NotSupportedError, match=r"^The service, commlog 0\.1\.0, is too old for this\. Ask for one status"
    ):
        await client.page("quay", BOTH)
    with pytest.raises(NotSupportedError, match=r"Leave out the kind, or update it\.$"):
        await client.page("quay", EntryQuery(kind="reminder"))
    for fields in ({"title": "Reminder"}, {"not_via": ["sms"]}, {"not_day": ["2026-11-03"]}):
        with pytest.raises(NotSupportedError, match="Leave out the title, the code, and what is excluded"):
            await client.page("quay", EntryQuery.model_validate(fields))
    with pytest.raises(NotSupportedError, match=r"Give the whole id of the entry, or update it\.$"):
        await client.matching_ids("quay", "0000")
    assert set(old_service.asked) == {"/v1/me"}
    assert (await client.page("quay", EntryQuery(status=(Status.DELIVERED,)))).entries
    old_service.change = {"capabilities": ["statuses"]}  # the service is updated while the desk is open
    assert (await client.page("quay", BOTH)).entries
    await client.aclose()


async def test_a_desk_reads_what_a_newer_service_says_besides() -> None:
    newer = OldService(
        capabilities=["statuses", "call-backs"], role="night-auditor", permissions=["read", "call-back"], tariff=7
    )
    client = await client_of(newer)
    me = await client.me()
    assert [is_known(word) for word in me.capabilities] == [True, False]
    assert (is_known(me.role), me.role.value) == (False, "night-auditor")
    newer.change = {
        "corrections": [ANSWERS["detail of a corrected entry"][1]["corrections"][0] | {"mood": "calm"}],
        "tasks": [],
    }
    newer.change["corrections"][0]["changes"]["call_back"] = "2026-11-04"
    assert len((await client.detail("quay", CALL)).corrections) == 1
    await client.aclose()


async def test_what_waits_in_an_old_outbox_is_sent_by_the_new_desk(
    new_service: httpx.ASGITransport, tmp_path: Path
) -> None:
    outbox = Outbox(Path(copytree(HERE / "outbox-0.1.0", tmp_path / "outbox")))
    assert {(item.state, item.version) for item in outbox.items()} == {("waiting", 1), ("draft", 1)}
    client = await client_of(new_service)
    report = await outbox.send(client)
    assert [(item.key, receipt.seq) for item, receipt in report.sent] == [("00000000-0000-4000-8000-00000000000a", 1)]
    assert [item.state for item in outbox.items()] == ["draft"]
    await client.aclose()


@pytest.mark.parametrize("state", ["draft", "waiting", "refused"])
def test_what_waits_in_a_new_outbox_is_read_by_the_old_desk(tmp_path: Path, state: Any) -> None:
    item = OutboxItem(
        location="quay", content=BY_NAME["add by hand"].body or {}, state=state, saved_at=datetime.now(UTC)
    )
    Outbox(tmp_path).save(item)
    (file,) = tmp_path.iterdir()
    read = old.OutboxItem.model_validate_json(file.read_bytes())
    assert (read.key, read.content, read.state) == (item.key, item.content, state)


async def test_an_old_log_file_answers_repeats_with_the_receipts_it_gave(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress((HERE / "log-0.1.0.db.gz").read_bytes()))
    before = await asyncio.to_thread(hashed, path)
    store = SqliteStore.open(path)
    repeats = [call for call in CALLS if call.model in {old.Receipt, old.BatchAnswers}]
    async with caller(service_of(store, tmp_path)) as http:
        for call in repeats:
            answer = (await call.play(http)).json()
            expected = ANSWERS[call.name][1]
            if call.model is old.BatchAnswers:
                answer, expected = answer["items"][0]["receipt"], expected["items"][0]["receipt"]
            assert {name: answer[name] for name in expected} == expected, call.name
        body = (await http.get("/v1/locations/quay/ledger/records")).json()["records"]
    assert [one["record"] for one in body[:8]] == [one["record"] for one in ANSWERS["records"][1]["records"][:8]]
    await store.close()
    assert await asyncio.to_thread(hashed, path) == before


async def test_what_the_old_service_refused_is_refused_still(new_service: httpx.ASGITransport) -> None:
    client = await client_of(new_service)
    body = BY_NAME["add"].body or {}
    await client.add("quay", MAIL, NewEntry.model_validate(body))
    with pytest.raises(RefusedError):
        await client.add("quay", MAIL, NewEntry.model_validate(body | {"title": "Other"}))
    await client.aclose()
