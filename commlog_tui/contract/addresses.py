"""Normalize, compare and validate e-mail addresses and phone numbers of recipients."""

import re
from functools import lru_cache
from typing import Final

from commlog_tui.contract.phone_numbers import LONGEST, digits, is_number, normal_number, number_forms

_ADDRESS: Final = re.compile(r"""(?:"[^"]+"|[^\s<>,;:()\[\]"@]+)@(?:\[[^\]\s]+\]|[^\s<>,;:()\[\]"@/]+)""")
_ROUNDED: Final = re.compile(r"\+?[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+|\+?[0-9]{7,}[.,]0+", re.ASCII | re.IGNORECASE)
_SCHEMES: Final = ("mailto:", "sip:", "sips:", "xmpp:")
_BETWEEN: Final = re.compile(r"\s*[,;/|\n]\s*|\s+(?:or|and|&)\s+|\s{2,}", re.IGNORECASE)
_RUN: Final = re.compile(r"[0-9][0-9 ()./-]+", re.ASCII)
_A_WHOLE_NUMBER: Final = 9
"""A run of at least this many digits is a phone number; sender names have fewer digits."""
_CACHED: Final = 8_192
"""About the recipients of a busy location, which a rebuild meets again and again."""


@lru_cache(maxsize=_CACHED)
def contact_form(text: str, region: str | None) -> str | None:
    """Return the normalized form of an e-mail address or phone number; None for other text.

    Addresses are compared in lower case, internationalized domains in their ASCII form (RFC 5891).
    """
    text = text.strip()
    if is_number(text):
        return normal_number(text, region)
    return _address_form(text) if "@" in text else None


def match_form(text: str, region: str | None) -> str | None:
    """Return the form in which recipients are compared; None for empty text.

    Text that is neither an address nor a number is compared as it is.
    """
    return contact_form(text, region) or text.strip() or None


@lru_cache(maxsize=_CACHED)
def search_forms(text: str, region: str | None) -> tuple[str, ...]:
    """Return the texts under which an address or number is indexed for search."""
    if is_number(text):
        return text, *number_forms(text, region)
    other = _address_form(text) if "@" in text and not text.isascii() else _unicode_form(text)
    return (text, other) if other else (text,)


def recipient_problem(text: str) -> str | None:
    """Return why a text is not a single address or number; None if it is one, or is a plain word.

    The reason never repeats the text.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if _ROUNDED.fullmatch(text):
        return "is a number that a program has rounded or taken for a quantity: export the column as text"
    if text.lower().startswith(_SCHEMES):
        return f"begins with {text.partition(':')[0].lower()}: give the address alone"
    return None if is_number(text) or _ADDRESS.fullmatch(text) else _surplus(text)


def _surplus(text: str) -> str | None:
    """Return what a text contains besides one address or number; None if nothing."""
    parts = [part for part in _BETWEEN.split(text) if part]
    if len(parts) > 1 and all(is_number(part) or _ADDRESS.fullmatch(part) for part in parts):
        return "holds several addresses or numbers: give each a row of its own"
    if "@" in text:
        is_several = text.count("@") > 1 and "<" not in text
        if is_several:
            return "holds several addresses: give each a row of its own"
        return "holds more than an address: give it alone"
    has_number = any(len(digits(run)) >= _A_WHOLE_NUMBER for run in _RUN.findall(text))
    return "holds more than a number: give it alone" if has_number else None


def _address_form(text: str) -> str:
    local, _, domain = text.rpartition("@")
    return f"{local.casefold()}@{_encoded(domain.casefold())}"


def _encoded(domain: str) -> str:
    if domain.isascii():
        return domain
    import idna  # noqa: PLC0415 - few domains need it

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def _unicode_form(text: str) -> str | None:
    """Return an address with its domain decoded to Unicode; None if it is not encoded."""
    local, _, domain = text.rpartition("@")
    if "xn--" not in domain.lower():
        return None
    import idna  # noqa: PLC0415 - few domains need it

    try:
        return f"{local}@{idna.decode(domain.lower())}"
    except idna.IDNAError:
        return None
