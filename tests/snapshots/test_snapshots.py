"""Pictures of the desk. Look at every one that changed before it is renewed with ``--snapshot-update``."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList

from commlog_tui.client.errors import TokenRefusedError, UnreachableError
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.steps import bar, chips, notice, rows, table, until
from tests.snapshots.story import Story, morning, nasty_morning

SnapCompare = Callable[..., bool]
Steps = Callable[[Pilot[None]], Awaitable[None]]
SMALL, MIDDLE, LARGE, HUGE = (80, 24), (100, 30), (140, 40), (200, 60)


def first(pilot: Pilot[None]) -> Screen[Any]:
    return pilot.app.screen


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the detail of the row one is on has come."""
    await rows(pilot)
    pane = pilot.app.screen.query_one(DetailPane)
    await until(pilot, lambda: not pane.display or "Receipt" in pane.text)


def pressing(*keys: str, then: Callable[[Pilot[None]], object] = lambda _: True) -> Steps:
    async def steps(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: then(pilot))
        await pilot.pause()

    return steps


def form_is_open(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, EntryForm) and pilot.app.screen.focused is not None


PICTURES: dict[str, tuple[tuple[int, int], Steps]] = {
    "desk-80x24": (SMALL, pressing("down")),
    "desk-100x30": (MIDDLE, pressing("down")),
    "desk-140x40": (LARGE, pressing("down", "down", "down", then=lambda pilot: "bounced" in _detail(pilot))),
    "desk-200x60": (HUGE, pressing(*["down"] * 5, then=lambda pilot: "Wrong boat" in _detail(pilot))),
    "detail-80x24": (SMALL, pressing("d", then=lambda pilot: "Receipt" in _detail(pilot))),
    "filters-80x24": (SMALL, pressing("f")),
    "filtered-140x40": (LARGE, pressing("2", "p", "p", then=lambda pilot: chips(pilot) and "of 0" not in bar(pilot))),
    "nothing-found-80x24": (
        SMALL,
        pressing("slash", *"nobody", "enter", "1", then=lambda pilot: "without" in notice(pilot)),
    ),
    "history-140x40": (
        LARGE,
        pressing("c", then=lambda pilot: table(pilot).entry and first(pilot).query_one("#who").display),
    ),
    "form-80x24": (SMALL, pressing("n", then=form_is_open)),
    "form-faults-140x40": (
        LARGE,
        pressing("N", "ctrl+s", then=lambda pilot: first(pilot).query_one("#title-fault").display),
    ),
    "go-to-date-80x24": (SMALL, pressing("t", *"3 nov", then=lambda pilot: first(pilot).query("#echo"))),
    "help-80x24": (SMALL, pressing("question_mark")),
}


def _detail(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(DetailPane).text


@pytest.mark.parametrize("name", PICTURES)
def test_the_desk_looks_as_it_did(snap_compare: SnapCompare, desk: Open, name: str) -> None:
    size, steps = PICTURES[name]
    assert snap_compare(desk(Story(morning())), terminal_size=size, run_before=steps)


def test_an_empty_log_says_how_to_begin(snap_compare: SnapCompare, desk: Open) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "writes the first" in notice(pilot))
        await rows_or_filters(pilot)

    assert snap_compare(desk(FakeLog([])), terminal_size=SMALL, run_before=steps)


async def rows_or_filters(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: pilot.app.screen.query("#reference"))


def test_a_service_that_went_away_is_said_beside_what_it_told(snap_compare: SnapCompare, desk: Open) -> None:
    log = Story(morning())

    async def steps(pilot: Pilot[None]) -> None:
        await settled(pilot)
        log.cut(UnreachableError())
        await until(pilot, lambda: "09:14" in bar(pilot))

    assert snap_compare(desk(log), terminal_size=LARGE, run_before=steps)


def test_a_refused_token_is_said_in_words(snap_compare: SnapCompare, desk: Open) -> None:
    log = FakeLog([])
    log.failing = TokenRefusedError()

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "does not accept" in notice(pilot))

    assert snap_compare(desk(log), terminal_size=SMALL, run_before=steps)


def test_hostile_text_restyles_nothing(snap_compare: SnapCompare, desk: Open) -> None:
    assert snap_compare(desk(FakeLog(nasty_morning())), terminal_size=LARGE, run_before=settled)


def test_saved_filters_are_offered(snap_compare: SnapCompare, desk: Open) -> None:
    steps = pressing("1", "p", "s", *"Mail today", "enter", "x", "v", then=lambda pilot: first(pilot).query(OptionList))
    app = desk(Story(morning()))
    app._disable_notifications = True
    assert snap_compare(app, terminal_size=SMALL, run_before=steps)
