"""Words that differ from a query's by one edit, offered when nothing matches exactly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Self

FEWEST_LETTERS: Final = 4
"""Shorter words have too many neighbors."""
MOST_LETTERS: Final = 40
"""Longer words are not remembered."""
MOST_SUGGESTIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """Where the words at one edit are found: one edit leaves one half of a word as it is, or swaps the middle."""

    begins: str
    """The first half."""
    ends_reversed: str
    """The second half, reversed: a word is also indexed by its reverse."""
    swapped: str
    """The word with the two letters in its middle swapped."""

    @classmethod
    def of(cls, word: str) -> Self | None:
        """Return where to look, or None for a word that is too short or too long to be corrected."""
        if not FEWEST_LETTERS <= len(word) <= MOST_LETTERS:
            return None
        middle = len(word) // 2
        swapped = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
        return cls(word[:middle], word[middle:][::-1], swapped)


def nearest(word: str, candidates: Iterable[str]) -> list[str]:
    """Return the candidates at one edit, those of the same length and first letter before others."""
    found = sorted({other for other in candidates if is_one_edit(word, other)})
    return sorted(found, key=lambda other: (other[:1] != word[:1], len(other) != len(word)))[:MOST_SUGGESTIONS]


def replaced_words(words: Sequence[str], choices: Mapping[int, Sequence[str]]) -> Iterator[str]:
    """Yield a query with words replaced by each combination of these, given by position."""
    for chosen in product(*choices.values()):
        replaced = dict(zip(choices, chosen, strict=True))
        yield " ".join(replaced.get(at, word) for at, word in enumerate(words))


def is_remembered(word: str) -> bool:
    """Whether a word of a name or title may be offered."""
    return FEWEST_LETTERS - 1 <= len(word) <= MOST_LETTERS and not any(map(str.isdecimal, word))


def is_one_edit(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbors turns one word into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = 0
    while at < len(short) and short[at] == long[at]:
        at += 1
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    is_swap = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return is_swap or short[at + 1 :] == long[at + 1 :]
