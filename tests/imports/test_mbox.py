"""mbox files of every dialect.

Nothing is swallowed, nothing is cut, and a Maildir of the same messages gives the same.
"""

import mailbox
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commlog_tui.imports.items import ImportOptions, Item, Outcome, Progress
from commlog_tui.imports.mailbox import read_maildir, read_mbox
from commlog_tui.imports.mbox import is_message
from tests.imports.reading import item, read, reason

MAIL = Path(__file__).parent / "mail"
DATED = "Tue Nov  3 09:14:00 2026"


def message(number: int, body: str, head: str = "") -> str:
    return (
        f"{head}From: desk@example.com\nTo: g{number}@example.org\nMessage-ID: <{number}@example.com>\n"
        f"Date: Tue, 3 Nov 2026 09:{number:02}:00 +0000\nSubject: s{number}\n\n{body}\n"
    )


def entries(outcomes: list[Outcome]) -> dict[str, str | None]:
    return {item(one).entry.title: item(one).entry.body for one in outcomes}


def test_netscape_files_without_dates_or_blank_lines() -> None:
    found = [item(one) for one in read_mbox(MAIL / "netscape.mbox", ImportOptions(), Progress())]
    assert [one.line for one in found] == [1, 9, 17, 25, 33]
    assert {one.entry.body for one in found} == {"text"}


def test_a_dated_line_that_no_header_follows_is_text() -> None:
    found = [item(one).entry.body for one in read_mbox(MAIL / "from_lines.mbox", ImportOptions(), Progress())]
    assert found == [
        "Update;\n\nFrom my side some queries:\n\nFrom the President abc@example.com",
        "From time to time\n\nFrom quoted",
        "fwd:\n\nFrom bob@example.com Mon Nov  2 08:00:00 2026\nis what it said",
        "end",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "From Monday we open at 9:30.", "From the desk", "From - \nthe desk", "From \nhere on", f"From bob {DATED}",
        f"From bob {DATED}\n\nAn empty line follows.", f"From bob {DATED}\nand so on: that is it",
        "From bob\nNote: bring a towel",
        "From 3 Nov at 9:30\nTo: 17:00 daily", "From: bob\nTo: anna", "From bob@example.org\nTo: anna\nSubject: boats",
        f"From bob {DATED}\nNote: bring a towel", ">From here", "From", "From -\nX: 1",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "separator", [f"From desk@example.com {DATED}", "From - ", f"From - {DATED}", f"From ???@??? {DATED}"]
)
def test_lines_of_a_text_that_begin_so_cut_nothing(tmp_path: Path, text: str, separator: str) -> None:
    content = "".join(f"{separator}\n{message(number, f'a{chr(10)}{chr(10)}{text}{chr(10)}b')}\n" for number in (1, 2))
    body = f"a\n\n{text}\nb".replace("\n>From", "\nFrom")
    assert entries(read(tmp_path / "box", content)) == {"s1": body, "s2": body}


SEPARATORS = [
    f"From desk@example.com {DATED}", f"From - {DATED}", "From - ", "From -", "From ", f"From ???@??? {DATED}",
    "From ???@???",
    "From 1847102334@xxx Tue Nov 03 09:14:00 +0000 2026", f"From desk at example.com  {DATED}", "From desk",
    "From desk@example.com Tue, 3 Nov 2026 09:14:00 +0000", "From desk@example.com Tue Nov  3 09:14:00 CET 2026",
    "From desk@example.com Tue Nov  3 09:14 2026 remote from host", "From desk@example.com 2026-11-03T09:14:00",
    "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001",
]  # fmt: skip


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize(
    "head", ["", "X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n", ">From x Tue Nov 3 remote\n"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_of_many_programs(tmp_path: Path, separator: str, head: str, end: str) -> None:
    content = "\n".join(f"{separator}\n{message(number, 'text', head)}" for number in (1, 2, 3))
    assert entries(read(tmp_path / "box.mbox", content.replace("\n", end))) == {
        "s1": "text",
        "s2": "text",
        "s3": "text",
    }


@pytest.mark.parametrize("first", SEPARATORS)
@pytest.mark.parametrize("second", SEPARATORS)
def test_mailboxes_of_two_programs_joined(tmp_path: Path, first: str, second: str) -> None:
    content = f"{first}\n{message(1, 'text')}\n{second}\n{message(2, 'text')}"
    assert entries(read(tmp_path / "box", content)) == {"s1": "text", "s2": "text"}


def test_blank_lines_and_a_byte_order_mark_before_the_first_message(tmp_path: Path) -> None:
    content = f"\ufeffFrom desk {DATED}\n{message(1, 'text')}\n"
    assert entries(read(tmp_path / "marked", content)) == {"s1": "text"}
    assert entries(read(tmp_path / "blank", f"\n\nFrom desk {DATED}\n{message(1, 'text')}\n")) == {"s1": "text"}


def test_what_stands_before_the_first_separator_is_not_dropped(tmp_path: Path) -> None:
    first, second = read(tmp_path / "box.mbox", f"the end of a text\n\nFrom desk {DATED}\n{message(1, 'text')}")
    assert "no recipient" in reason(first)
    assert item(second).entry.title == "s1"
    lost = read(tmp_path / "lost.mbox", f"{message(1, 'text')}\nFrom desk {DATED}\n{message(2, 'text')}")
    assert entries(lost) == {"s1": "text", "s2": "text"}
    assert entries(read(tmp_path / "one", message(1, "text"))) == {"s1": "text"}


def test_content_length_counts_only_where_a_message_ends_there(tmp_path: Path) -> None:
    whole = f"a\n\nFrom bob {DATED}\nFrom: bob\nTo: carl@example.org\nDate: {DATED}\n\nforwarded"
    length = len(whole) + 1
    box = (
        f"From desk {DATED}\n{message(1, whole, f'Content-Length: {length}{chr(10)}')}\nFrom desk "
        f"{DATED}\n{message(2, 'text')}"
    )
    assert entries(read(tmp_path / "counted", box)) == {"s1": whole, "s2": "text"}
    stale = box.replace(f"Content-Length: {length}", f"Content-Length: {length + 7}")
    assert len(read(tmp_path / "stale", stale)) == 3
    last = f"From desk {DATED}\n{message(1, whole, f'Content-Length: {length}{chr(10)}')}"
    assert entries(read(tmp_path / "last", last)) == {"s1": whole}
    for wrong in ("0", "-1", "9" * 30, "1 2", f"{length}\nContent-Length: {length}"):
        assert len(read(tmp_path / "wrong", box.replace(f"Content-Length: {length}", f"Content-Length: {wrong}"))) >= 2


def mboxo(text: str) -> str:
    return f"From desk {DATED}\n{re.sub('^From ', '>From ', text, flags=re.MULTILINE)}\n"


def mboxrd(text: str) -> str:
    return f"From desk {DATED}\n" + re.sub("^(>*From )", r">\1", text, flags=re.MULTILINE) + "\n"


def mboxcl(text: str) -> str:
    head, _, body = text.partition("\n\n")
    body = re.sub("^From ", ">From ", body, flags=re.MULTILINE)
    return f"From desk {DATED}\n{head}\nContent-Length: {len(body.encode())}\n\n{body}\n"


def mboxcl2(text: str) -> str:
    head, _, body = text.partition("\n\n")
    return f"From desk {DATED}\n{head}\nContent-Length: {len(body.encode())}\n\n{body}\n"


def netscape(text: str) -> str:
    return f"From - {DATED}\n{re.sub('^From ', '>From ', text, flags=re.MULTILINE)}\n"


LINES = st.sampled_from(
    [
        "",
        "Hello",
        "From the sea",
        "From - ",
        f"From x {DATED}",
        "To: b@example.org",
        "Subject: x",
        "From: y",
        " From ",
        "Grüße",
        ">",
    ]
)
BODIES = st.lists(LINES, min_size=1, max_size=8).map("\n".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("dialect", [mboxo, mboxrd, mboxcl, mboxcl2, netscape])
@given(bodies=st.lists(BODIES, min_size=1, max_size=4))
def test_a_maildir_and_an_mbox_of_any_dialect_give_the_same(
    tmp_path: Path, dialect: Callable[[str], str], bodies: list[str]
) -> None:
    folder = tmp_path / "dir"
    for old in folder.glob("cur/*"):
        old.unlink()
    (folder / "cur").mkdir(parents=True, exist_ok=True)
    texts = [message(number, body) for number, body in enumerate(bodies)]
    for number, text in enumerate(texts):
        (folder / "cur" / str(number)).write_bytes(text.encode())
    (tmp_path / "box").write_bytes("".join(map(dialect, texts)).encode())
    from_folder = [one for one in read_maildir(folder, ImportOptions(), Progress()) if isinstance(one, Item)]
    from_box = [one for one in read_mbox(tmp_path / "box", ImportOptions(), Progress()) if isinstance(one, Item)]
    assert len(from_box) == len(texts)
    assert sorted((one.key, one.entry.model_dump_json()) for one in from_box) == sorted(
        (one.key, one.entry.model_dump_json()) for one in from_folder
    )


def test_files_of_the_standard_library_are_read(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number in range(5):
        box.add(message(number, f"a\n\nFrom {number}\n\nb").encode())
    box.close()
    found = entries(read(tmp_path / "box", (tmp_path / "box").read_bytes()))
    assert found == {f"s{number}": f"a\n\nFrom {number}\n\nb" for number in range(5)}


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"Return-Path:\n <a@example.org>\nFrom: b@example.org\n\nx", True), (b"From: a\r\nTo: b\r\n\r\nx", True),
        (b"To: a\nSubject: b\n\n", False), (b"via,to,title\nsms,1,x\n", False), (b"From: a\nnonsense\n", False),
        (b"", False),
        (b"from: a\nto: b", True), (b" From: a\nTo: b\n", False),
    ],
)  # fmt: skip
def test_a_message_is_known_by_its_header(start: bytes, expected: bool) -> None:
    assert is_message(start) is expected
