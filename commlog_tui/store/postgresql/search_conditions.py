"""The conditions of a search in SQL: where a term holds in the dictionaries, and on an entry's row."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from commlog_tui.contract.search_terms import Term
from commlog_tui.store.postgresql.conditions import Conditions, any_of
from commlog_tui.store.search.lookups import Found

Person = tuple[str | None, str | None]
"""Id of a customer, or else the address of a recipient without one."""

_LAST: Final = "\U0010ffff"
"""Sorts behind every character."""
_DIGITS: Final = 32
"""Of a UUID."""
_OF_PERSON: Final = """
(SELECT CASE WHEN contact.customer <> '' THEN (
    SELECT haystack FROM customer WHERE customer.location = contact.location AND customer.id = contact.customer
) ELSE (
    SELECT haystack FROM recipient WHERE recipient.location = contact.location AND recipient.address = contact.address
) END FROM contact WHERE contact.location = entry.location AND contact.no = entry.contact) LIKE ANY (%s::text[])
"""
"""Not ``EXISTS``, for which PostgreSQL may collect all people who have the parts before the first row."""
_CONTACTS: Final = "SELECT no FROM contact WHERE location = %s"
_IN_TITLE: Final = """
(SELECT folded FROM title WHERE title.location = entry.location AND title.no = entry.title) LIKE ANY (%s::text[])
"""
IN_TEXT: Final = """
entry.has_body AND (
    SELECT words FROM body WHERE body.location = entry.location AND body.seq = entry.seq
) @@ %s::tsquery
"""


def parts(term: Term) -> list[str]:
    """Return the patterns of a text that has a needle of a term."""
    return [f"%{_escaped(needle)}%" for needle in term.needles]


Rows = tuple[str, list[Any]]
"""Rows to read from, and the values in them."""


def people_found(location: int, terms: Sequence[Term], most: int, *, is_distributed: bool) -> Rows:
    """Return at most so many customers and so many addresses that have a part of every term.

    On a cluster they are found without the function, which a shard's node could not run.
    """
    if not is_distributed:
        return "people_with(%s::jsonb, %s::integer)", [msgspec.json.encode([*map(parts, terms)]).decode(), most]
    has = Conditions().add("location = %s", location)
    for term in terms:
        has.add("haystack LIKE ANY (%s::text[])", parts(term))
    sql = f"""(
        (SELECT id AS customer, NULL::text AS address FROM customer WHERE {has.sql} LIMIT %s)
        UNION ALL (SELECT NULL, address FROM recipient WHERE {has.sql} LIMIT %s)
    )"""
    return sql, [*has.values, most, *has.values, most]


def texts_found(location: int, terms: Sequence[Term], most: int, *, is_distributed: bool) -> Rows:
    """Return the positions of at most so many texts that have a group of words of every term; see above.

    The function plans by itself, after the walk around it: the index of words has no order to walk in.
    """
    query = text_query(location, terms)
    if is_distributed:
        return "(SELECT seq FROM body WHERE location = %s AND words @@ %s::tsquery LIMIT %s)", [location, query, most]
    return "texts_with(%s || left(set_config('enable_bitmapscan', 'on', true), 0), %s::integer)", [query, most]


def has_code(term: Term, column: str = "entry.code") -> Conditions:
    """Return the condition that a code begins like a term."""
    return any_of(Conditions([f"{column} >= %s AND {column} < %s"], [one, one + _LAST]) for one in term.codes)


def has_reference(term: Term, column: str = "entry.reference") -> Conditions:
    """Return the condition that a reference begins like a term."""
    ranges = ([digits.ljust(_DIGITS, "0"), digits.ljust(_DIGITS, "f")] for digits in term.references)
    return any_of(Conditions([f"{column} BETWEEN %s::uuid AND %s::uuid"], list(one)) for one in ranges)


def text_query(location: int, terms: Iterable[Term]) -> str:
    """Return the query for texts that have a group of words of every term."""
    return " & ".join(f"({' | '.join(f'({_all_of(location, group)})' for group in term.words)})" for term in terms)


def tagged(location: int, word: str) -> str:
    """Return a word as the index has it: with its location, as beginnings are looked up over all of them."""
    return f"{int(location)}q{word}"


def contacts_of(people: Sequence[Person], location: int) -> Conditions:
    """Return the statement for the contacts of people, with its values."""
    customers = [customer for customer, _ in people if customer is not None]
    addresses = [address for _, address in people if address is not None]
    found = []
    if customers or not addresses:
        found.append(Conditions([f"{_CONTACTS} AND customer = ANY (%s::text[])"], [location, customers]))
    if addresses:
        found.append(
            Conditions([f"{_CONTACTS} AND customer = '' AND address = ANY (%s::text[])"], [location, addresses])
        )
    return Conditions([" UNION ALL ".join(one.sql for one in found)], [value for one in found for value in one.values])


def is_of_people(people: Sequence[Person], location: int) -> Conditions:
    """Return the condition that an entry's person is one of these."""
    contacts = contacts_of(people, location)
    return Conditions([f"(entry.contact IN ({contacts.sql})) IS TRUE"], contacts.values)


def holds(found: Found, people: Sequence[Person] | None, titles: Sequence[int] | None, location: int) -> Conditions:
    """Return the condition that a term holds on an entry's row; None stands for people or titles to be looked at."""
    term = found.term
    fields = []
    if people is None:
        fields.append(Conditions([_OF_PERSON], [parts(term)]))
    elif people:
        fields.append(is_of_people(people, location))
    if titles is None:
        fields.append(Conditions([_IN_TITLE], [parts(term)]))
    elif titles:
        fields.append(Conditions(["entry.title = ANY (%s::bigint[])"], [list(titles)]))
    if found.codes:
        fields.append(has_code(term))
    if found.references:
        fields.append(has_reference(term))
    if found.texts:
        fields.append(Conditions([IN_TEXT], [text_query(location, [term])]))
    return any_of(fields)


def _escaped(needle: str) -> str:
    return needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _all_of(location: int, group: Iterable[str]) -> str:
    return " & ".join(f"'{tagged(location, word)}':*" for word in group)
