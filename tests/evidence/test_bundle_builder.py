"""A bundle asked of a real service tells what the service tells, from the hashed bytes alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from typing_extensions import override

from commlog_tui.client.errors import NotFoundError
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.ledger import InclusionProof
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.evidence.bundle_builder import build_bundle, entries_of_booking, entries_of_customer
from commlog_tui.evidence.bundle_reader import read_entries
from commlog_tui.ledger.bundle import BundleError, verify_bundle
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.resolution import AppendResolution
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.signing import KeyFile
from commlog_tui.store.sqlite.store import SqliteStore
from tests.nasty import NASTY
from tests.store.factory import NOON, QUAY, call, correction, event, mail, minutes, put, redaction

ZOE = {"id": "c-1", "name": "Zoë", "addresses": ["ada@example.com"], "numbers": ["+44 7700 900123"]}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "log.db")
    await opened.create_location(QUAY)
    yield opened
    await opened.close()


@pytest.fixture
async def client(store: SqliteStore, tmp_path: Path) -> AsyncIterator[LogClient]:
    app = create_app(store, keys=KeyFile(tmp_path / "log.key"), owner=Owner("owner", digest_of("owner")), quiet=True)
    client = LogClient("http://log.test", "owner", transport=httpx.ASGITransport(app))
    yield client
    await client.aclose()


async def a_history(store: SqliteStore) -> list[AppendEntry]:
    entries = [
        mail(customer=ZOE, code="TIDE42", reference=str(uuid4()), body="Dear Zoë,\n…"),
        mail(title="Never reported", via="sms", to="07700 900456"),
        call(title="Rang", customer={"id": "c-2"}, direction="inbound"),
        mail(title="To be forgotten", customer={"id": "c-3", "name": "Ann"}),
        *(mail(title=(text or "x")[:500], body=text, via="push") for text in NASTY.values() if text.isprintable()),
    ]
    await put(store, *entries)
    await put(
        store, event(entries[0], "delivered", at=NOON + minutes(5), detail="250 ok"), event(entries[3], "bounced")
    )
    await put(
        store, event(entries[0], "sent", at=NOON + minutes(1), to="other@example.com"), event(entries[0], "opened")
    )
    await put(store, correction(entries[2], title="Rang about a boat", customer=ZOE, sent_at="2026-11-03T10:00:00Z"))
    await put(store, correction(entries[2], direction="outbound", to="07700 900789", code="TIDE43"))
    await put(store, redaction(entries[3]), event(entries[3], "complained"))
    return entries


async def test_what_the_records_say_is_what_the_service_says(store: SqliteStore, client: LogClient) -> None:
    entries = await a_history(store)
    bundle = await build_bundle(client, "quay", [entry.id for entry in entries])
    assert verify_bundle(bundle).size == (await client.location("quay")).seq
    answer = read_entries(bundle)
    assert [detail.entry.id for detail in answer] == [entry.id for entry in entries]
    for detail in answer:
        assert detail == await client.detail("quay", detail.entry.id)


async def test_a_resolution_of_an_entry_is_in_its_bundle(store: SqliteStore, client: LogClient) -> None:
    entry = mail()
    await put(store, entry, event(entry, "bounced"))
    await put(store, AppendResolution(str(uuid4()), NewResolution(entry=entry.id, note="Called instead")))
    (answer,) = read_entries(await build_bundle(client, "quay", [entry.id]))
    assert [one.note for one in answer.resolutions] == ["Called instead"]
    assert answer == await client.detail("quay", entry.id)


async def test_a_booking_and_a_customer_are_found_over_all_pages(store: SqliteStore, client: LogClient) -> None:
    reference = str(uuid4())
    entries = [mail(reference=reference, code="Tide42", customer=ZOE, sent_at=NOON + minutes(n)) for n in range(203)]
    others = [mail(code="TIDE421", to="x@example.com"), mail(title="TIDE42", to="x@example.com")]
    await put(store, *others, *entries)
    for booking in (reference, reference.upper(), "TIDE42"):
        assert await entries_of_booking(client, "quay", booking) == [entry.id for entry in entries]
    assert await entries_of_customer(client, "quay", "c-1") == [entry.id for entry in entries]
    for nothing in ("", "x" * 201, "TIDE", str(uuid4())):
        assert await entries_of_booking(client, "quay", nothing) == []


async def test_progress_reaches_its_end(store: SqliteStore, client: LogClient) -> None:
    entries = await a_history(store)
    steps: list[tuple[int, int]] = []
    await build_bundle(client, "quay", [entries[0].id], lambda done, total: steps.append((done, total)))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


async def test_an_entry_that_is_not_there_is_not_proved(client: LogClient) -> None:
    with pytest.raises(NotFoundError):
        await build_bundle(client, "quay", [str(uuid4())])


class Between:
    """A client whose log is changed between what is asked of it."""

    def __init__(self, client: LogClient, change: Any) -> None:
        self._client = client
        self._change = change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def proof(self, location: str, seq: int, size: int | None = None) -> InclusionProof:
        change, self._change = self._change, None
        if change is not None:
            await change()
        return await self._client.proof(location, seq, size)


async def test_a_redaction_that_comes_between_is_part_of_the_proof(store: SqliteStore, client: LogClient) -> None:
    entries = await a_history(store)
    between = Between(client, lambda: put(store, redaction(entries[0])))
    bundle = await build_bundle(between, "quay", [entries[0].id])  # type: ignore[arg-type] # all that a client does, it does
    assert read_entries(bundle)[0].redaction is not None


class Lying(Between):
    """A service that shows other texts than it recorded."""

    @override
    async def proof(self, location: str, seq: int, size: int | None = None) -> InclusionProof:
        proof = await self._client.proof(location, seq, size)
        personal = (proof.record.personal or "").replace("250 ok", "550 no")
        return proof.model_copy(update={"record": proof.record.model_copy(update={"personal": personal})})


async def test_a_service_that_shows_what_it_did_not_record_is_not_believed(
    store: SqliteStore, client: LogClient
) -> None:
    entries = await a_history(store)
    with pytest.raises(BundleError, match="is not what was recorded"):
        await build_bundle(Lying(client, None), "quay", [entries[0].id])  # type: ignore[arg-type] # as above
