from typing import Any

from textual.app import App, ComposeResult
from textual.geometry import Region
from typing_extensions import override

from commlog_tui.desk.sheets import sheets
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.text.details import Line, detail_lines
from tests.desk.samples import LONDON, NOW, a_detail, nasty_entry
from tests.nasty import NASTY, is_harmless


class WatchedPane(DetailPane):
    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[tuple[Region, ...]] = []

    @override
    def refresh(self, *regions: Region, **kwargs: Any) -> "WatchedPane":
        if hasattr(self, "drawn"):
            self.drawn.append(regions)
        return super().refresh(*regions, **kwargs)


class PaneApp(App[None]):
    def __init__(self) -> None:
        super().__init__(css_path=[str(sheet) for sheet in sheets()])

    @override
    def compose(self) -> ComposeResult:
        yield WatchedPane()

    def on_mount(self) -> None:
        self.screen.add_class("-detail")
        self.pane.focus()

    @property
    def pane(self) -> WatchedPane:
        return self.query_one(WatchedPane)


def plain(*texts: str) -> list[Line]:
    return [Line(text) for text in texts]


def rendered(pane: DetailPane) -> list[str]:
    return [pane.render_line(y).text[1:].rstrip() for y in range(pane.size.height)]


async def test_only_the_lines_that_changed_are_drawn() -> None:
    app = PaneApp()
    async with app.run_test() as pilot:
        app.pane.show(plain("same", "old", "same too", "gone"))
        await pilot.pause()
        app.pane.drawn.clear()
        app.pane.show(plain("same", "new", "same too"))
        rows = [region.y for regions in app.pane.drawn for region in regions]
        assert rows == [1, 3]
        assert rendered(app.pane)[:4] == ["same", "new", "same too", ""]


async def test_however_many_lines_there_are_the_screen_is_not_laid_out_again() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        width = app.pane.text_width
        for count in (3, 300, 0, 30):
            app.pane.show(plain(*map(str, range(count))))
            assert not app.pane._layout_required
            await pilot.pause()
            assert app.pane.text_width == width
            assert app.pane.max_scroll_y == max(count - 24, 0)


async def test_keys_scroll_and_something_else_begins_at_its_top() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(plain(*map(str, range(100))))
        await pilot.press("down", "j", "j", "k")
        await pilot.wait_for_animation()
        await pilot.press("end")
        await pilot.wait_for_scheduled_animations()
        assert rendered(app.pane)[-1] == "99"
        app.pane.show(plain("another", *map(str, range(100))))
        assert rendered(app.pane)[:2] == ["another", "0"]
        app.pane.show([])
        assert not app.pane.text


async def test_nasty_text_neither_crashes_nor_reaches_the_terminal_raw() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for text in NASTY.values():
            app.pane.show(detail_lines(a_detail(nasty_entry(1, text)), LONDON, NOW, app.pane.text_width))
            await pilot.pause()
            strips = [app.pane.render_line(y) for y in range(24)]
            assert all(strip.cell_length == app.pane.size.width for strip in strips)
            assert is_harmless("".join(strip.text for strip in strips))
            assert "…" not in "".join(rendered(app.pane)), "what was wrapped is cut again"
