"""Items of other versions: old ones go on working.

Newer ones are never sent, changed, set aside or deleted.
"""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typing_extensions import override

from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxError, OutboxItem
from commlog_tui.client.outbox_copies import copies, remove_redacted
from commlog_tui.client.outbox_item import DRAFT_FIELDS, VERSION
from commlog_tui.desk.entry.fields import NAMES
from tests.client.samples import KEY

CALL: dict[str, Any] = {"via": "phone", "title": "Rang", "source": "manual", "sent_at": "2026-11-03T12:00:00Z"}
OLD: dict[str, Any] = {
    "key": KEY,
    "location": "pier",
    "content": CALL,
    "state": "waiting",
    "saved_at": "2026-11-03T12:00:00Z",
}
NEWER: dict[str, dict[str, Any]] = {
    "a version": {"version": VERSION + 1},
    "a version that is no number": {"version": "2.1"},
    "a version, and another shape": {"version": 2, "key": None, "content": None, "intents": [CALL]},
    "a field": {"due": "2026-11-04T09:00:00Z"},
    "an action": {"action": "later"},
    "a state": {"state": "scheduled"},
    "a field of the entry": {"content": CALL | {"call_back": True}},
    "a field of the customer": {"content": CALL | {"customer": {"id": "c-1", "language": "da"}}},
    "a field of a correction": {
        "action": "correction",
        "entry_id": KEY,
        "content": {"changes": {"mood": "x"}, "reason": "y"},
    },
    "a field of a resolution": {
        "action": "resolution",
        "entry_id": KEY,
        "content": {"entry": KEY, "mood": "x"},
    },
    "a field of a refused entry": {"state": "refused", "content": CALL | {"call_back": True}},
    "a field of a draft": {"state": "draft", "content": {"fields": {"title": "x", "call_back": "y"}, "customer": None}},
    "a part of a draft": {"state": "draft", "content": {"fields": {"title": "x"}, "attachments": []}},
}


def put(folder: Path, fields: dict[str, Any], name: str = KEY) -> Path:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(fields))
    return path


def nobody() -> LogClient:
    """A client of a service that must not be asked."""
    return LogClient("http://127.0.0.1:9", "t")


def test_an_item_without_a_version_is_one_of_today(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    (item,) = Outbox(tmp_path).items()
    assert (item.version, item.content, item.state) == (VERSION, CALL, "waiting")
    assert (Outbox(tmp_path).damaged(), Outbox(tmp_path).newer()) == ((), ())


def test_an_item_says_its_version(tmp_path: Path) -> None:
    Outbox(tmp_path).save(OutboxItem(location="pier", content=CALL))
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_bytes())["version"] == VERSION


def test_the_fields_of_the_form_are_those_of_drafts() -> None:
    assert frozenset(NAMES) == DRAFT_FIELDS


@pytest.mark.parametrize("what", NEWER)
async def test_a_newer_item_is_counted_and_left_alone(tmp_path: Path, what: str) -> None:
    path = put(tmp_path, OLD | NEWER[what])
    before = path.read_bytes()
    outbox = Outbox(tmp_path)
    assert (outbox.items(), outbox.newer(), outbox.damaged()) == ((), (path,), ())
    client = nobody()
    report = await outbox.send(client)
    await client.aclose()
    assert (report.sent, report.refused, report.waiting, report.error) == ((), (), 0, None)
    with pytest.raises(OutboxError, match=r"left alone; update commlog\. Nothing was taken out"):
        outbox.discard(KEY)
    with pytest.raises(OutboxError, match=r"left alone; update commlog\. Nothing was saved"):
        outbox.save(OutboxItem(key=KEY, location="pier", content=CALL))
    assert outbox.files() == (path,)
    assert path.read_bytes() == before


DAMAGED = {
    "nothing": b"",
    "half an item": b"{",
    "a list": b"[]",
    "a deep list": b"[" * 100_000,
    "a number for a name": json.dumps(OLD | {"location": 7}).encode(),
    "another key": json.dumps(OLD | {"key": "00000000-0000-4000-8000-000000000001"}).encode(),
    "no state": json.dumps(OLD | {"state": None}).encode(),
    "no content": json.dumps({key: value for key, value in OLD.items() if key != "content"}).encode(),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_what_is_damaged_is_still_set_aside(tmp_path: Path, what: str) -> None:
    (tmp_path / f"{KEY}.json").write_bytes(DAMAGED[what])
    outbox = Outbox(tmp_path)
    assert (outbox.items(), outbox.newer()) == ((), ())
    (file,) = outbox.damaged()
    assert (file.suffix, file.read_bytes()) == (".damaged", DAMAGED[what])


async def test_a_newer_copy_of_a_redacted_entry_is_named_and_not_deleted(tmp_path: Path) -> None:
    class Redacted(LogClient):
        @override
        async def detail(self, location: str, entry_id: str) -> Any:
            del location, entry_id
            return type("Detail", (), {"entry": type("Entry", (), {"redacted": True})})

    newer = put(tmp_path, OLD | {"version": 2})
    about = put(tmp_path, OLD | {"key": str(uuid4()), "entry_id": KEY, "action": "later"}, str(uuid4()))
    put(tmp_path, OLD | {"key": (other := str(uuid4()))}, other)
    outbox, client = Outbox(tmp_path), Redacted("http://127.0.0.1:9", "t")
    assert set(copies(outbox)[KEY]) == {newer, about}
    removed = await remove_redacted(client, "pier", outbox)
    await client.aclose()
    assert (removed.files, set(removed.left)) == (1, {newer, about})
    assert set(outbox.files()) == {newer, about}
