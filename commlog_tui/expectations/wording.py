"""Kinds, reasons and states in words."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import MONTHS, zone_name

KIND_WORDS: Final[Mapping[str, str]] = {
    "confirmation": "Confirmation",
    "reminder": "Reminder",
    "refund": "Refund notice",
    "survey": "Survey",
    "cancellation": "Cancellation notice",
    "cancelation": "Cancellation notice",
    "change": "Change notice",
    "receipt": "Receipt",
    "invoice": "Invoice",
    "payment": "Payment notice",
    "waiver": "Waiver",
    "review": "Review request",
    "offer": "Offer",
    "no-show": "No-show notice",
    "waitlist": "Waiting list notice",
    "abandoned": "Abandoned booking notice",
}
"""What the usual kinds are called. Any other one is its own words."""

REASON_WORDS: Final[Mapping[str, str]] = {
    "notifications-off": "notifications are turned off",
    "draft-booking": "the booking was a draft",
    "template-inactive": "the template is not active",
    "no-address": "no address for this channel",
    "opted-out": "the customer opted out",
    "window-past": "its time was past when the booking was made",
    "condition-not-met": "its condition was not met",
    "listing-excluded": "it is not sent for what was booked",
    "language-missing": "the template is missing in the customer's language",
    "suppressed": "the provider suppresses messages to this address",
    "booking-canceled": "the booking is canceled",
}
"""Why a message was not sent: the fixed list of the contract."""
_NO_ADDRESS: Final = {"email": "no e-mail address", "sms": "no mobile number", "whatsapp": "no WhatsApp number"}

REASON_ADVICE: Final[Mapping[str, str]] = {
    "notifications-off": "Turn notifications on for the booking, or tell the customer yourself.",
    "draft-booking": "Nothing, unless the booking has been completed since; then send it by hand.",
    "template-inactive": "Activate the template, then send it again.",
    "no-address": "Ask the customer for one, add it to the booking, and send it again.",
    "opted-out": "Do not send it again on this channel; call if it matters.",
    "window-past": "Tell the customer yourself if there is still time.",
    "condition-not-met": "Check the condition of the workflow if the customer should have had it.",
    "listing-excluded": "Check the workflow's listings if the customer should have had it.",
    "language-missing": "Add the translation to the template, then send it again.",
    "suppressed": "Have the address taken off the provider's suppression list, or use another one.",
    "booking-canceled": "Nothing.",
}
"""What to do about it."""


def kind_words(kind: str) -> str:
    """Return what a kind of message is called: ``Refund notice`` for ``refund``."""
    words = KIND_WORDS.get(kind)
    return words or safe(kind).replace("-", " ").strip().capitalize() or "Message"


def reason_words(reason: str, via: str = "") -> str:
    """Return why a message was not sent, in words. Unknown reasons are shown as they are."""
    if reason == "no-address":
        return _NO_ADDRESS.get(via, REASON_WORDS[reason])
    return REASON_WORDS.get(reason) or safe(reason).replace("-", " ")


def when(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return local time as people say it now: ``14:02``, ``tomorrow 09:00``, ``3 Nov 09:00``.

    Whoever shows it names the zone in the same place. A time that the clocks repeat when they are
    set back has its abbreviation: ``25 Oct 01:30 GMT``.
    """
    moment, today = instant.astimezone(zone), now.astimezone(zone).date()
    days = {timedelta(0): "", timedelta(1): "tomorrow ", timedelta(-1): "yesterday "}
    year = f" {moment.year}" if moment.year != today.year else ""
    day = days.get(moment.date() - today, f"{moment.day} {MONTHS[moment.month - 1]}{year} ")
    first, second = (moment.replace(fold=fold) for fold in (0, 1))
    is_repeated = first.astimezone(UTC) < second.astimezone(UTC)
    name = f" {zone_name(instant, zone)}" if is_repeated else ""
    return f"{day}{moment:%H:%M}{name}"
