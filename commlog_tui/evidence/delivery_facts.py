"""How far a message came, as its records say it: the stage, who asserts it, and what stays open."""

from collections.abc import Iterator
from typing import Final

from commlog_tui.contract.delivery import DeliveryEvent
from commlog_tui.contract.entry import Entry, EntryDetail, Source
from commlog_tui.expectations.wording import reason_words
from commlog_tui.text.authors import author
from commlog_tui.text.moments import utc
from commlog_tui.text.resends import route_words
from commlog_tui.text.wording import CHANNEL_WORDS, NEWER_CHANNEL, event_words

NOT_QUALIFIED: Final = (
    "This is not a qualified service: neither a qualified electronic time stamp, nor a qualified electronic seal, nor "
    "a qualified electronic registered delivery service in the sense of Regulation (EU) No 910/2014 (eIDAS). A court "
    "weighs it like any other record."
)
NOT_KEPT: Final = (
    "The signature of a webhook is not in the log. That an event came over a signed channel means that the log's "
    "service verified the provider's signature when it came in; over an unsigned channel, only a password or a secret "
    "address was checked."
)
_ONLY_SENT: Final = "that the provider, the receiving server or the recipient has it"
_NEVER_SENT: Final = "whether somebody was informed in another way"
_NOT_ARRIVED: Final = "that the message was in any inbox or on any phone"
_NOT_SHOWN: Final = {
    "logged": "that it was handed to a provider: nothing was reported of its delivery",
    "scheduled": _ONLY_SENT,
    "queued": _ONLY_SENT,
    "sent": "that the receiving server or the recipient has it",
    "deferred": "that the receiving server took it later",
    "delivered": "that it reached the inbox rather than a spam folder, and that anybody read it",
    "bounced": _NOT_ARRIVED,
    "rejected": _NOT_ARRIVED,
    "failed": _NOT_ARRIVED,
    "canceled": _NEVER_SENT,
    "skipped": _NEVER_SENT,
    "complained": "that anybody read it before it was marked as spam",
}
_DELIVERED_TO_PHONE: Final = "who holds the phone, and that anybody read it"
_PHONES: Final = frozenset({"sms", "whatsapp", "phone"})
_NEWER: Final = "what this version does not know of a newer one's words"


def channel_words(event: DeliveryEvent) -> str:
    """Return over what kind of channel the log learned of an event."""
    return CHANNEL_WORDS.get(event.channel.value if event.channel is not None else "api", NEWER_CHANNEL)


def stage_facts(detail: EntryDetail) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield labels and lines: the stage a message reached, who asserts it, what is not shown, what was sent again.

    Manual entries have no delivery events, and so no stage.
    """
    yield from _resend_facts(detail)
    entry = detail.entry
    if entry.source is Source.MANUAL:
        return
    stage = entry.status.value
    deciding = [event for event in detail.events if event.kind.value == stage]
    words = event_words(stage, entry.via) if deciding else "recorded; nothing was reported of its delivery"
    yield "Stage reached", (f"{stage}: {words}",)
    asserted = dict.fromkeys(f"{event.actor}, {channel_words(event)}" for event in deciding)
    yield "Asserted by", tuple(asserted) or (f"{entry.actor}, that it was written; nobody, that it arrived",)
    yield "Not shown", (_not_shown(stage, entry.via),)


def _resend_facts(detail: EntryDetail) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield which entry this one sends again, and by which ones it was sent again."""
    if detail.entry.resend_of:
        yield "Sends again", (f"entry {detail.entry.resend_of}",)
    for resend in detail.resends:
        to = f"to {resend.to}, because: {resend.why}" if resend.to else "to whom was removed for good"
        how = f"{utc(resend.recorded_at)}, {route_words(resend.route.value)}, by {author(resend)}"
        yield "Sent again", (to, how, f"as entry {resend.entry}, recorded as no. {resend.seq}")


def event_facts(event: DeliveryEvent, entry: Entry) -> Iterator[str]:
    """Yield what an event says beside its kind and time."""
    if event.to and event.to != entry.to:
        yield f"to {event.to}"
    if event.reason is not None:
        yield f"because {reason_words(event.reason.value, entry.via)}"
    if event.code:
        yield f"the provider's code: {event.code}"
    if event.detail:
        yield f"in the provider's words: {event.detail}"
    if event.event_id:
        yield f"the provider's id of the event: {event.event_id}"


def event_source(event: DeliveryEvent) -> str:
    """Return who reported an event, over what kind of channel, and where the log recorded it."""
    recorded = f"reported by {event.actor}, recorded as no. {event.seq}, {utc(event.recorded_at)}"
    return f"{recorded}; {channel_words(event)}"


def message_facts(entry: Entry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield label and lines of what the sender recorded about the message itself."""
    if entry.kind:
        yield "Kind", (entry.kind,)
    if entry.audience is not None:
        yield "For", (entry.audience.value,)
    if entry.message is not None:
        yield "Provider's id", (f"{entry.message.provider}: {entry.message.id}",)
    if entry.attachments:
        yield "Attachments", tuple(f"{one.name}, {one.size:,} bytes, SHA-256 {one.sha256}" for one in entry.attachments)


def _not_shown(stage: str, via: str) -> str:
    if stage == "delivered" and via in _PHONES:
        return _DELIVERED_TO_PHONE
    return _NOT_SHOWN.get(stage, _NEWER)
