import mailbox
import tracemalloc
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from commlog_tui.contract.entry import Direction, Source
from commlog_tui.imports import mailbox as ours
from commlog_tui.imports.formats import Format, detect, size_of
from commlog_tui.imports.items import ImportOptions, Item, Progress, Refusal
from commlog_tui.imports.mailbox import read_maildir, read_mbox
from commlog_tui.imports.mbox import MAX_MESSAGE_BYTES
from tests.imports.reading import item, read, reason

FROM = "From desk@example.com Tue Nov  3 09:14:00 2026\n"
HEAD = "From: Desk <desk@example.com>\nTo: rosa@example.org\nSubject: Hi\nDate: Tue, 03 Nov 2026 09:14:00 +0100\n"


def message(number: int = 1, body: str = "Hello", head: str = HEAD) -> str:
    return f"{FROM}{head}Message-ID: <{number}@example.com>\n\n{body}\n\n"


def test_each_message_is_an_entry(tmp_path: Path) -> None:
    one, two = read(tmp_path / "sent", message(1) + message(2, "Two\nlines"))
    entry = item(two).entry
    assert (entry.via, entry.to, entry.title, entry.body) == ("email", "rosa@example.org", "Hi", "Two\nlines")
    assert (entry.source, entry.direction) == (Source.SYSTEM, Direction.OUTBOUND)
    assert entry.sent_at == datetime(2026, 11, 3, 8, 14, tzinfo=UTC)
    assert [one.line, two.line] == [1, 10]
    assert item(one).key == "mail:<1@example.com> rosa@example.org"


def test_only_a_line_with_a_date_behind_a_blank_one_begins_a_message(tmp_path: Path) -> None:
    paragraphs = ("Dear Rosa,", "From the airport, take the train.", "From Monday on we open at 9:30.\n>From here")
    body = "\n\n".join(paragraphs) + "\nFrom x Tue Nov  3 09:14:00 2026"
    (one,) = read(tmp_path / "sent", message(1, body))
    assert item(one).entry.body == body.replace(">From", "From")


def test_mailboxes_that_were_joined_without_a_blank_line_are_read(tmp_path: Path) -> None:
    joined = message(1).rstrip("\n") + "\n" + message(2, "Two").rstrip("\n") + "\n" + message(3)
    found = read(tmp_path / "sent", joined)
    assert [item(one).entry.body for one in found] == ["Hello", "Two", "Hello"]
    assert [one.line for one in found] == [1, 9, 17]
    (one,) = read(tmp_path / "end", f"{message(1).rstrip()}\n{FROM}")
    assert item(one).entry.body == f"Hello\n{FROM.rstrip()}"


def test_separators_without_a_date_are_known_by_the_first(tmp_path: Path) -> None:
    found = read(tmp_path / "sent", (message(1) + message(2)).replace(FROM, "From desk\n"))
    assert [item(one).key[:7] for one in found] == ["mail:<1", "mail:<2"]


@pytest.mark.parametrize(
    "line",
    [
        "From - Tue Nov 03 09:14:00 2026", "From 17@xxx Tue Nov 03 09:14:00 +0000 2026",
        "From ???@??? Tue Nov 03 09:14:00 2026",
        "From desk at example.com  Tue Nov  3 09:14:00 2026", "From desk@example.com Tue, 3 Nov 2026 09:14:00 +0000",
    ],
)  # fmt: skip
def test_the_separators_of_many_programs_are_known(tmp_path: Path, line: str) -> None:
    assert len(read(tmp_path / "sent", (message(1) + message(2)).replace(FROM, f"{line}\n"))) == 2


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    found = read(tmp_path / "sent", (message(1, "a\nb") + message(2)).replace("\n", "\r\n"))
    assert [item(one).entry.body for one in found] == ["a\nb", "Hello"]


def test_what_the_standard_library_writes_is_read(tmp_path: Path) -> None:
    written = EmailMessage()
    written["To"], written["Subject"], written["Date"] = (
        "Rosa <rosa@example.org>",
        "Bestätigung ⛵",
        "Tue, 03 Nov 2026 09:14:00 +0100",
    )
    written.set_content("Grüße\n\nFrom uns allen\n")
    box, folder = mailbox.mbox(tmp_path / "sent"), mailbox.Maildir(tmp_path / "dir")
    for target in (box, folder):
        target.add(written.as_bytes())
        target.close()
    (from_box,) = read(tmp_path / "sent", (tmp_path / "sent").read_bytes())
    assert detect(tmp_path / "dir", ImportOptions()) is Format.MAILDIR
    progress = Progress()
    (from_folder,) = read_maildir(tmp_path / "dir", ImportOptions(), progress)
    assert item(from_box).entry == item(from_folder).entry
    assert item(from_box).key == item(from_folder).key
    assert item(from_box).entry.body == "Grüße\n\nFrom uns allen"
    assert progress.bytes_read == size_of(tmp_path / "dir") > 0


@pytest.mark.parametrize("content", ["", "To: rosa@example.org\n\nHello\n", "\n\n\n"])
def test_what_is_no_mbox_is_one_refusal(tmp_path: Path, content: str) -> None:
    (one,) = read(tmp_path / "sent.mbox", content, kind=Format.MBOX)
    assert "no mbox" in reason(one)


def test_a_message_of_any_size_takes_little_memory_and_keeps_its_text(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    with path.open("wb") as file:
        file.write(message(1, "Text first\n").encode())
        for _ in range(64):
            file.write(b"x" * (1 << 20))
        file.write(b"\n\n" + message(2).encode())
    tracemalloc.start()
    try:
        found = [(type(one), one.line) for one in read_mbox(path, ImportOptions(), Progress())]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [kind for kind, _ in found] == [Item, Item]
    assert found[1][1] == 13
    assert peak < 20 * MAX_MESSAGE_BYTES < path.stat().st_size


def test_a_file_that_cannot_be_read_is_named_and_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "dir"
    (folder / "cur").mkdir(parents=True)
    for name in ("a", "b"):
        (folder / "cur" / name).write_text(HEAD + "\nHello", encoding="utf-8")
    head = ours._head

    def fails(path: Path) -> bytes:
        if path.name == "a":
            raise PermissionError
        return head(path)

    monkeypatch.setattr(ours, "_head", fails)
    found = list(ours.read_maildir(folder, ImportOptions(), Progress()))
    assert sorted(type(one).__name__ for one in found) == ["Item", "Refusal"]
    assert [one.where[-1] for one in found if isinstance(one, Refusal)] == ["a"]
