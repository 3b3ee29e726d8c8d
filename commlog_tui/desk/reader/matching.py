"""Whether an entry matches a query, as far as that can be known without asking the log."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.query import EntryQuery


def matches(entry: "Entry", query: "EntryQuery", contacts: frozenset[str] = frozenset()) -> bool:
    """Return whether the entry meets every condition of the query.

    ``contacts`` are the addresses and numbers known for the customer asked for, as
    ``contact_forms`` returns them: what was sent to one of them is part of their history.
    """
    return (
        (not query.via or entry.via in query.via)
        and (query.since is None or entry.sent_at >= query.since)
        and (query.until is None or entry.sent_at < query.until)
        and (query.to is None or _is_sent_to(entry, query.to))
        and (query.customer_id is None or _is_about(entry, query.customer_id, contacts))
        and (query.reference is None or (entry.reference or "").lower() == query.reference.lower())
        and (not query.status or entry.status in query.status)
        and (query.source is None or entry.source == query.source)
        and (query.kind is None or entry.kind == query.kind)
        and (query.q is None or _contains(entry, query.q))
    )


def contact_forms(entries: "Iterable[Entry]", customer_id: str | None) -> frozenset[str]:
    """Return the addresses and numbers that entries name for a customer, normalized."""
    from commlog_tui.contract.addresses import match_form

    people = (entry.customer for entry in entries if entry.customer is not None and entry.customer.id == customer_id)
    forms = (match_form(contact, None) for person in people for contact in (*person.addresses, *person.numbers))
    return frozenset(form for form in forms if form)


def _is_sent_to(entry: "Entry", to: str) -> bool:
    from commlog_tui.contract.addresses import match_form

    return bool(entry.to) and match_form(entry.to, None) == match_form(to, None)


def _is_about(entry: "Entry", customer_id: str, contacts: frozenset[str]) -> bool:
    from commlog_tui.contract.addresses import match_form

    if entry.customer is not None and entry.customer.id == customer_id:
        return True
    return bool(entry.to) and match_form(entry.to, None) in contacts


def _contains(entry: "Entry", q: str) -> bool:
    """Return whether an entry has every term of a search, as far as the entry itself shows it."""
    from commlog_tui.contract.search_matching import Texts
    from commlog_tui.contract.search_matching import matches as has_terms
    from commlog_tui.contract.search_terms import entry_words, folded_code, known_lines, parse, reference_digits

    terms = parse(q, None)
    if entry.redacted or not terms:
        return not terms
    texts = Texts(
        people=tuple(known_lines(entry.customer, entry.to, None)),
        title=folded_code(entry.title),
        code=folded_code(entry.code or ""),
        reference=reference_digits(entry.reference or ""),
        words=entry_words(entry.body, entry.code),
    )
    return has_terms(terms, texts)
