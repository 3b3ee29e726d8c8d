import pytest
from textual.app import App, ComposeResult
from typing_extensions import override

from commlog_tui.desk.action import Action
from commlog_tui.desk.actions import ACTIONS, BY_ID
from commlog_tui.desk.sheets import sheets
from commlog_tui.desk.widgets.key_bar import KeyBar
from commlog_tui.text.bars import KEYS, key_faces

SHOWN = [action for name in KEYS for action in ACTIONS if action.id == name]


class KeysApp(App[None]):
    def __init__(self) -> None:
        super().__init__(css_path=[str(sheet) for sheet in sheets()])
        self.clicked: list[str] = []

    @override
    def compose(self) -> ComposeResult:
        yield KeyBar(key_faces({"search": "ctrl+f"}))

    def on_key_bar_clicked(self, message: KeyBar.Clicked) -> None:
        self.clicked.append(message.action)


def test_the_bar_has_the_keys_and_words_of_the_actions() -> None:
    assert {name: (BY_ID[name].keys, BY_ID[name].words) for name in KEYS} == KEYS


async def test_every_key_of_the_footer_is_in_one_line_in_the_order_of_use_and_under_its_own_name() -> None:
    app = KeysApp()
    async with app.run_test(size=(240, 3)):
        text = app.query_one(KeyBar).render_line(0).text
        places = [text.index(f" {action.words} ") for action in SHOWN]
        assert places == sorted(places)
        assert "ctrl+f Search" in text


@pytest.mark.parametrize("action", SHOWN, ids=lambda action: str(action.id))
async def test_a_click_does_what_is_written_there(action: Action) -> None:
    app = KeysApp()
    async with app.run_test(size=(240, 3)) as pilot:
        text = app.query_one(KeyBar).render_line(0).text
        await pilot.click(KeyBar, offset=(text.index(f" {action.words} ") + 1, 0))
        await pilot.pause()
        assert app.clicked == [action.id]


async def test_what_cannot_be_done_is_drawn_in_other_colours() -> None:
    app = KeysApp()
    async with app.run_test(size=(240, 3)) as pilot:
        bar = app.query_one(KeyBar)
        before = [segment.style for segment in bar.render_line(0) if "Clear" in segment.text]
        bar.dimmed = frozenset({"clear_filters"})
        await pilot.pause()
        after = [segment.style for segment in bar.render_line(0) if "Clear" in segment.text]
        assert before != after
        assert len(after) == 1
