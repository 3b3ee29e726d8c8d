"""Pages fetched ahead: each is asked for once, and what is out of date is never shown."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from commlog_tui.client.errors import RefusedError, UnreachableError
from commlog_tui.contract.page import Page
from commlog_tui.contract.problem import Problem
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.reader.pages import PageCache, ask_page
from commlog_tui.desk.session import Session
from tests.desk.samples import a_page, an_entry
from tests.patience import PATIENCE

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
    async with asyncio.timeout(PATIENCE):
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


class Service:
    """Refuses every cursor as a problem of this kind, and has one page without."""

    def __init__(self, kind: str) -> None:
        problem = Problem(type=f"urn:commlog:problem:{kind}", title="Bad Request", status=400, detail="No.")
        self.error = RefusedError(problem)

    async def page(self, location: str, query: EntryQuery, *, cursor: str | None = None, **rest: object) -> Page:
        if cursor is not None:
            raise self.error
        return a_numbered_page(0)


async def test_where_a_cursor_is_not_accepted_any_more_the_newest_page_is_asked_for() -> None:
    session = cast("Session", SimpleNamespace(client=Service("cursor"), location="quay"))
    assert await ask_page(session, EntryQuery(), 50, "sealed by a key of before") == a_numbered_page(0)


async def test_another_refusal_is_told() -> None:
    session = cast("Session", SimpleNamespace(client=Service("parameters"), location="quay"))
    with pytest.raises(RefusedError):
        await ask_page(session, EntryQuery(), 50, "a cursor")
