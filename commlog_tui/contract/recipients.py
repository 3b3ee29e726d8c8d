"""Check recipients by channel: an address for e-mail, a number for calls and texts."""

from typing import Final

from commlog_tui.contract.addresses import recipient_problem
from commlog_tui.contract.channels import DIALED
from commlog_tui.contract.phone_numbers import is_number

_FEWEST_DIGITS: Final = 3
_BY_ADDRESS = "email"
_BY_NUMBER = "sms"


def recipient_fault(via: str, to: str) -> str:
    """Return what is wrong with a recipient for its channel, as the rest of a sentence, or ""."""
    if via == "email" and to:
        from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - reading needs none of it

        try:
            validate_email(to, check_deliverability=False, globally_deliverable=False)
        except EmailNotValidError:
            return "is no e-mail address; is something missing, or too much?"
    if via in DIALED and to and not is_number(to, _FEWEST_DIGITS):
        return recipient_problem(to) or "is no number; is something missing, or too much?"
    return ""


def channel_for(via: str, to: str) -> str:
    """Return the channel of a message that went by another one, given its recipient.

    An address takes e-mail; a number takes texts, unless the message went by another channel for numbers.
    """
    if "@" in to:
        return _BY_ADDRESS
    return _BY_NUMBER if via == _BY_ADDRESS else via
