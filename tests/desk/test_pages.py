"""Pages fetched ahead: each is asked for once, and what is out of date is never shown."""

import asyncio
from collections.abc import Callable

import pytest

from commlog_tui.client.errors import UnreachableError
from commlog_tui.contract.page import Page
from commlog_tui.desk.pages import PageCache
from tests.desk.samples import a_page, an_entry

LAST = 20


def a_numbered_page(number: int) -> Page:
    newer, older = (str(number - 1) if number else None), (str(number + 1) if number < LAST else None)
    return a_page([an_entry(number + 1)]).model_copy(update={"newer": newer, "older": older})


class Log:
    """Answers with the page of a number, once it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failing = False

    async def ask(self, cursor: str) -> Page:
        self.asked.append(cursor)
        await self.open.wait()
        if self.failing:
            raise UnreachableError
        return a_numbered_page(int(cursor))


async def let(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - any condition
            await asyncio.sleep(0)


@pytest.mark.parametrize(("direction", "there"), [("older", {"6", "7", "4"}), ("newer", {"4", "3", "6"})])
async def test_two_pages_ahead_and_one_behind_are_fetched(direction: str, there: set[str]) -> None:
    log = Log()
    pages = PageCache(log.ask)
    await pages.reach(a_numbered_page(5), "older" if direction == "older" else "newer")
    assert {cursor for cursor in map(str, range(LAST)) if pages.get(cursor)} == there
    assert len(log.asked) == len(there)


async def test_at_the_end_there_is_nothing_to_fetch() -> None:
    log = Log()
    pages = PageCache(log.ask)
    await pages.reach(a_numbered_page(LAST), "older")
    assert log.asked == [str(LAST - 1)]


async def test_a_page_under_way_is_not_asked_for_twice() -> None:
    log = Log()
    pages = PageCache(log.ask)
    log.open.clear()
    both = [asyncio.ensure_future(pages.load("3")) for _ in range(2)]
    await let(lambda: log.asked)
    log.open.set()
    assert await asyncio.gather(*both) == [a_numbered_page(3)] * 2
    assert log.asked == ["3"]


async def test_who_gives_up_waiting_cuts_nothing_off() -> None:
    log = Log()
    pages = PageCache(log.ask)
    log.open.clear()
    waiting = asyncio.ensure_future(pages.load("3"))
    await let(lambda: log.asked)
    waiting.cancel()
    log.open.set()
    await let(lambda: pages.get("3"))
    assert log.asked == ["3"]


async def test_what_was_asked_before_clearing_is_not_kept_after_it() -> None:
    log = Log()
    pages = PageCache(log.ask)
    log.open.clear()
    stale = asyncio.ensure_future(pages.load("3"))
    await let(lambda: log.asked)
    pages.clear()
    log.open.set()
    await stale
    assert pages.get("3") is None
    await pages.load("3")
    assert log.asked == ["3", "3"]


async def test_a_failure_is_not_kept() -> None:
    log = Log()
    pages = PageCache(log.ask)
    log.failing = True
    with pytest.raises(UnreachableError):
        await pages.load("3")
    log.failing = False
    assert await pages.load("3") == a_numbered_page(3)


async def test_only_the_pages_used_last_are_kept() -> None:
    pages = PageCache(Log().ask)
    for cursor in map(str, range(8)):
        await pages.load(cursor)
    assert pages.get("0")
    await pages.load("8")
    assert pages.get("0")
    assert pages.get("1") is None
