"""What events mean: the provider's code and words translated, and what to do."""

from typing import Any

import pytest

from commlog_tui.contract.delivery import DeliveryKind, EventReason
from commlog_tui.contract.entry import EntryDetail
from commlog_tui.expectations.meanings import meanings_of
from commlog_tui.text.details import detail_lines
from tests.desk.samples import LONDON, NOW, a_detail, an_entry
from tests.nasty import NASTY, is_harmless
from tests.text.test_details import an_event, text_of


def detail_of(*events: dict[str, Any], provider: str | None = None, **fields: Any) -> EntryDetail:
    message: dict[str, Any] = {"message": {"provider": provider, "id": "m-1"}} if provider else {}
    return a_detail(an_entry(**message, **fields), events=events)


def said(detail: EntryDetail, *, raw: bool = False) -> str:
    return text_of(detail_lines(detail, LONDON, NOW, 200, meanings=meanings_of(detail), raw=raw))


@pytest.mark.parametrize(
    ("provider", "via", "code", "words", "sentence"),
    [
        ("sendgrid", "email", "5.1.1", "550 5.1.1 user unknown", "The mailbox does not exist (code 5.1.1)"),
        ("twilio", "sms", "30003", None, "The phone is off or out of reach (code 30003)"),
        ("twilio", "sms", "30006", None, "The number is a landline (code 30006)"),
        ("mail", "email", None, "552 5.2.2 mailbox full", "The mailbox is full"),
    ],
)
def test_a_known_cause_is_said_with_what_to_do(
    provider: str, via: str, code: str | None, words: str | None, sentence: str
) -> None:
    detail = detail_of(an_event(1, "bounced", code=code, detail=words), provider=provider, via=via, status="bounced")
    shown = said(detail)
    assert f"  {sentence}" in shown.splitlines()
    assert f"Why     {sentence.partition(' (')[0]}" in shown
    assert meanings_of(detail)[detail.events[0].id].advice in shown
    assert "To do" in shown
    assert not words or words not in shown
    assert not words or words in said(detail, raw=True)


def test_an_unknown_cause_shows_the_providers_words_and_guesses_nothing() -> None:
    detail = detail_of(an_event(1, "failed", code="99999", detail="gremlins"), provider="twilio", status="failed")
    shown = said(detail)
    assert "  code 99999" in shown
    assert "  gremlins" in shown
    assert "Why" not in shown
    assert "To do   Check the address or number with the guest" in shown


def test_the_event_that_decides_the_status_says_why_not_an_earlier_one() -> None:
    earlier = an_event(1, "deferred", detail="452 4.2.2 mailbox full")
    detail = detail_of(earlier, an_event(2, "delivered"), via="email", status="delivered")
    shown = said(detail)
    assert "Why" not in shown
    assert "To do" not in shown
    assert "  The mailbox is full" in shown


@pytest.mark.parametrize("reason", list(EventReason))
@pytest.mark.parametrize("kind", ["skipped", "canceled"])
def test_why_nothing_was_sent_is_said_in_words(reason: EventReason, kind: str) -> None:
    shown = said(detail_of(an_event(1, kind, reason=reason.value), status=kind, via="email"))
    assert "Why     " in shown
    assert "To do   " in shown
    assert reason.value not in shown or "-" not in reason.value


def test_a_reason_of_a_newer_version_is_shown_as_it_is() -> None:
    assert "Moon phase" in said(detail_of(an_event(1, "skipped", reason="moon-phase"), status="skipped"))


@pytest.mark.parametrize("raw", [False, True])
def test_an_unsigned_channel_is_always_named(raw: bool) -> None:
    unsigned = detail_of(an_event(1, "delivered", channel="unsigned-webhook"))
    assert said(unsigned, raw=raw).count("reported over an unsigned channel") == 1
    signed = detail_of(an_event(1, "delivered", channel="signed-webhook", event_id="ev-7"))
    assert "unsigned" not in said(signed, raw=raw)
    assert ("reported over a signed channel" in said(signed, raw=raw)) is raw
    assert ("its id there: ev-7" in said(signed, raw=raw)) is raw


@pytest.mark.parametrize("kind", list(DeliveryKind))
@pytest.mark.parametrize("text", NASTY)
def test_whatever_a_provider_writes_is_harmless(kind: DeliveryKind, text: str) -> None:
    detail = detail_of(an_event(1, kind.value), provider="mail", status="bounced", via="email")
    event = detail.events[0].model_copy(
        update={"detail": text, "code": text, "event_id": text, "to": text, "actor": text}
    )
    nasty = detail.model_copy(update={"events": (event,)})
    for raw in (False, True):
        for line in detail_lines(nasty, LONDON, NOW, 40, meanings=meanings_of(nasty), raw=raw):
            assert is_harmless(line.text)


def test_what_sms_reports_is_not_said_in_words_of_mail() -> None:
    shown = said(detail_of(an_event(1, "delivered"), an_event(2, "opened"), via="sms"))
    assert "delivered to the phone" in shown
    assert "server" not in shown
    assert "picture" not in shown


def test_kind_start_audience_and_attachments_are_shown_and_the_message_id_with_the_raw_words() -> None:
    file = {"name": "invoice.pdf", "size": 12_345, "sha256": "ab" * 32}
    entry = {"kind": "refund", "starts_at": NOW, "audience": "staff", "attachments": [file]}
    detail = detail_of(provider="twilio", **entry)
    for words in ("Kind    refund", "Starts  Tue 3 Nov 2026 09:14:05 GMT", "For     staff", "invoice.pdf, 12.3 kB"):
        assert words in said(detail)
    assert "m-1" not in said(detail)
    assert "Message twilio m-1" in said(detail, raw=True)
    assert "SHA-256 abab" in said(detail, raw=True)


def test_who_ticked_it_off_is_said() -> None:
    resolution = {"id": an_event(9, "sent")["id"], "seq": 30, "actor": "Ann", "recorded_at": NOW, "note": "Rang her"}
    detail = a_detail(an_entry(), resolutions=[resolution])
    assert "Ticked off Tue 3 Nov 2026 09:14:05 GMT by Ann\n  Rang her" in said(detail)
