"""Totals with exclusions: exact where all that is left out can be counted, and marked where it cannot."""

from typing import Any

import pytest

from commlog_tui.store import totals
from commlog_tui.store.postgresql import search_page as postgresql_search
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite import search_page as sqlite_search
from tests.store.factory import NOON, ask, call, ids, mail, minutes, put

DAY = 24 * 60
REFERENCE = "0d9c6a52-6a4e-4f0e-8f6f-3f8f2b6f7c11"
ROPE: dict[str, Any] = {"title": "Rope", "to": "07700 900123", "customer": {"id": "c-1"}, "code": "HB-1"}
QUERIES = (
    {"not_title": ["ROPE"]},
    {"not_title": ["rope", "Rope", "nothing"]},
    {"not_to": ["+44 7700 900123", "nobody@example.com"]},
    {"not_customer_id": ["c-1", "c-2"]},
    {"not_code": ["hb-1", "hb-2"]},
    {"not_reference": [REFERENCE]},
    {"not_day": ["2026-11-03"]},
    {"not_day": ["2026-11-03", "2026-11-02", "2020-01-01"], "not_title": ["rope"], "not_code": ["hb-2"]},
    {"via": ["email"], "not_title": ["Rope"]},
    {"via": ["phone"], "not_to": ["07700 900123"], "not_status": ["logged"]},
    {"not_via": ["email"], "not_customer_id": ["c-1"]},
    {"since": NOON - minutes(DAY), "not_to": ["07700 900123"]},
    {"since": NOON - minutes(DAY), "until": NOON + minutes(5), "not_day": ["2026-11-03"], "not_code": ["hb-1"]},
)


async def fill(store: Store) -> None:
    items = [
        *(call(**ROPE, sent_at=NOON + minutes(number)) for number in range(9)),
        *(mail(title="Rope", customer={"id": "c-2"}, sent_at=NOON - minutes(number * 300)) for number in range(9)),
        *(mail(code="HB-2", reference=REFERENCE, sent_at=NOON - minutes(number * 700)) for number in range(9)),
        call(),
    ]
    await put(store, *items)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("limit", [1, 2])
async def test_a_total_of_an_exclusion_is_exact_beyond_what_a_search_counts(
    store: Store, monkeypatch: pytest.MonkeyPatch, query: dict[str, Any], limit: int
) -> None:
    await fill(store)
    expected = len(await ids(store, **query, limit=200))
    monkeypatch.setattr(sqlite_search, "CAP", 1)
    monkeypatch.setattr(postgresql_search, "CAP", 1)
    total = (await ask(store, **query, limit=limit)).total
    assert (total.count, total.exact) == (expected, True)
    page = await ask(store, **query, limit=limit, at=NOON)
    assert page.total.count == expected
    assert page.total.exact


async def test_what_is_too_much_to_count_is_marked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(store)
    for module in (sqlite_search, postgresql_search):
        monkeypatch.setattr(module, "CAP", 3)
    monkeypatch.setattr(totals, "CAP", 8)
    assert not (await ask(store, not_title=["Rope"], limit=1)).total.exact
    assert (await ask(store, not_code=["hb-7"], limit=1)).total.exact


@pytest.mark.parametrize("query", [{"q": "rope", "not_code": ["HB-1"]}, {"title": "Rope", "not_code": ["HB-1"]}])
async def test_beside_words_or_a_filter_without_counters_it_is_counted_one_by_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, query: dict[str, Any]
) -> None:
    await fill(store)
    for module in (sqlite_search, postgresql_search):
        monkeypatch.setattr(module, "CAP", 3)
    total = (await ask(store, **query, limit=1)).total
    assert (total.count, total.exact) == (3, False)
