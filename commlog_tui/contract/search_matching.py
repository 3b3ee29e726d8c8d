"""Whether an entry matches, by looking at its fields: the meaning of a search, without any index."""

from collections.abc import Iterable
from dataclasses import dataclass

from commlog_tui.contract.search_terms import Term


@dataclass(frozen=True, slots=True)
class Texts:
    """The fields of an entry that are searched, in folded form."""

    people: tuple[str, ...] = ()
    """See ``search_terms.known_lines``: of the entry's person, from all entries."""
    title: str = ""
    code: str = ""
    reference: str = ""
    """Hexadecimal digits alone."""
    words: tuple[str, ...] = ()


def matches(terms: Iterable[Term], texts: Texts) -> bool:
    """Whether every term holds in some field."""
    return all(holds(term, texts) for term in terms)


def holds(term: Term, texts: Texts) -> bool:
    """Whether a term holds in some field."""
    return (
        any(needle in line for needle in term.needles for line in texts.people)
        or any(needle in texts.title for needle in term.needles)
        or texts.code.startswith(term.codes)
        or texts.reference.startswith(term.references)
        or any(has_words(group, texts.words) for group in term.words)
    )


def has_words(group: Iterable[str], words: Iterable[str]) -> bool:
    """Whether each beginning of the group begins one of the words."""
    known = tuple(words)
    return all(any(word.startswith(start) for word in known) for start in group)
