"""Causes of failure of e-mail: sentence, whether permanent, what to do next, source."""

from typing import Final

_IANA: Final = "RFC 3463 and IANA, SMTP Enhanced Status Codes Registry"
_SMTP: Final = "RFC 5321, section 4.2.3"

MAIL_WORDS: Final[dict[str, tuple[str, bool, str, str]]] = {
    # E-mail: the address
    "mailbox-unknown": (
        "The mailbox does not exist",
        True,
        "Check the address with the guest for typing errors, and send again to the correct one.",
        f"{_IANA}: X.1.1",
    ),
    "domain-unknown": (
        "The mail domain does not exist or takes no mail",
        True,
        "Check what follows the @ with the guest, and send again to the correct address.",
        f"{_IANA}: X.1.2, X.1.10 (RFC 7505), X.4.4",
    ),
    "address-invalid": (
        "The e-mail address is not written correctly",
        True,
        "Ask the guest to spell the address, correct it, and send again.",
        f"{_IANA}: X.1.3",
    ),
    "address-ambiguous": (
        "The address matches several mailboxes",
        True,
        "Ask the guest for the full address or another one.",
        f"{_IANA}: X.1.4",
    ),
    "mailbox-moved": (
        "The mailbox has moved without a forwarding address",
        True,
        "Ask the guest for the new address, and send again.",
        f"{_IANA}: X.1.6",
    ),
    "sender-refused": (
        "Our sender address was refused",
        True,
        "Tell whoever runs the sending system: the sender address or its domain must be corrected.",
        f"{_IANA}: X.1.7, X.1.8",
    ),
    # E-mail: the mailbox
    "mailbox-disabled": (
        "The mailbox is switched off",
        True,
        "Ask the guest for another address, and send again.",
        f"{_IANA}: X.2.1",
    ),
    "mailbox-full": (
        "The mailbox is full",
        False,
        "Tell the guest by phone; send again once there is room, or to another address.",
        f"{_IANA}: X.2.2; {_SMTP}: 552",
    ),
    "message-too-large": (
        "The message is too large",
        True,
        "Send it without attachments, or as a link.",
        f"{_IANA}: X.2.3, X.3.4",
    ),
    "mailing-list": (
        "The mailing list could not be expanded",
        False,
        "Ask for the address of one person, and send again to it.",
        f"{_IANA}: X.2.4",
    ),
    "mailbox-unavailable": (
        "The mail server did not accept the mailbox",
        True,
        "Check the address with the guest; if it is correct, ask for another one.",
        f"{_SMTP}: 550, 553",
    ),
    "mailbox-busy": (
        "The mailbox cannot be reached at the moment",
        False,
        "If it does not arrive within the day, send it again or use another way.",
        f"{_SMTP}: 450",
    ),
    # E-mail: the server and the network
    "server-unavailable": (
        "The guest's mail server is not available at the moment",
        False,
        "If it does not arrive within the day, send it again or use another way.",
        f"{_SMTP}: 421; {_IANA}: X.3.2",
    ),
    "server-error": (
        "The guest's mail server had an error",
        False,
        "If it does not arrive within the day, send it again or use another way.",
        f"{_SMTP}: 451; {_IANA}: X.3.0",
    ),
    "server-full": (
        "The guest's mail server has no room",
        False,
        "If it does not arrive within the day, send it again or use another way.",
        f"{_IANA}: X.3.1; {_SMTP}: 452",
    ),
    "server-unable": (
        "The guest's mail server cannot handle this message",
        True,
        "Ask the guest for another address, or tell them by phone.",
        f"{_IANA}: X.3.3, X.6.1, X.6.3",
    ),
    "no-answer": (
        "The guest's mail server does not answer",
        False,
        "If it does not arrive within the day, check the address and send it again.",
        f"{_IANA}: X.4.1, X.4.2",
    ),
    "dns-failure": (
        "The guest's mail domain could not be looked up",
        False,
        "Check what follows the @ with the guest; if it is correct, send again later.",
        f"{_IANA}: X.4.3",
    ),
    "congestion": (
        "The guest's mail server is overloaded",
        False,
        "If it does not arrive within the day, send it again or use another way.",
        f"{_IANA}: X.4.5",
    ),
    "mail-loop": (
        "The guest's mail is forwarded in a circle",
        True,
        "Tell the guest that their forwarding is wrong, and ask for another address.",
        f"{_IANA}: X.4.6",
    ),
    "expired": (
        "It was tried for days and then given up",
        True,
        "Check the address with the guest, and send again or use another way.",
        f"{_IANA}: X.4.7",
    ),
    # E-mail: policy
    "refused-by-policy": (
        "The guest's mail server refused the message by its rules",
        True,
        "Use another address or way for this guest, and tell whoever runs the sending system.",
        f"{_IANA}: X.7.1",
    ),
    "transaction-failed": (
        "The guest's mail server refused the message",
        True,
        "Read the server's own words; if they do not help, use another address or way.",
        f"{_SMTP}: 554",
    ),
    "not-authenticated": (
        "The guest's mail server could not confirm that we are the sender",
        True,
        "Tell whoever runs the sending system: SPF, DKIM or DMARC of our domain fails.",
        f"{_IANA}: X.7.20 to X.7.29 (RFC 7372)",
    ),
    "encryption-required": (
        "The guest's mail server insists on encryption",
        True,
        "Tell whoever runs the sending system.",
        f"{_IANA}: X.7.4, X.7.10, X.7.30",
    ),
    "rate-limited": (
        "Too much was sent in a short time",
        False,
        "Send again later; if it happens daily, tell whoever runs the sending system.",
        f"{_IANA}: X.7.28 (RFC 8621); WhatsApp: 130429, 131056; Twilio: 63018",
    ),
    "spam": (
        "The message was taken for spam",
        True,
        "Ask the guest to add our address to their contacts, and send again.",
        "Postmark, Bounce API: SpamNotification; SendGrid, Event Webhook: Spam Content",
    ),
    # E-mail: the provider's suppression lists
    "suppressed": (
        "Not sent: the address is on the provider's block list",
        True,
        "If the address is correct, have it removed from that list; else correct it and send again.",
        "Postmark: 406; Amazon SES and Resend: OnAccountSuppressionList; Brevo: blacklist",
    ),
    "suppressed-bounce": (
        "Not sent: an earlier message to this address bounced",
        True,
        "If the address is correct, have it removed from the provider's block list; else correct it.",
        "SendGrid, Event Webhook: Bounced Address; Mailgun: suppress-bounce (605)",
    ),
    "suppressed-complaint": (
        "Not sent: the guest once reported a message as spam",
        True,
        "Ask the guest whether they want our messages, before the provider's list is changed.",
        "SendGrid: Spam Reporting Address; Mailgun: suppress-complaint (607)",
    ),
    "suppressed-unsubscribed": (
        "Not sent: the guest has unsubscribed",
        True,
        "Ask the guest whether they want our messages, before the provider's list is changed.",
        "SendGrid: Unsubscribed Address; Mailgun: suppress-unsubscribe (606); Brevo: unsubscribed",
    ),
    "provider-refused": (
        "The provider refused to send the message",
        True,
        "Tell whoever runs the sending system, with the provider's own words.",
        "Amazon SES: Reject (Bad content); Postmark: SMTPApiError, Blocked; Resend: email.failed",
    ),
    "template-error": (
        "The message template could not be filled in",
        True,
        "Tell whoever maintains the template; tell the guest by another way until then.",
        "Amazon SES: Rendering Failure; Postmark: TemplateRenderingFailed; WhatsApp: 132000, 132005, 132012",
    ),
}
