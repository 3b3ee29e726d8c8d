"""Every store finds what brute force finds, whatever was recorded, corrected and redacted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.folding import fold
from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.search_matching import Texts, matches
from commlog_tui.contract.search_terms import entry_words, folded_code, known_lines, parse, reference_digits
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.rows import CustomerRow
from commlog_tui.store.protocol import Store
from commlog_tui.store.search import planner
from commlog_tui.store.search.lookups import Limits
from commlog_tui.store.sqlite import person_checks, searching, walks
from tests.store.factory import NOON, call, correction, minutes, put, redaction

REGION: Final = "GB"
TITLES = ("Booking Confirmation", "Zoë rang", "Refund notice", "KB-1 again")
RECIPIENTS = ("07700 900123", "+44 7700 900123", "zoe@example.com", "BAKKER@example.com", "the skipper", "")
NAMES = ("Zoë Müller", "Isla Bakker", "isla", None)
CODES = ("KB-1042", "KB 1042", "kb-1", "7d3a", None)
REFERENCES = ("7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "00000000-0000-4000-8000-000000000001", None)
TEXTS = ("Gave the gate-code.", "asked for a refund, Zoë said", "call 07700 900123", None)
QUERIES = (
    "zoe", "müller", "isla bakker", "900123", "07700 900123", "+44 7700 900123 zoe", "example.com", "bakker@", "kb-1",
    "kb-1042 refund", "kb 1042", "7d3a", "7d3a1c9e-5b", "gate code", "gat", "refund", "zoe refund", "c-1", "e", "im",
    "skipper", "confirm zoe", "0000", "again", "rang isla", "zzqq", "zoe zzqq",
)  # fmt: skip
LIMITS = (Limits(), Limits(few=0), Limits(0, 0, 0, 0, 0, 0), Limits(people=1, titles=1, texts=1, few=0))
NUMBERS = count()
Step = tuple[dict[str, Any], dict[str, Any], int, str]


@dataclass
class Kept:
    """An entry with everything that was ever said of it."""

    item: AppendEntry
    versions: list[dict[str, Any]] = field(default_factory=list)
    seq: int = 0

    def person(self, version: dict[str, Any]) -> str | None:
        customer = version["customer"]
        return f"c{customer['id']}" if customer else match_form(version["to"], REGION)


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of an entry that are searched."""
    customer: dict[str, Any] = {"id": f"c-{draw(st.integers(1, 3))}", "name": draw(st.sampled_from(NAMES))}
    customer |= {"numbers": draw(st.sampled_from([[], ["07700 900123"], ["020 7946 0123"]]))}
    return {
        "to": draw(st.sampled_from(RECIPIENTS)),
        "title": draw(st.sampled_from(TITLES)),
        "customer": draw(st.sampled_from([customer, None])),
        "code": draw(st.sampled_from(CODES)),
        "reference": draw(st.sampled_from(REFERENCES)),
        "body": draw(st.sampled_from(TEXTS)),
    }


STEPS = st.lists(
    st.tuples(fields(), fields(), st.integers(0, 5), st.sampled_from(["add", "add", "add", "correct", "redact"])),
    min_size=1,
    max_size=12,
)


async def record(
    store: Store, location: str, steps: Sequence[tuple[dict[str, Any], dict[str, Any], int, str]]
) -> list[Kept]:
    """Record entries; some are corrected, some redacted."""
    kept = []
    for first, then, minute, step in steps:
        item = call(via="phone", sent_at=NOON + minutes(minute), **first)
        one = Kept(item, [first])
        (answer,) = await put(store, item, location=location)
        one.seq = answer.receipt.seq
        if step == "correct":
            await put(store, correction(item, **then), location=location)
            one.versions.append(then)
        elif step == "redact":
            await put(store, redaction(item), location=location)
            one.versions.clear()
        kept.append(one)
    return kept


def brute_force(kept: Sequence[Kept], query: str) -> list[str]:
    """Return the ids of the entries that match, newest first."""
    lines: dict[str | None, set[str]] = {}
    for one in kept:
        for version in one.versions:
            customer = version["customer"]
            row = CustomerRow(customer["id"], customer["name"], (), tuple(customer["numbers"])) if customer else None
            lines.setdefault(one.person(version), set()).update(known_lines(row, version["to"], REGION))
    terms = parse(query, REGION)
    found = []
    for one in kept:
        if not one.versions:
            continue
        now = one.versions[-1]
        texts = Texts(
            tuple(lines.get(one.person(now), ())),
            " ".join(fold(now["title"]).split()),
            folded_code(now["code"] or ""),
            reference_digits(now["reference"] or ""),
            entry_words(now["body"], now["code"]),
        )
        if matches(terms, texts):
            found.append(one)
    found.sort(key=lambda one: (one.item.entry.sent_at, one.seq), reverse=True)
    return [one.item.id for one in found]


async def found(store: Store, location: str, query: str, **filters: Any) -> list[str]:
    """Return the ids on all pages of a search, from the newest."""
    ids: list[str] = []
    cursor = None
    while True:
        request = PageRequest.model_validate({"q": query, "limit": 3, "cursor": cursor} | filters)
        page = await store.page(location, request)
        ids += [entry.id for entry in page.entries]
        cursor = page.older
        if cursor is None:
            return ids


@given(
    STEPS,
    st.lists(st.sampled_from(QUERIES), min_size=4, max_size=4, unique=True),
    st.sampled_from(LIMITS),
    st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_store_finds_what_brute_force_finds(
    store: Store,
    steps: list[Step],
    queries: list[str],
    limits: Limits,
    is_hasty: bool,
) -> None:
    location = f"at-{next(NUMBERS)}"
    await store.create_location(NewLocation(id=location, name="Quay", zone="Europe/London"))
    kept = await record(store, location, steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "LIMITS", limits)
        patch.setattr(person_checks, "_FEWEST", 2)
        patch.setattr(person_checks, "_MOST", 3)
        patch.setattr(walks, "_SAMPLE", 4)
        if is_hasty:  # SQLite gathers all matches at once
            patch.setattr(searching, "TRIED_SECONDS", 0.0)
            patch.setattr(searching, "STEPS_BETWEEN_LOOKS", 1)
        for query in queries:
            expected = brute_force(kept, query)
            assert await found(store, location, query) == expected, query
            assert await found(store, location, query, source="manual") == expected, query
            assert await found(store, location, query, via=["sms"]) == []


async def test_a_customer_with_very_many_addresses_is_found_by_each(store: Store) -> None:
    location = f"at-{next(NUMBERS)}"
    await store.create_location(NewLocation(id=location, name="Quay", zone="Europe/London"))
    who = {"id": "c-1", "name": "Isla Bakker"}
    addresses = [f"guest.number.{number}@a-rather-long-domain.example" for number in range(150)]
    items = [
        call(via="email", to=address, customer=who, sent_at=NOON + minutes(number))
        for number, address in enumerate(addresses)
    ]
    for start in range(0, 150, 50):
        await put(store, *items[start : start + 50], location=location)
    newest_first = [item.id for item in reversed(items)]
    for query in ("number.7@ bakker", "number.149@", "isla"):
        assert await found(store, location, query) == newest_first, query
    page = await store.page(location, PageRequest(customer_id="c-1", limit=5))
    assert [entry.id for entry in page.entries] == newest_first[:5]
    assert page.total.count == 150
    await put(store, redaction(items[7]), location=location)
    assert await found(store, location, "number.7@") == []
    assert len(await found(store, location, "number.8@ isla")) == 149
