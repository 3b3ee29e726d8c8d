from datetime import timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.text.details import Line, detail_lines, entry_lines
from commlog_tui.text.wording import EVENT_WORDS
from tests.desk.samples import LONDON, NOW, REFERENCE, a_detail, an_entry, an_id, nasty_entry
from tests.nasty import NASTY, is_harmless


def text_of(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


def an_event(number: int, kind: str, **fields: Any) -> dict[str, Any]:
    given = {"id": an_id(100 + number), "seq": 10 + number, "kind": kind, "at": NOW + timedelta(minutes=number)}
    return {**given, "detail": None, "to": None, "actor": "provider", "recorded_at": NOW, **fields}


def a_correction(number: int, changes: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    recorded = NOW + timedelta(hours=number)
    return {
        "id": an_id(200 + number),
        "seq": 20 + number,
        "changes": changes,
        "reason": reason,
        "actor": "Ann",
        "recorded_at": recorded,
    }


def test_every_field_is_told() -> None:
    entry = an_entry(code="TIDE42", body="Bring a coat.\nAnd a hat.")
    text = text_of(entry_lines(entry, LONDON, NOW, 80))
    for words in (
        "Booking Reminder 1",
        "07700 900123",
        "sms, outbound",
        "Tue 3 Nov 2026 08:14:05 GMT (1 hour ago)",
        "2026-11-03 08:14:05 UTC",
        "delivered",
        "Zoë Quay, c-1, zoe@example.com",
        "TIDE42",
        REFERENCE,
        "workflow, by booking system",
        entry.id,
        "Bring a coat.\nAnd a hat.",
    ):
        assert words in text


def test_the_receipt_is_told() -> None:
    text = text_of(detail_lines(a_detail(an_entry(7)), LONDON, NOW, 80))
    assert "no. 7, recorded Tue 3 Nov 2026 09:14:05 GMT" in text
    assert "ab" * 32 in text


def test_a_call_with_nobody_named_says_so() -> None:
    entry = an_entry(to="", direction="inbound", via="in-person", customer=None)
    assert "With    nobody named" in text_of(entry_lines(entry, LONDON, NOW, 80))


def test_events_come_in_order_and_promise_nothing() -> None:
    events = [
        an_event(1, "sent"),
        an_event(2, "deferred", detail="451 try later"),
        an_event(3, "delivered", to="b@example.com"),
    ]
    lines = [line.text for line in detail_lines(a_detail(an_entry(via="email"), events=events), LONDON, NOW, 120)]
    assert lines[lines.index("What became of it") + 1 :][:8] == [
        "3 Nov 09:15:05 GMT  sent",
        "  handed to the provider",
        "3 Nov 09:16:05 GMT  deferred",
        "  put off by the receiving server, will be tried again",
        "  451 try later",
        "3 Nov 09:17:05 GMT  delivered",
        "  accepted by the receiving server (nobody can see the inbox)",
        "  to b@example.com",
    ]


def test_there_are_words_for_everything_a_provider_can_report() -> None:
    assert set(EVENT_WORDS) == {kind.value for kind in DeliveryKind}


def test_corrections_say_who_when_what_and_what_it_said_before() -> None:
    original = an_entry(title="Called about a boat", body="Wants two", to="", source="manual", customer=None)
    entry = original.model_copy(
        update={"title": "Called about a canoe", "body": None, "to": "07700 900124", "corrected": True}
    )
    corrections = [
        a_correction(1, {"title": "Called about a kayak", "to": "07700 900124"}, "misheard"),
        a_correction(2, {"title": "Called about a canoe", "body": None, "customer": {"id": "c-7", "name": "Ada"}}),
        a_correction(3, {"sent_at": "2026-11-02T17:30:00Z", "direction": "inbound"}),
    ]
    detail = a_detail(entry, original=original, corrections=corrections)
    lines = [line.text for line in detail_lines(detail, LONDON, NOW, 80)]
    answer = lines[lines.index("As first recorded") : lines.index("Receipt")]
    assert answer == [
        "As first recorded",
        "  To: nothing",
        "  Title: Called about a boat",
        "  Who: nothing",
        "  Direction: outbound",
        "  When: Tue 3 Nov 2026 08:14:05 GMT",
        "  Notes: Wants two",
        "",
        "Corrected Tue 3 Nov 2026 10:14:05 GMT by Ann",
        "  To: 07700 900124",
        "  Title: Called about a kayak",
        "  because misheard",
        "",
        "Corrected Tue 3 Nov 2026 11:14:05 GMT by Ann",
        "  Title: Called about a canoe",
        "  Who: Ada",
        "  Notes: nothing",
        "",
        "Corrected Tue 3 Nov 2026 12:14:05 GMT by Ann",
        "  Direction: inbound",
        "  When: Mon 2 Nov 2026 17:30:00 GMT",
        "",
    ]


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("width", [24, 41, 120])
def test_nasty_text_is_shown_safe_and_within_the_width(name: str, width: int) -> None:
    text = NASTY[name]
    entry = nasty_entry(1, text)
    detail = a_detail(an_entry(), events=[an_event(1, "bounced")], corrections=[a_correction(1, {"title": "x"})])
    event = detail.events[0].model_copy(update={"detail": text, "to": text})
    correction = detail.corrections[0].model_copy(update={"reason": text, "actor": text})
    nasty = detail.model_copy(
        update={"entry": entry, "original": entry, "events": (event,), "corrections": (correction,)}
    )
    for line in detail_lines(nasty, LONDON, NOW, width):
        assert is_harmless(line.text)
        assert cell_len(line.text) <= width


@pytest.mark.parametrize("width", range(37, 60))
def test_a_uuid_or_an_address_is_whole_on_one_line_where_there_is_room(width: int) -> None:
    address = "somebody.with.a.name@bookings.example"
    customer = {"id": REFERENCE, "name": "Zoë", "addresses": [address], "numbers": ["07700 900123"]}
    entry = an_entry(1, to=address, customer=customer)
    lines = [line.text for line in detail_lines(a_detail(entry), LONDON, NOW, width)]
    assert max(map(len, lines)) <= width
    for whole in (entry.id, REFERENCE, address, f"{REFERENCE},"):
        assert any(whole in line for line in lines), whole
    assert sum(REFERENCE in line for line in lines) == 2
