from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.contract.delivery import Status
from commlog_tui.expectations.facts import Event, Message
from commlog_tui.expectations.sentence import what_to_say
from tests.expectations.bookings import LONDON, at, message
from tests.nasty import NASTY

VIAS = ("email", "sms", "whatsapp", "phone", "in-person", "pigeon")
LEFT = "Your confirmation left us on 3 Nov 2026 at 14:02 GMT"
REF = "(reference 0fb3c2d1)"


def sent(status: str, via: str = "email", **event: str | None) -> Message:
    """Return a message that left at 14:02 and has its status since 14:02:09."""
    events = () if status == "logged" else (Event(status, at(14, 2, 9), **event),)
    one = message("confirmation", status, at(14, 1), via=via, id="0fb3c2d1-1111-4111-8111-111111111111")
    return replace(one, events=(Event("sent", at(14, 2)), *events) if status != "sent" else (Event("sent", at(14, 2)),))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            sent("delivered"),
            (
                f"{LEFT} and your mail server took it over at 14:02:09 {REF}. We cannot see your inbox; please look "
                "into the spam folder."
            ),
        ),
        (
            sent("delivered", "sms"),
            (
                f"{LEFT} and the phone network reported it as delivered at 14:02:09 {REF}. We cannot see your phone; "
                "please look through your messages, also those of unknown senders."
            ),
        ),
        (
            sent("delivered", "pigeon"),
            f"{LEFT} and it was reported as delivered at 14:02:09 {REF}. We cannot see whether it has reached you.",
        ),
        (
            sent("sent"),
            f"{LEFT} {REF}. We have no report yet from your mail server, so we cannot say whether it arrived.",
        ),
        (
            sent("deferred", code="4.2.2"),
            f"{LEFT}, but your mail server put it off at 14:02:09: the mailbox is full {REF}. It will be tried again.",
        ),
        (
            sent("bounced", code="5.1.1"),
            (
                f"{LEFT}, but your mail server sent it back at 14:02:09: the mailbox does not exist {REF}. May we "
                "check your e-mail address?"
            ),
        ),
        (
            sent("rejected", "sms"),
            (
                "Your confirmation was refused on 3 Nov 2026 at 14:02 GMT before it reached you: no reason was "
                f"reported {REF}. May we check your number?"
            ),
        ),
        (
            sent("failed", "in-person"),
            (
                "Your confirmation could not be delivered; that was reported on 3 Nov 2026 at 14:02 GMT: no reason was "
                f"reported {REF}. May we check your contact details?"
            ),
        ),
        (
            sent("complained"),
            (
                f"Your confirmation was reported as spam on 3 Nov 2026 at 14:02 GMT {REF}. Please look into the spam "
                "folder; if it was reported by mistake, mark it as no spam."
            ),
        ),
        (
            sent("skipped", reason="no-address"),
            f"Your confirmation was not sent; that was decided on 3 Nov 2026 at 14:02 GMT: no e-mail address {REF}.",
        ),
        (
            sent("canceled", detail="by the office"),
            f"Your confirmation was canceled on 3 Nov 2026 at 14:02 GMT, before it was sent: by the office {REF}.",
        ),
        (
            replace(sent("logged"), events=()),
            (
                f"Your confirmation is recorded as sent on 3 Nov 2026 at 14:01 GMT {REF}. We have no report of its "
                "delivery."
            ),
        ),
    ],
)
def test_what_to_say(one: Message, words: str) -> None:
    assert what_to_say(one, LONDON) == words


CLAIMS = {"took it over", "as delivered", "as connected"}
"""What nobody may say unless it was reported."""


@pytest.mark.parametrize("via", VIAS)
@pytest.mark.parametrize("status", [*(status.value for status in Status), "a-newer-word"])
def test_every_status_on_every_channel_says_something_and_claims_no_delivery_without_a_report(
    status: str, via: str
) -> None:
    words = what_to_say(sent(status, via), LONDON)
    assert words.startswith("Your confirmation ")
    assert words.endswith((".", "?"))
    assert "reference 0fb3c2d1" in words
    assert "None" not in words
    assert any(claim in words for claim in CLAIMS) == (status == "delivered")
    assert ("left us" in words) <= (status in {"delivered", "sent", "deferred", "bounced"})
    mail_only = {"inbox", "mail server", "e-mail"}
    assert via == "email" or not any(word in words for word in mail_only)


@pytest.mark.parametrize("status", [status.value for status in Status])
def test_a_status_whose_event_is_missing_still_gives_a_sentence(status: str) -> None:
    words = what_to_say(replace(sent(status), events=()), LONDON)
    assert "None" not in words
    assert "  " not in words


def test_an_opened_message_is_not_said_to_be_read() -> None:
    one = sent("delivered")
    opened = replace(one, events=(*one.events, Event("opened", at(15))))
    assert what_to_say(opened, LONDON) == what_to_say(one, LONDON)


def test_a_delivery_on_another_day_or_after_a_change_of_the_clocks_names_both() -> None:
    one = sent("delivered")
    later = replace(one, events=(Event("sent", at(23, 59)), Event("delivered", at(0, 0, 5, day=4))))
    assert "left us on 3 Nov 2026 at 23:59 GMT and your mail server took it over on 4 Nov 2026 at 00:00:05 GMT" in (
        what_to_say(later, LONDON)
    )
    first = at(0, 30).replace(month=10, day=25)
    changed = replace(one, events=(Event("sent", first), Event("delivered", first.replace(hour=1))))
    assert "at 01:30 BST and your mail server took it over on 25 Oct 2026 at 01:30:00 GMT" in what_to_say(
        changed, LONDON
    )


def test_times_are_those_of_the_location() -> None:
    assert "on 4 Nov 2026 at 00:32 UTC+10:30" not in what_to_say(sent("sent"), LONDON)
    assert "on 4 Nov 2026 at 01:02 UTC+11" in what_to_say(sent("sent"), ZoneInfo("Australia/Lord_Howe"))


def test_messages_without_a_kind_are_named_by_channel_and_title() -> None:
    assert what_to_say(replace(sent("sent"), kind=None, title="Your boat"), LONDON).startswith(
        'Our e-mail "Your boat" left us'
    )


def test_what_is_written_by_hand_is_a_note() -> None:
    rang = replace(sent("logged", "phone"), source="manual", direction="inbound", title="Asked for a refund")
    assert what_to_say(rang, LONDON) == (
        'We have a note that you contacted us by phone on 3 Nov 2026 at 14:01 GMT: "Asked for a refund" '
        "(reference 0fb3c2d1)."
    )
    came = replace(rang, via="in-person", direction="outbound")
    assert "we contacted you in person" in what_to_say(came, LONDON)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_hostile_texts_are_safe_to_paste(text: str) -> None:
    for status in ("sent", "failed", "deferred", "logged"):
        one = replace(
            sent(status, text, detail=text) if status != "sent" else sent(status, text), kind=None, title=text
        )
        words = what_to_say(one, LONDON)
        assert not {"\n", "\x1b", "\u202e", "\u200b"} & set(words)
