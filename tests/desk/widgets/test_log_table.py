import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from typing_extensions import override

from commlog_tui.contract.entry import Entry
from commlog_tui.desk.sheets import sheets
from commlog_tui.desk.widgets.entry_lines import EntryLines
from commlog_tui.desk.widgets.log_table import LogTable
from tests.desk.samples import LONDON, a_page, an_entry, an_id, nasty_entry
from tests.nasty import NASTY, is_harmless
from tests.patience import PATIENCE

PAGE = a_page(an_entry(number, title=f"No. {number}") for number in range(1, 51))


class WatchedTable(LogTable):
    def __init__(self, on_cursor: Callable[[Entry | None], None]) -> None:
        super().__init__(on_cursor)
        self.drawn: list[tuple[Region, ...]] = []

    @override
    def refresh(self, *regions: Region, **kwargs: Any) -> "WatchedTable":
        if hasattr(self, "drawn"):
            self.drawn.append(regions)
        return super().refresh(*regions, **kwargs)


class TableApp(App[None]):
    def __init__(self) -> None:
        super().__init__(css_path=[str(sheet) for sheet in sheets()])
        self.shown_ids: list[str | None] = []
        self.heard: list[Message] = []

    @override
    def compose(self) -> ComposeResult:
        yield WatchedTable(lambda entry: self.shown_ids.append(entry.id if entry else None))

    def on_mount(self) -> None:
        self.table.show(PAGE, LONDON)
        self.table.focus()

    @property
    def table(self) -> WatchedTable:
        return self.query_one(WatchedTable)

    def on_log_table_page_wanted(self, message: LogTable.PageWanted) -> None:
        self.heard.append(message)

    def on_log_table_entry_chosen(self, message: LogTable.EntryChosen) -> None:
        self.heard.append(message)


def lines(table: LogTable) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await pilot.pause()


async def until_size(pilot: Pilot[None], table: LogTable, width: int) -> None:
    await until(pilot, lambda: table.size.width == width)


async def test_the_cursor_tells_its_entry_before_the_action_returns() -> None:
    app = TableApp()
    async with app.run_test():
        assert app.shown_ids == [an_id(1)]
        app.table.action_move(1)
        assert app.shown_ids == [an_id(1), an_id(2)]


async def test_a_move_draws_two_lines() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.table.drawn.clear()
        app.table.action_move(1)
        assert app.table.drawn == [(Region(0, 1, 79, 2),)]
        assert not app.table._layout_required


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ("down", 2),
        ("j j", 3),
        ("j k", 1),
        ("end", 50),
        ("end home", 1),
        ("pagedown", 23),
        ("pagedown pagedown pageup", 23),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_sight(keys: str, number: int) -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys.split())
        entry = app.table.entry
        assert entry is not None
        assert entry.id == an_id(number)
        assert any(f" No. {number} " in line for line in lines(app.table)[1:])
        assert app.shown_ids[-1] == an_id(number)


@pytest.mark.parametrize(
    ("keys", "direction"), [("up", "newer"), ("pageup", "newer"), ("end down", "older"), ("end pagedown", "older")]
)
async def test_beyond_the_page_the_next_one_is_wanted(keys: str, direction: str) -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        await pilot.press(*keys.split())
        await until(pilot, lambda: app.heard)
        assert [message.direction for message in app.heard if isinstance(message, LogTable.PageWanted)] == [direction]


async def test_within_the_page_no_other_is_wanted() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        await pilot.press("home", "end", "end", "home", "pagedown", "pagedown", "pagedown")
        assert not app.heard
        assert app.table.entry == PAGE.entries[-1]


async def test_enter_chooses() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.heard)
        (chosen,) = app.heard
        assert isinstance(chosen, LogTable.EntryChosen)
        assert chosen.entry.id == an_id(2)


async def test_a_click_moves_and_a_double_one_chooses() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        await pilot.click(WatchedTable, offset=(5, 4))
        assert app.shown_ids[-1] == an_id(4)
        assert not app.heard
        await pilot.click(WatchedTable, offset=(5, 6), times=2)
        await until(pilot, lambda: app.heard)
        assert isinstance(app.heard[0], LogTable.EntryChosen)
        await pilot.click(WatchedTable, offset=(5, 0))
        assert app.shown_ids[-1] == an_id(6)


async def test_a_page_is_shown_on_the_entry_to_keep_or_at_the_end_asked_for() -> None:
    app = TableApp()
    async with app.run_test():
        app.table.show(PAGE, LONDON, keep=an_id(33))
        assert app.shown_ids[-1] == an_id(33)
        app.table.show(PAGE, LONDON, keep=an_id(99))
        assert app.shown_ids[-1] == an_id(1)
        app.table.show(PAGE, LONDON, keep=an_id(99), at="last")
        assert app.shown_ids[-1] == an_id(50)


async def test_the_last_row_of_a_long_page_is_in_sight_after_a_short_one() -> None:
    app = TableApp()
    async with app.run_test():
        app.table.show(a_page([an_entry(1)]), LONDON)
        app.table.show(PAGE, LONDON, at="last")
        assert " No. 50 " in lines(app.table)[-1]
        app.table.show(a_page(PAGE.entries[:2]), LONDON, at="last")
        assert " No. 1 " in lines(app.table)[1]


async def test_an_empty_table_has_names_and_no_entry() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        app.table.clear()
        assert app.table.entry is None
        assert app.shown_ids[-1] is None
        await pilot.press("down", "up", "end", "pagedown", "enter")
        await pilot.click(WatchedTable, offset=(5, 3))
        assert app.table.entry is None
        assert lines(app.table)[0].startswith("Date")
        assert not "".join(lines(app.table)[1:]).strip()


async def test_a_resize_keeps_the_cursor_in_sight_and_the_columns_beside_the_scrollbar() -> None:
    app = TableApp()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("end")
        for width, height in ((100, 10), (86, 24), (50, 24), (200, 60), (80, 24)):
            await pilot.resize_terminal(width, height)
            await until_size(pilot, app.table, width)
            assert app.table.text_width == width - 1
            shown = lines(app.table)
            assert any(" No. 50 " in line for line in shown[1:])
            assert all(len(line) == width and line.endswith(" ") for line in shown)


async def test_the_cursor_looks_otherwise_without_the_focus() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        focused = app.table.render_line(1)
        app.set_focus(None)
        await pilot.pause()
        blurred = app.table.render_line(1)
        assert focused.text == blurred.text
        assert next(iter(focused)).style != next(iter(blurred)).style
        assert next(iter(blurred)).style != next(iter(app.table.render_line(2))).style


async def test_the_wheel_scrolls_and_the_cursor_stays() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        app.table.scroll_to(y=20, animate=False)
        assert lines(app.table)[0].startswith("Date")
        assert " No. 21 " in lines(app.table)[1]
        assert app.shown_ids == [an_id(1)]
        await pilot.press("down")
        assert app.shown_ids[-1] == an_id(2)
        assert app.table.scroll_offset.y == 1


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_nasty_text_neither_crashes_nor_reaches_the_terminal_raw(size: tuple[int, int]) -> None:
    app = TableApp()
    entries = [nasty_entry(number, text) for number, text in enumerate(NASTY.values())]
    async with app.run_test(size=size) as pilot:
        app.table.show(a_page(entries), LONDON)
        for _ in entries:
            await pilot.press("down")
            strips = [app.table.render_line(y) for y in range(size[1])]
            assert all(strip.cell_length == size[0] for strip in strips)
            assert is_harmless("".join(strip.text for strip in strips))
        assert app.shown_ids[-1] == entries[-1].id


class _WatchedLines(EntryLines):
    def __init__(self, table: LogTable) -> None:
        super().__init__(table)
        self.made: list[str] = []

    @override
    def strip(self, entry: Entry | None, *, here: bool = False) -> Strip:
        self.made += [entry.id] if entry is not None else []
        return super().strip(entry, here=here)


async def test_lines_made_ahead_are_shown_and_not_made_again() -> None:
    app = TableApp()
    following = a_page(an_entry(number, title=f"No. {number}") for number in range(51, 101))
    async with app.run_test(size=(100, 20)) as pilot:
        watched = app.table.lines = _WatchedLines(app.table)
        app.table.show(PAGE, LONDON)
        await pilot.pause()
        watched.made.clear()
        app.table.prepare(following)
        async with asyncio.timeout(PATIENCE):
            while len(watched.made) < 19:
                await pilot.pause()
        assert watched.made == [an_id(number) for number in range(51, 70)]
        app.table.show(following, LONDON)
        await pilot.pause()
        assert watched.made[19:] == [an_id(51)]  # the cursor is on it
        assert "No. 52" in app.table.render_lines(app.table.size.region)[2].text
