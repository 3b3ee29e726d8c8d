"""What to say: what is known of a message, as something to read out on the phone or to paste.

It claims no more than the events do: a server's acceptance is not an inbox, and silence is not
delivery.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.expectations.facts import Message
from commlog_tui.expectations.reasons import message_reason
from commlog_tui.expectations.wording import kind_words
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import MONTHS, zone_name

_SHORT_ID: Final = 8
_NAMES: Final[Mapping[str, str]] = {"sms": "SMS", "whatsapp": "WhatsApp", "email": "e-mail", "in-person": "meeting"}

_TAKEN: Final[Mapping[str, str]] = {
    "email": "your mail server took it over",
    "sms": "the phone network reported it as delivered",
    "whatsapp": "WhatsApp reported it as delivered",
    "phone": "the call was reported as connected",
}
_CANNOT_SEE: Final[Mapping[str, str]] = {
    "email": "We cannot see your inbox; please look into the spam folder.",
    "sms": "We cannot see your phone; please look through your messages, also those of unknown senders.",
    "whatsapp": "We cannot see your phone; please look through your chats, also the archived ones.",
    "phone": "We cannot see who answered.",
}
_RECEIVER: Final[Mapping[str, str]] = {
    "email": "your mail server",
    "sms": "the phone network",
    "whatsapp": "WhatsApp",
    "phone": "the phone network",
}
_ANYTHING: Final = "We cannot see whether it has reached you."


def what_to_say(message: Message, zone: ZoneInfo) -> str:
    """Return what is known of a message in a sentence or two, with local times and their zone."""
    if not message.is_automated or message.direction != "outbound":
        return _by_hand(message, zone)
    sentences = {
        "delivered": _delivered,
        "sent": _sent,
        "deferred": _deferred,
        "bounced": _bounced,
        "rejected": _rejected,
        "failed": _failed,
        "complained": _complained,
        "scheduled": _scheduled,
        "queued": _queued,
        "canceled": _canceled,
        "skipped": _skipped,
        "logged": _logged,
    }
    say = sentences.get(message.status)
    if say is None:
        return f"{_name(message)} has a status that this program does not know yet ({_reference(message)})."
    return say(message, zone)


def _delivered(message: Message, zone: ZoneInfo) -> str:
    taken = _TAKEN.get(message.via, "it was reported as delivered")
    at = _later(message, "delivered", zone)
    return f"{_left(message, zone)} and {taken}{at} ({_reference(message)}). {_unseen(message)}"


def _sent(message: Message, zone: ZoneInfo) -> str:
    return (
        f"{_left(message, zone)} ({_reference(message)}). We have no report yet from {_receiver(message)}, so we "
        "cannot say whether it arrived."
    )


def _deferred(message: Message, zone: ZoneInfo) -> str:
    put_off = f"{_receiver(message)} put it off{_later(message, 'deferred', zone)}: {message_reason(message)}"
    return f"{_left(message, zone)}, but {put_off} ({_reference(message)}). It will be tried again."


def _bounced(message: Message, zone: ZoneInfo) -> str:
    sent_back = f"{_receiver(message)} sent it back{_later(message, 'bounced', zone)}: {message_reason(message)}"
    return f"{_left(message, zone)}, but {sent_back} ({_reference(message)}). {_ask(message)}"


def _rejected(message: Message, zone: ZoneInfo) -> str:
    at = _at(message, "rejected", zone)
    return f"{_name(message)} was refused {at} before it reached you: {_why(message)}. {_ask(message)}"


def _failed(message: Message, zone: ZoneInfo) -> str:
    at = _at(message, "failed", zone)
    return f"{_name(message)} could not be delivered; that was reported {at}: {_why(message)}. {_ask(message)}"


def _complained(message: Message, zone: ZoneInfo) -> str:
    at = _at(message, "complained", zone)
    return (
        f"{_name(message)} was reported as spam {at} ({_reference(message)}). Please look into the spam folder; if "
        "it was reported by mistake, mark it as no spam."
    )


def _scheduled(message: Message, zone: ZoneInfo) -> str:
    at = _at(message, "scheduled", zone)
    return f"{_name(message)} was scheduled {at} and has not been sent yet ({_reference(message)})."


def _queued(message: Message, zone: ZoneInfo) -> str:
    at = _at(message, "queued", zone)
    return f"{_name(message)} was queued at our provider {at} and has not been sent yet ({_reference(message)})."


def _canceled(message: Message, zone: ZoneInfo) -> str:
    return f"{_name(message)} was canceled {_at(message, 'canceled', zone)}, before it was sent: {_why(message)}."


def _skipped(message: Message, zone: ZoneInfo) -> str:
    return f"{_name(message)} was not sent; that was decided {_at(message, 'skipped', zone)}: {_why(message)}."


def _logged(message: Message, zone: ZoneInfo) -> str:
    sent = _moment(message.sent_at, zone)
    return f"{_name(message)} is recorded as sent {sent} ({_reference(message)}). We have no report of its delivery."


def _by_hand(message: Message, zone: ZoneInfo) -> str:
    who = "you contacted us" if message.direction == "inbound" else "we contacted you"
    how = "in person" if message.via == "in-person" else f"by {_NAMES.get(message.via, safe(message.via))}"
    sent = _moment(message.sent_at, zone)
    return f'We have a note that {who} {how} {sent}: "{safe(message.title)}" ({_reference(message)}).'


def _name(message: Message) -> str:
    if message.kind:
        words = kind_words(message.kind)
        return f"Your {words[:1].lower()}{words[1:]}"
    return f'Our {_NAMES.get(message.via, "message")} "{safe(message.title)}"'


def _left(message: Message, zone: ZoneInfo) -> str:
    return f"{_name(message)} left us {_moment(_left_at(message), zone)}"


def _left_at(message: Message) -> datetime:
    event = message.event("sent")
    return message.sent_at if event is None else event.at


def _later(message: Message, kind: str, zone: ZoneInfo) -> str:
    """Return when an event was, to the second: on the day that the message left, only the time."""
    event = message.event(kind)
    if event is None:
        return ""
    left, at = _left_at(message).astimezone(zone), event.at.astimezone(zone)
    is_same = (left.date(), left.utcoffset()) == (at.date(), at.utcoffset())
    return f" at {at:%H:%M:%S}" if is_same else f" {_moment(event.at, zone, seconds=True)}"


def _at(message: Message, kind: str, zone: ZoneInfo) -> str:
    event = message.event(kind)
    return _moment(message.sent_at if event is None else event.at, zone)


def _moment(instant: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    moment = instant.astimezone(zone)
    time = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
    return f"on {moment.day} {MONTHS[moment.month - 1]} {moment.year} at {time} {zone_name(instant, zone)}"


def _receiver(message: Message) -> str:
    return _RECEIVER.get(message.via, "the receiving side")


def _unseen(message: Message) -> str:
    return _CANNOT_SEE.get(message.via, _ANYTHING)


def _ask(message: Message) -> str:
    what = "e-mail address" if message.via == "email" else "number" if message.via in _RECEIVER else "contact details"
    return f"May we check your {what}?"


def _why(message: Message) -> str:
    return f"{message_reason(message)} ({_reference(message)})"


def _reference(message: Message) -> str:
    return f"reference {safe(message.id[:_SHORT_ID])}"
