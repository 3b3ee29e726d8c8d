"""Text in fields: safe to show, and what was not edited of it still the raw text."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final
from unicodedata import category

from commlog_tui.text.hygiene import safe

_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})
_EXACTLY: Final = 2_000
"""Characters between the first edit and the last up to which they are compared one by one."""


def field_text(raw: str, *, lines: bool = False) -> str:
    """Return raw text sanitized for a field, as lines where the field has several."""
    return raw if _is_plain(raw) else "".join(shown for _, shown in _units(raw, lines))


def restored(raw: str, edited: str, *, lines: bool = False) -> str:
    """Return the edited text, with the raw text restored where ``field_text`` was unchanged."""
    if _is_plain(raw):
        return edited
    units = _units(raw, lines)
    shown = "".join(part for _, part in units)
    if edited == shown:
        return raw
    pieces: list[str] = []
    at = index = done = 0
    for start, other, size in _equal_blocks(shown, edited):
        pieces.append(edited[done:other])
        while index < len(units) and at + len(units[index][1]) <= start and at < start:  # edited away
            at += len(units[index][1])
            index += 1
        begin, end = start, start + size
        while index < len(units) and at <= end:
            whole, part = units[index]
            if at < begin:  # its first characters were edited away
                pieces.append(part[begin - at : end - at])
            elif at + len(part) <= end:
                pieces.append(whole)
            else:  # its last ones were
                pieces.append(part[: end - at])
                break
            at += len(part)
            index += 1
        done = other + size
    return "".join([*pieces, edited[done:]])


def trimmed(text: str, begun: str) -> str:
    """Return a text without white space around it, but for what a field began with."""
    inner = text.strip()
    if not inner:
        return ""
    before, after = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
    return (before if begun.startswith(before) else "") + inner + (after if begun.endswith(after) else "")


def _is_plain(raw: str) -> bool:
    return raw.isascii() and raw.isprintable()


@lru_cache(maxsize=16)
def _units(raw: str, lines: bool) -> tuple[tuple[str, str], ...]:  # noqa: FBT001 - a key of the cache
    """Return the text in pieces that are edited as one, each with how it is shown."""
    return tuple((unit, "\n" if lines and _BREAK.fullmatch(unit) else safe(unit)) for unit in _split(raw))


def _split(raw: str) -> Iterator[str]:
    start = 0
    for index, character in enumerate(raw):
        if index == start or (character == "\n" and raw[index - 1] == "\r"):
            continue
        if not _clings(character) or _BREAK.match(raw[index - 1]):
            yield raw[start:index]
            start = index
    if raw:
        yield raw[start:]


def _clings(character: str) -> bool:
    """Whether a character combines with the one before it or is invisible."""
    return category(character) in _MARKS or not safe(character)


def _equal_blocks(shown: str, edited: str) -> Iterator[tuple[int, int, int]]:
    """Yield the equal stretches of two texts: both ends, and those between edits."""
    most = min(len(shown), len(edited))
    head = next((index for index in range(most) if shown[index] != edited[index]), most)
    tail = next((index for index in range(most - head) if shown[-1 - index] != edited[-1 - index]), most - head)
    if head:
        yield 0, 0, head
    middle, new = shown[head : len(shown) - tail], edited[head : len(edited) - tail]
    matcher = SequenceMatcher(None, middle, new, autojunk=max(len(middle), len(new)) > _EXACTLY)
    for start, other, size in matcher.get_matching_blocks():
        if size:
            yield head + start, head + other, size
    if tail:
        yield len(shown) - tail, len(edited) - tail, tail
