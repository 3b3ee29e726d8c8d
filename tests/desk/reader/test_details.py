"""Details fetched ahead: the nearest first, and never one that the row has outlived."""

import asyncio

from commlog_tui.contract.entry import EntryDetail
from commlog_tui.contract.page import FeedItem
from commlog_tui.desk.reader.details import DetailCache
from tests.desk.fake_log import FakeLog
from tests.desk.reader.conftest import Read, until
from tests.desk.samples import a_detail, an_entry, an_id

ROWS = [an_entry(number) for number in range(1, 11)]


async def answer(entry_id: str) -> EntryDetail:
    return a_detail(next(entry for entry in ROWS if entry.id == entry_id))


async def wanted(cache: DetailCache, here: int) -> list[int]:
    rows = []
    while (entry := cache.next_wanted(ROWS, here)) is not None:
        rows.append(ROWS.index(entry))
        await cache.load(entry)
    return rows


async def test_the_one_here_comes_first_then_those_in_the_direction_of_travel() -> None:
    assert await wanted(DetailCache(answer), 3) == [3, 4, 5, 6, 7, 2]


async def test_going_up_those_above_come_first() -> None:
    cache = DetailCache(answer)
    await wanted(cache, 9)
    assert await wanted(cache, 6) == [6, 5, 4, 3, 2, 7]


async def test_a_row_that_changed_wants_its_detail_again_once() -> None:
    cache = DetailCache(answer)
    await cache.load(ROWS[0])
    changed = an_entry(1, status="bounced")
    assert cache.get(changed) is None
    assert cache.next_wanted([changed], 0) == changed
    await cache.load(changed)
    assert cache.next_wanted([changed], 0) is None


async def test_what_was_recorded_while_a_detail_was_on_its_way_is_not_missed() -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(entry_id: str) -> EntryDetail:
        asked.set()
        await go_on.wait()
        return await answer(entry_id)

    cache = DetailCache(slow)
    loading = asyncio.ensure_future(cache.load(ROWS[0]))
    await asked.wait()
    cache.forget(an_id(1))
    go_on.set()
    await loading
    assert cache.get(ROWS[0]) is None


async def test_details_of_the_row_and_its_neighbours_come_and_are_asked_for_again_with_a_record(read: Read) -> None:
    reader = await read(FakeLog(list(ROWS)))
    reader.load_details()
    await until(lambda: reader.state.detail)
    reader.move_to(1)
    reader.load_details()
    await until(lambda: reader.state.detail and reader.state.detail.entry.id == an_entry(2).id)
    bounced, redacted = an_entry(2, status="bounced"), an_entry(2, status="bounced", redacted=True)
    reader.record(FeedItem(seq=90, kind="event", entry=bounced))
    reader.move_to(1)
    before = reader.state.detail
    assert before is not None
    assert before.entry == bounced
    reader.load_details()
    await until(lambda: reader.state.detail is not before)
    reader.record(FeedItem(seq=91, kind="redaction", entry=redacted))
    reader.move_to(1)
    assert reader.state.detail is None


async def test_what_was_known_is_shown_until_it_is_asked_for_again_but_nothing_of_what_was_redacted() -> None:
    cache, entry = DetailCache(answer), an_entry(1)
    known = await cache.load(entry)
    assert cache.latest(entry) is known
    cache.forget(entry.id)
    bounced = an_entry(1, status="bounced")
    assert cache.get(entry) is None
    assert cache.latest(bounced) == known.model_copy(update={"entry": bounced})
    assert cache.latest(an_entry(1, redacted=True)) is None
    assert cache.latest(an_entry(2)) is None
