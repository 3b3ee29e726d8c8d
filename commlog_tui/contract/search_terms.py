"""What a query is made of: terms, each with the forms in which a field can have it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol
from unicodedata import category

from commlog_tui.contract.addresses import search_forms
from commlog_tui.contract.folding import fold
from commlog_tui.contract.phone_numbers import FEWEST_DIGITS, digits, is_number_part, searched_forms

FEWEST_HEX: Final = 4
"""Fewest digits of the start of a reference."""
LONGEST_WORD: Final = 64
"""Characters of a word that are indexed; longer words are equal where these are."""
_REFERENCE_DIGITS: Final = 32
_LONGEST_NUMBER: Final = 18
_WORDS: Final = re.compile("[0-9A-Za-z]+")
"""Words of an ASCII text, as ``_BETWEEN`` leaves them."""
_HEX: Final = re.compile(r"[0-9a-f][0-9a-f-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query. It holds in a field that has any of the forms for this sort of field."""

    text: str
    """As typed."""
    needles: tuple[str, ...]
    """Parts of names, addresses, numbers and titles."""
    codes: tuple[str, ...]
    """Beginnings of codes."""
    references: tuple[str, ...]
    """Beginnings of references, as hexadecimal digits."""
    words: tuple[tuple[str, ...], ...]
    """Groups of beginnings of words, of which a text must have one group whole."""


class Named(Protocol):
    """A customer as an entry names them."""

    @property
    def id(self) -> str:
        """The booking system's id."""
        ...

    @property
    def name(self) -> str | None:
        """The name, if it is known."""
        ...

    @property
    def addresses(self) -> tuple[str, ...]:
        """E-mail addresses."""
        ...

    @property
    def numbers(self) -> tuple[str, ...]:
        """Phone numbers."""
        ...


def parse(q: str, region: str | None) -> tuple[Term, ...]:
    """Return the distinct terms of a query; numbers are read as written in the region."""
    parts = q.split()
    is_one = not any(part.startswith("+") for part in parts[1:]) and len(digits(fold(q))) <= _LONGEST_NUMBER
    forms = searched_forms(q, region) if is_one else ()
    terms = [_number(q.strip(), forms)] if forms else _terms(parts, region)
    distinct: dict[tuple[str, ...], Term] = {}
    for term in terms:
        distinct.setdefault(term.needles, term)
    return tuple(distinct.values())


def text_words(text: str) -> tuple[str, ...]:
    """Return the distinct folded words of a text: runs of letters, digits and their marks."""
    folded = fold(text)
    words = _WORDS.findall(folded) if folded.isascii() else folded.translate(_BETWEEN).split()
    return tuple(dict.fromkeys(words if len(folded) <= LONGEST_WORD else [word[:LONGEST_WORD] for word in words]))


def entry_words(body: str | None, code: str | None) -> tuple[str, ...]:
    """Return the words that an entry's text is found by, with those of a booking code of several words."""
    text = body or ""
    if code and len(code.split()) > 1:
        text = f"{text}\n{code}" if text else code
    return text_words(text) if text else ()


def known_lines(customer: Named | None, to: str, region: str | None) -> list[str]:
    """Return the folded lines that an entry's person is found by: id, name, addresses and numbers in every form."""
    lines: list[str] = []
    if customer is not None:
        lines += [customer.id, *([customer.name] if customer.name else [])]
        lines += [form for text in (*customer.addresses, *customer.numbers) for form in search_forms(text, region)]
    lines += search_forms(to, region)
    return [line for line in dict.fromkeys(" ".join(fold(line).split()) for line in lines) if line]


def folded_code(code: str) -> str:
    """Return the form in which codes, and whole titles, are compared."""
    return " ".join(fold(code).split())


def reference_digits(reference: str) -> str:
    """Return the hexadecimal digits of a reference."""
    return reference.lower().replace("-", "")


def _terms(parts: list[str], region: str | None) -> Iterator[Term]:
    at = 0
    while at < len(parts):
        end = _end_of_number(parts, at)
        run = " ".join(parts[at:end])
        if end > at and (forms := searched_forms(run, region)):
            yield _number(run, forms)
            at = end
        else:
            for word in fold(parts[at]).split():
                yield _term(parts[at], (word,), (word,))
            at += 1


def _end_of_number(parts: list[str], start: int) -> int:
    """Return where the longest run of parts ends that may be one phone number, or the start where there is none."""
    end, count = start, 0
    for at in range(start, len(parts)):
        size = len(digits(fold(parts[at])))
        is_new = at > start and parts[at].startswith("+")
        if is_new or not is_number_part(parts[at]) or count + size > _LONGEST_NUMBER or (at == start and not size):
            break
        count += size
        if size:  # a run does not end with a dash
            end = at + 1
    return end if count >= FEWEST_DIGITS else start


def _number(text: str, forms: tuple[str, ...]) -> Term:
    typed = () if " " in text else (fold(text),)
    return _term(text, (*typed, *forms), (*typed, *forms))


def _term(text: str, needles: Iterable[str], starts: Iterable[str]) -> Term:
    distinct, beginnings = dict.fromkeys(needles), tuple(dict.fromkeys(starts))
    shortest = tuple(one for one in distinct if not any(other != one and other in one for other in distinct))
    groups = dict.fromkeys(words for start in (*beginnings, fold(text)) if (words := text_words(start)))
    return Term(text, shortest, beginnings, tuple(filter(None, map(_hex, beginnings))), tuple(groups))


def _hex(start: str) -> str | None:
    found = reference_digits(start) if _HEX.fullmatch(start) else ""
    return found if FEWEST_HEX <= len(found) <= _REFERENCE_DIGITS else None


class _Between(dict[int, str]):
    """Translation table that is filled on demand: what is between words becomes a space."""

    def __missing__(self, code: int) -> str:
        """Compute and cache what a character becomes."""
        character = chr(code)
        self[code] = character if category(character)[0] in "LMN" else " "
        return self[code]


_BETWEEN: Final = _Between()
