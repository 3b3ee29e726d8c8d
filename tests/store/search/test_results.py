"""What a page of results says beside its rows: why each matched, similar words, and how far back was looked."""

from typing import Any

import pytest
from msgspec import UNSET

from commlog_tui.store.postgresql import search_page
from commlog_tui.store.postgresql.search_page import SearchPage
from commlog_tui.store.postgresql.store import PostgresStore
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import PageRow
from commlog_tui.store.sqlite import searching
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.databases import Database
from tests.store.factory import NOON, ask, call, correction, ids, mail, minutes, put, redaction

WHO = {"id": "c-1", "name": "Isla Bakker", "numbers": ["+44 7911 123456"]}


def reasons(page: PageRow) -> list[str]:
    """Return why each entry matched, with what is marked in brackets."""
    found = []
    for entry in page.entries:
        for match in entry.matched:
            text = match.text
            for begin, end in reversed(match.spans):
                text = f"{text[:begin]}[{text[begin:end]}]{text[end:]}"
            found.append(f"{match.field}: {text}")
    return found


@pytest.fixture
def sqlite(store: Store) -> Store:
    """The store, where it is SQLite."""
    if not isinstance(store, SqliteStore):
        pytest.skip("about SQLite's own pages")
    return store


async def test_the_words_of_a_text_find_the_call(sqlite: Store) -> None:
    wanted = call(body="Gave her the gate code, 1234#.")
    await put(sqlite, wanted, call(body="Asked about the gates."), call(title="Code"))
    page = await ask(sqlite, q="gate code")
    assert [entry.id for entry in page.entries] == [wanted.id]
    assert reasons(page) == ["body: Gave her the [gate] [code], 1234#."]
    assert await ids(sqlite, q="gave 1234") == [wanted.id]


async def test_another_number_of_the_same_guest_is_named(sqlite: Store) -> None:
    await put(sqlite, mail(customer=WHO), mail(to="isla@example.com", customer={"id": "c-1"}))
    page = await ask(sqlite, q="07911 123456")
    assert reasons(page) == ["other_number: [+44 7911 123456]"] * 2
    assert (await ask(sqlite)).entries[0].matched == ()


async def test_a_corrected_text_and_title_are_found_and_not_what_they_were(sqlite: Store) -> None:
    entry = call(title="Lost umbrella", body="a red one")
    await put(sqlite, entry, correction(entry, title="Lost parasol", body="a blue one"))
    assert await ids(sqlite, q="parasol blue") == [entry.id]
    assert await ids(sqlite, q="umbrella") == await ids(sqlite, q="red") == []


async def test_what_only_a_redacted_entry_had_leaves_every_dictionary(sqlite: Store, database: Database) -> None:
    secret = {"id": "c-9", "name": "Zebulon Quixworth", "numbers": ["07700 900777"]}
    gone = call(title="Xylophone lesson", body="Obstreperous wombats", code="QZ-77", customer=secret)
    stays = call(title="Xylophones", customer={"id": "c-1", "name": "Quixworthy Ann"})
    await put(sqlite, gone, stays)
    await put(sqlite, redaction(gone))
    for query in ("zebulon", "quixworth ", "900777", "xylophone lesson", "obstreperous", "qz-77", "c-9"):
        assert gone.id not in await ids(sqlite, q=query), query
    assert await ids(sqlite, q="xylophon") == await ids(sqlite, q="quixworth") == [stays.id]
    for text in ("zebulon", "lesson", "obstreperous", "qz-77", "07700900777", "QZ-77"):
        assert not database.holds(text), text
    assert (await ask(sqlite, q="zebulan")).suggestions == UNSET
    assert (await ask(sqlite, q="quixworthi")).suggestions == ("quixworthy",)


@pytest.mark.parametrize("typed", ["bakkr", "bbakker", "bakler", "bakkre", "isla bakkr", "bakkr 07911 123456"])
async def test_a_misspelt_name_gets_a_similar_one_that_finds_something(sqlite: Store, typed: str) -> None:
    await put(sqlite, mail(customer=WHO), mail(customer={"id": "c-2", "name": "Bekker"}))
    page = await ask(sqlite, q=typed)
    assert page.suggestions
    for suggestion in page.suggestions:
        assert await ids(sqlite, q=suggestion)
    assert "bakker" in page.suggestions[0]


async def test_a_search_that_takes_too_long_says_how_far_it_looked_and_goes_on(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [
        call(title="Rope" if number % 7 else "Anchor chain", sent_at=NOON + minutes(number // 2))
        for number in range(60)
    ]
    await put(sqlite, *items)
    expected = await ids(sqlite, q="anchor", limit=200)
    monkeypatch.setattr(searching, "SECONDS", 0.0)
    monkeypatch.setattr(searching, "STEPS_BETWEEN_LOOKS", 1)
    monkeypatch.setattr(searching, "_FIRST_PIECE", 4)
    monkeypatch.setattr(searching, "_LARGEST_PIECE", 4)
    found, cursor, times = [], None, 0
    while True:
        page = await ask(sqlite, q="anchor", limit=3, **({"cursor": cursor} if cursor else {}))
        found += [entry.id for entry in page.entries]
        if page.searched_back_to:
            times += 1
            assert all(entry.sent_at >= page.searched_back_to for entry in page.entries)
        if page.older is None:
            break
        cursor = page.older
    assert found == expected
    assert times > 3


@pytest.mark.parametrize(
    "query",
    [
        {"not_title": ["ROPE"]},
        {"not_to": ["07700 900123"]},
        {"not_customer_id": ["c-1"]},
        {"not_code": ["hb-1"]},
        {"not_day": ["2026-11-03"]},
        {"title": "Rope", "via": ["email"]},
    ],
)
async def test_an_exclusion_of_nearly_everything_says_how_far_it_looked_and_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, query: dict[str, Any]
) -> None:
    rope: dict[str, Any] = {"title": "Rope", "to": "07700 900123", "customer": {"id": "c-1"}, "code": "HB-1"}
    other = mail(title="rope", sent_at=NOON - minutes(24 * 60))
    if query.get("title") is None:
        other = mail(sent_at=NOON - minutes(24 * 60))
    await put(store, other, *(call(**rope, sent_at=NOON + minutes(number // 2)) for number in range(60)))
    assert (await ask(store, **query)).total.count == 1
    monkeypatch.setattr(searching, "SECONDS", 0.0)
    monkeypatch.setattr(searching, "STEPS_BETWEEN_LOOKS", 1)
    monkeypatch.setattr(searching, "_FIRST_PIECE", 4)
    monkeypatch.setattr(searching, "_LARGEST_PIECE", 4)
    monkeypatch.setattr(SearchPage, "_in_time", _no_time)
    monkeypatch.setattr(search_page, "PIECE", 4)
    page = await ask(store, **query)
    assert (page.entries, page.total.exact) == ((), False) if isinstance(store, PostgresStore) else ((), True)
    times = 0
    while page.older is not None:
        times += page.searched_back_to is not UNSET
        page = await ask(store, **query, cursor=page.older)
    assert times > 3
    assert [entry.id for entry in page.entries] == [other.id]


async def _no_time(*_: object, **__: object) -> None:
    """Find nothing within the time limit."""
