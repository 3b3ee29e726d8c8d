"""Expressions for SQLite's full-text indexes."""

from collections.abc import Iterable, Sequence
from typing import Final

_TRIGRAM: Final = 3


def quoted(text: str) -> str:
    """Return a text as a string of FTS5."""
    return '"' + text.replace('"', '""') + '"'


def trigrams_match(needles: Iterable[str]) -> str | None:
    """Return the expression for rows that may contain any of these; None if one is too short for the index.

    Trigrams are asked for one by one, as the index knows rows, not positions: every third one, and
    the last. Of an address those beyond the first letter of the domain are left out, which very
    many share. What is found is to be checked.
    """
    groups = []
    for needle in needles:
        at = needle.find("@")
        text = needle[: at + 2] if at >= _TRIGRAM else needle
        if len(text) < _TRIGRAM:
            return None
        last = len(text) - _TRIGRAM
        starts = sorted({*range(0, last, _TRIGRAM), last})
        groups.append(" AND ".join(quoted(text[start : start + _TRIGRAM]) for start in starts))
    return " OR ".join(f"({group})" for group in groups) or None


def words_match(prefix: str, groups: Iterable[Sequence[str]], *, whole: bool = False) -> str:
    """Return the expression for rows that have a word with each beginning of one of the groups, or the whole word."""
    mark = "" if whole else " *"
    parts = (" AND ".join(f"{quoted(prefix + start)}{mark}" for start in group) for group in groups)
    return " OR ".join(f"({part})" for part in parts)
