"""What was refused is written as it was, with the reason, and reads again once it is mended."""

import json
from pathlib import Path

import pytest

from commlog_tui.imports.formats import Format, detect
from commlog_tui.imports.items import ImportOptions, Refusal
from commlog_tui.imports.refused_file import RefusedFile
from tests.imports.reading import item, read, reason

CSV = (
    'via;to;title;source;sent_at\nsms;07700 900123;"Re; minder";template;2026-11-03T09:14\n'
    "sms;;Möwe;template;2026-11-03T09:14:00Z\n"
)


def written(path: Path, content: str | bytes, kind: Format | None = None) -> Path:
    """Write what is refused of a file as the command does, and return where."""
    found = read(path, content, kind=kind)
    into = path.with_name(f"again-{path.name}")
    file = RefusedFile(into, kind or detect(path, ImportOptions()), path, ImportOptions())
    for one in found:
        if isinstance(one, Refusal):
            file.add(one.raw, one.reason)
    file.close()
    return into


def test_rows_of_csv_keep_their_form_behind_the_reason(tmp_path: Path) -> None:
    into = written(tmp_path / "a.csv", CSV)
    lines = into.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "_reason;via;to;title;source;sent_at"
    assert lines[1].endswith(';sms;07700 900123;"Re; minder";template;2026-11-03T09:14')
    assert into.stat().st_mode & 0o777 == 0o600
    mended = into.read_text(encoding="utf-8").replace("09:14\n", "09:14:00Z\n").replace("sms;;", "sms;07700 900124;")
    assert [item(one).entry.title for one in read(tmp_path / "mended.csv", mended)] == ["Re; minder", "Möwe"]


def test_the_key_of_a_row_does_not_depend_on_the_reason(tmp_path: Path) -> None:
    row = "sms,07700 900123,Hi,template,2026-11-03T09:14:00Z"
    (one,) = read(tmp_path / "a.csv", f"via,to,title,source,sent_at\n{row}\n")
    (two,) = read(tmp_path / "b.csv", f"_reason,via,to,title,source,sent_at\nwhy,{row}\n")
    assert item(one).key == item(two).key


def test_a_row_refused_again_has_the_new_reason(tmp_path: Path) -> None:
    first = written(tmp_path / "a.csv", CSV)
    second = written(tmp_path / "b.csv", first.read_text(encoding="utf-8").replace("03T09:14\n", "33T09:14:00Z\n"))
    lines = second.read_text(encoding="utf-8").splitlines()
    assert lines[0].count("_reason") == 1
    assert "zone" not in lines[1]
    assert "date and time" in lines[1]


@pytest.mark.parametrize("row", ["sms,1,2,3,4,5,6,7", 'sms,"07700"1,Hi,template,x', "sms"])
def test_broken_rows_are_kept_as_they_are(tmp_path: Path, row: str) -> None:
    into = written(tmp_path / "a.csv", f"via,to,title,source,sent_at\n{row}\n")
    assert into.read_text(encoding="utf-8").splitlines()[1].endswith(f",{row}")


def test_bytes_that_are_no_text_come_back(tmp_path: Path) -> None:
    into = written(
        tmp_path / "a.csv", b"via,to,title,source,sent_at\nsms,07700 900123,M\xf6we,template,2026-11-03T09:14:00Z\n"
    )
    assert b",M\xf6we," in into.read_bytes()


def test_objects_have_the_reason_under_a_key_of_its_own(tmp_path: Path) -> None:
    good = {"via": "sms", "to": "07700 900123", "title": "Hi", "source": "template", "sent_at": "2026-11-03T09:14:00Z"}
    lines = [json.dumps(good | {"sent_at": "soon"}), "nonsense", json.dumps(good)]
    into = written(tmp_path / "a.jsonl", "\n".join(lines))
    first, second = into.read_text(encoding="utf-8").splitlines()
    answer = json.loads(first)
    assert "date and time" in answer.pop("_reason")
    assert (answer, second) == (good | {"sent_at": "soon"}, "nonsense")
    (one,) = read(tmp_path / "b.jsonl", first.replace("soon", "2026-11-03T09:14:00Z"))
    (plain,) = read(tmp_path / "c.jsonl", lines[2])
    assert item(one).key == item(plain).key


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_messages_have_the_reason_in_a_header(tmp_path: Path, end: str) -> None:
    head = "From a Tue Nov  3 09:14:00 2026\nSubject: Hi\nDate: soon\nTo: a@example.org, b@example.org\n"
    message = f"{head}\nHello\n\n>From us\n\n".replace("\n", end)
    into = written(tmp_path / "sent", message * 2)
    content = into.read_bytes()
    assert content.count(b"X-Commlog-Refused: ") == content.count(b"From a ") == 2
    again = written(tmp_path / "again", content)
    assert again.read_bytes().count(b"X-Commlog-Refused: ") == 2
    mended = content.replace(b"Date: soon", b"Date: Tue, 03 Nov 2026 09:14:00 +0100")
    found = [item(one) for one in read(tmp_path / "mended", mended)]
    assert [one.entry.to for one in found] == ["a@example.org", "b@example.org"] * 2
    assert {one.entry.body for one in found} == {"Hello\n\nFrom us"}
    straight = read(tmp_path / "straight", message.replace("soon", "Tue, 03 Nov 2026 09:14:00 +0100"))
    assert [one.key for one in found[:2]] == [item(one).key for one in straight]


def test_a_message_refused_for_several_recipients_is_written_once(tmp_path: Path) -> None:
    names = ", ".join(f"{letter * 400}@example.org" for letter in "abc")
    into = written(
        tmp_path / "sent",
        f"From a Tue Nov  3 09:14:00 2026\nDate: Tue, 03 Nov 2026 09:14:00 +0100\nTo: {names}\n\nHello\n",
    )
    assert into.read_bytes().count(b"X-Commlog-Refused: ") == 1


def test_no_file_is_made_for_nothing_and_none_is_overwritten(tmp_path: Path) -> None:
    into = written(tmp_path / "a.csv", "to\n")
    assert not into.exists()
    into.write_text("kept", encoding="utf-8")
    with pytest.raises(FileExistsError):
        written(tmp_path / "a.csv", CSV)
    assert into.read_text(encoding="utf-8") == "kept"
    assert "--zone" in reason(read(tmp_path / "a.csv", CSV)[0])


def test_rows_below_an_unclosed_quotation_mark_are_not_written_with_it(tmp_path: Path) -> None:
    row = "sms,07700 900123,{},template,2026-11-03T09:14:00Z\n"
    into = written(tmp_path / "a.csv", f"via,to,title,source,sent_at\n{row.format(chr(34) + 'One')}{row.format('Two')}")
    header, mended = into.read_text(encoding="utf-8").replace('"', "").splitlines()
    assert [item(one).entry.title for one in read(tmp_path / "mended.csv", f"{header}\n{mended}\n")] == ["One"]
