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

NEWER_EVENT: Final = "reported in a word of a newer version"

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
