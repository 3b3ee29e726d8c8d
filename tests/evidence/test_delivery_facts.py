"""The sheet says how far a message came, who asserts it, over what channel, and what stays open."""

from datetime import UTC, datetime
from typing import Any

import pytest

from commlog_tui.contract.delivery import EventChannel, EventReason, Status
from commlog_tui.contract.location import Location
from commlog_tui.evidence.bundle_reader import read_entries
from commlog_tui.evidence.delivery_facts import stage_facts
from commlog_tui.evidence.pdf import Paper
from commlog_tui.evidence.proof_sheet import SheetSubject, render_proof_sheet
from commlog_tui.text.wording import CHANNEL_WORDS
from tests.ledger.bundles import FIRST, MemoryLog
from tests.nasty import NASTY

SUBJECT = SheetSubject(
    "One entry", Location(id="quay", name="Quay Boats", zone="Europe/London"), datetime(2026, 7, 3, tzinfo=UTC)
)


@pytest.fixture
def sheet_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is put on paper, in order."""
    texts: list[str] = []
    shown = Paper.printable_lines

    def heard(self: Paper, text: str) -> list[str]:
        lines = shown(self, text)
        texts.extend(lines)
        return lines

    monkeypatch.setattr(Paper, "printable_lines", heard)
    return texts


def reported(log: MemoryLog, kind: str, public: dict[str, Any], **personal: Any) -> int:
    fields = {"detail": None, "to": None} | personal
    return log.add("event", FIRST, fields, event=kind, at=1_762_160_405_000_000, **public)


def facts_of(log: MemoryLog) -> dict[str, tuple[str, ...]]:
    (detail,) = read_entries(log.bundle((FIRST, tuple(range(1, len(log.rows) + 1)))))
    return dict(stage_facts(detail))


def test_a_sheet_of_both_says_that_a_message_was_sent_again_and_the_first_stays_valid(sheet_texts: list[str]) -> None:
    log = MemoryLog()
    log.entry()
    before = log.bundle((FIRST, (1,)))
    first = render_proof_sheet(before, SUBJECT)
    resend = log.add("resend", None, {"to": "ada@gmail.com", "why": "typo"}, about=FIRST, route="smtp")
    public = {"via": "email", "source": "system", "direction": "outbound", "sent_at": 1_762_160_400_000_000}
    made = log.add("entry", None, {"to": "ada@gmail.com", "title": "Again"}, resend_of=FIRST, **public)
    second = f"7d3a1c9e-5b0f-4a6e-9c61-{made:012d}"
    render_proof_sheet(log.bundle((FIRST, (1, resend)), (second, (made,))), SUBJECT)
    text = "\n".join(sheet_texts)
    assert "to ada@gmail.com, because: typo" in text
    assert "by the mail server" in text
    assert f"entry {FIRST}" in text
    assert render_proof_sheet(before, SUBJECT) == first


@pytest.mark.parametrize("channel", [*EventChannel, None])
def test_who_asserts_the_stage_and_over_what_channel(channel: EventChannel | None, sheet_texts: list[str]) -> None:
    log = MemoryLog()
    log.entry()
    reported(log, "sent", {})
    reported(log, "delivered", {} if channel is None else {"channel": channel.value})
    words = CHANNEL_WORDS[channel.value if channel else "api"]
    assert facts_of(log) == {
        "Stage reached": ("delivered: accepted by the receiving server (nobody can see the inbox)",),
        "Asserted by": (f"mailer, {words}",),
        "Not shown": ("that it reached the inbox rather than a spam folder, and that anybody read it",),
    }
    render_proof_sheet(log.bundle((FIRST, (1, 2, 3))), SUBJECT)
    for text in ("Stage reached", "Asserted by", f"mailer, {words}", "Not shown"):
        assert text in sheet_texts
    assert any(text.startswith("This is not a qualified service") for text in sheet_texts)


def test_a_channel_of_a_newer_version_is_not_taken_for_a_signed_one() -> None:
    log = MemoryLog()
    log.entry()
    reported(log, "bounced", {"channel": "carrier-pigeon"})
    assert facts_of(log)["Asserted by"] == ("mailer, reported on a way that only a newer version knows",)


def test_several_who_assert_it_are_each_named_once() -> None:
    log = MemoryLog()
    log.entry()
    for channel in ("signed-webhook", "import", "signed-webhook"):
        reported(log, "delivered", {"channel": channel})
    assert facts_of(log)["Asserted by"] == (
        "mailer, reported over a signed channel",
        "mailer, imported from the provider's list",
    )


@pytest.mark.parametrize("status", list(Status))
def test_each_stage_says_what_it_does_not_show(status: Status) -> None:
    log = MemoryLog()
    log.entry()
    if status is not Status.LOGGED:
        reported(log, status.value, {})
    facts = facts_of(log)
    assert facts["Stage reached"][0].startswith(f"{status.value}: ")
    assert "newer" not in "".join(facts["Stage reached"] + facts["Not shown"])


def test_nothing_is_claimed_of_what_a_person_noted() -> None:
    manual = {"body": None, "code": None, "customer": None, "reference": None, "title": "Rang", "to": ""}
    log = MemoryLog()
    log.add("entry", None, manual, via="phone", source="manual", direction="inbound", sent_at=1_762_160_400_000_000)
    assert facts_of(log) == {}


def test_a_redacted_entry_keeps_its_stage_and_no_personal_word(sheet_texts: list[str]) -> None:
    log = MemoryLog()
    log.entry()
    reported(log, "bounced", {"channel": "mail"}, detail="550 ada", code="5.1.1 ada", event_id="ada-1")
    log.add("redaction", FIRST, {"reason": "on request"})
    log.forget(1, 2)
    render_proof_sheet(log.bundle((FIRST, (1, 2, 3))), SUBJECT)
    assert "mailer, read from a mail about its delivery" in sheet_texts
    assert not [text for text in sheet_texts if "ada" in text]


@pytest.mark.parametrize("reason", list(EventReason))
def test_a_skipped_message_says_why(reason: EventReason, sheet_texts: list[str]) -> None:
    log = MemoryLog()
    log.entry()
    reported(log, "skipped", {"reason": reason.value})
    render_proof_sheet(log.bundle((FIRST, (1, 2))), SUBJECT)
    assert [text for text in sheet_texts if text.startswith("because ")]


def test_nasty_texts_are_printed_in_every_new_field(caplog: pytest.LogCaptureFixture) -> None:
    log = MemoryLog()
    listed = []
    for text in (text.encode("utf-8", "replace").decode() for text in NASTY.values()):
        short = text[:90] or "x"
        message = {"provider": "twilio", "id": short}
        number = log.entry(message=message, attachments=[{"name": short, "size": 1, "sha256": "0" * 64}])
        entry = f"7d3a1c9e-5b0f-4a6e-9c61-{number:012d}"
        fields = {"detail": None, "to": None, "code": short, "event_id": short}
        event = log.add("event", entry, fields, event="failed", at=1_762_160_405_000_000, channel="import")
        note = log.add("resolution", None, {"note": short}, about=entry)
        listed.append((entry, (number, event, note)))
    pdf = render_proof_sheet(log.bundle(*listed), SUBJECT)
    assert caplog.messages == []
    assert pdf.startswith(b"%PDF-")
