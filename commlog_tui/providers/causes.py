"""What a failure means, in words for a clerk, and what to do next.

A cause is found by the provider's own code, by the enhanced status code or reply code of a mail
server, or by fixed words of the provider. What is not in these tables has no cause: nothing is
guessed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from commlog_tui.providers.cause_codes import CODES, ENHANCED, PHRASES, REPLIES
from commlog_tui.providers.mail_causes import MAIL_WORDS
from commlog_tui.providers.phone_causes import PHONE_WORDS

_MAX_TEXT: Final = 4000
_ENHANCED: Final = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)", re.ASCII)
_REPLY: Final = re.compile(r"(?:^|[:;(]\s*|smtp;\s*)([45]\d\d)(?=[ \-]|$)", re.ASCII)
_NAMED_CODE: Final = re.compile(r"(?:^|\berror(?: code)?[ :#]*\(?)(\d{5,6})\b", re.ASCII | re.IGNORECASE)
_PHONE: Final = frozenset({"twilio", "whatsapp"})
_TEMPORARY: Final = "4"


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of failure."""

    slug: str
    sentence: str
    """What happened, as a short sentence without a full stop."""
    is_permanent: bool
    """Whether the same message to the same recipient would fail again."""
    next_step: str
    """What to do, in one sentence."""
    source: str
    """Where the codes of this cause are documented."""


CAUSES: Final[Mapping[str, Cause]] = {slug: Cause(slug, *words) for slug, words in (MAIL_WORDS | PHONE_WORDS).items()}


def cause_of(provider: str, code: str | None, detail: str | None) -> Cause | None:
    """Return the cause of a failure; None if it is unknown.

    The provider's own code takes precedence, then an enhanced status code, then fixed words, then
    the reply code of a mail server. ``provider`` may be empty if it is not known.
    """
    code, detail = (code or "").strip()[:_MAX_TEXT], (detail or "").strip()[:_MAX_TEXT]
    return next(
        filter(
            None,
            (
                *(_by_code(*one) for one in _own_codes(provider, code, detail)),
                _by_enhanced(provider, code),
                _by_enhanced(provider, detail),
                _by_phrase(provider, code),
                _by_phrase(provider, detail),
                _by_reply(provider, code),
                _by_reply(provider, detail),
            ),
        ),
        None,
    )


def _own_codes(provider: str, code: str, detail: str) -> Iterator[tuple[str, str]]:
    """Yield provider and code, as stated and as named in the words."""
    codes = [code] if code else []
    if provider in _PHONE or not provider:
        codes += [match[1] for text in (code, detail) for match in _NAMED_CODE.finditer(text)]
    for one in codes:
        yield provider or "twilio", one


def _by_code(provider: str, code: str) -> Cause | None:
    slug = CODES.get(provider, {}).get(code.lower())
    return CAUSES[slug] if slug else None


def _by_enhanced(provider: str, text: str) -> Cause | None:
    """Return the cause of the first enhanced status code that is known (RFC 3463)."""
    if provider in _PHONE:
        return None
    for match in _ENHANCED.finditer(text):
        slug = ENHANCED.get(f"{match[2]}.{match[3]}")
        if slug:
            return _tempered(CAUSES[slug], match[1])
    return None


def _by_phrase(provider: str, text: str) -> Cause | None:
    if provider in _PHONE:
        return None
    folded = " ".join(text.lower().split())
    slug = next((slug for phrase, slug in PHRASES.items() if phrase in folded), None)
    return CAUSES[slug] if slug else None


def _by_reply(provider: str, text: str) -> Cause | None:
    if provider in _PHONE:
        return None
    slug = next((REPLIES[match[1]] for match in _REPLY.finditer(text) if match[1] in REPLIES), None)
    return CAUSES[slug] if slug else None


def _tempered(cause: Cause, digit: str) -> Cause:
    """Return the cause, temporary if the server's code says so (class 4)."""
    return replace(cause, is_permanent=False) if digit == _TEMPORARY else cause
