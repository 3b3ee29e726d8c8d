"""Causes of failure of texts, WhatsApp and calls, in the same columns as those of e-mail."""

from typing import Final

_TWILIO: Final = "Twilio, Error and Warning Dictionary"
_WHATSAPP: Final = "WhatsApp Business Platform, Error codes"

PHONE_WORDS: Final[dict[str, tuple[str, bool, str, str]]] = {
    # Text messages
    "number-invalid": (
        "The phone number is not valid",
        True,
        "Ask the guest for the number with its country code, correct it, and send again.",
        f"{_TWILIO}: 21211, 21217, 21401",
    ),
    "country-not-allowed": (
        "Sending to this country is switched off",
        True,
        "Tell whoever runs the sending system; use e-mail or a call until then.",
        f"{_TWILIO}: 21408",
    ),
    "opted-out": (
        "The guest has opted out of our messages",
        True,
        "Only the guest can undo it: they send START to our number; use e-mail or a call until then.",
        f"{_TWILIO}: 21610; {_WHATSAPP}: 131050",
    ),
    "number-not-routable": (
        "Messages from our number do not reach this number",
        True,
        "Check the number; if it is correct, use e-mail or a call.",
        f"{_TWILIO}: 21612",
    ),
    "no-mobile-number": (
        "The number cannot receive text messages",
        True,
        "Ask the guest for a mobile number, or use e-mail or a call.",
        f"{_TWILIO}: 21614",
    ),
    "queue-overflow": (
        "Too many messages were waiting to be sent",
        False,
        "Send again later; if it happens again, tell whoever runs the sending system.",
        f"{_TWILIO}: 30001, 21611",
    ),
    "account-suspended": (
        "Our account with the provider is suspended",
        False,
        "Tell whoever runs the sending system at once: nothing is being sent.",
        f"{_TWILIO}: 30002; {_WHATSAPP}: 131031, 368",
    ),
    "phone-unreachable": (
        "The phone is off or out of reach",
        False,
        "Send again later, or use e-mail or a call.",
        f"{_TWILIO}: 30003",
    ),
    "message-blocked": (
        "The phone or its network blocks our messages",
        True,
        "Ask the guest whether they block us or messages from companies; use e-mail or a call.",
        f"{_TWILIO}: 30004",
    ),
    "number-unknown": (
        "The number is not in use",
        True,
        "Check the number with the guest, correct it, and send again.",
        f"{_TWILIO}: 30005",
    ),
    "landline": (
        "The number is a landline",
        True,
        "Ask the guest for a mobile number, or call this one.",
        f"{_TWILIO}: 30006 (landline or unreachable carrier)",
    ),
    "carrier-filtered": (
        "The phone network filtered the message as unwanted",
        True,
        "Use e-mail or a call, and tell whoever runs the sending system.",
        f"{_TWILIO}: 30007",
    ),
    "carrier-unknown-error": (
        "The phone network gave no reason",
        False,
        "Send again once; if it fails again, use e-mail or a call.",
        f"{_TWILIO}: 30008",
    ),
    "sender-not-registered": (
        "Our number is not registered for messages to the United States",
        True,
        "Tell whoever runs the sending system; use e-mail or a call until then.",
        f"{_TWILIO}: 30034 (A2P 10DLC)",
    ),
    "validity-expired": (
        "The message became too old before it could be delivered",
        True,
        "Check whether it still matters, and send it again or use another way.",
        f"{_TWILIO}: 30036",
    ),
    # WhatsApp
    "outside-window": (
        "The guest has not written to us within 24 hours, so WhatsApp allows templates only",
        True,
        "Send an approved template, or use e-mail or a call.",
        f"{_TWILIO}: 63016; {_WHATSAPP}: 131047",
    ),
    "no-whatsapp": (
        "The message cannot be delivered to this WhatsApp number",
        True,
        "Ask the guest whether they use WhatsApp with this number; use a text message or e-mail.",
        f"{_WHATSAPP}: 131026; {_TWILIO}: 63003, 63024",
    ),
    "whatsapp-held-back": (
        "WhatsApp held the message back to limit marketing",
        False,
        "Do not send again at once; use a text message or e-mail.",
        f"{_WHATSAPP}: 131049, 130472; {_TWILIO}: 63032, 63049",
    ),
    "whatsapp-payment": (
        "WhatsApp did not send: there is a payment problem of our account",
        False,
        "Tell whoever runs the sending system at once: nothing is being sent.",
        f"{_WHATSAPP}: 131042",
    ),
    "whatsapp-error": (
        "WhatsApp had an error",
        False,
        "Send again once; if it fails again, use a text message or e-mail.",
        f"{_WHATSAPP}: 131000, 131016",
    ),
    "media-error": (
        "The attachment could not be sent",
        True,
        "Send the message without it, or send it by e-mail.",
        f"{_WHATSAPP}: 131051, 131052, 131053; {_TWILIO}: 63019",
    ),
    # Calls
    "call-busy": ("The line was busy", False, "Call again later.", "Twilio, Call resource: busy"),
    "call-no-answer": ("Nobody answered the call", False, "Call again later.", "Twilio, Call resource: no-answer"),
}
