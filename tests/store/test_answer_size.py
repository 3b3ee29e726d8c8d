"""Answers of a bounded size.

What does not fit is on the next page, in both directions, and never left out.
"""

from random import Random

import pytest

from commlog_tui.store import answer_size
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import PageRow
from tests.store.factory import NOON, ask, call, correction, minutes, put, walk


async def fill(store: Store, seed: int) -> list[str]:
    """Record entries of random sizes, some larger than an answer.

    Return their ids, newest first.
    """
    random = Random(seed)
    sizes = [random.choice((0, 0, 300, 900, 5_000)) for _ in range(40)]
    entries = [call(sent_at=NOON + minutes(at // 3), body="x" * size) for at, size in enumerate(sizes)]
    await put(store, *entries)
    await put(store, *(correction(entry, body="y" * random.choice((10, 2_500))) for entry in random.sample(entries, 8)))
    return [entry.id for entry in reversed(entries)]


def assert_bounded(page: PageRow, limit: int) -> None:
    size = sum(len(entry.body or "") for entry in page.entries)
    assert page.entries
    assert len(page.entries) <= limit
    assert len(page.entries) == 1 or size <= answer_size.MOST_BYTES


@pytest.mark.parametrize("seed", range(4))
async def test_pages_of_large_entries_leave_none_out_in_either_direction(
    store: Store, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(answer_size, "MOST_BYTES", 4_000)
    expected = await fill(store, seed)
    page, down, first = await ask(store, limit=10), list[str](), 1
    while True:
        assert_bounded(page, 10)
        assert page.first == first
        first += len(page.entries)
        down += [entry.id for entry in page.entries]
        if page.older is None:
            break
        page = await ask(store, limit=10, cursor=page.older)
    assert down == expected
    newest = await ask(store, limit=10)
    assert newest.oldest
    page, up = await ask(store, limit=10, cursor=newest.oldest), list[str]()
    while True:
        assert_bounded(page, 10)
        ids = [entry.id for entry in page.entries]
        if page.newer is None:
            break
        assert page.first == expected.index(ids[0]) + 1
        up = ids + up
        page = await ask(store, limit=10, cursor=page.newer)
    assert page.entries == newest.entries
    assert expected[: len(ids)] == ids
    assert up == expected[-len(up) :]
    assert await reaches(store, page, up[0])


async def reaches(store: Store, page: PageRow, entry: str) -> bool:
    """Whether the entry is on the page or one of the older ones."""
    while entry not in [one.id for one in page.entries]:
        if page.older is None:
            return False
        page = await ask(store, limit=10, cursor=page.older)
    return True


async def test_a_page_at_an_instant_is_bounded_and_leads_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_size, "MOST_BYTES", 4_000)
    expected = await fill(store, 7)
    page = await ask(store, limit=20, at=NOON + minutes(10))
    assert_bounded(page, 20)
    assert page.older
    following = await ask(store, limit=20, cursor=page.older)
    ids = [entry.id for entry in (*page.entries, *following.entries)]
    assert ids == expected[10 : 10 + len(ids)]


async def test_feed_and_records_are_bounded_and_go_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_size, "MOST_BYTES", 4_000)
    await fill(store, 1)
    whole = (await store.location("quay")).seq
    for read in (store.feed, store.records):
        after, answers = 0, 0
        while rows := await read("quay", after, 100):
            assert [row.seq for row in rows] == list(range(after + 1, after + 1 + len(rows)))
            after, answers = rows[-1].seq, answers + 1
        assert after == whole
        assert answers > 3


async def test_ordinary_entries_fill_their_page(store: Store) -> None:
    await put(store, *(call(sent_at=NOON + minutes(at), body="x" * 4_800) for at in range(200)))
    assert len((await ask(store, limit=200)).entries) == 200
    assert len(await walk(store, limit=50)) == 200
