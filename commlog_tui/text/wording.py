"""What the words of the contract mean, for people."""

from typing import Final

EVENT_WORDS: Final = {
    "scheduled": "scheduled to be sent",
    "queued": "waiting at the provider",
    "sent": "handed to the provider",
    "deferred": "put off by the receiving server, will be tried again",
    "delivered": "accepted by the receiving server (nobody can see the inbox)",
    "bounced": "sent back by the receiving server",
    "rejected": "refused by the provider",
    "failed": "could not be delivered",
    "canceled": "called off before it was sent",
    "skipped": "left out on purpose",
    "opened": "its picture was loaded (a reader or a scanner)",
    "clicked": "a link in it was followed (a reader or a scanner)",
    "complained": "marked as spam",
}
"""What a delivery event says, and no more than that."""
_PHONE_WORDS: Final = {
    "deferred": "put off by the phone network, will be tried again",
    "delivered": "reported as delivered to the phone (nobody can see who read it)",
    "bounced": "could not be delivered to the phone",
    "opened": "reported as read on the phone",
}
_TO_PHONES: Final = frozenset({"sms", "whatsapp", "phone"})

NEWER_EVENT: Final = "reported in a word of a newer version"


def event_words(kind: str, via: str) -> str:
    """Return what an event of a kind says of a message on a channel."""
    words = _PHONE_WORDS.get(kind) if via in _TO_PHONES else None
    return words or EVENT_WORDS.get(kind, NEWER_EVENT)


UNSIGNED: Final = "unsigned-webhook"
RESENT: Final = "resend"
CHANNEL_WORDS: Final = {
    "signed-webhook": "reported over a signed channel",
    UNSIGNED: "reported over an unsigned channel",
    "mail": "read from a mail about its delivery",
    "import": "imported from the provider's list",
    "api": "reported by the sending system",
    RESENT: "reported by this service, which sends the message again",
}
"""On which way the log learned of an event."""

NEWER_CHANNEL: Final = "reported on a way that only a newer version knows"

FIELD_NAMES: Final = {
    "via": "Via",
    "to": "To",
    "title": "Title",
    "reference": "Reference",
    "code": "Code",
    "customer": "Who",
    "direction": "Direction",
    "sent_at": "When",
    "body": "Notes",
}
"""What the fields of an entry are called."""
