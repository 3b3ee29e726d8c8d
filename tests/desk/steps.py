"""Looking at a desk under test, and waiting for what it comes to."""

import asyncio
from collections.abc import Callable, Iterable

from textual.css.query import NoMatches
from textual.pilot import Pilot

from commlog_tui.desk.faults import FAULT
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.desk.widgets.page_bar import PageBar
from tests.patience import PATIENCE

SIZES = [(80, 24), (140, 40)]


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the desk work until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not _holds(condition):
            await pilot.pause()
            await asyncio.sleep(0.01)


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except NoMatches:  # what it looks at is not there yet
        return False


def table(pilot: Pilot[None]) -> LogTable:
    return pilot.app.screen.query_one(LogTable)


def bar(pilot: Pilot[None]) -> str:
    """What the bar says, beside its arrows."""
    return str(pilot.app.screen.query_one(PageBar).render()).replace("◂", "").replace("▸", "").strip()


def chips(pilot: Pilot[None]) -> list[str]:
    """The filters in force, in words."""
    return [chip.words for chip in pilot.app.screen.query_one(ChipBar).chips]


def notice(pilot: Pilot[None]) -> str:
    shown = pilot.app.screen.query_one(Notice)
    return str(shown.render()) if shown.display else ""


def toasts(pilot: Pilot[None]) -> list[str]:
    return [one.message for one in pilot.app._notifications]


def at_fault(pilot: Pilot[None]) -> bool:
    """Whether something happened that nobody thought of."""
    return FAULT in toasts(pilot) or FAULT in notice(pilot)


async def rows(pilot: Pilot[None]) -> None:
    """Wait for the first rows, and the filters beside them."""
    await until(pilot, lambda: table(pilot).entry and pilot.app.screen.query("#reference"))


def drawn(pilot: Pilot[None]) -> Iterable[str]:
    """Every text on the screen, line by line, as it goes to the terminal."""
    for strip in pilot.app.screen._compositor.render_strips(pilot.app.size):
        yield "".join(segment.text for segment in strip if not segment.control)
