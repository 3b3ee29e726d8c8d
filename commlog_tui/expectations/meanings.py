"""What the delivery events of an entry mean: why they came about, and what to do about them."""

from collections.abc import Mapping
from typing import Final

from commlog_tui.contract.delivery import DeliveryEvent
from commlog_tui.contract.entry import EntryDetail
from commlog_tui.expectations.wording import REASON_ADVICE, reason_words
from commlog_tui.providers.causes import cause_of
from commlog_tui.text.events import Meaning

_FAILED: Final = frozenset({"bounced", "rejected", "failed"})
_UNKNOWN: Final = Meaning("", "Check the address or number with the guest, then send it again or call.")
_PUT_OFF: Final = Meaning("", "Nothing yet: the provider tries again by itself.")
_COMPLAINT: Final = Meaning(
    "The recipient reported it as spam", "Ask the guest whether they want our messages before sending more."
)


def meanings_of(detail: EntryDetail) -> Mapping[str, Meaning]:
    """Return by their ids what events mean, as far as that is known."""
    provider = detail.entry.message.provider if detail.entry.message is not None else ""
    found = ((event.id, _meaning(event, provider, detail.entry.via)) for event in detail.events)
    return {name: meaning for name, meaning in found if meaning is not None}


def _meaning(event: DeliveryEvent, provider: str, via: str) -> Meaning | None:
    kind = event.kind.value
    if event.reason is not None:
        words = reason_words(event.reason.value, via)
        return Meaning(f"{words[:1].upper()}{words[1:]}", REASON_ADVICE.get(event.reason.value, ""))
    if kind == "complained":
        return _COMPLAINT
    if kind not in _FAILED and kind != "deferred":
        return None
    cause = cause_of(provider, event.code, event.detail)
    if cause is not None:
        return Meaning(cause.sentence, cause.next_step)
    return _PUT_OFF if kind == "deferred" else _UNKNOWN
