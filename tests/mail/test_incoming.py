"""From a message, as a mail server hands it over, to entries or events."""

import re
import signal
from datetime import UTC, datetime
from email.message import EmailMessage
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.delivery import NewMessage
from commlog_tui.imports.items import ImportOptions, Item
from commlog_tui.imports.message import read_message
from commlog_tui.mail import incoming
from commlog_tui.mail.incoming import Envelope, MailOptions, Reading, read
from commlog_tui.mail.patterns import Patterns
from tests.mail.bounces import ARRIVED, FAILED, MESSAGE_ID, PER_MESSAGE, complaint, report
from tests.mail.test_reports import PIECES

SENT = datetime(2026, 11, 3, 8, 14, tzinfo=UTC)
MAIL = (
    "From: Quay <desk@quay.example>\nTo: Rosa <Rosa@Example.org>\nCc: paul@example.org\n"
    "Subject: =?utf-8?Q?Booking_Confirmation_BK-7?=\nDate: Tue, 03 Nov 2026 09:14:00 +0100\n"
    "Message-ID: <1@quay.example>\n\nDear Rosa,\nyour booking is confirmed.\n"
)
OWN = frozenset({"desk@quay.example", "archive@quay.example"})


def reading(text: str | bytes = MAIL, *recipients: str, null: bool = False, **options: object) -> Reading:
    raw = text.encode() if isinstance(text, str) else text
    envelope = Envelope(ARRIVED, recipients, has_null_sender=null)
    return read(raw, envelope, MailOptions(**options))  # type: ignore[arg-type] # as the tests name them


def people(found: Reading) -> list[str]:
    assert not found.faults, found.faults
    return [item.entry.to for item in found.items]


def test_an_entry_for_each_recipient() -> None:
    found = reading()
    assert people(found) == ["rosa@example.org", "paul@example.org"]
    entry = found.items[0].entry
    assert (entry.via, entry.source, entry.direction) == ("email", "system", "outbound")
    assert (entry.title, entry.sent_at) == ("Booking Confirmation BK-7", SENT)
    assert entry.body == "Dear Rosa,\nyour booking is confirmed."


def test_the_key_is_that_of_an_import_of_the_same_message() -> None:
    for text in (MAIL, MAIL.replace("Message-ID", "X-Id")):
        raw = text.encode()
        imported = [one.key for one in read_message("box", 1, raw, raw, ImportOptions()) if isinstance(one, Item)]
        assert [item.key for item in reading(text).items] == imported


def test_a_line_that_a_pipe_puts_before_the_message_is_none_of_it() -> None:
    before = reading(f"From desk@quay.example Tue Nov  3 09:14:00 2026\n{MAIL}")
    assert before == reading()


def test_fields_by_pattern() -> None:
    patterns = Patterns(
        {"code": re.compile("BK-[0-9]+"), "title": re.compile("Booking Confirmation"), "text": re.compile("your.*")},
    )
    entry = reading(patterns=patterns).items[0].entry
    assert (entry.code, entry.title, entry.body) == ("BK-7", "Booking Confirmation", "your booking is confirmed.")
    header = MAIL.replace(" BK-7", "").replace("_BK-7", "").replace("\nDate", "\nX-Booking: BK-9\nDate")
    assert reading(header, patterns=patterns).items[0].entry.code == "BK-9"
    assert reading("X" + header, patterns=patterns).items[0].entry.title == "Booking Confirmation"


def test_what_a_message_is_known_by_and_what_for() -> None:
    kinds = {"reminder": re.compile("Remind"), "confirmation": re.compile("Confirm")}
    entry = reading(patterns=Patterns(kinds=kinds)).items[0].entry
    assert (entry.message, entry.kind) == (NewMessage(provider="mail", id="1@quay.example"), "confirmation")
    unknown = reading(
        MAIL.replace("Message-ID", "X-Id").replace("Confirmation", "Note"), patterns=Patterns(kinds=kinds)
    )
    assert (unknown.items[0].entry.message, unknown.items[0].entry.kind) == (None, None)


def test_attachments_by_name_size_and_hash() -> None:
    message = EmailMessage()
    message["To"] = "rosa@example.org"
    message.set_content("Your ticket.")
    message.add_attachment(b"%PDF", "application", "pdf", filename="Bootsfahrt für zwei.pdf")
    message.add_attachment(b"", "image", "png", filename="\u202e\x00" + "n" * 400)
    message.add_attachment(b"x" * 9, "application", "octet-stream")
    files = reading(message.as_bytes()).items[0].entry.attachments
    assert [(one.name, one.size) for one in files[::2]] == [
        ("Bootsfahrt für zwei.pdf", 4),
        ("application/octet-stream", 9),
    ]
    assert (len(files[1].name), files[1].size) == (255, 0)
    assert files[0].sha256 == sha256(b"%PDF").hexdigest()
    for _ in range(60):
        message.add_attachment(b"%PDF", "application", "pdf", filename="a.pdf")
    assert len(reading(message.as_bytes()).items[0].entry.attachments) == 50


@pytest.mark.parametrize(
    ("recipients", "header", "own", "expected"),
    [
        (("guest@example.org",), "", frozenset(), ["guest@example.org"]),
        (("archive@quay.example",), "", OWN, ["rosa@example.org", "paul@example.org"]),
        (("archive@quay.example", "Bcc@Example.org"), "", OWN, ["bcc@example.org"]),
        ((), "X-Original-To: hidden@example.org\n", OWN, ["hidden@example.org"]),
        ((), "X-Original-To: archive@quay.example\n", OWN, ["rosa@example.org", "paul@example.org"]),
        ((), "Delivered-To: other@example.org\n", OWN, ["rosa@example.org", "paul@example.org"]),
    ],
)
def test_the_envelope_says_the_recipients_except_for_own_addresses(
    recipients: tuple[str, ...], header: str, own: frozenset[str], expected: list[str]
) -> None:
    found = reading(header + MAIL, *recipients, own=own, recipient_headers=("X-Original-To",))
    assert people(found) == expected


def test_own_addresses_are_left_out_where_there_are_others() -> None:
    copied = MAIL.replace("paul@example.org", "archive@quay.example")
    assert people(reading(copied, own=OWN)) == ["rosa@example.org"]
    internal = MAIL.replace("Rosa <Rosa@Example.org>", "archive@quay.example").replace("Cc: paul@example.org\n", "")
    assert people(reading(internal, own=OWN)) == ["archive@quay.example"]


RECEIVED = MAIL.replace("Quay <desk@quay.example>", "Rosa <rosa@example.org>").replace(
    "To: Rosa <Rosa@Example.org>\nCc: paul@example.org", "To: desk@quay.example"
)


def test_mail_to_an_own_address_is_received() -> None:
    found = reading(RECEIVED, "archive@quay.example", own=OWN)
    assert people(found) == ["rosa@example.org"]
    assert found.items[0].entry.direction == "inbound"


@pytest.mark.parametrize(
    "mark", ["Auto-Submitted: auto-replied\n", "Return-Path: <>\n", "Auto-Submitted: Auto-Replied (x)\n"]
)
def test_automatic_replies_are_received_and_no_bounces(mark: str) -> None:
    found = reading(mark + RECEIVED)
    assert people(found) == ["rosa@example.org"]
    assert (found.items[0].entry.direction, found.events) == ("inbound", ())


def test_what_programs_send_is_sent() -> None:
    assert reading(f"Auto-Submitted: auto-generated\n{MAIL}").items[0].entry.direction == "outbound"
    assert reading(f"Return-Path: <>\n{MAIL}", own=OWN).items[0].entry.direction == "outbound"
    assert reading(null=True).items[0].entry.direction == "inbound"


def test_bounces_and_complaints_are_events() -> None:
    for raw, kind in ((report(PER_MESSAGE, FAILED), "bounced"), (complaint(), "complained")):
        found = reading(raw, "desk@quay.example")
        assert (found.items, found.faults) == ((), ())
        assert [(one.message_id, one.kind) for one in found.events] == [(MESSAGE_ID, kind)]


def test_a_report_without_an_event_is_received_mail() -> None:
    found = reading(report(PER_MESSAGE, FAILED, original=""))
    assert people(found) == ["mailer-daemon@mail.quay.example"]
    assert found.items[0].entry.direction == "inbound"


def test_a_message_without_a_date_has_the_time_of_its_arrival() -> None:
    assert reading(MAIL.replace("Date:", "X-Date:")).items[0].entry.sent_at == ARRIVED
    assert reading(MAIL.replace("09:14:00 +0100", "soon")).items[0].entry.sent_at == ARRIVED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the message is empty"),
        ("\n \r\n", "the message is empty"),
        ("Subject: Hi\n\nHi\n", "no recipient is named"),
        ("To: rosa\n\nHi\n", "no recipient is named"),
        ("To: rosa@example.org (\n\nHi\n", "cannot be read"),
        ("Return-Path: <>\nFrom: a@b.example, c@d.example\n\nHi\n", "From does not name one sender"),
        ("A" * (1 << 20), "header is longer than a MiB"),
    ],
)
def test_what_can_never_be_recorded_says_why_without_personal_data(text: str, words: str) -> None:
    found = reading(text)
    assert (found.items, found.events) == ((), ())
    assert words in found.faults[0]
    assert "rosa" not in found.faults[0]


def test_a_recipient_that_is_no_address_does_not_hold_up_the_others() -> None:
    found = reading(MAIL, "guest@example.org", "nobody", f"{'a' * 330}@example.org")
    assert [item.entry.to for item in found.items] == ["guest@example.org"]
    assert len(found.faults) == 2


CONTENT = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))


@given(CONTENT, st.booleans(), st.lists(st.text(max_size=20), max_size=3))
def test_any_bytes_give_entries_events_or_reasons(raw: bytes, null: bool, recipients: list[str]) -> None:
    for content in (raw, MAIL.encode() + raw, MAIL.encode().replace(b"Subject", raw), b"From x\n" + raw):
        found = reading(content, *recipients, null=null, own=OWN)
        assert found.items or found.events or found.faults
        assert all(1 <= len(item.key) <= 255 and item.entry.model_dump_json() for item in found.items)
        assert len({item.key for item in found.items}) == len(found.items)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer of processor time")
def test_what_takes_long_on_purpose_is_recorded_without_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "_TEXT_SECONDS", 0.1)
    html = MAIL.replace("\n\n", "\nContent-Type: text/html\n\n") + "<!--" * 20_000
    found = reading(html)
    assert people(found) == ["rosa@example.org", "paul@example.org"]
    assert found.items[0].entry.body is None
    assert found.notes == ("its text took too long to be read and is missing",)
    monkeypatch.setattr(incoming, "_MOST_SECONDS", 0.1)
    monkeypatch.setattr(incoming, "_TEXT_SECONDS", 9.0)
    assert reading(MAIL + "x" * 100).items  # what fits is not affected
    assert reading(html).notes or reading(html).faults
