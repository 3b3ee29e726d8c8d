"""Mail that was received, and files of one message each."""

from pathlib import Path

import pytest

from commlog_tui.contract.entry import Direction
from commlog_tui.imports.formats import FOLDERS, READERS, Format, detect, size_of
from commlog_tui.imports.items import ImportOptions, Outcome, Progress, Refusal
from commlog_tui.imports.mailbox import read_eml, read_mbox
from commlog_tui.imports.message import read_message
from tests.imports.reading import item, read, reason

MAIL = Path(__file__).parent / "mail"
OWN = frozenset({"quay@example.com", "ahoy@bücher.example"})
DATE = "Date: Tue, 3 Nov 2026 09:14:00 +0000\n"


def outcomes(headers: str, plan: ImportOptions) -> list[Outcome]:
    raw = f"{headers}{DATE}Message-ID: <1@a.example>\n\nHello".encode()
    return list(read_message("box", 1, raw, raw, plan))


def test_received_mail_is_refused_with_the_advice_how_to_import_it() -> None:
    (one,) = read_mbox(MAIL / "inbox.mbox", ImportOptions(own=OWN), Progress())
    assert "--received" in reason(one)
    (two,) = read_mbox(MAIL / "inbox.mbox", ImportOptions(own=OWN, received=True), Progress())
    entry = item(two).entry
    assert (entry.to, entry.direction, entry.title) == ("guest@example.net", Direction.INBOUND, "Can we come at 3?")
    assert item(two).key == "mail-received:<in1@example.net> guest@example.net"


@pytest.mark.parametrize(
    "headers",
    [
        "From: a@x.example\nTo: QUAY@Example.COM\n", "From: a@x.example\nTo: b@x.example\nCc: Us <quay@example.com>\n",
        "From: a@x.example\nTo: list: b@x.example, quay@example.com;\n", "To: quay@example.com\n",
        "From: broken <\nTo: quay@example.com\n",
        "From: a@x.example\nTo: ahoy@xn--bcher-kva.example\n", "From: MAILER-DAEMON\nTo: quay@example.com\n",
    ],
)  # fmt: skip
def test_own_addresses_are_known_in_any_spelling_and_field(headers: str) -> None:
    (one,) = outcomes(headers, ImportOptions(own=OWN))
    assert "--received" in reason(one)


def test_until_they_are_named_own_addresses_begin_with_the_locations_id() -> None:
    plan = ImportOptions(location="quay")
    (one,) = read_mbox(MAIL / "inbox.mbox", plan, Progress())
    assert "--received" in reason(one)
    assert "--own" in reason(one)
    (two,) = outcomes("From: quay@example.com\nTo: quay@guest.example\n", plan)
    assert item(two).entry.to == "quay@guest.example"
    (three,) = outcomes("From: a@x.example\nTo: quayside@x.example\n", plan)
    (four,) = outcomes("From: a@x.example\nTo: quay@x.example\n", ImportOptions(own=OWN, location="quay"))
    assert [item(one).entry.to for one in (three, four)] == ["quayside@x.example", "quay@x.example"]
    assert not ImportOptions().is_own("@x.example")


def test_a_copy_to_oneself_is_sent_mail() -> None:
    sent = outcomes(
        "From: The Quay <Quay@example.com>\nTo: g@x.example\nBcc: quay@example.com\n", ImportOptions(own=OWN)
    )
    assert [item(one).entry.to for one in sent] == ["g@x.example", "quay@example.com"]
    assert {item(one).entry.direction for one in sent} == {Direction.OUTBOUND}
    (back,) = outcomes("From: quay@example.com\nTo: g@x.example\n", ImportOptions(own=OWN, received=True))
    assert "without --received" in reason(back)


@pytest.mark.parametrize("name", ["Delivered-To", "X-Original-To", "envelope-to"])
def test_without_own_addresses_the_servers_word_counts(name: str) -> None:
    headers = f"{name}: quay@example.com\nFrom: a@x.example\nTo: quay@example.com\n"
    (one,) = outcomes(headers, ImportOptions())
    assert "--received" in reason(one)
    assert "--own" in reason(one)
    (two,) = outcomes(headers, ImportOptions(own=frozenset({"a@x.example"})))
    assert item(two).entry.to == "quay@example.com"


@pytest.mark.parametrize("sender", ["", "From:\n", "From: a@x.example, b@x.example\n", "From: Anna\n", "From: a@b@c\n"])
def test_received_mail_needs_one_sender(sender: str) -> None:
    (one,) = outcomes(f"{sender}To: quay@example.com\n", ImportOptions(received=True))
    assert "sender" in reason(one)
    (two,) = outcomes(f"{sender}To: quay@example.com\n", ImportOptions(received=True, constants={"to": "a@x.example"}))
    assert (item(two).entry.to, item(two).entry.direction) == ("a@x.example", Direction.INBOUND)


def test_received_mail_needs_no_recipient_that_can_be_read() -> None:
    (one,) = outcomes(
        "From: a@x.example\nTo: root, b@x.example\nResent-To: c@x.example\n", ImportOptions(received=True, own=OWN)
    )
    assert item(one).entry.to == "a@x.example"


def test_one_message_in_a_file(tmp_path: Path) -> None:
    assert detect(MAIL / "one.eml", ImportOptions()) is Format.EML
    (one,) = read_eml(MAIL / "one.eml", ImportOptions(), Progress())
    assert (item(one).entry.to, item(one).entry.body) == ("guest20@example.com", "x")
    content = (MAIL / "one.eml").read_bytes()
    for name, raw in (("a.EML", b"\xef\xbb\xbf" + content), ("b.eml", content.replace(b"\n", b"\r\n"))):
        (other,) = read(tmp_path / name, raw)
        assert (item(other).key, item(other).entry) == (item(one).key, item(one).entry)


def test_a_folder_of_messages_without_its_subfolders(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "2026").mkdir(parents=True)
    for number, place in enumerate(("b.eml", "a.eml", "c.EML", "2026/d.eml")):
        (folder / place).write_text(
            f"To: g{number}@x.example\n{DATE}Message-ID: <{number}@x.example>\n\nHi", encoding="utf-8"
        )
    (folder / "notes.txt").write_text("no message", encoding="utf-8")
    (folder / "empty.eml").write_text("", encoding="utf-8")
    assert detect(folder, ImportOptions()) is Format.EML
    progress = Progress()
    found = list(READERS[Format.EML](folder, ImportOptions(), progress))
    assert [one.entry.to[:2] for one in found if not isinstance(one, Refusal)] == ["g1", "g0", "g2"]
    assert [Path(one.where).name for one in found if isinstance(one, Refusal)] == ["empty.eml"]
    assert progress.bytes_read == size_of(folder) > 0
    assert Format.EML in FOLDERS
