"""The sender of booking systems: what it took is on disk, and reaches the log once."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from commlog_tui.client.outbox import Outbox, OutboxError, SendReport
from commlog_tui.client.sender import Sender
from commlog_tui.contract.base import parse_instant
from commlog_tui.contract.delivery import DeliveryKind, NewMessage, NewMessageEvent
from commlog_tui.contract.identity import message_event_id
from tests.client.samples import TOKEN, new_entry

NOBODY = "http://127.0.0.1:9"
"""The discard port, on which nobody answers."""
SOON = 20


def event(kind: str = "delivered") -> NewMessageEvent:
    at = parse_instant("2026-11-03T09:14:00Z")
    return NewMessageEvent(kind=DeliveryKind(kind), at=at, message=NewMessage(provider="twilio", id="SM1"))


class Reports:
    """Reports of a sender, which come from its thread."""

    def __init__(self) -> None:
        self.all: list[SendReport] = []
        self._news = threading.Condition()

    def __call__(self, report: SendReport) -> None:
        with self._news:
            self.all.append(report)
            self._news.notify_all()

    def wait(self, condition: Callable[[list[SendReport]], bool]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: condition(self.all), SOON)


def test_what_was_taken_is_on_disk_while_the_log_is_down(tmp_path: Path) -> None:
    reports = Reports()
    with Sender(NOBODY, TOKEN, "pier", tmp_path, on_report=reports) as sender:
        key = sender.entry(new_entry(), "booking-7/confirmation")
        sender.event(event())
        reports.wait(lambda all_: any(report.waiting == 2 and report.error is not None for report in all_))
        assert (key, sender.waiting()) == ("booking-7/confirmation", 2)
    kept = {(item.action, item.location, item.state) for item in Outbox(tmp_path).items()}
    assert kept == {("entry", "pier", "waiting"), ("event", "pier", "waiting")}


def test_the_same_message_and_the_same_event_are_saved_once(tmp_path: Path) -> None:
    with Sender(NOBODY, TOKEN, "pier", tmp_path) as sender:
        for _ in range(3):
            sender.entry(new_entry(), "a")
            assert sender.event(event()) == message_event_id("twilio", "SM1", event())
        assert sender.waiting() == 2


def test_an_older_version_leaves_an_event_alone(tmp_path: Path) -> None:
    """It knows no action but two; an unknown one is of a newer version (see ``outbox_item``)."""
    with Sender(NOBODY, TOKEN, "pier", tmp_path) as sender:
        sender.event(event())
    (file,) = tmp_path.glob("*.json")
    assert json.loads(file.read_bytes())["action"] == "event"


def test_a_folder_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Sender(NOBODY, TOKEN, "pier", tmp_path / "file") as sender, pytest.raises(OutboxError):
        sender.entry(new_entry())


def test_a_closed_sender_still_saves_for_the_next_one(tmp_path: Path) -> None:
    sender = Sender(NOBODY, TOKEN, "pier", tmp_path)
    sender.close()
    sender.close()
    sender.entry(new_entry())
    assert sender.waiting() == 1
