"""Importing a provider's own list closes the gap that an outage left, and doubles nothing."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from commlog_tui.cli.import_gaps import as_imported, without_message
from commlog_tui.cli.import_sending import Tally, send
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.delivery import NewEvent, NewMessageEvent
from commlog_tui.contract.entry import EntryDetail, NewEntry
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.query import EntryQuery
from commlog_tui.imports.formats import READERS, detect
from commlog_tui.imports.items import ImportOptions, Item, Progress
from commlog_tui.providers.postmark import POSTMARK
from commlog_tui.providers.provider import Provider
from commlog_tui.providers.sendgrid import SENDGRID
from commlog_tui.providers.twilio import TWILIO
from tests.cli.test_import_sending import client, refused_file, transport
from tests.providers.asking import request_of

__all__ = ["client", "transport"]
AT = datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
SECONDS = int(AT.timestamp())
ADA = "ada@example.com"


def twilio_row(number: int, status: str = "undelivered") -> dict[str, Any]:
    return {
        "sid": f"SM{number}", "account_sid": "AC1", "from": "+442079460123", "to": "+447700900123", "body": "Hi",
        "direction": "outbound-api", "status": status, "date_sent": f"2026-11-03T{9 + number:02}:14:00Z",
        "error_code": 30003 if status == "undelivered" else None,
    }  # fmt: skip


def sendgrid_row(number: int) -> dict[str, Any]:
    own = {"email": ADA, "event": "delivered", "timestamp": SECONDS + 3_600 * number}
    return own | {"sg_message_id": f"SM{number}.filter", "response": "250 ok"}


def postmark_row(number: int) -> dict[str, Any]:
    at = f"2026-11-03T{9 + number:02}:14:00Z"
    event = {"Recipient": ADA, "Type": "Bounced", "ReceivedAt": at, "Details": {"BounceID": f"{number}"}}
    return {
        "MessageID": f"SM{number}",
        "Recipients": [ADA],
        "ReceivedAt": at,
        "Status": "Sent",
        "MessageEvents": [event],
    }


def webhooks(number: int) -> dict[str, tuple[Provider, Any]]:
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "ID": number, "MessageID": f"SM{number}", "Email": ADA}
    fields = {"MessageSid": f"SM{number}", "MessageStatus": "undelivered", "To": "+447700900123", "ErrorCode": "30003"}
    return {
        "twilio": (TWILIO, urlencode(fields)),
        "sendgrid": (SENDGRID, [sendgrid_row(number)]),
        "postmark": (POSTMARK, bounce | {"BouncedAt": "2026-11-03T10:20:00Z"}),
    }


ROWS = {"twilio": twilio_row, "sendgrid": sendgrid_row, "postmark": postmark_row}


def read(folder: Path, rows: Sequence[dict[str, Any]]) -> list[Item]:
    path = folder / "list.json"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    outcomes = READERS[detect(path, ImportOptions())](path, ImportOptions(), Progress())
    return [one for one in outcomes if isinstance(one, Item)]


async def imported(client: LogClient, items: Sequence[Item], folder: Path) -> Tally:
    tally = Tally()
    await send(client, "quay", items, tally, refused_file(folder))
    assert tally.refused == 0, tally.shown
    return tally


async def sent(client: LogClient, provider: str, number: int) -> str:
    """Record a message as a booking system does, under a key of its own; return the entry's id."""
    to = "+447700900123" if provider == "twilio" else ADA
    fields = {"via": "email", "to": to, "title": "Reminder", "source": "workflow", "sent_at": AT}
    key = f"booking-{number}"
    await client.add(
        "quay", key, NewEntry.model_validate(fields | {"message": {"provider": provider, "id": f"SM{number}"}})
    )
    return id_of_key(key)


async def reported(client: LogClient, provider: str, number: int) -> None:
    """Record what the provider's webhook reports."""
    known, body = webhooks(number)[provider]
    for event in known.parse(request_of(body)):
        names = ("kind", "at", "to", "code", "detail", "event_id")
        fields = {name: value for name in names if (value := getattr(event, name))}
        fields["message"] = {"provider": provider, "id": event.message_id}
        await client.add_message_event("quay", NewMessageEvent.model_validate(fields))


@pytest.mark.parametrize("provider", ROWS)
async def test_only_what_is_missing_is_added_and_said(client: LogClient, tmp_path: Path, provider: str) -> None:
    entries = [await sent(client, provider, number) for number in range(4)]
    await reported(client, provider, 1)
    items = read(tmp_path, [ROWS[provider](number) for number in range(4)])
    tally = await imported(client, items, tmp_path)
    assert (tally.added, tally.there) == (0, 4)
    assert tally.gap.words("Europe/London") == [
        "Closed a gap: 3 reports between 2026-11-03 09:14 and 12:14 that no webhook had brought."
    ]
    assert (await client.page("quay", EntryQuery())).total.count == 4
    details = [await client.detail("quay", entry) for entry in entries]
    assert {one.entry.status for one in details} == {"delivered" if provider == "sendgrid" else "bounced"}
    reports = [[one for one in detail.events if one.event_id] for detail in details]
    channels = [[one.channel for one in events] for events in reports]
    assert channels == [["import"] if number != 1 else [None] for number in range(4)]
    assert [len(one) for one in reports] == [1, 1, 1, 1]
    again = await imported(client, items, tmp_path)
    assert again.gap.words("Europe/London") == []
    await reported(client, provider, 2)  # late
    assert [await client.detail("quay", entry) for entry in entries] == details


@pytest.mark.parametrize("provider", ROWS)
async def test_reports_before_the_import_of_their_message_are_joined_and_not_doubled(
    client: LogClient, tmp_path: Path, provider: str
) -> None:
    await reported(client, provider, 1)
    (item,) = read(tmp_path, [ROWS[provider](1)])
    await imported(client, [item], tmp_path)
    detail = await client.detail("quay", id_of_key(item.key))
    assert len([one for one in detail.events if one.event_id]) == 1
    assert (await client.unmatched_events("quay")).events == ()


def as_0_1_0_read(item: Item, kinds: dict[str, str]) -> Item:
    """Return an item without what 0.1.0 did not know, and with its kinds of events."""
    old = without_message(item)
    known = [one.model_dump(exclude_none=True) for one in old.entry.events]
    events = tuple(NewEvent.model_validate(one | {"kind": kinds.get(one["kind"], one["kind"])}) for one in known)
    fields = old.entry.model_dump(exclude_unset=True, exclude={"events", "message"}) | {"events": events}
    return Item(old.where, old.line, old.key, NewEntry.model_validate(fields), old.raw, is_one_message=True)


@pytest.mark.parametrize("provider", ROWS)
@pytest.mark.parametrize("status", ["undelivered", "sending", "delivered"])
async def test_a_file_that_0_1_0_imported_adds_nothing_and_changes_no_status(
    client: LogClient, tmp_path: Path, provider: str, status: str
) -> None:
    rows = [twilio_row(1, status)] if provider == "twilio" else [ROWS[provider](1)]
    (item,) = read(tmp_path, rows)
    kinds = {"bounced": "failed", "sent": "queued"} if provider == "twilio" else {}
    await imported(client, [as_0_1_0_read(item, kinds)], tmp_path)

    async def now() -> tuple[int, EntryDetail]:
        return (await client.location("quay")).seq, await client.detail("quay", id_of_key(item.key))

    before = await now()
    tally = await imported(client, [item], tmp_path)
    assert (tally.added, tally.there) == (0, 1)
    assert await now() == before


def test_a_service_of_0_1_0_is_sent_what_it_knows(tmp_path: Path) -> None:
    (item,) = read(tmp_path, [twilio_row(1)])
    sent = json.loads(without_message(as_imported(item)).entry.model_dump_json(exclude_unset=True))
    assert "message" not in sent
    assert {name for event in sent["events"] for name in event} == {"kind", "at", "detail"}
