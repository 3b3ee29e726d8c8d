from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.contract.delivery import EventReason
from commlog_tui.expectations.booking import checklist
from commlog_tui.expectations.facts import Resolution, Run
from commlog_tui.expectations.line_words import checklist_words
from commlog_tui.expectations.wording import REASON_ADVICE, REASON_WORDS, kind_words, reason_words, when
from tests.expectations.bookings import CONFIRMATION, LONDON, NOW, REMINDER, SURVEY, at, booking, message
from tests.nasty import NASTY

STARTS = at(9, day=5)


def words(one: object, *rules: object) -> list[str]:
    found = checklist(one, rules, NOW, LONDON)  # type: ignore[arg-type] # a booking and rules
    return list(checklist_words(found, LONDON, NOW))


def test_the_words_of_the_issue() -> None:
    one = booking(
        message("confirmation", "delivered", at(14, 2), starts_at=STARTS),
        message("survey", "skipped", at(14, 3), reason="no-address"),
        message("refund", "bounced", at(14, 4), detail="550 5.1.1 User unknown"),
    )
    assert words(one, CONFIRMATION, REMINDER, SURVEY) == [
        "Confirmation delivered 14:02",
        "Survey skipped: no e-mail address",
        "Refund notice bounced: the mailbox does not exist",
        "Reminder due tomorrow 09:00",
    ]


def test_each_state_has_its_words() -> None:
    done = Resolution("Ann", at(15), "called", entry="b")
    one = booking(
        message("offer", "sent", at(10, day=1)),
        message("change", "deferred", at(11), code="4.2.2"),
        message("receipt", "complained", at(11, 1)),
        message(None, "logged", at(11, 2), title="Parking"),
        message("waiver", "scheduled", at(11, 3)),
        message("review", "queued", at(18)),
        message("invoice", "failed", at(11, 4), id="b"),
        message("payment", "canceled", at(11, 5), detail="changed his mind"),
        message(None, "logged", at(11, 6), source="manual", title="Rang", via="phone"),
        runs=(
            Run("f", "Surveys", "failed", at(12), at(12), error="timed out"),
            Run("p", "Offers", "paused", at(12, 1), at(12)),
            Run("c", "Reminders", "completed", at(12, 2), at(12)),
        ),
        resolutions=(done,),
    )
    found = words(one, CONFIRMATION, REMINDER)
    assert found == [
        "Offer sent 1 Nov 10:00, no delivery report",
        "Confirmation overdue since 1 Nov 10:10",
        "Change notice put off 11:00 by the receiving server, to be tried again: the mailbox is full",
        "Receipt delivered, then complained 11:01: marked as spam by the recipient",
        "Parking recorded as sent 11:02, no delivery report",
        "Waiver scheduled 11:03, not sent yet",
        "Invoice failed: no reason was reported · ticked off by Ann 15:00: called",
        "Payment notice canceled: changed his mind",
        "Rang 11:06, recorded by hand (phone)",
        "Workflow Surveys failed 12:00: timed out",
        "Workflow Offers paused 12:01",
        "Review request queued for 18:00",
        "Reminder unknown: the booking's start is not on record",
    ]


def test_a_late_message_and_a_later_success_say_so() -> None:
    one = booking(
        message("offer", "delivered", at(10)),
        message("confirmation", "failed", at(12), code="30003", provider="twilio", via="sms"),
        message("confirmation", "delivered", at(13), via="email"),
    )
    assert words(one, CONFIRMATION)[1:] == [
        "Confirmation by sms failed: the phone is off or out of reach · delivered by a later message 13:00",
        "Confirmation by email delivered 13:00, late (due 10:10)",
    ]


def test_overdue_although_scheduled() -> None:
    one = booking(message("offer", "delivered", at(10)), message("confirmation", "scheduled", at(10, 1)))
    assert words(one, CONFIRMATION)[1] == "Confirmation overdue since 10:10, scheduled and not sent"


def test_days_are_named_as_people_name_them() -> None:
    assert [when(each, LONDON, NOW) for each in (at(9), at(9, day=2), at(9, day=4), at(9, day=6))] == [
        "09:00",
        "yesterday 09:00",
        "tomorrow 09:00",
        "6 Nov 09:00",
    ]
    assert when(at(9).replace(year=2025), LONDON, NOW) == "3 Nov 2025 09:00"


def test_every_reason_of_the_contract_has_words_and_advice() -> None:
    assert set(REASON_WORDS) == set(REASON_ADVICE) == set(EventReason)
    assert reason_words("no-address", "sms") == "no mobile number"
    assert reason_words("no-address", "pigeon") == "no address for this channel"
    assert reason_words("a-newer-one") == "a newer one"


def test_kinds_in_words() -> None:
    assert [kind_words(kind) for kind in ("refund", "no-show", "boat-check-list", "-")] == [
        "Refund notice",
        "No-show notice",
        "Boat check list",
        "Message",
    ]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_hostile_texts_stay_on_their_line(text: str) -> None:
    one = booking(
        message(None, "failed", at(10), title=text, detail=text, to=text, id="a"),
        runs=(Run("f", text, "failed", at(12), at(12), error=text, step=text),),
        resolutions=(Resolution(text, at(15), text, entry="a"),),
    )
    for line in words(one):
        assert "\n" not in line
        assert "\x1b" not in line
        assert "\u202e" not in line
    assert replace(one, code=text).code == text


def test_a_time_that_the_clocks_repeat_names_the_zone() -> None:
    now, zone = datetime(2026, 11, 1, 12, tzinfo=UTC), ZoneInfo("Europe/London")
    first, second = datetime(2026, 10, 25, 0, 40, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert [when(one, zone, now) for one in (first, second)] == ["25 Oct 01:40 BST", "25 Oct 01:30 GMT"]
    for around in (datetime(2026, 10, 24, 23, 59, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)):
        assert not when(around, zone, now).endswith(("BST", "GMT"))
    in_spring = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert when(in_spring, zone, now) == "29 Mar 02:00"
