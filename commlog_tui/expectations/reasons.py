"""Why a message did not arrive, in words, and what to do about it."""

from typing import Final

from commlog_tui.expectations.facts import Message
from commlog_tui.expectations.wording import REASON_ADVICE, kind_words, reason_words
from commlog_tui.providers.causes import Cause, cause_of
from commlog_tui.text.hygiene import safe

_NOT_ARRIVED: Final = ("bounced", "rejected", "failed", "deferred")
_NOT_SENT: Final = ("skipped", "canceled")
_MAX_DETAIL: Final = 200
NO_REASON: Final = "no reason was reported"
OVERDUE_ADVICE: Final = "See in the booking system why it was not sent; send it, or tell the customer yourself."
_CHECK: Final = "Check the address or number with the customer, then send it again or call."


def message_title(message: Message) -> str:
    """Return what a message is called: by its kind, else by its title."""
    title = kind_words(message.kind) if message.kind else safe(message.title)
    return f"{title} to staff" if message.audience == "staff" else title


def message_reason(message: Message) -> str | None:
    """Return why a message is in its state, in words; None where that needs no reason."""
    if not message.is_automated:
        return None
    if message.status == "complained":
        return "marked as spam by the recipient"
    return _why(message) if message.status in {*_NOT_SENT, *_NOT_ARRIVED} else None


def _why(message: Message) -> str:
    event = message.event(message.status)
    if event is None:
        return NO_REASON
    if event.reason:
        return reason_words(event.reason, message.via)
    cause = message_cause(message)
    if cause is not None:
        return f"{cause.sentence[:1].lower()}{cause.sentence[1:]}"
    return ", ".join(_detail(part) for part in (event.code, event.detail) if part) or NO_REASON


def message_cause(message: Message) -> Cause | None:
    """Return the known cause of a message that did not arrive."""
    event = message.event(message.status)
    if message.status not in _NOT_ARRIVED or event is None:
        return None
    return cause_of(message.provider or "", event.code, event.detail)


def message_advice(message: Message) -> str:
    """Return what to do about a message that did not arrive."""
    event = message.event(message.status)
    if event is not None and event.reason and event.reason in REASON_ADVICE:
        return REASON_ADVICE[event.reason]
    cause = message_cause(message)
    return _CHECK if cause is None else cause.next_step


def _detail(text: str) -> str:
    """Return the provider's own words, on one line and of limited length."""
    shown = safe(text).strip()
    return shown if len(shown) <= _MAX_DETAIL else f"{shown[: _MAX_DETAIL - 1]}…"
