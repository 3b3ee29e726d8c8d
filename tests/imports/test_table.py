import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.entry import Direction, Source
from commlog_tui.imports.formats import READERS, Format
from commlog_tui.imports.items import ImportOptions, Progress, Refusal
from tests.imports.reading import item, read, reason

HEADER = "via,to,title,source,sent_at"
ROW = "sms,07700 900123,Reminder,template,2026-11-03T09:14:00Z"
OBJECT = {
    "via": "sms",
    "to": "07700 900123",
    "title": "Reminder",
    "source": "template",
    "sent_at": "2026-11-03T09:14:00Z",
}


def test_a_row_becomes_an_entry(tmp_path: Path) -> None:
    content = (
        "via;to;title;reference;code;source;direction;body;sent_at;customer.id;customer.name;customer.addresses;customer.numbers\r\n"
        'email;rosa@example.com;"Boot; ""Möwe""";7D3A1C9E-5B0F-4A6E-9C61-0E5D1F2A3B4C;'
        'BK-7;workflow;outbound;"two\r\nlines";'
        '2026-11-03T09:14:00+01:00;c1;Rosa Ñandú;"rosa@example.com; r@example.org";"07700 900123;020 7946 0123"\r\n'
    )
    (one,) = read(tmp_path / "a.csv", content)
    entry = item(one).entry
    assert (entry.title, entry.body, entry.code) == ('Boot; "Möwe"', "two\r\nlines", "BK-7")
    assert entry.reference == "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
    assert entry.source is Source.WORKFLOW
    assert entry.direction is Direction.OUTBOUND
    assert entry.sent_at == datetime(2026, 11, 3, 8, 14, tzinfo=UTC)
    assert entry.customer
    assert entry.customer.addresses == ("rosa@example.com", "r@example.org")
    assert entry.customer.numbers == ("07700 900123", "020 7946 0123")


def test_line_numbers_count_lines_within_cells(tmp_path: Path) -> None:
    bad = "sms,07700 900123,Reminder,template,never"
    found = read(
        tmp_path / "a.csv", f'{HEADER}\n{ROW[:4]}07700 900123,"a\nb",template,2026-11-03T09:14:00Z\n\n{bad}\n{ROW}\n'
    )
    assert [one.line for one in found] == [2, 5, 6]
    assert isinstance(found[1], Refusal)
    assert found[1].raw == (f"{bad}\n".encode(),)


def test_a_mapping_and_constants_stand_in_for_our_names(tmp_path: Path) -> None:
    plan = ImportOptions(
        ZoneInfo("Europe/Madrid"),
        {"to": "Phone No.", "title": "What", "sent_at": "When"},
        {"via": "sms", "source": "system"},
    )
    (one,) = read(
        tmp_path / "a.csv",
        "Phone No.\tWhat\tWhen\tvia\n07700 900123\tReminder\t2026-07-03 09:14\tcarrier pigeon\n",
        plan,
    )
    entry = item(one).entry
    assert (entry.via, entry.to, entry.title, entry.source) == ("sms", "07700 900123", "Reminder", Source.SYSTEM)
    assert entry.sent_at == datetime(2026, 7, 3, 7, 14, tzinfo=UTC)


def test_a_missing_column_is_told_once_for_the_file(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "a.csv", "to,title,sent_at\nx,y,2026-11-03T09:14:00Z\n" * 3)
    assert "via, source" in reason(one)
    assert "--map via=" in reason(one)
    assert isinstance(one, Refusal)
    assert one.raw == ()


@pytest.mark.parametrize("content", ["", "\n", "a,a\n1,2\n", '"via,to\n'])
def test_a_file_without_a_header_is_one_refusal(tmp_path: Path, content: str) -> None:
    (one,) = read(tmp_path / "a.csv", content)
    assert reason(one)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("sms,,Reminder,template,2026-11-03T09:14:00Z", "recipient"),
        ("SMS!,07700 900123,Reminder,template,2026-11-03T09:14:00Z", "via"),
        ("sms,07700 900123,,template,2026-11-03T09:14:00Z", "title"),
        ("sms,07700 900123,Reminder,guess,2026-11-03T09:14:00Z", "source"),
        ("sms,07700 900123,Reminder,template,2026-11-03T09:14:00", "--zone"),
        ("sms,07700 900123,Reminder,template,5", "time"),
        ("sms,07700 900123,Reminder,template,", "sent_at"),
        ("sms,07700\x00900123,Reminder,template,2026-11-03T09:14:00Z", "NUL"),
        (f"sms,07700 900123,{'x' * 501},template,2026-11-03T09:14:00Z", "title"),
        (f"{ROW},surplus", "cells"),
        ('sms,"07700"900123,Reminder,template,2026-11-03T09:14:00Z', "CSV"),
        (f"sms,07700 900123,{'x' * 200_000},template,2026-11-03T09:14:00Z", "CSV"),
    ],
)
def test_a_refused_row_says_why_spoils_no_other_and_is_not_repeated(tmp_path: Path, row: str, words: str) -> None:
    first, second, third = read(tmp_path / "a.csv", f"{HEADER}\n{ROW}\n{row}\n{ROW}\n")
    assert words in reason(second)
    assert "900123" not in reason(second)
    assert item(first).entry == item(third).entry


def test_bytes_that_are_no_utf8_are_refused_and_kept_as_they_are(tmp_path: Path) -> None:
    raw = b"sms,07700 900123,Best\xe4tigung,template,2026-11-03T09:14:00Z\n"
    (one,) = read(tmp_path / "a.csv", HEADER.encode() + b"\n" + raw)
    assert "--encoding" in reason(one)
    assert one.raw == (raw,)
    (again,) = read(tmp_path / "a.csv", HEADER.encode() + b"\n" + raw, ImportOptions(encoding="cp1252"))
    assert item(again).entry.title == "Bestätigung"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_how_to_read(tmp_path: Path, encoding: str) -> None:
    (one,) = read(
        tmp_path / "a.csv", f"{HEADER}\n{ROW}ä".replace("Reminder", "Möwe").removesuffix("ä").encode(encoding)
    )
    assert item(one).entry.title == "Möwe"


def test_keys_are_the_rows_own_or_made_of_its_content(tmp_path: Path) -> None:
    known = str(uuid4()).upper()
    header, row = f"id,{HEADER}", f",{ROW}"
    content = f"{header}\n{known}{row}\nB-17{row}\n{row}\n{row}\n{row.replace('Reminder', 'Receipt')}\n"
    keys = [item(one).key for one in read(tmp_path / "a.csv", content)]
    assert keys[:2] == [known.lower(), "row:B-17"]
    assert keys[2] == keys[3] != keys[4]
    assert keys == [item(one).key for one in read(tmp_path / "b.csv", content)]


def test_a_status_becomes_an_event(tmp_path: Path) -> None:
    content = (
        f"{HEADER},status,status_at\n{ROW},Delivered,2026-11-03T10:00:00Z\n{ROW},bounced,\n{ROW},logged,\n{ROW},lost,\n"
    )
    timed, untimed, none, unknown = read(tmp_path / "a.csv", content)
    (event,) = item(timed).entry.events
    assert (event.kind, event.at.hour, event.detail) == (DeliveryKind.DELIVERED, 10, None)
    (event,) = item(untimed).entry.events
    assert event.kind is DeliveryKind.BOUNCED
    assert event.detail
    assert item(none).entry.events == ()
    assert reason(unknown).startswith("status must be logged, scheduled, ")


@pytest.mark.parametrize("broken", ['"Zoë', 'Zoë,"', '"a, ""b""'])
def test_a_quotation_mark_never_closed_takes_no_row_along(tmp_path: Path, broken: str) -> None:
    rows = [ROW.replace("Reminder", title) for title in (broken, "Second", '"Third, quoted"', "Fourth", '"Fif\nth"')]
    first, *others = read(tmp_path / "a.csv", "\n".join([HEADER, *rows, ""]))
    assert "quotation mark" in reason(first)
    assert isinstance(first, Refusal)
    assert first.raw == (f"{rows[0]}\n".encode(),)
    assert [item(one).entry.title for one in others] == ["Second", "Third, quoted", "Fourth", "Fif\nth"]
    assert [one.line for one in (first, *others)] == [2, 3, 4, 5, 6]


def test_a_customer_without_an_id_is_asked_for_before_anything_is_sent(tmp_path: Path) -> None:
    content = f"{HEADER},customer.name\n{ROW},Zoë\n{ROW},Ada\n"
    (one,) = read(tmp_path / "a.csv", content)
    assert "--map customer.id=" in reason(one)
    both = read(tmp_path / "a.csv", content, ImportOptions(columns={"customer.id": "to"}))
    assert {customer.id for one in both if (customer := item(one).entry.customer)} == {"07700 900123"}


def test_columns_that_mean_nothing_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER},Colour,seq\n{ROW},red,5\n", encoding="utf-8")
    progress = Progress()
    assert len(list(READERS[Format.CSV](path, ImportOptions(), progress))) == 1
    assert list(progress.unused) == ["Colour"]
    assert progress.bytes_read == path.stat().st_size


def test_json_lines_with_a_customer_and_events(tmp_path: Path) -> None:
    events = [{"kind": "delivered", "at": "2026-11-03T09:15:00Z"}]
    answer = OBJECT | {
        "customer": {"id": "c1", "numbers": ["07700 900123"]},
        "events": events,
        "body": None,
        "_reason": "x",
    }
    one, two = read(tmp_path / "a.jsonl", f"{json.dumps(answer)}\n\n{json.dumps(OBJECT)}\n")
    entry = item(one).entry
    assert entry.customer
    assert entry.customer.numbers == ("07700 900123",)
    assert [event.kind for event in entry.events] == [DeliveryKind.DELIVERED]
    assert (two.line, item(two).entry.customer) == (3, None)


def test_a_mapping_reaches_into_objects(tmp_path: Path) -> None:
    fields = {key: value for key, value in OBJECT.items() if key != "to"} | {
        "contact": {"mobile": "07700 900123", "id": 7}
    }
    plan = ImportOptions(columns={"to": "contact.mobile"})
    (one,) = read(tmp_path / "a.jsonl", json.dumps(fields), plan)
    assert item(one).entry.to == "07700 900123"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"), ("[]x", "not JSON"), ("5", "not a JSON object"), ("[" * 100_000, "not JSON"),
        (json.dumps(OBJECT | {"title": "\ud800"}), "UTF-8"), (json.dumps(OBJECT | {"sent_at": 5}), "time"),
        (json.dumps(OBJECT | {"customer": [1]}), "customer"), (json.dumps(OBJECT | {"status": {"a": 1}}), "status"),
        (json.dumps(OBJECT | {"events": 5}), "events"), (json.dumps(OBJECT | {"to": ["a"]}), "to"),
    ],
)  # fmt: skip
def test_a_refused_line_spoils_no_other(tmp_path: Path, line: str, words: str) -> None:
    good = json.dumps(OBJECT)
    for lines in ((line, good), (good, line)):
        found = read(tmp_path / "a.jsonl", "\n".join(lines), kind=Format.JSONL)
        bad = found[lines.index(line)]
        assert words in reason(bad)
        assert item(found[lines.index(good)]).entry.title == "Reminder"


@pytest.mark.parametrize("several", [0, 1, 2])
def test_the_logs_own_json_comes_back_under_its_own_ids(tmp_path: Path, several: int) -> None:
    answer = OBJECT | {
        "id": str(uuid4()),
        "seq": 4,
        "status": "logged",
        "customer": None,
        "actor": "x",
        "recorded_at": "2026-11-03T09:14:01Z",
    }
    listed = ",\n".join([json.dumps(answer)] * several)
    found = read(tmp_path / "a.json", f'{{"total": {{"count": 1}}, "entries": [\n{listed}\n]}}\n')
    assert [item(one).key for one in found] == [answer["id"]] * several
