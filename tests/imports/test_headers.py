"""Tables as programs really write them: what stands before the header, within it, and twice."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.imports.formats import READERS, Format, detect
from commlog_tui.imports.headers import find_header, no_header
from commlog_tui.imports.items import ImportOptions, Progress, Refusal, name_of
from commlog_tui.imports.refused_file import RefusedFile
from tests.imports.reading import item, read, reason

HEADER = "to;title;sent_at;via;source"
ROW = "+447700900017;Hello;2026-11-03T09:14:00Z;sms;system"
PLAIN = f"{HEADER}\n{ROW}\n"
MAPPED = ImportOptions(
    columns={"to": "Email (2)", "title": "Name", "sent_at": "Date"}, constants={"via": "email", "source": "system"}
)


@pytest.mark.parametrize(
    "content",
    [
        f"sep=;\r\n{PLAIN}", f'"sep=;"\n{PLAIN}',
        f"SEP=;\n{PLAIN}", f"\ufeffsep=;\r\n{PLAIN}", f"\n\n{PLAIN}", f"\r\n;;;;\r\n{PLAIN}",
        f"Call log report;;;;\nGenerated 28/11/2026;;;;\n\n{PLAIN}", f"Call log report\n\n{PLAIN}",
        f'"The ""Quay""";;;;\n{PLAIN}',
        f'Report of "Quay\n{PLAIN}', f"Made by;Ada;on;3 November;2026\n{PLAIN}", f"sep=;\n\nReport\n\n{PLAIN}",
        f"to;title;sent_at;via\n{PLAIN}", PLAIN.replace(";", ","), PLAIN.replace(";",
        "\t"), f"sep=|\n{PLAIN.replace(';', '|')}",
        PLAIN.replace("source\n", "source;note;note\n").replace("system\n", "system;a;b\n"),
        PLAIN.replace("to;", '"Who; was\nthat";to;', 1).replace("+44", "x;+44"),
    ],
)  # fmt: skip
def test_the_header_is_found_wherever_it_stands(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    (one,) = read(path, content)
    assert detect(path, ImportOptions()) is Format.CSV
    assert (item(one).entry.title, item(one).entry.to) == ("Hello", "+447700900017")
    lines = content.splitlines()
    assert item(one).line == len(lines)


def test_what_the_header_has_no_place_for_is_told(tmp_path: Path) -> None:
    path, progress = tmp_path / "a.csv", Progress()
    for content, notes in ((f"Report\n\n{PLAIN}", 1), (f"sep=;\n{PLAIN}", 0), (f"\n{PLAIN}", 0)):
        path.write_text(content, encoding="utf-8")
        progress = Progress()
        list(READERS[Format.CSV](path, ImportOptions(), progress))
        assert len(progress.notes) == notes
    assert progress.notes == []


def test_a_line_end_within_a_name_is_a_space(tmp_path: Path) -> None:
    content = 'to,"title\r\n(subject)",sent_at,via,source\n+447700900020,Hello,2026-11-03T09:14:00Z,sms,system\n'
    for name in ("title (subject)", "title\n(subject)"):
        (one,) = read(tmp_path / "a.csv", content, ImportOptions(columns={"title": name}))
        assert item(one).entry.title == "Hello"


def test_a_doubled_column_is_refused_only_where_it_is_used(tmp_path: Path) -> None:
    content = "Email,Name,Email,Date\na@example.com,Anna,b@example.com,2026-11-03T09:14:00Z\n"
    (one,) = read(tmp_path / "a.csv", content, MAPPED)
    assert item(one).entry.to == "b@example.com"
    (other,) = read(
        tmp_path / "a.csv",
        content,
        ImportOptions(columns={**MAPPED.columns, "to": "Email"}, constants=MAPPED.constants),
    )
    assert "two columns are named Email" in reason(other)
    assert "'Email (2)'" in reason(other)
    (ours,) = read(tmp_path / "a.csv", f"to;{PLAIN}".replace("+44", "+44;+44"))
    assert "two columns are named to" in reason(ours)


def test_a_column_that_is_mapped_and_is_not_there_is_told_for_the_file(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "a.csv", PLAIN, ImportOptions(columns={"customer.id": "Guest no."}))
    assert "there is no column named Guest no." in reason(one)
    assert "to, title, sent_at, via, source" in reason(one)


@pytest.mark.parametrize("before", ["sep=;\n", "Report;;\n\n", '"A\nB";'])
def test_refused_rows_keep_the_header_that_was_found(tmp_path: Path, before: str) -> None:
    content = f"{before}{HEADER}\n{'x;' if before.startswith(chr(34)) else ''}{ROW.replace('2026-11-03T', 'never')}\n"
    (one,) = read(tmp_path / "a.csv", content)
    file = RefusedFile(tmp_path / "again.csv", Format.CSV, tmp_path / "a.csv", ImportOptions())
    assert isinstance(one, Refusal)
    file.add(one.raw, one.reason)
    file.close()
    mended = (tmp_path / "again.csv").read_text(encoding="utf-8").replace("never", "2026-11-03T")
    (again,) = read(tmp_path / "b.csv", mended)
    assert item(again).entry.title == "Hello"


@pytest.mark.parametrize("indent", [None, 1])
def test_one_fault_in_an_array_names_its_item(tmp_path: Path, indent: int | None) -> None:
    good = {"to": "+447700900017", "title": "Hi", "sent_at": "2026-11-03T09:14:00Z", "via": "sms", "source": "system"}
    found = read(tmp_path / "a.json", json.dumps([good, good | {"sent_at": "never"}, "no object"], indent=indent))
    assert [name_of(one) for one in found] == [f"{tmp_path / 'a.json'}, item {number}" for number in (1, 2, 3)]
    assert [isinstance(one, Refusal) for one in found] == [False, True, True]


def test_one_fault_in_an_array_of_many_names_line_and_item(tmp_path: Path) -> None:
    event = {"email": "anna@example.com", "timestamp": 1793697240, "event": "processed", "sg_message_id": "a"}
    other = {**event, "sg_message_id": "b", "event": "lost"}
    found = read(tmp_path / "a.json", f"{json.dumps([event])}\n{json.dumps([event, other])}\n")
    assert [name_of(one) for one in found] == [f"{tmp_path / 'a.json'}:1, item 1", f"{tmp_path / 'a.json'}:2, item 2"]


@given(st.lists(st.text(st.sampled_from('a,;"\n='), max_size=8), max_size=60))
def test_any_lines_have_a_header_or_a_fault(lines: list[str]) -> None:
    header = find_header([f"{line}\n" for line in lines], no_header)
    assert header.fault or (header.names and 1 <= header.first_line <= header.lines)
