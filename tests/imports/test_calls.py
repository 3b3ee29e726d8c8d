"""Twilio's calls are calls, not messages."""

import json
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.contract.delivery import Status, status_of
from commlog_tui.contract.entry import Direction
from commlog_tui.imports.formats import Format, detect
from commlog_tui.imports.items import ImportOptions
from tests.imports.reading import item, read, reason

AT = "Tue, 03 Nov 2026 09:14:00 +0000"


def call(**other: Any) -> dict[str, Any]:
    return {
        "sid": "CA1", "account_sid": "AC1", "from": "+442079460123", "to": "+447700900123", "status": "completed",
        "direction": "outbound-api", "start_time": AT, "end_time": AT, "date_created": AT, "duration": "190",
        "price": None,
        "answered_by": None, "caller_name": "", "parent_call_sid": None,
    } | other  # fmt: skip


def test_a_call_resource_is_a_call(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    (one,) = read(path, json.dumps({"calls": [call()], "page": 0}))
    assert detect(path, ImportOptions()) is Format.TWILIO_JSON
    entry = item(one).entry
    assert item(one).key == "twilio:CA1"
    assert (entry.via, entry.to, entry.title, entry.direction) == (
        "phone", "+447700900123", "Call (completed, 3:10)", Direction.OUTBOUND,
    )  # fmt: skip
    assert entry.events == ()
    assert entry.sent_at.isoformat() == "2026-11-03T09:14:00+00:00"


def test_a_call_that_came_in_is_the_callers(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "a.json", json.dumps(call(direction="inbound", status="no-answer", duration="0")))
    entry = item(one).entry
    assert (entry.to, entry.title, entry.direction, entry.events) == (
        "+442079460123", "Call (no-answer)", Direction.INBOUND, (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queued", Status.QUEUED), ("ringing", Status.LOGGED), ("in-progress", Status.LOGGED),
        ("completed", Status.LOGGED),
        ("busy", Status.FAILED), ("no-answer", Status.FAILED), ("failed", Status.FAILED), ("canceled", Status.CANCELED),
    ],
)  # fmt: skip
def test_every_status_of_a_call_has_a_word_of_ours(tmp_path: Path, word: str, status: Status) -> None:
    (one,) = read(tmp_path / "a.json", json.dumps(call(status=word)))
    assert status_of(event.kind for event in item(one).entry.events) is status


@pytest.mark.parametrize("sid", ["Call Sid", "CallSid", "Sid"])
def test_the_consoles_export_of_calls(tmp_path: Path, sid: str) -> None:
    content = (
        f"{sid},From,To,Status,Start Time,Duration,Direction,Price\n"
        "CA1,+442079460123,+447700900123,completed,2026-11-03T09:14:00Z,61,outbound-dial,-0.01\n"
        "CA2,+447700900124,+442079460123,busy,2026-11-03T09:15:00Z,0,inbound,\n"
    )
    first, second = read(tmp_path / "calls.csv", content)
    assert detect(tmp_path / "calls.csv", ImportOptions()) is Format.TWILIO
    assert (item(first).entry.via, item(first).entry.to, item(first).entry.title) == (
        "phone", "+447700900123", "Call (completed, 1:01)",
    )  # fmt: skip
    assert item(second).entry.to == "+447700900124"


@pytest.mark.parametrize(
    "other", [{"status": "delivered"}, {"direction": "sideways"}, {"sid": ""}, {"start_time": "soon"}]
)
def test_what_twilio_does_not_document_of_a_call_is_refused(tmp_path: Path, other: dict[str, Any]) -> None:
    (one,) = read(tmp_path / "a.json", json.dumps(call(**other)))
    assert reason(one)


def test_a_message_with_the_status_of_a_call_is_refused(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "a.json", json.dumps(call(sid="SM1")))
    assert "Status" in reason(one)
