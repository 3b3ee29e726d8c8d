"""Whatever the order of the answers, none to an older search text is shown."""

import asyncio
from datetime import datetime
from random import Random
from typing import Any

import pytest
from typing_extensions import override

from commlog_tui.contract.page import Page
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.reader.reader import LogReader
from commlog_tui.desk.reader.state import ViewState
from tests.desk.fake_log import FakeLog
from tests.desk.reader.conftest import a_session, until
from tests.desk.samples import an_entry

TEXTS = ["r", "re", "rem", "reminder", "reminder 1", "reminder 12", "quay", "zoe", ""]


class SlowLog(FakeLog):
    """Answers in an order of the test's; it may take no notice of a cancellation."""

    def __init__(self, rng: Random, *, is_stubborn: bool) -> None:
        super().__init__([an_entry(number) for number in range(1, 30)])
        self._rng = rng
        self._is_stubborn = is_stubborn

    @override
    async def page(self, location: str, query: EntryQuery, **more: Any) -> Page:
        answer = await super().page(location, query, **more)
        for _ in range(self._rng.randrange(6)):
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                if not self._is_stubborn:
                    raise
        return answer


def is_right(state: ViewState) -> bool:
    """Whether rows that the log answered are those of the text they stand under, or marked as being read anew."""
    if state.page is None or state.answered is None:
        return True
    rows = [f"{entry.title} zoe quay".lower() for entry in state.page.entries]
    found = all(word in row for row in rows for word in state.answered.q.split())
    return found and (state.answered == state.claimed or state.loading)


@pytest.mark.parametrize("is_stubborn", [False, True])
@pytest.mark.parametrize("seed", range(40))
async def test_the_rows_are_those_of_the_text_they_stand_under(
    tmp_path: Any, now: datetime, seed: int, is_stubborn: bool
) -> None:
    rng, states = Random(seed), list[ViewState]()
    log = SlowLog(rng, is_stubborn=is_stubborn)
    reader = LogReader()
    reader.start(await a_session(log, tmp_path / "outbox"))
    for _ in range(12):
        reader.ask(Filters(q=rng.choice(TEXTS)))
        for _ in range(rng.randrange(5)):
            await asyncio.sleep(0)
            states.append(reader.state)
    last = reader.state.claimed
    await until(lambda: not reader.state.loading)
    assert reader.state.answered == last
    await asyncio.sleep(0.01)
    reader.close()
    assert reader.state.answered == last
    assert all(map(is_right, [*states, reader.state]))
