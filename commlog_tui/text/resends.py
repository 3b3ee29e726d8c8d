"""Messages that were sent again, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.text.authors import author
from commlog_tui.text.hygiene import safe
from commlog_tui.text.lines import Line, wrapped
from commlog_tui.text.moments import brief_moment

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.resend import Resend

REASONS: Final = (
    "address corrected",
    "never arrived",
    "asked for it again",
    "deleted by mistake",
    "sent to the wrong person",
)
"""Usual reasons; the first is the default where the address is another one."""
_ROUTES: Final = {
    "smtp": "by the mail server",
    "webhook": "by the booking system",
    "by-hand": "by hand",
}
_STATES: Final = {"begun": "is being sent", "uncertain": "uncertain: it may have been sent", "called-off": "called off"}

_NOT_SENT: Final = {
    "waiting": "To be sent again",
    "begun": "Being sent again",
    "failed": "Not sent again",
    "called-off": "Not sent again",
}
"""How it begins as long as nothing has left, or where nothing did."""


def why_not_entry(entry: "Entry") -> str:
    """Return why an entry can never be sent again, as a sentence."""
    if entry.redacted:
        return "It is redacted: nothing is left to send."
    return "The guest wrote it." if entry.direction.value == "inbound" else ""


def route_words(route: str) -> str:
    """Return on which way a message goes."""
    return _ROUTES.get(route, "on a way of a newer version")


def state_words(resend: "Resend", zone: ZoneInfo) -> str:
    """Return how far a message that was sent again is."""
    state = "" if resend.state is None else resend.state.value
    if state == "waiting":
        return _waiting(resend, zone)
    if resend.route.value == "by-hand":
        return "by hand"
    return _STATES.get(state) or ("no longer on record" if resend.status is None else safe(resend.status.value))


def _waiting(resend: "Resend", zone: ZoneInfo) -> str:
    if not resend.attempts:
        return "waits to be sent"
    next_at = "" if resend.next_at is None else f", next {resend.next_at.astimezone(zone):%H:%M}"
    return f"waits after {resend.attempts} attempt{'s' if resend.attempts > 1 else ''}{next_at}"


def resend_words(resend: "Resend", zone: ZoneInfo) -> str:
    """Return what was sent again when, to what, and how far it is, on one line."""
    to = f" to {safe(resend.to)}" if resend.to else ""
    head = "" if resend.state is None else _NOT_SENT.get(resend.state.value, "")
    if head:
        return f"{head}{to}, asked {brief_moment(resend.recorded_at, zone)}: {state_words(resend, zone)}"
    return f"Sent again {brief_moment(resend.recorded_at, zone)}{to}, {state_words(resend, zone)}"


def resend_lines(resend: "Resend", zone: ZoneInfo, width: int) -> Iterator[Line]:
    """Yield a message that was sent again, with who, why and its id."""
    yield Line("")
    yield from wrapped(resend_words(resend, zone), width, "label")
    why = f"because: {safe(resend.why)}; " if resend.why else ""
    yield from wrapped(f"{why}{route_words(resend.route.value)}, by {author(resend)}", width, "muted", "  ")
    yield from wrapped(f"its entry: {safe(resend.entry)}", width, "muted", "  ")
