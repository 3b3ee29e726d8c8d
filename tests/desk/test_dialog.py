"""Dialogs: what they cost to open, and the screen below that shows through."""

from collections import Counter

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip

from commlog_tui.desk.dialog import mixed
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.line_caches import LineCache
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.notes import Notes
from tests.desk.conftest import Open
from tests.desk.entry.test_form import form
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import drawn, rows

STYLES = [
    None,
    Style(),
    Style.parse("bold #102030 on #a0b0c0"),
    Style.parse("reverse red"),
    Style.parse("on #000000"),
    Style.from_meta({"@click": "app.bell"}) + Style.parse("underline #ffffff link https://example.com"),
]


@pytest.mark.parametrize("alpha", [0.1, 0.6, 1.0])
@pytest.mark.parametrize("style", STYLES)
def test_the_screen_below_is_drawn_in_the_colours_that_textual_mixes(style: Style | None, alpha: float) -> None:
    color = Color(10, 20, 200, alpha)
    (expected,) = BackgroundScreen.process_segments([Segment("Zoë", style)], color)
    assert mixed(style, color) == expected.style


async def test_a_form_is_one_widget_a_field_and_styled_once(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = Counter[DOMNode]()
    apply = Stylesheet.apply

    def counting(self: Stylesheet, node: DOMNode, *, animate: bool = False, cache: object = None) -> None:
        applied[node] += 1
        apply(self, node, animate=animate, cache=cache)  # type: ignore[arg-type] # handed through

    monkeypatch.setattr(Stylesheet, "apply", counting)
    async with desk(FakeLog([an_entry()])).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, EntryForm)
        fields = [*screen.query(Field), *screen.query(Notes)]
        assert len(fields) == 9
        assert len([*screen.walk_children()]) <= len(fields) + 5
        assert {name: applied[one] for one in fields if (name := one.id) and one is not screen.focused} == {
            str(one.id): 1 for one in fields if one is not screen.focused
        }
        for label in ("Via", "To or with", "Title", "Notes", "Code", "Reference", "Customer", "Direction", "When"):
            assert any(line.split("│")[1].startswith(f" {label} ") for line in drawn(pilot) if "│" in line), label


def test_a_line_keeps_few_results_and_the_newest() -> None:
    cache = LineCache()
    for number in range(100):
        cache[number] = str(number)
        assert cache.get(number) == str(number)
        assert len(cache) <= 4


async def test_lines_of_the_desk_make_no_cache_of_their_own_kind(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test() as pilot:
        await rows(pilot)
        line = Strip([Segment("Zoë")])
        caches = [getattr(line, name) for name in Strip.__slots__ if name.endswith("_cache")]
        assert all(isinstance(cache, LineCache | None) for cache in caches)
        parts = line.divide((1, 3))
        assert all(one is two for one, two in zip(parts, line.divide((1, 3)), strict=True))
        assert [line.crop(0, 2).text, line.crop(1, 2).text] == ["Zo", "o"]
        assert sum(bool(cache) for cache in caches) == 1  # the parts
