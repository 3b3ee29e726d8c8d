"""Words of other programs in ours, the guest's number in the right column, and recipients that cannot be one."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.contract.entry import Direction
from commlog_tui.imports.formats import READERS, Format
from commlog_tui.imports.items import ImportOptions, Progress
from tests.imports.reading import item, read, reason

HUBSPOT = (
    '\ufeff"Record ID","Call Title","Activity date","Call direction","Call outcome","To Number","From Number","Call '
    'notes"\r\n'
    '"101","Call with Zoë","2026-11-03 09:14","OUTBOUND","Connected","+44 7700 900123","+442079460000",'
    '"<p>parking</p>\r\nmore"\r\n'
    '"102","Missed call","2026-11-03 10:14","INBOUND","No answer","+442079460000","(07700) 900124",""\r\n'
)
CALLS = ImportOptions(
    ZoneInfo("Europe/London"),
    {
        "key": "Record ID", "title": "Call Title", "sent_at": "Activity date", "direction": "Call direction",
        "to": "To Number",
        "from": "From Number", "body": "Call notes",
    },
    {"via": "phone", "source": "system"},
)  # fmt: skip
HEADER = "via,to,title,source,sent_at,direction,status"
ROW = "sms,07700 900123,Hi,system,2026-11-03T09:14:00Z,outbound,delivered"


def test_of_a_call_the_guest_is_the_other_party(tmp_path: Path) -> None:
    out, into = (item(one).entry for one in read(tmp_path / "calls.csv", HUBSPOT, CALLS))
    assert (out.direction, out.to, out.title) == (Direction.OUTBOUND, "+44 7700 900123", "Call with Zoë")
    assert (into.direction, into.to) == (Direction.INBOUND, "(07700) 900124")


def test_a_call_that_came_in_from_nobody_is_not_recorded_with_our_own_number(tmp_path: Path) -> None:
    _, one = read(tmp_path / "calls.csv", HUBSPOT.replace("(07700) 900124", ""), CALLS)
    assert "recipient" in reason(one)


def test_a_column_that_happens_to_be_named_from_is_not_read(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "a.csv", f"from,{HEADER}\n020 7946 0000,{ROW.replace('outbound', 'inbound')}\n")
    assert item(one).entry.to == "07700 900123"


@pytest.mark.parametrize(
    ("words", "row", "field", "value"),
    [
        ({"via": {"sms message": "sms"}}, ROW.replace("sms", " SMS Message "), "via", "sms"),
        ({"status": {"hard_bounce": "bounced"}}, ROW.replace("delivered", "Hard_Bounce"), "events", ["bounced"]),
        ({"status": {"sent ok": "logged"}}, ROW.replace("delivered", "Sent OK"), "events", []),
        (
            {"direction": {"incoming": "inbound", "missed": "inbound"}},
            ROW.replace("outbound", "Missed"),
            "direction",
            "inbound",
        ),
        ({"to": {"07700 900123": "+44 7700 900199"}}, ROW, "to", "+44 7700 900199"),
        ({"title": {"hi": "Welcome"}}, ROW, "title", "Welcome"),
        ({"direction": {"n/a": ""}}, ROW.replace("outbound", "n/a"), "direction", "outbound"),
        ({}, ROW.replace("outbound", "INBOUND"), "direction", "inbound"),
    ],
)
def test_a_word_of_theirs_means_ours(
    tmp_path: Path, words: dict[str, Any], row: str, field: str, value: object
) -> None:
    (one,) = read(tmp_path / "a.csv", f"{HEADER}\n{row}\n", ImportOptions(words=words))
    found = getattr(item(one).entry, field)
    assert ([event.kind.value for event in found] if field == "events" else found) == value
    (plain,) = read(tmp_path / "b.csv", f"{HEADER}\n{row}\n", ImportOptions(words=words | {"code": {"x": "y"}}))
    assert item(plain).key == item(one).key


@pytest.mark.parametrize(
    ("word", "field"), [("sms,07", "via"), ("system", "source"), ("outbound", "direction"), ("delivered", "status")]
)
def test_a_word_that_nobody_knows_is_refused_with_the_way_to_explain_it(tmp_path: Path, word: str, field: str) -> None:
    (one,) = read(
        tmp_path / "a.csv", f"{HEADER}\n{ROW.replace(word, 'Whatever' + word[3:] if field == 'via' else 'Whatever')}\n"
    )
    assert reason(one).startswith(field)
    assert f"--value {field}:THEIRS=OURS" in reason(one)
    assert "Whatever" not in reason(one)


RECIPIENTS = {
    "4.47701E+11": "rounded", "447700900123.0": "rounded", "mailto:gina@example.com": "mailto",
    "Gina <gina@example.com>": "alone",
    "a@example.com; b@example.com": "several", "07700 900123 / 07700 900124": "several",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "words"), RECIPIENTS.items())
@pytest.mark.parametrize("column", ["to", "customer.numbers", "customer.addresses"])
def test_a_cell_that_cannot_be_one_recipient_is_refused(tmp_path: Path, column: str, cell: str, words: str) -> None:
    to = cell if column == "to" else "07700 900123"
    values: dict[str, Any] = {
        "via": "sms",
        "to": to,
        "title": "Hi",
        "source": "system",
        "sent_at": "2026-11-03T09:14:00Z",
    }
    if column != "to":
        values |= {"customer": {"id": "c", column.partition(".")[2]: [cell]}}
    (one,) = read(tmp_path / "a.jsonl", json.dumps(values))
    assert reason(one).startswith(column)
    assert words in reason(one)
    assert "gina" not in reason(one).lower()


def test_a_bare_number_is_not_taken_for_a_recipient(tmp_path: Path) -> None:
    values = {"via": "sms", "to": 4.47701e11, "title": "Hi", "source": "system", "sent_at": "2026-11-03T09:14:00Z"}
    (one,) = read(tmp_path / "a.jsonl", json.dumps(values))
    assert "must be text" in reason(one)


@pytest.mark.parametrize(
    "to", ["ACME", "88", "999", "walk in", "447700900123@c.us", "(415) 555-2671", "020 7946 0000 x12"]
)
def test_what_may_be_a_recipient_is_kept_as_it_is(tmp_path: Path, to: str) -> None:
    (one,) = read(tmp_path / "a.csv", f"{HEADER}\n{ROW.replace('07700 900123', to)}\n")
    assert item(one).entry.to == to


def test_a_name_that_is_mapped_and_never_met_is_told(tmp_path: Path) -> None:
    values = {"via": "sms", "to": "88", "title": "Hi", "source": "system", "when": {"utc": "2026-11-03T09:14:00Z"}}
    path, progress = tmp_path / "a.jsonl", Progress()
    path.write_text(json.dumps(values), encoding="utf-8")
    plan = ImportOptions(columns={"sent_at": "when.utc", "code": "Booking"})
    (one,) = READERS[Format.JSONL](path, plan, progress)
    assert item(one).entry.to == "88"
    assert progress.notes == ["No object has Booking, which --map names."]


def test_what_a_log_holds_is_not_judged_again(tmp_path: Path) -> None:
    values = {
        "via": "sms",
        "to": "Gina <gina@example.com>",
        "title": "Hi",
        "source": "system",
        "sent_at": "2026-11-03T09:14:00Z",
    }
    own = values | {"id": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "seq": 1, "recorded_at": "x", "location": "quay"}
    (one,) = read(tmp_path / "a.jsonl", json.dumps(own))
    assert item(one).entry.to == "Gina <gina@example.com>"
