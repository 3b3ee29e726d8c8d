"""A booking system's sender against the real service, which is away at first."""

import socket
from pathlib import Path

import httpx
import pytest

from commlog_tui.client.outbox import Outbox
from commlog_tui.client.sender import Sender
from commlog_tui.contract.delivery import DeliveryKind, NewMessage, NewMessageEvent
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Role
from commlog_tui.service.limits import Limits
from tests.client.test_sender import Reports
from tests.patience import PATIENCE
from tests.service.conftest import listening

MESSAGE = NewMessage(provider="twilio", id="SM1")
AT = "2026-11-03T09:14:00Z"


def a_text() -> NewEntry:
    fields = {"via": "sms", "to": "+447700900123", "title": "Reminder", "source": "system", "sent_at": AT}
    return NewEntry.model_validate(fields | {"kind": "reminder", "message": MESSAGE.model_dump()})


def an_event() -> NewMessageEvent:
    fields = {"kind": DeliveryKind.DELIVERED, "at": AT, "message": MESSAGE.model_dump()}
    return NewMessageEvent.model_validate(fields)


def test_what_was_sent_while_the_log_was_away_arrives_once(own_log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sender"
    nobody = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    nobody.close()
    with Sender(address, Role.SENDER.value, "quay", folder) as away:
        away.event(an_event())
        away.entry(a_text(), "booking-7")
        assert away.waiting() == 2
    with listening(own_log, Limits()) as live:
        for _ in range(2):
            reports = Reports()
            with Sender(live.url, Role.SENDER.value, "quay", folder, on_report=reports) as sender:
                sender.entry(a_text(), "booking-7")
                sender.event(an_event())
                reports.wait(lambda _: not Outbox(folder).items())
        path = f"{live.url}/v1/locations/quay/entries/{id_of_key('booking-7')}"
        answer = httpx.get(path, headers={"Authorization": f"Bearer {Role.MANAGER.value}"}, timeout=PATIENCE).json()
    assert answer["entry"]["status"] == "delivered"
    assert len(answer["events"]) == 1


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_what_a_token_may_not_send_is_kept_with_the_reason(own_log: Path, tmp_path: Path, role: Role) -> None:
    with listening(own_log, Limits()) as live:
        reports = Reports()
        with Sender(live.url, role.value, "quay", tmp_path / "sender", on_report=reports) as sender:
            sender.entry(a_text())
            reports.wait(lambda every: any(report.refused for report in every))
    (item,) = Outbox(tmp_path / "sender").items()
    assert (item.state, bool(item.reason)) == ("refused", True)
