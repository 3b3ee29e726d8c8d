"""A kind is one module.

Two kinds of this test's own, a root ``note`` and an ``answer`` about it, go the whole way. And the
way of records whose kinds this version does not know: written by a store that knows them, read by
one that does not.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import NewRedaction
from commlog_tui.evidence.bundle_builder import build_bundle
from commlog_tui.evidence.bundle_reader import read_entries
from commlog_tui.ledger.bundle import FORMAT, Bundle, BundleEntry, ProvenRecord, verify_bundle
from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.records.decide import Appended
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import KeyReusedError, LogError, RedactedError, UnknownEntryError
from commlog_tui.records.kind import Item, Kind, root_id
from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import RecordRow
from commlog_tui.store.signing import KeyFile, signed
from commlog_tui.text.details import detail_lines
from tests.store.conftest import OpenLog
from tests.store.databases import Database
from tests.store.factory import NOON, QUAY, call, correction, event, mail, put, redaction

NOTE_ID, ANSWER_ID, REDACTION_ID = (str(UUID(int=number, version=4)) for number in (1, 2, 3))


@dataclass(frozen=True)
class AppendNote:
    """A note to record."""

    kind: ClassVar[str] = "note"
    about: ClassVar[str | None] = None

    id: str
    text: str
    colour: str = "yellow"


@dataclass(frozen=True)
class AppendAnswer:
    """An answer to record about a note or an entry.

    Nothing more can be said after a closing one.
    """

    kind: ClassVar[str] = "answer"

    id: str
    about: str | None
    text: str
    closing: bool = False


class ClosedError(LogError):
    """The note is closed."""


def _split_note(item: AppendNote, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"kind": "note", "colour": item.colour}, {"text": item.text}


def _split_answer(item: AppendAnswer, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"kind": "answer", "about": root_id(item, thread), "closing": item.closing}, {"text": item.text}


def _refuse_answer(item: AppendAnswer, thread: Thread) -> None:
    closing = [record for record in thread.of_kind("answer") if msgspec.json.decode(record.raw)["closing"]]
    if closing and all(record.public.id != item.id for record in closing):
        raise ClosedError("The note is closed.")


NOTE: Final = Kind("note", "note", _split_note)
ANSWER: Final = Kind("answer", "answer", _split_answer, about=frozenset({"note", "entry"}), refuse=_refuse_answer)
WITH_NOTES: Final[Kinds] = {**KINDS, "note": NOTE, "answer": ANSWER}


def texts(thread: Thread) -> list[str | None]:
    """The fold of a note: what it and its answers say, or None where a redaction removed it."""
    return [None if (fields := record.fields()) is None else fields["text"] for record in (thread.root, *thread.later)]


@pytest.fixture
async def store(open_log: OpenLog) -> AsyncIterator[Store]:
    opened = open_log(kinds=WITH_NOTES)
    await opened.create_location(QUAY)
    yield opened
    await opened.close()


async def reopened(store: Store, open_log: OpenLog) -> Store:
    """Return the log as a version without notes opens it."""
    await store.close()
    return open_log()


async def append(store: Store, *items: Item) -> list[Appended | LogError]:
    return await store.append("quay", "Front desk", items)


async def exported(store: Store) -> Sequence[RecordRow]:
    """Return all records, each of which is what its leaf is the hash of."""
    rows = await store.records("quay", 0, 1_000)
    for row in rows:
        fields = msgspec.json.decode(row.record)
        assert (await store.proof("quay", row.seq)).leaf_hash == leaf_hash(row.record.encode()).hex()
        if row.salt is not None and row.personal is not None:
            assert fields["personal"] == commitment(bytes.fromhex(row.salt), row.personal.encode()).hex()
    return rows


def thread_of(rows: Sequence[RecordRow], root: str) -> Thread:
    records = [
        Record.read(
            row.record.encode(), None if row.personal is None else row.personal.encode(), leaf_hash(row.record.encode())
        )
        for row in rows
    ]
    first, *later = (record for record in records if root in {record.public.id, record.public.root})
    return Thread(first, tuple(later))


async def test_a_note_and_its_answers_are_recorded_repeated_refused_and_folded(store: Store) -> None:
    note, answer = AppendNote(NOTE_ID, "Ring Ada back"), AppendAnswer(ANSWER_ID, NOTE_ID, "Done", closing=True)
    first = await append(store, note, answer)
    again = await append(store, note, answer)
    assert [one.created for one in first if isinstance(one, Appended)] == [True, True]
    assert [one.created for one in again if isinstance(one, Appended)] == [False, False]
    assert [one.receipt for one in first if isinstance(one, Appended)] == [
        one.receipt for one in again if isinstance(one, Appended)
    ]
    refused = await append(
        store,
        AppendNote(NOTE_ID, "Ring Bob back"),
        AppendNote(NOTE_ID, "Ring Ada back", colour="red"),
        AppendAnswer(mail().id, NOTE_ID, "One more"),
        AppendAnswer(mail().id, mail().id, "About nothing"),
        correction(call(NOTE_ID), title="A correction is about entries"),
        event(mail(NOTE_ID), "sent"),
    )
    assert [type(one) for one in refused] == [
        KeyReusedError, KeyReusedError, ClosedError, UnknownEntryError, UnknownEntryError, UnknownEntryError,
    ]  # fmt: skip
    rows = await exported(store)
    assert [msgspec.json.decode(row.record)["kind"] for row in rows] == ["note", "answer"]
    assert msgspec.json.decode(rows[0].record)["colour"] == "yellow"
    assert texts(thread_of(rows, NOTE_ID)) == ["Ring Ada back", "Done"]


async def test_notes_are_fed_and_counted_apart_from_entries(store: Store) -> None:
    entry = mail()
    await append(store, entry, AppendNote(NOTE_ID, "Ring back"), AppendAnswer(ANSWER_ID, entry.id, "About the entry"))
    feed = await store.feed("quay", 0, 10)
    assert [(row.kind, None if row.entry is None else row.entry.id) for row in feed] == [
        ("entry", entry.id), ("note", None), ("answer", entry.id),
    ]  # fmt: skip
    assert (await store.location("quay")).seq == 3
    assert [channel.count for channel in (await store.location("quay")).channels] == [1]


async def test_a_redaction_of_a_note_takes_it_and_its_answers(store: Store, database: Database) -> None:
    await append(store, AppendNote(NOTE_ID, "Ring Ada Lovelace"), AppendAnswer(ANSWER_ID, NOTE_ID, "Lovelace rang"))
    wish = AppendRedaction(REDACTION_ID, NOTE_ID, NewRedaction(reason="asked"))
    before = {row.seq: row.record for row in await exported(store)}
    (answer,) = await append(store, wish)
    assert isinstance(answer, Appended)
    (again,) = await append(store, wish)
    assert isinstance(again, Appended)
    assert (again.created, again.receipt) == (False, answer.receipt)
    (late,) = await append(store, AppendRedaction(mail().id, NOTE_ID, NewRedaction(reason="asked twice")))
    assert isinstance(late, RedactedError)
    rows = await exported(store)
    assert {row.seq: row.record for row in rows[:2]} == before
    assert [row.personal is None for row in rows] == [True, True, False]
    assert "about" in msgspec.json.decode(rows[2].record)
    assert texts(thread_of(rows[:2], NOTE_ID)) == [None, None]
    await store.close()
    assert database.faults() == []
    assert not database.holds("Lovelace")


async def test_notes_are_verified_and_projections_rebuilt(store: Store, database: Database) -> None:
    entry = mail()
    await append(store, entry, AppendNote(NOTE_ID, "Ring back"), AppendAnswer(ANSWER_ID, NOTE_ID, "Rang"))
    before = await store.head("quay")
    rebuilt = await store.rebuild()
    assert (rebuilt.records, rebuilt.unreadable) == (3, [])
    after = await store.head("quay")
    assert (before, before.size) == (after, 3)
    (more,) = await append(store, AppendAnswer(mail().id, NOTE_ID, "Rang again"))
    assert isinstance(more, Appended)
    await store.close()
    assert database.faults() == []


async def test_a_proof_bundle_holds_a_note(store: Store, keys: KeyFile) -> None:
    await append(store, mail(), AppendNote(NOTE_ID, "Ring back"), AppendAnswer(ANSWER_ID, NOTE_ID, "Rang"))
    checkpoint = signed(await store.head("quay"), keys)
    proofs = [await store.proof("quay", seq, checkpoint.size) for seq in (2, 3)]
    records = tuple(
        ProvenRecord(one.record.seq, one.record.record, one.record.salt, one.record.personal, one.path)
        for one in proofs
    )
    bundle = Bundle(
        FORMAT, checkpoint.note, checkpoint.key, checkpoint.introductions, (BundleEntry(NOTE_ID, (2, 3)),), records
    )
    assert verify_bundle(Bundle.read(bundle.write())).size == 3
    assert read_entries(bundle) == [], "a version without notes leaves them out"


async def an_answered_entry(store: Store) -> AppendEntry:
    entry = call(title="Rang about parking")
    await put(store, entry, AppendNote(NOTE_ID, "A note"), AppendAnswer(ANSWER_ID, entry.id, "She is content"))
    return entry


async def test_a_version_without_notes_keeps_hashes_verifies_feeds_and_exports_them(
    store: Store, open_log: OpenLog, database: Database
) -> None:
    entry = await an_answered_entry(store)
    before, head = await exported(store), await store.head("quay")
    older = await reopened(store, open_log)
    try:
        assert await exported(older) == before
        assert await older.head("quay") == head
        assert [(row.kind, row.entry is not None) for row in await older.feed("quay", 0, 10)] == [
            ("entry", True), ("note", False), ("answer", True),
        ]  # fmt: skip
        rebuilt = await older.rebuild()
        assert (rebuilt.records, rebuilt.unreadable) == (3, [])
        assert await older.head("quay") == head
        (other,) = (await older.detail("quay", entry.id)).other
        assert (other.id, other.kind, other.seq) == (ANSWER_ID, "answer", 3)
        await put(older, redaction(entry))
        rows = await exported(older)
        assert [row.personal is None for row in rows] == [True, False, True, False], (
            "what is about the entry goes with it"
        )
    finally:
        await older.close()
    assert database.faults() == []


async def test_the_service_of_a_version_without_notes_shows_and_proves_them(
    store: Store, open_log: OpenLog, keys: KeyFile
) -> None:
    entry = await an_answered_entry(store)
    older = await reopened(store, open_log)
    app = create_app(older, keys=keys, owner=Owner("owner", digest_of("owner")), quiet=True)
    transport = httpx.ASGITransport(app)
    client = LogClient("http://log.test", "owner", transport=transport)
    try:
        detail = await client.detail("quay", entry.id)
        assert [other.kind for other in detail.other] == ["answer"]
        shown = " ".join(line.text for line in detail_lines(detail, ZoneInfo("Europe/London"), NOON, 80))
        assert "recorded by a newer version" in shown
        records = await client.records("quay", 0)
        assert [msgspec.json.decode(one.record)["kind"] for one in records] == ["entry", "note", "answer"]
        bundle = await build_bundle(client, "quay", [entry.id])
        assert [one.seq for one in bundle.records] == [1, 3]
        (answer,) = read_entries(bundle)
        assert answer == detail
    finally:
        await client.aclose()
        await older.close()


async def test_the_tag_of_an_entry_changes_with_a_record_of_an_unknown_kind(open_log: OpenLog) -> None:
    tags: list[str] = []
    entry = call()
    for kinds, items in ((KINDS, [entry]), (WITH_NOTES, [AppendAnswer(ANSWER_ID, entry.id, "Content")]), (KINDS, [])):
        store = open_log(kinds=kinds)
        if not tags:
            await store.create_location(QUAY)
        await append(store, *items)
        transport = httpx.ASGITransport(create_app(store, owner=Owner("owner", digest_of("owner")), quiet=True))
        headers = {"Authorization": "Bearer owner"}
        async with httpx.AsyncClient(transport=transport, base_url="http://log.test", headers=headers) as api:
            tags.append((await api.get(f"/v1/locations/quay/entries/{entry.id}")).headers["etag"])
        await store.close()
    assert tags[0] != tags[1] == tags[2]
