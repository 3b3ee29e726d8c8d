"""A store of plain rows that answers by the planner, and by brute force."""

from collections.abc import Sequence
from dataclasses import dataclass

from commlog_tui.contract.search_matching import Texts, has_words, holds, matches
from commlog_tui.contract.search_terms import Term
from commlog_tui.store.search.lookups import Found, Limits, Sizes
from commlog_tui.store.search.planner import Branch, Lead, plan


@dataclass(frozen=True)
class Row:
    """An entry: its person and what is searched."""

    person: int
    texts: Texts
    via: int = 0


class PlainLog:
    """Rows from the oldest to the newest, found through dictionaries as a store would."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.titles_known = sorted({row.texts.title for row in rows if row.texts.title})
        self.people_known = {row.person: row.texts.people for row in rows}

    def sizes(self) -> Sizes:
        return Sizes(len(self.rows), len(self.people_known), len(self.titles_known))

    def people(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        return _listed(
            [no for no, lines in self.people_known.items() if matches(_people_only(terms), Texts(people=lines))], limit
        )

    def titles(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        known = enumerate(self.titles_known)
        return _listed([no for no, title in known if all(_in_title(term, title) for term in terms)], limit)

    def count_codes(self, term: Term, limit: int) -> int:
        return min(sum(row.texts.code.startswith(term.codes) for row in self.rows), limit + 1)

    def count_references(self, term: Term, limit: int) -> int:
        return min(sum(row.texts.reference.startswith(term.references) for row in self.rows), limit + 1)

    def count_texts(self, term: Term, limit: int) -> int:
        return min(sum(_in_text(term, row.texts) for row in self.rows), limit + 1)

    def brute_force(self, terms: Sequence[Term], via: int | None) -> list[int]:
        newest_first = range(len(self.rows) - 1, -1, -1)
        return [at for at in newest_first if self._is_left(at, via) and matches(terms, self.rows[at].texts)]

    def search(self, terms: Sequence[Term], via: int | None, limits: Limits, *, is_whole: bool = False) -> list[int]:
        """Return the positions of all matches, newest first; by the plan for a page, or by that for all matches."""
        left = None if via is None else sum(self._is_left(at, via) for at in range(len(self.rows)))
        found = plan(terms, self, 50, left, limits)
        if found is None:
            return []
        if is_whole:
            found = found.whole or found
        walked = {at for branch in found.branches for at in range(len(self.rows)) if self._leads(branch, at)}
        kept = [at for at in walked if self._is_left(at, via) and all(self._holds(one, at) for one in found.conditions)]
        return sorted(kept, reverse=True)

    def _is_left(self, at: int, via: int | None) -> bool:
        return via is None or self.rows[at].via == via

    def _leads(self, branch: Branch, at: int) -> bool:
        row, terms = self.rows[at], branch.terms
        match branch.lead:
            case Lead.PEOPLE:
                return row.person in branch.numbers
            case Lead.TITLES:
                return row.texts.title in {self.titles_known[no] for no in branch.numbers}
            case Lead.CODES:
                return row.texts.code.startswith(terms[0].codes)
            case Lead.REFERENCES:
                return row.texts.reference.startswith(terms[0].references)
            case Lead.TEXTS | Lead.WITH_TEXT:
                return all(_in_text(term, row.texts) for term in terms)
            case Lead.ALL:
                return True

    def _holds(self, found: Found, at: int) -> bool:
        row, term = self.rows[at], found.term
        by_person = row.person in (found.people or ()) or (
            found.people is None and holds(term, Texts(people=row.texts.people))
        )
        if found.titles is None:
            by_title = _in_title(term, row.texts.title)
        else:
            by_title = row.texts.title in {self.titles_known[no] for no in found.titles}
        by_code = found.codes > 0 and row.texts.code.startswith(term.codes)
        by_reference = found.references > 0 and row.texts.reference.startswith(term.references)
        by_text = found.texts > 0 and _in_text(term, row.texts)
        return by_person or by_title or by_code or by_reference or by_text


def _listed(numbers: list[int], limit: int) -> tuple[int, ...] | None:
    return tuple(numbers) if len(numbers) <= limit else None


def _people_only(terms: Sequence[Term]) -> list[Term]:
    return [Term(term.text, term.needles, (), (), ()) for term in terms]


def _in_title(term: Term, title: str) -> bool:
    return any(needle in title for needle in term.needles)


def _in_text(term: Term, texts: Texts) -> bool:
    return any(has_words(group, texts.words) for group in term.words)
