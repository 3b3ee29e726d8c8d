from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.contract.entry import EntryDetail
from commlog_tui.contract.resend import Resend
from commlog_tui.text.details import detail_lines
from commlog_tui.text.privacy import masked_detail
from commlog_tui.text.resends import resend_words
from commlog_tui.text.rows import cells
from tests.desk.samples import an_entry

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 3, 14, 20, tzinfo=UTC)


def resend(**fields: Any) -> Resend:
    known = {"id": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "seq": 4, "original": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4d"}
    known |= {"entry": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4e", "to": "ada@gmail.com", "why": "typo", "route": "smtp"}
    known |= {"state": "done", "status": "delivered", "actor": "Desk", "recorded_at": NOON, "attempts": 1}
    return Resend.model_validate(known | fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Sent again 3 Nov 14:20 to ada@gmail.com, delivered"),
        ({"status": "bounced"}, "Sent again 3 Nov 14:20 to ada@gmail.com, bounced"),
        ({"state": "waiting", "attempts": 0}, "To be sent again to ada@gmail.com, asked 3 Nov 14:20: waits to be sent"),
        (
            {"state": "waiting", "attempts": 2, "next_at": NOON + timedelta(minutes=5)},
            "To be sent again to ada@gmail.com, asked 3 Nov 14:20: waits after 2 attempts, next 14:25",
        ),
        ({"state": "begun"}, "Being sent again to ada@gmail.com, asked 3 Nov 14:20: is being sent"),
        ({"state": "uncertain"}, "Sent again 3 Nov 14:20 to ada@gmail.com, uncertain: it may have been sent"),
        ({"route": "by-hand", "status": "logged"}, "Sent again 3 Nov 14:20 to ada@gmail.com, by hand"),
        ({"to": "", "why": "", "state": None, "status": None}, "Sent again 3 Nov 14:20, no longer on record"),
        ({"state": "newer", "status": "sent"}, "Sent again 3 Nov 14:20 to ada@gmail.com, sent"),
    ],
)
def test_how_far_a_message_is_is_said_on_one_line(fields: dict[str, Any], words: str) -> None:
    assert resend_words(resend(**fields), LONDON) == words


def detail(**fields: Any) -> EntryDetail:
    entry = an_entry(1, **fields)
    receipt = {"id": entry.id, "location": "quay", "seq": 1, "leaf_hash": "0" * 64, "recorded_at": NOON}
    known = {"entry": entry, "original": None, "events": (), "corrections": (), "receipt": receipt}
    return EntryDetail.model_validate(known | {"resends": (resend(),)})


def test_both_sides_are_in_the_detail_and_hidden_in_privacy_mode() -> None:
    known = detail(resend_of="7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4f")
    text = "\n".join(line.text for line in detail_lines(known, LONDON, NOON, 100))
    assert "Sent again 3 Nov 14:20 to ada@gmail.com, delivered" in text
    assert "because: typo; by the mail server, by Desk" in text
    assert "its entry: 7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4e" in text
    assert "Repeats 7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4f" in text
    hidden = "\n".join(line.text for line in detail_lines(masked_detail(known), LONDON, NOON, 100))
    assert "ada@gmail.com" not in hidden
    assert "typo" not in hidden


def test_a_row_that_was_sent_again_is_marked() -> None:
    again = an_entry(1, resend_of="7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4f")
    assert cells(again, LONDON)["Title"].startswith("↻ ")
