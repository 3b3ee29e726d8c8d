"""Whatever a file holds, a reader gives entries and refusals, and nothing else happens."""

import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commlog_tui.contract.entry import NewEntry
from commlog_tui.imports.formats import READERS, Format, detect
from commlog_tui.imports.items import DateFormat, ImportOptions, Item, Progress, Refusal
from tests.imports.test_providers import SENDGRID, TWILIO

HEADERS = {
    Format.CSV: b"via,to,title,source,sent_at,status,id\n",
    Format.TWILIO: TWILIO.encode() + b"\n",
    Format.SENDGRID: SENDGRID.encode() + b"\n",
    Format.MBOX: b"From a Tue Nov  3 09:14:00 2026\n",
    Format.MAILDIR: b"",
}
PIECES = [
    b"\n", b"\r\n", b"\n\n", b",", b'"', b";", b"From ", b">From ", b"To: ", b"Cc: a:b@c;", b"Date: ", b"@",
    b"Tue, 03 Nov 2026 09:14:00 +0100", b"Content-Type: ", b"text/html", b"multipart/mixed; boundary=b", b"--b",
    b"--b--",
    b"charset=", b"=?utf-8?B?", b"?=", b"<![", b"<p>", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80",
    b"{", b"}", b"[", b"]", b'{"sid":', b'"to":', b"NaN", b"1e999", b'"\\ud800"', b"2026-11-03T09:14:00Z",
    b"Content-Length: 9\n", b"From - \n", b"Message-ID: <1@a>\n", b"Delivered-To: a@b\n",
    b"03/11/2026 9:14 PM", b"46329.5", b" IST",
]  # fmt: skip
NAMES = [
    *NewEntry.model_fields, "customer.id", "status", "sid", "Recipients", "MessageID", "MessageEvents", "ReceivedAt",
    "Status",
    "direction", "events", "event", "sg_message_id", "email", "timestamp", "messages", "Messages", "entries",
]  # fmt: skip
CONTENT = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
WORDS = ["delivered", "2026-11-03T09:14:00Z", "a@example.com"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6),
    max_leaves=12,
)
RUNS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def placed(folder: Path, kind: Format, content: bytes) -> Path:
    if kind is Format.MAILDIR:
        (folder / "box" / "cur").mkdir(parents=True, exist_ok=True)
        (folder / "box" / "cur" / "1").write_bytes(content)
        return folder / "box"
    (folder / "file").write_bytes(content)
    return folder / "file"


def held(path: Path, kind: Format, plan: ImportOptions) -> None:
    for one in READERS[kind](path, plan, Progress()):
        assert isinstance(one, Item | Refusal)
        assert one.line >= 1
        if isinstance(one, Item):
            assert 1 <= len(one.key) <= 255
            assert one.entry.model_dump_json().encode()
        else:
            assert one.reason
            assert one.reason.encode()


@pytest.mark.parametrize("kind", Format)
@RUNS
@given(content=CONTENT, form=st.sampled_from([None, *DateFormat]))
def test_any_bytes(tmp_path: Path, kind: Format, content: bytes, form: DateFormat | None) -> None:
    path = placed(tmp_path, kind, HEADERS.get(kind, b"") + content)
    held(path, kind, ImportOptions())
    held(path, kind, ImportOptions(encoding="cp1252"))
    held(path, kind, ImportOptions(ZoneInfo("Europe/London"), date_format=form, received=True, own=frozenset({"a@b"})))


@pytest.mark.parametrize("kind", [Format.JSONL, Format.TWILIO_JSON, Format.POSTMARK, Format.SENDGRID_JSON])
@RUNS
@given(values=st.lists(JSON, max_size=3))
def test_any_json(tmp_path: Path, kind: Format, values: list[object]) -> None:
    forms: list[Callable[[], str]] = [lambda: "\n".join(map(json.dumps, values)), lambda: json.dumps(values, indent=1)]
    for form in forms:
        held(placed(tmp_path, kind, form().encode()), kind, ImportOptions(columns={"to": "customer.id"}))


@RUNS
@given(content=CONTENT)
def test_any_bytes_are_taken_for_something(tmp_path: Path, content: bytes) -> None:
    path = placed(tmp_path, Format.CSV, content)
    assert detect(path, ImportOptions()) in Format
