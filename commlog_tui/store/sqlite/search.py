"""One text to find entries by: what it becomes, and how the trigram index is asked for it."""

from dataclasses import dataclass
from typing import Final, Self

from commlog_tui.contract.folding import folded_words
from commlog_tui.contract.phone_numbers import searched_forms

_TRIGRAM: Final = 3


@dataclass(frozen=True, slots=True)
class Search:
    """What must be found in an entry's haystack: every term of one of the alternatives."""

    alternatives: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, q: str, region: str | None) -> Self:
        """Return the search for a text: its words, or the number that it may be in any form."""
        words = folded_words(q)
        alternatives = [words] if words else []
        alternatives += [(form,) for form in searched_forms(q, region)]
        return cls(tuple(dict.fromkeys(alternatives)))

    def condition(self, column: str) -> tuple[str, tuple[str, ...]]:
        """Return the SQL condition that the haystack has what is sought, and its values."""
        if not self.alternatives:
            return "1", ()
        parts = (" AND ".join(f"instr({column}, ?)" for _ in terms) for terms in self.alternatives)
        condition = " OR ".join(f"({part})" for part in parts)
        return f"({condition})", tuple(term for terms in self.alternatives for term in terms)

    def match(self) -> str | None:
        """Return the FTS5 expression for candidates, or None if a term is too short for the index.

        Trigrams are asked for one by one: with ``detail=none`` the index knows rows, not positions.
        """
        groups = []
        for terms in self.alternatives:
            trigrams = {term[at : at + _TRIGRAM] for term in terms for at in range(len(term) - _TRIGRAM + 1)}
            if not trigrams:
                return None
            groups.append(" AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in sorted(trigrams)))
        return " OR ".join(f"({group})" for group in groups) or None
