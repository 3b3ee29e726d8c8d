"""What bounces and complaints say, and that nothing is guessed."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.mail.reports import MailEvent, read_report
from tests.mail.bounces import ARRIVED, DATED, FAILED, MESSAGE_ID, ORIGINAL, PER_MESSAGE, complaint, report


def events(raw: bytes) -> tuple[MailEvent, ...]:
    found = read_report(raw, ARRIVED)
    assert found is not None
    return found.events


def event(raw: bytes) -> MailEvent:
    (only,) = events(raw)
    return only


def changed(**fields: str | None) -> str:
    """Return a recipient's block with other values of fields; None leaves a field out."""
    lines = {"Final-Recipient": "rfc822; rosa@example.org", "Action": "failed", "Status": "5.1.1"}
    lines |= {name.replace("_", "-"): value or "" for name, value in fields.items()}
    left_out = {name.replace("_", "-") for name, value in fields.items() if value is None}
    return "".join(f"{name}: {value}\n" for name, value in lines.items() if name not in left_out)


def test_a_bounce() -> None:
    assert event(report(PER_MESSAGE, FAILED)) == MailEvent(
        MESSAGE_ID,
        DeliveryKind.BOUNCED,
        DATED,
        to="rosa@example.org",
        code="5.1.1",
        detail="550 5.1.1 <rosa@example.org>: Recipient address rejected: User unknown",
    )


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", "bounced"),
        ("Failed", "bounced"),
        ("failed (fatal)", "bounced"),
        ("delayed", "deferred"),
        ("delivered", "delivered"),
        ("relayed", "sent"),
        ("expanded", "sent"),
    ],
)
def test_every_action(action: str, kind: str) -> None:
    assert event(report(PER_MESSAGE, changed(Action=action))).kind == kind


@pytest.mark.parametrize("action", [None, "", "bounced", "failure", "faileddelayed", "x-other"])
def test_an_action_that_is_none_is_no_event(action: str | None) -> None:
    assert events(report(PER_MESSAGE, changed(Action=action))) == ()


def test_several_recipients_each_with_a_result_of_its_own() -> None:
    blocks = [
        changed(Final_Recipient="rfc822; a@example.org"),
        changed(Final_Recipient="RFC822;<B@Example.ORG>", Action="delayed", Status="4.4.1"),
        changed(Final_Recipient="rfc822; c@example.org", Action="delivered", Status="2.0.0"),
    ]
    found = events(report(PER_MESSAGE, *blocks))
    assert [(one.to, one.kind, one.code) for one in found] == [
        ("a@example.org", "bounced", "5.1.1"),
        ("b@example.org", "deferred", "4.4.1"),
        ("c@example.org", "delivered", "2.0.0"),
    ]


def test_the_address_that_the_sender_used_comes_before_the_one_it_was_forwarded_to() -> None:
    block = changed(Original_Recipient="rfc822;rosa@example.org", Final_Recipient="rfc822; rr@elsewhere.example")
    assert event(report(PER_MESSAGE, block)).to == "rosa@example.org"


@pytest.mark.parametrize(
    ("original", "final", "to"),
    [
        ("utf-8; ros\u00e1@ex\u00e4mple.org", "rfc822; x@example.org", "ros\u00e1@ex\u00e4mple.org"),
        (r"utf-8; ros\x{E1}@ex\x{e4}mple.org", "rfc822; x@example.org", "ros\u00e1@ex\u00e4mple.org"),
        (r"utf-8;\x{1F6A4}boat@example.org", "rfc822; x@example.org", "\U0001f6a4boat@example.org"),
        (r"utf-8; \x{D800}@example.org", "rfc822; x@example.org", "x@example.org"),
        (r"utf-8; \x{FFFFFF}@example.org", "rfc822; x@example.org", "x@example.org"),
        ("rfc822; rosa", "rfc822; rosa@mail.example.org", "rosa@mail.example.org"),
        ("x400; /C=GB/S=Ruiz", "rfc822; rosa@example.org", "rosa@example.org"),
        ("rosa@example.org", "rfc822; rosa@mail.example.org", "rosa@mail.example.org"),
        ("rfc822; a@example.org, b@example.org", "x400; /C=GB", None),
        (f"rfc822; {'a' * 330}@example.org", "", None),
    ],
)
def test_recipients_of_every_type(original: str, final: str, to: str | None) -> None:
    block = changed(Original_Recipient=original, Final_Recipient=final)
    assert event(report(PER_MESSAGE, block, kind="global-delivery-status")).to == to


@pytest.mark.parametrize(
    ("status", "diagnostic", "code"),
    [
        ("5.1.1", "smtp; 550 5.7.1 no", "5.1.1"),
        ("5.1.1 (bad destination mailbox address)", "", "5.1.1"),
        ("5.0.0", "smtp; 550-5.1.1 The account does not exist", "5.1.1"),
        ("5.0.0", "smtp; 450 4.2.2 full", "5.0.0"),
        ("5.0.0", "smtp; said: 550 5.1.1", "5.0.0"),
        ("", "smtp; 550 5.1.1 no", "5.1.1"),
        ("", "smtp; 550 mailbox unavailable", None),
        ("", "x-unix; 5.1.1", None),
        ("five", "", None),
        ("3.1.1", "", None),
        ("5.1.1.1", "", None),
    ],
)
def test_the_code_is_the_enhanced_status_and_never_a_guess(status: str, diagnostic: str, code: str | None) -> None:
    assert event(report(PER_MESSAGE, changed(Status=status, Diagnostic_Code=diagnostic))).code == code


def test_words_that_are_no_smtp_reply_stay_whole_and_long_ones_are_cut() -> None:
    assert (
        event(report(PER_MESSAGE, changed(Diagnostic_Code="x-unix; no space left"))).detail == "x-unix; no space left"
    )
    assert len(event(report(PER_MESSAGE, changed(Diagnostic_Code="smtp; " + "x" * 5000))).detail or "") == 2000
    assert event(report(PER_MESSAGE, changed())).detail is None


def test_the_time_is_that_of_the_last_attempt_then_of_the_report_then_of_its_arrival() -> None:
    attempted = changed(Last_Attempt_Date="Tue, 03 Nov 2026 10:00:00 +0100")
    assert event(report(PER_MESSAGE, attempted)).at == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    assert event(report(PER_MESSAGE, changed(Last_Attempt_Date="yesterday"))).at == DATED
    undated = report(PER_MESSAGE, FAILED).replace(b"\nDate: ", b"\nX-Date: ")
    assert event(undated).at == ARRIVED
    received = b"Received: from a by b; Tue, 03 Nov 2026 10:15:02 +0100\n" + undated
    assert event(received).at == DATED


@pytest.mark.parametrize("kind", ["message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"])
@pytest.mark.parametrize("break_", [b"\n", b"\r\n"])
def test_the_original_as_a_message_or_as_its_header(kind: str, break_: bytes) -> None:
    raw = report(PER_MESSAGE, FAILED).replace(b"text/rfc822-headers", kind.encode()).replace(b"\n", break_)
    assert event(raw).message_id == MESSAGE_ID


def test_sections_in_a_transfer_encoding() -> None:
    message = EmailMessage()
    message.set_content("It came back.")
    for kind, text in (("text/x-status", f"{PER_MESSAGE}\n{FAILED}"), ("text/x-headers", ORIGINAL)):
        message.add_attachment(text.encode(), *kind.split("/"), cte="base64")
    raw = message.as_bytes().replace(b"multipart/mixed", b"multipart/report")
    raw = raw.replace(b"text/x-status", b"message/global-delivery-status")
    found = event(raw.replace(b"text/x-headers", b"message/global-headers"))
    assert (found.message_id, found.to, found.code) == (MESSAGE_ID, "rosa@example.org", "5.1.1")
    quoted = report(PER_MESSAGE, FAILED.replace("@", "=40")).replace(
        b"message/delivery-status\n", b"message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n"
    )
    assert event(quoted).to == "rosa@example.org"


def test_a_resent_message_is_known_by_the_id_it_was_resent_with() -> None:
    original = f"Resent-To: rosa@example.org\nResent-Message-ID: <2@quay.example>\n{ORIGINAL}"
    assert event(report(PER_MESSAGE, FAILED, original=original)).message_id == "2@quay.example"


@pytest.mark.parametrize(
    ("head", "message_id"),
    [
        ("In-Reply-To: <1@quay.example>\n", "1@quay.example"),
        ("References: <1@quay.example>\n", "1@quay.example"),
        ("References: <0@example.org> <1@quay.example>\n", None),
        ("X-Failed-Recipients: rosa@example.org\n", None),
    ],
)
def test_without_the_original_only_a_single_answered_message_is_certain(head: str, message_id: str | None) -> None:
    found = events(report(PER_MESSAGE, FAILED, original="", head=head))
    assert [one.message_id for one in found] == ([message_id] if message_id else [])


@pytest.mark.parametrize("original", ["", "Subject: no id\n", "Message-ID: none\n", "Message-ID: <\x01@x>\n"])
def test_a_bounce_of_an_unknown_message_is_no_event(original: str) -> None:
    assert events(report(PER_MESSAGE, FAILED, original=original)) == ()


def test_missing_parts() -> None:
    assert event(report(FAILED)).code == "5.1.1"
    assert events(report(PER_MESSAGE)) == ()
    cut = report(PER_MESSAGE, FAILED)
    assert events(cut[: cut.index(b"Status: ")]) == ()
    assert event(cut.replace(b"\n--b--\n", b"")).message_id == MESSAGE_ID
    assert event(report(PER_MESSAGE, FAILED + FAILED.replace("Final-", "X-").replace("Action", "X"))).code == "5.1.1"


def test_recipients_that_share_a_block_are_not_told_apart() -> None:
    assert events(report(PER_MESSAGE, FAILED + FAILED.replace("rosa", "paul"))) == ()


NOTICE = b"From: MAILER-DAEMON@x.example\nTo: desk@quay.example\nSubject: Undelivered Mail Returned to Sender\n"


@pytest.mark.parametrize(
    "raw",
    [
        NOTICE + b"\n550 5.1.1 <rosa@example.org>: User unknown\n\nMessage-ID: <1@quay.example>\n",
        NOTICE + b"X-Failed-Recipients: rosa@example.org\n\nA message that you sent could not be delivered.\n",
        b"From: rosa@example.org\nAuto-Submitted: auto-replied\nIn-Reply-To: <1@q.example>\nSubject: Away\n\nAway.\n",
        b"From: rosa@example.org\nX-Autoreply: yes\nPrecedence: bulk\nReferences: <1@q.example>\n\nOn vacation.\n",
        report(PER_MESSAGE, FAILED).replace(b"multipart/report", b"multipart/mixed"),
        report(PER_MESSAGE, FAILED).replace(b"message/delivery-status", b"text/plain"),
        report("Disposition: automatic-action/MDN-sent-automatically; displayed\n", kind="disposition-notification"),
        b"",
        b"\n",
    ],
)
def test_free_text_replies_and_forwarded_reports_are_no_reports(raw: bytes) -> None:
    assert read_report(raw, ARRIVED) is None


def test_a_complaint() -> None:
    assert event(complaint("Original-Rcpt-To: <rosa@example.org>")) == MailEvent(
        MESSAGE_ID, DeliveryKind.COMPLAINED, DATED, to="rosa@example.org", code="abuse", detail="SomeGenerator/1.0"
    )
    assert event(complaint()).to is None
    two = events(complaint("Original-Rcpt-To: a@example.org", "Original-Rcpt-To: b@example.org"))
    assert [one.to for one in two] == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus", "other", "dmarc", "", "abusive"])
def test_other_feedback_is_no_complaint(kind: str) -> None:
    assert events(complaint().replace(b"Feedback-Type: abuse", f"Feedback-Type: {kind}".encode())) == ()


def test_a_repeated_block_is_one_event() -> None:
    assert len(events(report(PER_MESSAGE, FAILED, FAILED))) == 1


LOCAL = st.text("abcdefghijklmnopqrstuvwxyz0123456789+-_", min_size=1, max_size=20)
RESULTS = st.tuples(
    LOCAL, st.sampled_from(["failed", "delayed", "delivered"]), st.integers(0, 999), st.integers(0, 999)
)


@given(st.lists(RESULTS, max_size=8, unique_by=lambda one: one[0]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_whatever_is_reported_is_read_back(results: list[tuple[str, str, int, int]], end: str, folded: bool) -> None:
    fold = "\n\t" if folded else " "
    blocks = [
        changed(Final_Recipient=f"rfc822;{fold}{name}@example.org", Action=action, Status=f"5.{subject}.{detail}")
        for name, action, subject, detail in results
    ]
    found = events(report(PER_MESSAGE, *blocks).replace(b"\n", end.encode()))
    kinds = {"failed": "bounced", "delayed": "deferred", "delivered": "delivered"}
    assert [(one.to, one.kind, one.code) for one in found] == [
        (f"{name}@example.org", kinds[action], f"5.{subject}.{detail}") for name, action, subject, detail in results
    ]


PIECES = [
    b"\n", b"\r\n", b"\n\n", b"--b\n", b"--b--\n", b"Content-Type: message/delivery-status\n",
    b"Content-Type: multipart/report; boundary=b\n",
    b"Content-Type: multipart/report; boundary*0=b; boundary*1*=%ff''\n", b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n", b"Content-Type: message/rfc822\n",
    b"Content-Type: message/feedback-report\n", b"Feedback-Type: abuse\n", b"Original-Rcpt-To: a@b\n",
    b"Final-Recipient: rfc822; a@b\n", b"Final-Recipient: utf-8; \\x{FFFFFF}@b\n", b"Action: failed\n",
    b"Status: 5.1.1\n", b"Diagnostic-Code: smtp; 550 5.1.1\n", b"Message-ID: <a@b>\n",
    b"Date: Tue, 03 Nov 2026 10:15:02 +0100\n", b"\x00", b"\xff", b"=?utf-8?B?", b" ", b"\t", b":", b";", b"(",
]  # fmt: skip


@given(st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(PIECES), max_size=50).map(b"".join)))
def test_any_bytes_in_any_section_are_read_without_a_fault(raw: bytes) -> None:
    inside = report(PER_MESSAGE, FAILED)
    for content in (raw, inside + raw, inside.replace(b"Status: 5.1.1\n", raw), inside.replace(ORIGINAL.encode(), raw)):
        found = read_report(content, ARRIVED)
        for one in found.events if found else ():
            assert one.message_id
            assert one.message_id.isprintable()
            assert "".join((one.to or "", one.code or "", one.detail or "")).encode()
            assert len(one.detail or "") <= 2000
            assert len(one.to or "") <= 320
