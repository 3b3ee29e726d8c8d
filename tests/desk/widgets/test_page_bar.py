import pytest
from textual.app import App, ComposeResult
from typing_extensions import override

from commlog_tui.contract.page import Total
from commlog_tui.desk.sheets import sheets
from commlog_tui.desk.widgets.page_bar import PageBar
from commlog_tui.text.bars import position
from tests.desk.samples import a_page, an_entry
from tests.nasty import NASTY, is_harmless


@pytest.mark.parametrize(
    ("first", "rows", "count", "exact", "older", "words"),
    [
        (51, 50, 1204, True, True, "51\u2013100 of 1,204"),
        (1, 50, 10_000, False, True, "1\u201350 of over 10,000"),
        (1201, 4, 1204, True, False, "1,201\u20131,204 of 1,204"),
        (1, 1, 1, True, False, "1\u20131 of 1"),
        (0, 0, 0, True, False, "0 of 0"),
        (0, 50, 10_000, False, False, "the oldest 50 of over 10,000"),
        (0, 50, 10_000, False, True, "some 50 of over 10,000"),
    ],
)
def test_where_am_i(first: int, rows: int, count: int, exact: bool, older: bool, words: str) -> None:
    page = a_page(an_entry(number) for number in range(rows))
    total = Total(count=count, exact=exact)
    assert position(page.model_copy(update={"first": first, "total": total, "older": "x" if older else None})) == words


class BarApp(App[None]):
    def __init__(self) -> None:
        super().__init__(css_path=[str(sheet) for sheet in sheets()])

    @override
    def compose(self) -> ComposeResult:
        yield PageBar()


async def test_the_bar_says_where_and_how_things_stand_without_a_new_layout() -> None:
    app = BarApp()
    async with app.run_test() as pilot:
        bar = app.query_one(PageBar)
        await pilot.pause()
        bar.place, bar.state = "1\u20132 of 2", "2 new, press g"
        assert not bar._layout_required
        assert str(bar.render()) == "  1\u20132 of 2    ·  2 new, press g"
        await pilot.pause()
        assert bar.size.height == 1


async def test_nasty_words_are_shown_safe() -> None:
    app = BarApp()
    async with app.run_test() as pilot:
        bar = app.query_one(PageBar)
        for text in NASTY.values():
            bar.state = text
            await pilot.pause()
            assert is_harmless(bar.render_line(0).text)
