"""What providers tell of one message, in whatever files and order, is one entry."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.cli.import_sending import Tally, send
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Role
from commlog_tui.contract.query import EntryQuery
from commlog_tui.imports.formats import JOINED, READERS, Format, detect
from commlog_tui.imports.items import ImportOptions, Progress
from commlog_tui.imports.refused_file import RefusedFile
from commlog_tui.service.tokens import digest_of, new_secret
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import SqliteStore
from tests.cli.test_import_sending import client, transport

__all__ = ["client", "transport"]
START = 1793697240
KEY = "sendgrid:sgA anna@example.com"


def event(kind: str, seconds: int, **other: Any) -> dict[str, Any]:
    own = {"email": "anna@example.com", "timestamp": START + seconds, "event": kind, "sg_message_id": "sgA"}
    return own | other


DAYS = {
    "day1.json": [event("processed", 0, category="Confirmation"), event("delivered", 5, email="Anna@Example.com")],
    "day2.json": [event("bounce", 86_400, reason="550 mailbox full"), event("unsubscribe", 86_401)],
    "day3.json": [event("spamreport", 172_800), event("open", 172_801)],
}
SENDGRID = ["queued", "delivered", "bounced", "complained", "opened"]
TWILIO = {
    "sid": "SM1", "account_sid": "AC1", "from": "+442079460123", "to": "+447700900123", "body": "Hi",
    "direction": "outbound-api",
}  # fmt: skip
POSTMARK = {
    "MessageID": "p1",
    "Recipients": ["anna@example.com"],
    "ReceivedAt": "2026-11-03T09:14:00Z",
    "Status": "Sent",
}


def postmark(*kinds: str, **other: Any) -> dict[str, Any]:
    def event_row(at: int, kind: str) -> dict[str, Any]:
        return {
            "Recipient": "anna@example.com",
            "Type": kind,
            "ReceivedAt": f"2026-11-03T{9 + at % 10:02}:{15 + at // 10:02}:00Z",
        }

    return {**POSTMARK, "MessageEvents": [event_row(at, kind) for at, kind in enumerate(kinds)], **other}


EXPORTS: dict[str, tuple[list[Any], str, set[str]]] = {
    "sendgrid": (list(DAYS.values()), KEY, set(SENDGRID)),
    "twilio": (
        [
            TWILIO | {"status": "queued", "date_created": "2026-11-03T09:13:58Z"},
            TWILIO | {"status": "sent", "date_sent": "2026-11-03T09:14:00Z"},
            TWILIO | {"status": "delivered", "date_sent": "2026-11-03T09:14:00Z", "body": ""},
        ],
        "twilio:SM1",
        {"queued", "sent", "delivered"},
    ),
    "postmark": (
        [
            postmark("Delivered"),
            postmark("Delivered", "Opened", TextBody="Hello"),
            postmark("Bounced", Subject="Your booking"),
        ],
        "postmark:p1 anna@example.com",
        {"sent", "delivered", "opened", "bounced"},
    ),
}


async def bring_in(
    client: LogClient, folder: Path, *files: Sequence[Any] | dict[str, Any], together: bool = False
) -> Tally:
    """Import files one after the other, or together, and return what became of them."""
    paths = []
    for number, content in enumerate(files):
        paths.append(folder / f"file{number}.json")
        paths[-1].write_text(json.dumps(content), encoding="utf-8")
    kind, tally = detect(paths[0], ImportOptions()), Tally()
    refused = RefusedFile(folder / "refused.jsonl", Format.JSONL, paths[0], ImportOptions())
    readers = (
        [JOINED[kind](paths, ImportOptions(), Progress())]
        if together
        else [READERS[kind](path, ImportOptions(), Progress()) for path in paths]
    )
    for outcomes in readers:
        await send(client, "quay", outcomes, tally, refused, pauses=())
    refused.close()
    return tally


@pytest.mark.parametrize("provider", EXPORTS)
@pytest.mark.parametrize("order", permutations(range(3)))
async def test_in_any_order_a_message_is_one_entry(
    client: LogClient, tmp_path: Path, provider: str, order: tuple[int, ...]
) -> None:
    files, key, kinds = EXPORTS[provider]
    tally = await bring_in(client, tmp_path, *(files[at] for at in order))
    assert (tally.added, tally.there, tally.refused) == (1, 2, 0)
    detail = await client.detail("quay", id_of_key(key))
    assert {answer.kind.value for answer in detail.events} == kinds
    receipt, count = detail.receipt, len(detail.events)
    again = await bring_in(client, tmp_path, *files)
    assert (again.added, again.there, again.refused) == (0, 3, 0)
    later = await client.detail("quay", id_of_key(key))
    assert (later.receipt, len(later.events)) == (receipt, count)
    assert (await client.page("quay", EntryQuery())).total.count == 1


@pytest.mark.parametrize("order", permutations(DAYS))
async def test_files_read_together_make_the_same_entry_in_any_order(
    client: LogClient, tmp_path: Path, order: Sequence[str]
) -> None:
    tally = await bring_in(client, tmp_path, *(DAYS[name] for name in order), together=True)
    assert (tally.added, tally.there, tally.refused) == (1, 0, 0)
    detail = await client.detail("quay", id_of_key(KEY))
    assert [answer.kind.value for answer in detail.events] == SENDGRID
    assert (detail.entry.sent_at, detail.entry.title) == (datetime.fromtimestamp(START, UTC), "Confirmation")


async def test_who_may_only_send_can_bring_in_later_events(client: LogClient, transport: Any, tmp_path: Path) -> None:
    await bring_in(client, tmp_path, DAYS["day1.json"])
    secret = new_secret()
    store = SqliteStore.open(tmp_path / "log.db")
    await store.create_token(TokenRecord("2", "sender", Role.SENDER, None, datetime.now(UTC)), digest_of(secret))
    await store.close()
    sender = LogClient("http://log.example", secret, transport=transport)
    tally = await bring_in(sender, tmp_path, DAYS["day2.json"])
    await sender.aclose()
    assert (tally.added, tally.there, tally.refused) == (0, 1, 0)
    assert (await client.detail("quay", id_of_key(KEY))).entry.status.value == "bounced"


async def test_more_events_than_an_entry_takes_are_all_recorded(client: LogClient, tmp_path: Path) -> None:
    await bring_in(client, tmp_path, postmark("Delivered", *["Opened"] * 120))
    detail = await client.detail("quay", id_of_key("postmark:p1 anna@example.com"))
    assert len(detail.events) == 122


async def test_an_event_told_in_other_words_changes_nothing(client: LogClient, tmp_path: Path) -> None:
    await bring_in(client, tmp_path, *DAYS.values())
    other = [event("bounce", 86_400, reason="in other words")]
    tally = await bring_in(client, tmp_path, other)
    assert (tally.there, tally.refused) == (1, 0)
    detail = await client.detail("quay", id_of_key(KEY))
    assert [answer.detail for answer in detail.events if answer.kind.value == "bounced"] == ["550 mailbox full"]


async def test_a_row_with_a_key_of_its_own_and_other_content_is_still_refused(
    client: LogClient, tmp_path: Path
) -> None:
    row = {
        "key": "k",
        "via": "sms",
        "to": "07700 900123",
        "title": "Hi",
        "source": "system",
        "sent_at": "2026-11-03T09:14:00Z",
    }
    tally = await bring_in(client, tmp_path, row, row | {"title": "Other"})
    assert (tally.added, tally.refused) == (1, 1)
    assert "other content" in tally.shown[0]
