"""Rewrites how people say when something is due in the fewer ways that ``due`` parses."""

import re
from typing import Final

_COUNTS: Final = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_PHRASES: Final = tuple(
    (re.compile(pattern, re.ASCII), words)
    for pattern, words in (
        (r"^(?:by|before|until|till|coming) (?=\d)| ?@ ?| (?:by|before|until) ", " at "),
        (r"^(?:by|before|until|till|coming) ", ""),
        (r"\b(?:tom|tomo|tomoz)\b", "tomorrow"),
        (r"\bweds\b", "wed"),
        (r"\b(?:an|1) hour and a half\b", "90 min"),
        (r"\b(\d+) and a half (?=hours|days|weeks)", r"\1.5 "),
        (r"\b(?:a couple of|a couple)\b", "2"),
        (r"\b(?:(?:a|1) )?fortnight\b", "2 weeks"),
        (r"\b(\d+) ?h ?(\d\d)$", r"\1h \2m"),
        (r"^in a (?=month|year)", "in 1 "),
        (r"\bthis (?!morning|afternoon|evening)", ""),
        (r"\ba week (?:on |from )?(\w+day)\b|\b(\w+day) week\b", r"\1\2 after next"),
        (r"^(\d{4}-\d\d-\d\d)t(?=\d)", r"\1 "),
    )
)
_COUNT: Final = re.compile(rf"\b(?:{'|'.join(_COUNTS)})\b")
_PAST: Final = re.compile(r"\b(?:(half)|(?:a )?(quarter)|(\d{1,2})(?: min(?:ute)?s?)?) (past|to) (\d{1,2})\b", re.ASCII)
_HOUR: Final = r"(?P<hour>\d{1,2})(?P<minute>[:.]\d\d)?"
_PART: Final = r"(?:(?:this )?(?P<part>morning|afternoon|evening)|tonight)"
_PARTS: Final = (
    re.compile(rf"\b{_PART} (?:at )?{_HOUR}$", re.ASCII),
    re.compile(rf"\b{_HOUR} (?:in the (?P<part>morning|afternoon|evening)|tonight)\b", re.ASCII),
)
_HOUR_OF_NOON: Final = 12
_QUARTER, _HALF, _WHOLE = 15, 30, 60


def plain_words(typed: str) -> str:
    """Return the same in words that ``due`` knows; ``typed`` is in lower case with single spaces."""
    typed = _COUNT.sub(lambda match: str(_COUNTS.index(match[0]) + 1), typed)
    for pattern, words in _PHRASES:
        typed = pattern.sub(words, typed).strip()
    typed = _PAST.sub(_clock, typed)
    for pattern in _PARTS:
        typed = pattern.sub(_hour_of_part, typed)
    return typed.removesuffix(" at")


def _clock(match: re.Match[str]) -> str:
    hour, minutes = int(match[5]), _HALF if match[1] else _QUARTER if match[2] else int(match[3])
    if match[4] == "past":
        return f"{hour}:{minutes:02}"
    before = _HOUR_OF_NOON if hour == 1 else (hour - 1) % 24
    return f"{before}:{(_WHOLE - minutes) % _WHOLE:02}"


def _hour_of_part(match: re.Match[str]) -> str:
    hour = int(match["hour"])
    half = "" if not 1 <= hour <= _HOUR_OF_NOON else " am" if match["part"] == "morning" else " pm"
    return f"{hour}{match['minute'] or ''}{half}"
