"""Whether an entry matches a query, as far as that can be known without asking the log."""

from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Customer, EntryCustomer
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.query import EntryQuery


class Reach(NamedTuple):
    """By what entries are known to be about a customer."""

    ids: frozenset[str]
    """Of the customer, and of those merged with them."""
    forms: frozenset[str] = frozenset()
    """Addresses and numbers, normalized."""


NOBODY: Final[Mapping[str, Reach]] = MappingProxyType({})


def matches(entry: "Entry", query: "EntryQuery", contacts: Mapping[str, Reach] = NOBODY, zone: tzinfo = UTC) -> bool:
    """Return whether the entry meets every condition of the query.

    ``contacts`` are the ids, addresses and numbers known of the customers asked for, as ``reaches``
    returns them: what was sent to one of them is part of their history. ``zone`` is the location's,
    in which days are excluded.
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
        and (query.title is None or _is_same(entry.title, query.title))
        and (query.code is None or _is_same(entry.code, query.code))
        and not _is_excluded(entry, query, contacts, zone)
        and (query.q is None or _contains(entry, query.q))
    )


def customers_of(query: "EntryQuery") -> frozenset[str]:
    """Return the ids of the customers that a query names."""
    return frozenset({*query.not_customer_id, *filter(None, (query.customer_id,))})


def reaches(
    entries: "Iterable[Entry]", query: "EntryQuery", guests: "Mapping[str, Customer | None]"
) -> Mapping[str, Reach]:
    """Return what is known of each customer of a query, from entries and from customers the log was asked for."""
    asked = customers_of(query)
    if not asked:
        return NOBODY
    from commlog_tui.contract.addresses import match_form

    ids = {one: frozenset({one, *(guest.merged if (guest := guests.get(one)) is not None else ())}) for one in asked}
    people: list[EntryCustomer | Customer] = [guest for one in asked if (guest := guests.get(one)) is not None]
    people += (entry.customer for entry in entries if entry.customer is not None)
    found = dict[str, set[str]]()
    for person in people:
        for one in asked:
            if person.id in ids[one]:
                forms = (match_form(contact, None) for contact in (*person.addresses, *person.numbers))
                found.setdefault(one, set()).update(form for form in forms if form)
    return {one: Reach(ids[one], frozenset(found.get(one, ()))) for one in asked}


def _is_excluded(entry: "Entry", query: "EntryQuery", contacts: Mapping[str, Reach], zone: tzinfo) -> bool:
    return (
        entry.via in query.not_via
        or entry.status in query.not_status
        or entry.source in query.not_source
        or entry.kind in query.not_kind
        or any(_is_sent_to(entry, to) for to in query.not_to)
        or any(_is_about(entry, customer, contacts) for customer in query.not_customer_id)
        or (entry.reference or "").lower() in query.not_reference
        or any(_is_same(entry.title, title) for title in query.not_title)
        or any(_is_same(entry.code, code) for code in query.not_code)
        or (bool(query.not_day) and entry.sent_at.astimezone(zone).date() in query.not_day)
    )


def _is_same(text: str | None, wanted: str) -> bool:
    from commlog_tui.contract.search_terms import folded_code

    return text is not None and folded_code(text) == folded_code(wanted)


def _is_sent_to(entry: "Entry", to: str) -> bool:
    from commlog_tui.contract.addresses import match_form

    return bool(entry.to) and match_form(entry.to, None) == match_form(to, None)


def _is_about(entry: "Entry", customer_id: str, contacts: Mapping[str, Reach]) -> bool:
    from commlog_tui.contract.addresses import match_form

    known = contacts.get(customer_id) or Reach(frozenset({customer_id}))
    if entry.customer is not None and entry.customer.id in known.ids:
        return True
    return bool(entry.to) and match_form(entry.to, None) in known.forms


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
