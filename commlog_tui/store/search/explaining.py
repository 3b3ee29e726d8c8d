"""Why an entry matched: for each term, the field that has it, its text, and what of it to mark."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from commlog_tui.contract.addresses import match_form, search_forms
from commlog_tui.contract.folding import fold, fold_with_offsets
from commlog_tui.contract.phone_numbers import digits, is_number
from commlog_tui.contract.search_terms import Term, folded_code, reference_digits, text_words
from commlog_tui.records.rows import EntryRow, MatchRow

EXCERPT: Final = 60
"""Characters of a text that are shown on each side of what matched."""
_WORD: Final = re.compile(r"\S+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What is known of an entry's person beyond the entry itself."""

    lines: tuple[str, ...] = ()
    """See ``search_terms.known_lines``."""
    contacts: tuple[str, ...] = ()
    """Addresses and numbers as they were last written."""
    name: str | None = None


def explain(
    terms: Iterable[Term], entry: EntryRow, person: Callable[[], KnownPerson], region: str | None
) -> tuple[MatchRow, ...]:
    """Return where each term holds, one field for each: the entry's own before what else is known of its person.

    The person is only asked for where the entry itself does not show why it matched.
    """
    found: dict[tuple[str, str], set[Span]] = {}
    for term in terms:
        for field, text, spans in _candidates(term, entry, person, region):
            if spans:
                found.setdefault((field, text), set()).update(spans)
                break
    return tuple(_match(field, text, _joined(spans)) for (field, text), spans in found.items())


def _match(field: str, text: str, spans: tuple[Span, ...]) -> MatchRow:
    if field == "body":
        text, spans = _excerpt(text, spans)
    return MatchRow(field, text, spans)


def _candidates(
    term: Term, entry: EntryRow, person: Callable[[], KnownPerson], region: str | None
) -> Iterator[tuple[str, str, list[Span]]]:
    customer = entry.customer
    if customer is not None and customer.name:
        yield "name", customer.name, _parts(customer.name, term.needles)
    yield "to", entry.to, _contact(entry.to, term, region)
    if entry.code:
        yield "code", entry.code, _code(entry.code, term)
    yield "title", entry.title, _parts(entry.title, term.needles)
    if entry.reference:
        yield "reference", entry.reference, _reference(entry.reference, term)
    if entry.body:
        yield "body", entry.body, _words(entry.body, term)
    yield from _of_person(term, entry, person, region)


def _of_person(
    term: Term, entry: EntryRow, person: Callable[[], KnownPerson], region: str | None
) -> Iterator[tuple[str, str, list[Span]]]:
    """Yield what is known of an entry's person, and does not show in the entry itself."""
    customer = entry.customer
    known_person = person()
    known = (*customer.addresses, *customer.numbers) if customer else ()
    own = match_form(entry.to, region)
    for contact in (*known, *known_person.contacts):
        if match_form(contact, region) != own:
            field = "other_number" if is_number(contact) else "other_address"
            yield field, contact, _contact(contact, term, region)
    if customer is not None:
        yield "customer_id", customer.id, _parts(customer.id, term.needles)
    for name in (*([known_person.name] if known_person.name else []), *known_person.lines):
        yield "other_name", name, _parts(name, term.needles)


def _parts(text: str, needles: Iterable[str]) -> list[Span]:
    """Return where a text has any of the needles, however it is written."""
    if not any(needle in fold(text) for needle in needles):
        return []
    folded, offsets = fold_with_offsets(text)
    for needle in needles:
        if spans := [_span(offsets, found.span()) for found in re.finditer(re.escape(needle), folded)]:
            return spans
    return []


def _span(offsets: Sequence[int], span: Span) -> Span:
    """Return the characters of the text that a part of its folded form stands for."""
    return offsets[span[0]], offsets[span[1] - 1] + 1


def _start(text: str, compared: str, starts: Iterable[str]) -> list[Span]:
    """Return the beginning of a text that is one of these, at least as long as it is written."""
    _, offsets = fold_with_offsets(text)
    for start in starts:
        if compared.startswith(start):
            return [(0, offsets[min(len(start), len(offsets)) - 1] + 1)]
    return []


def _code(text: str, term: Term) -> list[Span]:
    found = _start(text, folded_code(text), term.codes)
    return found or (_words(text, term) if len(text.split()) > 1 else [])


def _contact(text: str, term: Term, region: str | None) -> list[Span]:
    """Return what of an address or number has the term: the digits that match, else all of it in another form."""
    if is_number(term.text) and match_form(term.text, region) == match_form(text, region):
        return [(0, len(text))]
    if spans := _parts(text, term.needles):
        return spans
    if is_number(text) and not any(needle == digits(needle) for needle in term.needles):
        return []  # the other forms of a number have digits only
    forms = [fold(form) for form in search_forms(text, region)]
    if not any(needle in form for form in forms for needle in term.needles):
        return []
    positions = [at for at, character in enumerate(text) if digits(fold(character))]
    written = "".join(digits(fold(text[at]))[:1] for at in positions)
    for needle in term.needles:
        at = written.find(needle)
        if at >= 0:
            return [(positions[at], positions[at + len(needle) - 1] + 1)]
    return [(0, len(text))]


def _reference(text: str, term: Term) -> list[Span]:
    compared = reference_digits(text)
    for start in term.references:
        if compared.startswith(start):
            ends = [at for at, character in enumerate(text) if character != "-"]
            return [(0, ends[len(start) - 1] + 1)]
    return []


def _words(text: str, term: Term) -> list[Span]:
    """Return the words of a text that begin with those of the first group that it has whole."""
    folded = fold(text)
    if not any(all(start in folded for start in group) for group in term.words):
        return []
    if text.isascii() and len(folded) == len(text):
        return _words_of_ascii(folded, term)
    pieces = [(word.span(), fold(word[0])) for word in _WORD.finditer(text)]
    for group in term.words:
        spans = []
        for start in group:
            here = [_within(text, span, start) for span, piece in pieces if start in piece and _begins(piece, start)]
            if not here:
                break
            spans += here
        else:
            return spans
    return []


def _words_of_ascii(folded: str, term: Term) -> list[Span]:
    """Return the same for a text whose characters stand where those of its folded form do."""
    for group in term.words:
        here = [[found.span(1) for found in _begin_of_word(start).finditer(folded)] for start in group]
        if all(here):
            return [span for spans in here for span in spans]
    return []


@lru_cache(maxsize=256)
def _begin_of_word(start: str) -> re.Pattern[str]:
    """Return the pattern for the first word that begins so, of each piece between white space."""
    return re.compile(rf"(?<![0-9a-z])({re.escape(start)})\S*")


def _begins(piece: str, start: str) -> bool:
    return piece.startswith(start) or any(word.startswith(start) for word in text_words(piece))


def _within(text: str, span: Span, start: str) -> Span:
    """Return where the word stands that begins so, within a piece between white space."""
    folded, offsets = fold_with_offsets(text[span[0] : span[1]])
    for found in re.finditer(re.escape(start), folded):
        if found.start() == 0 or not folded[found.start() - 1].isalnum():
            begin, end = _span(offsets, found.span())
            return span[0] + begin, span[0] + end
    return span


def _excerpt(text: str, spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """Return the part of a text around the first span, with the spans that lie in it."""
    first = spans[0]
    begin = max(first[0] - EXCERPT, 0)
    end = min(first[1] + EXCERPT, len(text))
    return text[begin:end], tuple((a - begin, min(b, end) - begin) for a, b in spans if a < end)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that touch or overlap as one."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return tuple(joined)
