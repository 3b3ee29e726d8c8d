import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.imports.items import MAX_BODY, ImportOptions, Outcome, Refusal
from commlog_tui.imports.mail_text import plain
from commlog_tui.imports.message import read_message
from tests.imports.reading import item, reason

DATE = "Date: Tue, 03 Nov 2026 09:14:00 +0100\n"
TO = "To: rosa@example.org\n"


def outcomes(text: str | bytes, plan: ImportOptions | None = None) -> list[Outcome]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read_message("box", 1, raw, raw, plan or ImportOptions()))


def recipients(headers: str) -> list[str]:
    return [item(one).entry.to for one in outcomes(f"{headers}{DATE}\n")]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            "To: a@example.org\nCc: B <b@example.org>\nBcc: c@example.org\n",
            ["a@example.org", "b@example.org", "c@example.org"],
        ),
        ("To: a@example.org,\n b@example.org ,\n\tA again <a@EXAMPLE.org>\n", ["a@example.org", "b@example.org"]),
        (
            'To: "Ruiz, Rosa" <r@example.org>, =?utf-8?Q?Jos=C3=A9?= <j@example.org>\n',
            ["r@example.org", "j@example.org"],
        ),
        (
            "To: Crew: a@example.org, B <b@example.org>;, c@example.org\n",
            ["a@example.org", "b@example.org", "c@example.org"],
        ),
        ("To: undisclosed-recipients:;\nBcc: a@example.org\n", ["a@example.org"]),
        ("To: a@example.org (Rosa, at home)\n", ["a@example.org"]),
        ("To: Rosa Ruiz, a@example.org\n", ["a@example.org"]),
        ("To: <<a@example.org>>\n", ["a@example.org"]),
        ("To: Ñandú <ñ@example.org>\n", ["ñ@example.org"]),
        ("To: a@example.org\nTo: b@example.org\n", ["a@example.org", "b@example.org"]),
        (
            "To: old@example.org\nResent-To: new@example.org\nResent-Date: Wed, 04 Nov 2026 09:14:00 +0100\n",
            ["new@example.org"],
        ),
    ],
)
def test_every_recipient_is_found_once(headers: str, expected: list[str]) -> None:
    assert recipients(headers) == expected


@pytest.mark.parametrize(
    "headers", ["", "To:\n", "To: undisclosed-recipients:;\n", "To: Rosa\n", "To: <>\n", "To: (((((\n"]
)
def test_a_message_to_nobody_is_refused(headers: str) -> None:
    (one,) = outcomes(f"{headers}{DATE}\n")
    assert "no recipient" in reason(one)
    (answer,) = outcomes(f"{headers}{DATE}\n", ImportOptions(constants={"to": "list@example.org"}))
    assert item(answer).entry.to == "list@example.org"


def test_a_recipient_told_for_all_makes_one_entry_of_a_message() -> None:
    (one,) = outcomes(
        f"To: a@example.org, b@example.org\n{DATE}\n", ImportOptions(constants={"to": "list@example.org"})
    )
    assert item(one).entry.to == "list@example.org"


def test_a_hostile_header_takes_no_time_to_speak_of() -> None:
    for hostile in ('"(<', "(", "<", "@ ", "a@", ":", '"', "\\", "=?a?q?", "[", "a@b ", ".,"):
        for one in outcomes(f"To: {hostile * 50_000}, a@example.org\n{DATE}\n"):
            assert isinstance(one, Refusal) or one.entry.to


def test_one_recipient_who_cannot_be_kept_spoils_no_other() -> None:
    first, second = outcomes(f"To: {'a' * 400}@example.org, b@example.org\n{DATE}\n")
    assert "320" in reason(first)
    assert item(second).entry.to == "b@example.org"


@pytest.mark.parametrize(
    ("header", "title"),
    [
        (b"Subject: =?utf-8?B?QmVzdMOkdGlndW5n?= =?iso-8859-1?Q?_f=FCr?=\n =?utf-8?Q?_Rosa?=", "Bestätigung für Rosa"),
        (b"Subject: Booking\n confirmation", "Booking confirmation"),
        ("Subject: Bestätigung".encode(), "Bestätigung"),
        ("Subject: Bestätigung".encode("latin-1"), "Bestätigung"),
        (b"Subject: =?klingon?Q?Hi=21?=", "Hi!"),
        (b"Subject: =?unicode_escape?Q?=5Cq?=", "\\q"),
        (b"Subject: =?utf-8?B?!!!?=", "=?utf-8?B?!!!?="),
        (b"Subject: a\x00b", "a\ufffdb"),
        (b"Subject:", "(no subject)"),
        (b"X-None: 1", "(no subject)"),
        (b"Subject: " + b"x" * 600, "x" * 499 + "…"),
    ],
)
def test_the_title_is_the_subject_as_meant(header: bytes, title: str) -> None:
    (one,) = outcomes(header + b"\n" + (TO + DATE).encode() + b"\n")
    assert item(one).entry.title == title


def sent(headers: str, zone: str | None = None) -> datetime:
    (one,) = outcomes(f"{TO}{headers}\n", ImportOptions(ZoneInfo(zone)) if zone else None)
    return item(one).entry.sent_at


RECEIVED = (
    "Received: from a by b; Tue, 03 Nov 2026 10:00:00 +0000\nReceived: from desk by a; Tue, 03 Nov 2026 09:59:00 "
    "+0000\n"
)


def test_a_missing_or_broken_date_is_told_by_the_first_server() -> None:
    for date in (
        "",
        "Date:\n",
        "Date: soon\n",
        "Date: Tue, 33 Nov 2026 09:14:00 +0100\n",
        "Date: Tue Nov  3 09:14:00 2026\n",
    ):
        assert sent(date + RECEIVED) == datetime(2026, 11, 3, 9, 59, tzinfo=UTC)
    assert sent("Date: Tue Nov  3 09:14:00 2026\n", "Europe/Madrid") == datetime(2026, 11, 3, 8, 14, tzinfo=UTC)


def test_a_message_sent_on_counts_from_then() -> None:
    headers = f"{DATE}Resent-To: new@example.org\nResent-Date: Wed, 04 Nov 2026 09:14:00 +0100\n"
    (one,) = outcomes(f"{TO}{headers}Message-ID: <1@a>\nResent-Message-ID: <2@a>\n\n")
    assert item(one).entry.sent_at.day == 4
    assert item(one).key == "mail:<2@a> new@example.org"


@pytest.mark.parametrize("date", ["", "Date: soon\n", "Date: Tue, 33 Nov 2026 09:14:00 +0100\nReceived: nonsense\n"])
def test_a_message_without_any_date_is_refused(date: str) -> None:
    (one,) = outcomes(f"{TO}{date}\n")
    assert "Received" in reason(one)


def body(content: str | bytes) -> str | None:
    raw = content.encode() if isinstance(content, str) else content
    (one,) = outcomes((TO + DATE).encode() + raw)
    return item(one).entry.body


def test_the_text_part_is_the_body() -> None:
    parts = (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nContent-Disposition: "
        "attachment\n\nfile\n"
        "--b\nContent-Type: text/html\n\n<p>html</p>\n--b\nContent-Type: text/plain; charset=iso-8859-1\n"
        "Content-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n--b--\n"
    )
    assert body(parts) == "Grüße"


def test_without_a_text_part_the_words_of_the_html_are() -> None:
    head = "<head><title>x</title><style>p{}</style></head>"
    html = f"{head}<p>Dear&nbsp;Rosa,<br>see <b>you</b></p><script>1</script><p>Bye &amp; thanks"
    assert body(f"Content-Type: text/html\n\n{html}") == "Dear\xa0Rosa,\nsee you\nBye & thanks"


@pytest.mark.parametrize("html", ["<![foo", "<!", "</", "<!-- ", "&#x110000;", "<p" * 1000, "<script>" * 50])
def test_broken_html_is_still_read(html: str) -> None:
    assert isinstance(plain(html), str)


@pytest.mark.parametrize(
    "charset", ["klingon", "unknown-8bit", "base64", "undefined", "unicode_escape", "utf-8\x00", "''"]
)
def test_an_unknown_charset_loses_nothing_that_can_be_read(charset: str) -> None:
    assert body(f"Content-Type: text/plain; charset={charset}\n\nGrüße ⛵".encode()) == "Grüße ⛵"
    assert body(f"Content-Type: text/plain; charset={charset}\n\n".encode() + "Grüße".encode("latin-1")) == "Grüße"


def test_a_body_beyond_the_contract_is_cut_and_says_so() -> None:
    text = body("\n" + "x" * (MAX_BODY + 5)) or ""
    assert len(text) == MAX_BODY
    assert text.endswith("[Cut here on import: the text has 100,005 characters.]")


def test_without_a_message_id_content_and_recipient_are_the_key() -> None:
    def keys(text: str) -> list[str]:
        return [item(one).key for one in outcomes(text)]

    first = keys(f"To: a@example.org, b@example.org\n{DATE}Subject: x\n\nHello\n")
    assert len(set(first)) == 2
    assert keys(f"X-Commlog-Refused: why\nTo: a@example.org\n{DATE}Subject: x\n\nHello\n\n") == first[:1]
    assert keys(f"To: a@example.org\n{DATE}Subject: x\n\nGoodbye\n") != first[:1]


def test_parts_nested_without_end_are_refused_or_read() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2000))
    (one,) = outcomes(f"{TO}{DATE}{nested}\n\nHello")
    assert one.line == 1


def test_constants_stand_above_what_was_read() -> None:
    (one,) = outcomes(f"{TO}{DATE}\n", ImportOptions(constants={"source": "workflow", "customer.id": "c1"}))
    assert item(one).entry.source.value == "workflow"
    assert item(one).entry.customer


HEAD_LINES = st.sampled_from(
    [
        "To: a@x.example", "Cc: b@x.example,", "\tc@x.example", "bcc : d@x.example", "X-Other: 1", "no field", " ",
        "TO:", " f@x.example", "Date: Tue, 03 Nov 2026 09:14:00 +0100", ">From x", "Subject", "Cc:\r g@x.example",
        "Tö: e@x.example", "To: h@x.example\x0b",
    ]
)  # fmt: skip


@given(st.lists(HEAD_LINES, max_size=9), st.sampled_from(["\n", "\r\n"]))
def test_no_broken_header_hides_a_recipient(lines: list[str], end: str) -> None:
    head = end.join([*lines, DATE.rstrip()])
    raw = f"{head}{end}{end}Hello".encode()
    found = list(read_message("box", 1, raw, raw, ImportOptions()))
    if any(isinstance(one, Refusal) for one in found):
        return
    in_fields, expected = False, set()
    for line in re.split(r"\r\n|\r|\n", head):
        in_fields = bool(re.match(r"(to|cc|bcc)\s*:", line, re.IGNORECASE)) or (in_fields and line[:1] in {" ", "\t"})
        expected |= set(re.findall(r"[a-h]@x\.example", line)) if in_fields else set()
    assert {item(one).entry.to for one in found} == expected
