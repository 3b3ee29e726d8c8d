import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.contract.delivery import DeliveryKind, Status, status_of
from commlog_tui.contract.entry import Direction
from commlog_tui.imports import grouping
from commlog_tui.imports.formats import Format
from commlog_tui.imports.items import ImportOptions, Item
from tests.imports.reading import item, read, reason

AT = datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
TWILIO = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit"


def twilio(
    status: str = "delivered",
    direction: str = "outbound-api",
    date: str = "2026-11-03T09:14:00Z",
    to: str = "+447700900123",
    body: str = "Your boat, at 10",
    error: str = "0",
    sid: str = "SM1",
) -> str:
    return (
        f'{TWILIO}\n+442079460123,{to},"{body}",{status},{date},2010-04-01,1,{error},AC1,{sid},{direction},-0.04,USD\n'
    )


def test_twilios_console_export(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "log.csv", twilio())
    entry = item(one).entry
    assert item(one).key == "twilio:SM1"
    assert (entry.via, entry.to, entry.title, entry.body) == (
        "sms",
        "+447700900123",
        "Your boat, at 10",
        "Your boat, at 10",
    )
    assert (entry.direction, entry.sent_at) == (Direction.OUTBOUND, AT)
    assert [(event.kind, event.at) for event in entry.events] == [(DeliveryKind.DELIVERED, AT)]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", Status.QUEUED), ("scheduled", Status.SCHEDULED), ("queued", Status.QUEUED),
        ("sending", Status.SENT),
        ("sent", Status.SENT), ("delivered", Status.DELIVERED), ("undelivered", Status.BOUNCED),
        ("failed", Status.FAILED),
        ("read", Status.DELIVERED), ("canceled", Status.CANCELED),
    ],
)  # fmt: skip
def test_every_status_of_twilio_has_a_word_of_ours(tmp_path: Path, word: str, status: Status) -> None:
    (one,) = read(tmp_path / "log.csv", twilio(word, error="30003"))
    assert status_of(event.kind for event in item(one).entry.events) is status
    assert "30003" in (item(one).entry.events[0].detail or "")


def test_a_text_that_came_in_is_the_senders(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "log.csv", twilio("received", "inbound"))
    entry = item(one).entry
    assert (entry.direction, entry.to, entry.events) == (Direction.INBOUND, "+442079460123", ())


def test_other_channels_of_twilio_are_channels(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "log.csv", twilio(to="whatsapp:+447700900123", body=""))
    assert (item(one).entry.via, item(one).entry.to, item(one).entry.title) == (
        "whatsapp",
        "+447700900123",
        "(no text)",
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (twilio(status="lost"), "Status"), (twilio(direction="sideways"), "Direction"), (twilio(sid=""), "Sid"),
        (twilio(date=""), "SentDate"), (twilio(date="2026-11-03 09:14:00"), "--zone"), (twilio(to=""), "recipient"),
    ],
)  # fmt: skip
def test_a_row_that_twilio_does_not_document_is_refused(tmp_path: Path, content: str, words: str) -> None:
    (one,) = read(tmp_path / "log.csv", content)
    assert words in reason(one)


def test_twilios_dates_may_be_in_the_zone_that_is_named(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "log.csv", twilio(date="2026-07-03 09:14:00"), ImportOptions(ZoneInfo("America/New_York")))
    assert item(one).entry.sent_at == datetime(2026, 7, 3, 13, 14, tzinfo=UTC)


def test_twilios_message_resources(tmp_path: Path) -> None:
    fields = {
        "sid": "SM1", "account_sid": "AC1", "from": "+442079460123", "to": "+447700900123", "body": "Hi",
        "status": "undelivered",
        "direction": "outbound-api", "date_sent": "Tue, 03 Nov 2026 09:14:00 +0000", "error_code": 30005,
        "error_message": "Unknown", "subresource_uris": {"media": "/x"}, "price": None,
    }  # fmt: skip
    exported = fields | {"date_sent": "2026-11-03T09:14:00Z", "sid": "SM2"}
    first, second = read(tmp_path / "log.json", f"{json.dumps(fields)}\n{json.dumps(exported)}\n")
    one, other = item(first).entry, item(second).entry
    assert one.message is not None
    assert (one.message.provider, one.message.id) == ("twilio", "SM1")
    assert [(event.event_id, event.code) for event in one.events] == [("SM1:undelivered", "30005")]
    same = {"message": one.message, "events": one.events}
    assert other.model_copy(update=same) == one
    assert "30005; Unknown" in (item(first).entry.events[0].detail or "")
    page = read(tmp_path / "page.json", json.dumps({"messages": [fields, exported], "page": 0}, indent=1))
    assert [item(one).key for one in page] == ["twilio:SM1", "twilio:SM2"]


def postmark(**other: Any) -> dict[str, Any]:
    return {
        "Tag": "Confirmation", "MessageID": "0ac29aee-e1cd-480d-b08d-4f48548ff48d", "MessageStream": "outbound",
        "To": [{"Email": "rosa@example.com", "Name": None}], "Cc": [], "Bcc": [],
        "Recipients": ["rosa@example.com", "crew@example.com"], "ReceivedAt": "2026-11-03T04:14:00.0000000-05:00",
        "From": '"Desk" <desk@example.com>', "Subject": "Your booking", "Attachments": [], "Status": "Sent",
    } | other  # fmt: skip


def test_postmarks_list_of_messages(tmp_path: Path) -> None:
    found = read(tmp_path / "a.json", json.dumps({"TotalCount": 1, "Messages": [postmark()]}, indent=2))
    assert [item(one).entry.to for one in found] == ["rosa@example.com", "crew@example.com"]
    entry = item(found[0]).entry
    assert (entry.title, entry.sent_at, entry.events[0].kind) == ("Your booking", AT, DeliveryKind.SENT)
    assert item(found[0]).key == "postmark:0ac29aee-e1cd-480d-b08d-4f48548ff48d rosa@example.com"


def test_postmarks_details_tell_each_recipient_what_happened(tmp_path: Path) -> None:
    def event(recipient: str, kind: str, details: dict[str, str]) -> dict[str, Any]:
        return {"Recipient": recipient, "Type": kind, "ReceivedAt": "2026-11-03T09:15:00.123-00:00", "Details": details}

    answer = postmark(
        TextBody="",
        HtmlBody="<p>Hello</p>",
        MessageEvents=[
            event("rosa@example.com", "Opened", {"Summary": "Email opened"}),
            event("Rosa@example.com", "Delivered", {"DeliveryMessage": "smtp;250 OK"}),
            event("crew@example.com", "Bounced", {"Summary": "smtp;550 unknown", "BounceID": "1"}),
            event("crew@example.com", "SubscriptionChanged", {}),
        ],
    )
    first, second = (item(one).entry for one in read(tmp_path / "a.json", json.dumps(answer)))
    assert [event.kind.value for event in first.events] == ["sent", "delivered", "opened"]
    assert first.events[1].detail == "smtp;250 OK"
    assert status_of(event.kind for event in second.events) is Status.BOUNCED
    assert first.body == "Hello"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"MessageID": ""}, "MessageID"), ({"Recipients": []}, "Recipients"), ({"Recipients": [1]}, "Recipients"),
        ({"ReceivedAt": "soon"}, "time"), ({"Status": "Lost"}, "Status"), ({"Recipients": ["x" * 400]}, "to"),
        ({"MessageEvents": [{"Recipient": "rosa@example.com", "Type": "Lost"}], "Recipients": ["rosa@example.com"]},
        "type"),
    ],
)  # fmt: skip
def test_what_postmark_does_not_document_is_refused(tmp_path: Path, other: dict[str, Any], words: str) -> None:
    found = read(tmp_path / "a.json", json.dumps(postmark(**other)), kind=Format.POSTMARK)
    assert all(words in reason(one) for one in found)
    assert found


SENDGRID = "processed,message_id,event,api_key_id,recv_message_id,credential_id,subject,from,email,reason,outbound_ip"


def sendgrid(event: str, minute: int = 14, message: str = "m1.filter", why: str = "", zone: str = "Z") -> str:
    return f"2026-11-03T09:{minute}:00{zone},{message},{event},,,,Your booking,desk@example.com,rosa@example.com,{why},"


def test_sendgrids_activity_export_is_one_entry_a_message(tmp_path: Path) -> None:
    rows = [
        sendgrid("open", 30),
        sendgrid("processed"),
        sendgrid("processed", 15, "m2.filter"),
        sendgrid("delivered", 16),
    ]
    first, second = read(tmp_path / "a.csv", "\n".join([SENDGRID, *rows, ""]))
    entry = item(first).entry
    assert [event.kind.value for event in entry.events] == ["queued", "delivered", "opened"]
    assert (entry.sent_at, entry.title, entry.to) == (AT, "Your booking", "rosa@example.com")
    assert item(first).key == "sendgrid:m1.filter rosa@example.com"
    assert item(first).raw == tuple(f"{row}\n".encode() for row in (rows[0], rows[1], rows[3]))
    assert (item(second).line, item(second).entry.sent_at.minute) == (4, 15)


def test_a_large_export_is_dealt_out_and_comes_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [sendgrid(kind, message=f"m{number}.filter") for kind in ("processed", "delivered") for number in range(300)]
    content = "\n".join([SENDGRID, *rows, ""])
    whole = {item(one).key: item(one) for one in read(tmp_path / "a.csv", content)}
    monkeypatch.setattr(grouping, "_SHARE", 1000)
    dealt = {item(one).key: item(one) for one in read(tmp_path / "a.csv", content)}
    assert dealt == whole
    assert len(whole) == 300


def test_sendgrids_webhook_events(tmp_path: Path) -> None:
    def event(kind: str, seconds: int = 0, **other: Any) -> dict[str, Any]:
        own = {"email": "rosa@example.com", "timestamp": 1793697240 + seconds, "event": kind, "sg_event_id": kind}
        return (
            own
            | {"sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "category": ["cat facts"]}
            | other
        )

    events = [
        event("deferred", 1, response="400 try again later", attempt="5"),
        event("processed"),
        event("unsubscribe"),
        event("dropped", 2),
    ]
    (posted,) = read(tmp_path / "a.json", json.dumps(events, indent=1))
    (lines,) = read(tmp_path / "a.jsonl", "".join(json.dumps(one) + "\n" for one in events))
    assert item(posted).entry == item(lines).entry
    assert [(answer.kind.value, answer.detail) for answer in item(lines).entry.events] == [
        ("queued", None),
        ("deferred", "400 try again later"),
        ("rejected", None),
    ]
    assert (item(lines).entry.sent_at, item(lines).entry.title) == (AT, "cat facts")


def test_sendgrids_messages_bring_their_events(tmp_path: Path) -> None:
    events = [
        {"event_name": name, "processed": f"2026-11-03T09:{14 + at}:00Z"}
        for at, name in enumerate(("processed", "bounced"))
    ]
    fields = {
        "from_email": "desk@example.com",
        "msg_id": "m1",
        "subject": "Hi",
        "to_email": "rosa@example.com",
        "status": "x",
        "events": events,
    }
    (one,) = read(tmp_path / "a.json", json.dumps(fields))
    assert (item(one).key, item(one).entry.title) == ("sendgrid:m1 rosa@example.com", "Hi")
    assert status_of(event.kind for event in item(one).entry.events) is Status.BOUNCED


def test_more_events_than_an_entry_takes_come_in_parts_of_one_entry(tmp_path: Path) -> None:
    rows = [sendgrid("processed", 10), *(sendgrid("open", 11 + number % 40) for number in range(120))]
    found = [item(one) for one in read(tmp_path / "a.csv", "\n".join([SENDGRID, *rows, ""]))]
    assert [len(one.entry.events) for one in found] == [50, 50, 21]
    assert len({one.key for one in found}) == 1
    assert len({one.entry.model_copy(update={"events": ()}).model_dump_json() for one in found}) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (sendgrid("lost"), "SendGrid"), (sendgrid("unsubscribe"), "subscription"),
        (sendgrid("open", message=""), "message id"),
        (sendgrid("open", zone=""), "--zone"), (sendgrid("open") + ",,,", ""), (sendgrid('"open"x'), "CSV"),
    ],
)  # fmt: skip
def test_what_sendgrid_does_not_document_is_refused_alone(tmp_path: Path, row: str, words: str) -> None:
    found = read(tmp_path / "a.csv", "\n".join([SENDGRID, row, sendgrid("processed", message="other"), ""]))
    assert sum(isinstance(one, Item) and one.key.startswith("sendgrid:other") for one in found) == 1
    assert words in reason(found[0]) if words else item(found[0])
