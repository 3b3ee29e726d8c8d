"""The frame that is painted before the desk is loaded, held against what the desk has."""

import asyncio
import re
from threading import Event

import pytest

from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.themes import THEMES
from commlog_tui.text.bars import key_faces
from commlog_tui.text.drawn import drawn
from commlog_tui.text.first_page import FirstPage, first_page
from commlog_tui.text.frame import frame
from commlog_tui.text.palettes import DEFAULT, PALETTES, ROLES
from commlog_tui.text.widths import cell_len
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import a_page, an_entry, nasty_entry, printed
from tests.desk.steps import bar, table, until
from tests.nasty import NASTY
from tests.patience import PATIENCE

SEQUENCES = re.compile(r"\x1b(\[[\d;]*[HmC]|[78])")
SIZES = [(40, 10), (80, 24), (110, 30), (140, 24), (200, 60)]


@pytest.mark.parametrize("name", THEMES)
def test_the_colours_are_those_of_the_style_sheets(name: str) -> None:
    theme = THEMES[name]
    resolved = theme.to_color_system().generate() | theme.variables
    assert PALETTES[name] == {role: resolved[role].lstrip("#").lower() for role in ROLES}
    assert PALETTES.keys() == THEMES.keys()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_a_hostile_text_leaves_every_line_as_wide_as_the_terminal(text: str, size: tuple[int, int]) -> None:
    answer = printed(a_page([an_entry(), an_entry(2)]))
    entry = nasty_entry(1, text)
    fields = {name: getattr(entry, name) for name in ("via", "to", "title", "code", "actor", "body", "reference")}
    customer = {"id": text, "name": text, "addresses": [text], "numbers": [text]}
    answer["page"]["entries"][1] |= fields | {"customer": customer}
    answer["page"]["entries"].reverse()
    answer["location"]["name"] = answer["user"] = text
    answer["channels"] = [{"via": text, "count": 1}]
    rows = frame(first_page(answer), key_faces({"search": text}), size)
    assert len(rows) == size[1]
    assert {sum(cell_len(piece.text) for piece in row) for row in rows} == {size[0]}
    for variables in ({}, {"LC_ALL": "C"}, {"NO_COLOR": ""}):
        shown = SEQUENCES.sub("", drawn(rows, PALETTES[DEFAULT], variables))
        assert all(character.isprintable() for character in shown)
        assert shown.isascii() or "LC_ALL" not in variables


class LateRows:
    """The newest page, read after the desk was loaded."""

    def __init__(self) -> None:
        self.read = Event()

    def page(self, seconds: float | None = None) -> FirstPage | None:
        answer = first_page(printed(a_page([an_entry(1)])))
        return answer if self.read.wait(PATIENCE if seconds is None else seconds) else None


async def test_a_page_that_is_read_late_is_shown_by_the_desk(desk: Open) -> None:
    app: DeskApp = desk(FakeLog([an_entry(1)]))
    connect, answered, late = app.supervisor._resolve, Event(), LateRows()

    def resolve() -> object:
        assert answered.wait(PATIENCE)
        return connect()

    app.supervisor._resolve, app.supervisor.first_rows = resolve, late  # type: ignore[assignment] # waits first
    async with app.run_test() as pilot:
        assert table(pilot).entries == ()
        late.read.set()
        await until(pilot, lambda: table(pilot).entries)
        assert "Connecting" in bar(pilot)
        await asyncio.sleep(0)
        answered.set()
        await until(pilot, lambda: "Connecting" not in bar(pilot))


async def test_what_fails_while_the_desk_ends_does_not_make_it_a_fault(desk: Open) -> None:
    app: DeskApp = desk(FakeLog([an_entry(1)]))
    async with app.run_test() as pilot:
        await until(pilot, lambda: table(pilot).entries)
        app.exit()
        app._handle_exception(LookupError("its parts are gone"))
    assert not app.return_code
