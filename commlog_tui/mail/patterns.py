"""Find title, text, reference, code and kind of a message by configured patterns.

Patterns are regular expressions of Python's ``re``. How much they search is limited, and so is how
long they take: a pattern that backtracks too much finds nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from commlog_tui.contract.base import is_uuid
from commlog_tui.mail.time_limit import TooSlowError, time_limit

_LONGEST_SUBJECT: Final = 1000
_LONGEST_TEXT: Final = 64 << 10
_LONGEST_HEADER: Final = 8 << 10
_MOST_SECONDS: Final = 0.5
"""Processor time that the patterns may take for one message."""
_LONGEST_CODE: Final = 64


@dataclass(frozen=True, slots=True)
class Patterns:
    """The configured patterns: by field, and by kind of message."""

    fields: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """For ``title``, ``text``, ``reference`` and ``code``."""
    kinds: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """In order: the first that matches the subject says the kind."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the patterns found in a message. Empty where they found nothing."""

    values: Mapping[str, str]
    kind: str = ""
    is_whole: bool = True
    """Whether all patterns were searched for in time."""


def find(patterns: Patterns, subject: str, text: str, header: str) -> Found:
    """Search the subject, the text and then the header lines of a message's own fields.

    A pattern with a group finds what the group matched, any other what it matched itself.
    """
    subject, text, header = subject[:_LONGEST_SUBJECT], text[:_LONGEST_TEXT], header[:_LONGEST_HEADER]
    everywhere = (subject, text, header)
    searched = {"title": (subject,), "text": (text,), "reference": everywhere, "code": everywhere}
    values: dict[str, str] = {}
    kind = ""
    try:
        with time_limit(_MOST_SECONDS):
            kind = next((slug for slug, pattern in patterns.kinds.items() if pattern.search(subject)), "")
            for name, pattern in patterns.fields.items():
                found = (_match(pattern, where, name) for where in searched[name])
                values[name] = next(filter(None, found), "")
    except TooSlowError:
        return Found(values, kind, is_whole=False)
    return Found(values, kind)


def _match(pattern: re.Pattern[str], text: str, name: str) -> str:
    """Return the first match that the field can hold."""
    for match in pattern.finditer(text):
        value = (match[1] if pattern.groups else match[0]) or ""
        value = value.strip()
        if value and (name != "reference" or is_uuid(value)) and (name != "code" or len(value) <= _LONGEST_CODE):
            return value
    return ""
