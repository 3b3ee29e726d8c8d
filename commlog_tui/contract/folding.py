"""Fold text for search and comparison: drop case, accents, ligatures, apostrophes and the like.

Base letters come from Python's Unicode Character Database: a letter's compatibility decomposition
or, for letters without one, its name, which says what it consists of ("LATIN SMALL LETTER O WITH
STROKE"). Only letters that neither covers are listed here, as in CLDR's Latin-ASCII transform.
"""
# ruff: noqa: RUF001 - these letters are here because they are mistaken for others

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import category, combining, decimal, lookup, name, normalize

_APOSTROPHES: Final = frozenset("'`´‘’‚‛′‵＇｀ʹʻʼʽʾʿˈˊˋ՚׳ꞌꞋ᾽᾿῾")
_QUOTES: Final = frozenset("“”„‟″‶〝〞＂«»״")
_DASHES: Final = frozenset("−⁃˗")
_LEFT_OUT: Final = frozenset("·‧")
"""The middle dot of the Catalan l·l."""
_LETTERS: Final = {
    "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th", "ı": "i", "ȷ": "j", "ŋ": "n", "ĸ": "q", "ß": "ss", "ə": "e",
    "ɐ": "a",
    "ƿ": "w", "ƣ": "oi", "ȣ": "ou", "ꜩ": "tz", "ꝡ": "vy", "ꜳ": "aa", "ꜵ": "ao", "ꜷ": "au", "ꜹ": "av", "ꜻ": "av",
    "ꜽ": "ay",
    "ꝏ": "oo", "ꭣ": "uo", "ỻ": "ll", "ỽ": "v", "ỿ": "y", "ɛ": "e", "ɔ": "o", "ʉ": "u", "ɵ": "o", "ǝ": "e", "ʒ": "z",
    "ɣ": "g",
    "ɩ": "i",
    "ʊ": "u", "ɑ": "a", "ɪ": "i", "ƕ": "hv", "ʀ": "r", "ƨ": "s", "ʌ": "v", "ɯ": "w", "ẟ": "d",
}  # fmt: skip
"""ASCII spellings of Latin letters that have no decomposition."""
_MOST_REMEMBERED: Final = 8_192
_SPACES: Final = re.compile(r"(\s+)")
_WORDS: Final = re.compile(r"\S+")
_SCRIPTS: Final = ("LATIN ", "CYRILLIC ")
"""Scripts in whose letter names "WITH" marks a variant of a base letter. Elsewhere it may mark a
different letter."""


def fold(text: str) -> str:
    """Return the folded text; folding is idempotent.

    A word that would become empty stays as it is.
    """
    if text.isascii() and "'" not in text and "`" not in text:
        return text.lower()
    folded = _letters(text)
    if len(folded.split()) == len(text.split()):
        return folded
    return "".join(_letters(part) or part for part in _SPACES.split(text))


def folded_words(text: str) -> tuple[str, ...]:
    """Return the distinct folded words of a text."""
    return tuple(dict.fromkeys(fold(text).split()))


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """Return the folded text, and for each of its characters the position of the one that it stands for."""
    if text.isascii() and "'" not in text and "`" not in text:
        return text.lower(), range(len(text))
    pieces = [_TABLE[ord(character)] for character in text]
    for word in _WORDS.finditer(text):
        if not any(pieces[word.start() : word.end()]):
            pieces[word.start() : word.end()] = word[0]
    return "".join(pieces), [at for at, piece in enumerate(pieces) for _ in piece]


def _letters(text: str) -> str:
    return text.lower().replace("'", "").replace("`", "") if text.isascii() else text.translate(_TABLE)


class _Table(dict[int, str]):
    """Translation table that is filled on demand."""

    def __missing__(self, code: int) -> str:
        """Compute and cache the folded form of a character."""
        folded = _folded(chr(code))
        if len(self) < _MOST_REMEMBERED:
            self[code] = folded
        return folded


_TABLE: Final = _Table()


def _folded(character: str) -> str:
    folded = _once(character)
    return folded if folded == character else "".join(map(_folded, folded))


def _once(character: str) -> str:
    if character in _APOSTROPHES or character in _LEFT_OUT or category(character) == "Cf":
        return ""
    if character in _QUOTES:
        return '"'
    if character in _DASHES or category(character) == "Pd":
        return "-"
    digit = decimal(character, None)
    if digit is not None:
        return str(digit)
    lowered = normalize("NFKD", normalize("NFKD", character).casefold())
    folded = "".join(_base(one) for one in lowered if not combining(one))
    return folded if character.isspace() else "".join(folded.split())  # a word stays one word


def _base(letter: str) -> str:
    """Return the base letter, according to the letter's Unicode name."""
    if letter in _LETTERS:
        return _LETTERS[letter]
    known = name(letter, "")
    if not known.startswith(_SCRIPTS) or " WITH " not in known:
        return letter
    try:
        base = lookup(known.partition(" WITH ")[0]).casefold()
    except KeyError:
        return letter
    return _LETTERS.get(base, base)
