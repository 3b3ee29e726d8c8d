"""Bounces in the forms that mail servers write, with the addresses of nobody."""

from datetime import UTC, datetime

ARRIVED = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
DATED = datetime(2026, 11, 3, 9, 15, 2, tzinfo=UTC)
MESSAGE_ID = "20261103091402.7F1A@mail.quay.example"
ORIGINAL = f"Message-ID: <{MESSAGE_ID}>\nFrom: desk@quay.example\nTo: rosa@example.org\nSubject: Booking Confirmation\n"
PER_MESSAGE = "Reporting-MTA: dns; mail.quay.example\nArrival-Date: Tue, 03 Nov 2026 10:14:02 +0100 (CET)\n"
FAILED = (
    "Final-Recipient: rfc822; rosa@example.org\n"
    "Original-Recipient: rfc822;rosa@example.org\n"
    "Action: failed\n"
    "Status: 5.1.1\n"
    "Remote-MTA: dns; mx.example.org\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <rosa@example.org>: Recipient address\n"
    "    rejected: User unknown\n"
)


def report(*blocks: str, original: str = ORIGINAL, kind: str = "delivery-status", head: str = "") -> bytes:
    """Return a report with these blocks of fields."""
    returned = f"--b\nContent-Type: text/rfc822-headers\n\n{original}\n" if original else ""
    return (
        "From: MAILER-DAEMON@mail.quay.example (Mail Delivery System)\n"
        "To: desk@quay.example\nSubject: Undelivered Mail Returned to Sender\n"
        "Date: Tue, 03 Nov 2026 10:15:02 +0100\nMessage-ID: <bounce-1@mail.quay.example>\n"
        f"Auto-Submitted: auto-replied\nMIME-Version: 1.0\n{head}"
        f'Content-Type: multipart/report; report-type={kind};\n\tboundary="b"\n\n'
        "This is a MIME-encapsulated message.\n\n"
        "--b\nContent-Type: text/plain; charset=us-ascii\n\nI could not deliver it.\n\n"
        f"--b\nContent-Type: message/{kind}\n\n" + "\n".join(blocks) + f"\n{returned}--b--\n"
    ).encode()


def complaint(*fields: str, original: str = ORIGINAL) -> bytes:
    """Return a complaint of RFC 5965 with these fields."""
    lines = ["Feedback-Type: abuse", "User-Agent: SomeGenerator/1.0", "Version: 1", *fields]
    return report("\n".join(lines) + "\n", original=original, kind="feedback-report")
