"""One message is one in whatever file it comes, and what 0.1.0 recorded is not recorded again."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.imports.items import ImportOptions, Item, Progress
from commlog_tui.imports.mail_identity import normal_message_id
from commlog_tui.imports.mailbox import read_eml, read_maildir, read_mbox
from commlog_tui.imports.message import read_message

MAIL = Path(__file__).parent / "mail"
DATE = "Date: Tue, 03 Nov 2026 09:14:00 +0100\n"


def items(path: Path) -> list[tuple[str, str]]:
    found = [one for one in read_mbox(path, ImportOptions(), Progress()) if isinstance(one, Item)]
    return [(one.key, one.entry.model_dump_json()) for one in found]


def test_three_copies_of_one_message_are_one() -> None:
    first = items(MAIL / "box_a.mbox")
    assert [key for key, _ in first] == [
        "mail:<m50@example.com> guest50@example.com",
        "mail:<m50@example.com> list@example.com",
    ]
    assert items(MAIL / "box_b.mbox") == items(MAIL / "box_c.mbox") == first


def test_files_and_folders_make_no_difference(tmp_path: Path) -> None:
    content = (MAIL / "box_b.mbox").read_bytes().partition(b"\n")[2]
    (tmp_path / "dir" / "new").mkdir(parents=True)
    (tmp_path / "dir" / "new" / "1").write_bytes(content)
    (tmp_path / "one.eml").write_bytes(content.replace(b"\n", b"\r\n"))
    found = [
        *read_maildir(tmp_path / "dir", ImportOptions(), Progress()),
        *read_eml(tmp_path / "one.eml", ImportOptions(), Progress()),
    ]
    assert [(one.key, one.entry.model_dump_json()) for one in found if isinstance(one, Item)] == items(
        MAIL / "box_a.mbox"
    ) * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a@b>", "<a@b>"), ("a@b", "<a@b>"), (" <a@b> ", "<a@b>"), ("< a@b >", "<a@b>"), ("<a@b> (note)", "<a@b>"),
        ("<a\n b@c>", "<ab@c>"), ("<A@b>", "<A@b>"), ("<a>", "<a>"), ("<>", "<>"), ("two words", "two words"),
        ("x", "x"),
    ],
)  # fmt: skip
def test_message_ids(text: str, expected: str) -> None:
    assert normal_message_id(text) == expected


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ("To: a@x.example\nMessage-ID: <1@x.example>\n", "mail:<1@x.example> a@x.example"),
        ("To: Anna@X.example\nMessage-ID: <1@x.example>\n", "mail:<1@x.example> Anna@X.example"),
        ("To: a@x.example\nMessage-ID: 1@x.example\n", "mail:1@x.example a@x.example"),
        ("To: Anna@X.example\nMessage-ID: <1@x.example> (x)\n", "mail:<1@x.example> (x) Anna@X.example"),
        ("To: 'a@x.example'\nMessage-ID: <1@x.example>\n", "mail:<1@x.example> 'a@x.example'"),
        ("To: a@xn--mnchen-3ya.example\nMessage-ID: <1@x.example>\n", "mail:<1@x.example> a@xn--mnchen-3ya.example"),
        ("To: a@x.example, A@x.example\nMessage-ID: <1@x.example>\n", "mail:<1@x.example> A@x.example"),
    ],
)  # fmt: skip
def test_the_key_of_0_1_0_is_the_key_or_an_earlier_one(headers: str, key: str) -> None:
    raw = f"{headers}{DATE}\nHello".encode()
    (one,) = read_message("box", 1, raw, raw, ImportOptions())
    assert isinstance(one, Item)
    assert key in (one.key, *one.earlier_keys)


@pytest.mark.parametrize(
    ("headers", "zone", "key"),
    [
        (
            f"To: a@x.example\nSubject: s\n{DATE}",
            "UTC",
            "65a3926dfdecc21b805d7b4ab63ed0134156e2efa91ee75273aec81270d49cd4",
        ),
        (
            f"To: Anna@X.example\nSubject: s\n{DATE}",
            "UTC",
            "60b4683355f48dab792430586d52158f10595cac356efd3b47bff79e19352fce",
        ),
        (
            "To: a@x.example\nSubject: s\nDate: Tue, 3 Nov 2026 09:14:00 GMT+0100\n",
            "UTC",
            "3e80532bdb4826ffe705a5a057f4d53a0f78ca108165c83e7ec543da71bcd977",
        ),
        (
            "To: a@x.example\nSubject: s\nDate: Tue, 3 Nov 2026 09:14:00 -600\n",
            "Europe/Madrid",
            "65a3926dfdecc21b805d7b4ab63ed0134156e2efa91ee75273aec81270d49cd4",
        ),
        (
            (
                "Received: a; Tue, 3 Nov 2026 09:14:30 +0000\nTo: a@x.example\nSubject: s\n"
                "Date: Tue, 3 Nov 2026 09:14:00 +01:00\n"
            ),
            "UTC",
            "764043580011a697643e8a5715d13452352b59b05b05e84e89aa924e35fce500",
        ),
    ],
)
def test_without_a_message_id_too(headers: str, zone: str, key: str) -> None:
    """The keys are those that 0.1.0 made of these messages."""
    raw = f"{headers}\nHello".encode()
    (one,) = read_message("box", 1, raw, raw, ImportOptions(ZoneInfo(zone)))
    assert isinstance(one, Item)
    assert f"mail:{key}" in (one.key, *one.earlier_keys)


def test_a_text_that_0_1_0_cut_is_not_recorded_again() -> None:
    """The key is the one that 0.1.0 made of the message, which it took to end before the dated line."""
    head = f"To: a@x.example\nSubject: s\n{DATE}\nHello\n\n"
    cut, whole = head.encode(), f"{head}From bob Mon Nov  2 08:00:00 2026\nsaid so\n".encode()
    (first,) = read_message("box", 1, cut, cut, ImportOptions())
    (second,) = read_message("box", 1, whole, whole, ImportOptions())
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert first.key == "mail:65a3926dfdecc21b805d7b4ab63ed0134156e2efa91ee75273aec81270d49cd4"
    assert first.key in second.earlier_keys


def test_nearly_all_mail_needs_no_question_whether_0_1_0_has_it() -> None:
    raw = f"Received: a; Tue, 3 Nov 2026 09:14:30 +0000\nTo: a@x.example\n{DATE}\nHello".encode()
    for content in (raw, b"Message-ID: <1@x.example>\n" + raw):
        (one,) = read_message("box", 1, content, content, ImportOptions())
        assert isinstance(one, Item)
        assert one.earlier_keys == ()
