"""Text as it is drawn can be read in every theme: also in the row one is on, and in lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.color import Color
from textual.pilot import Pilot

from commlog_tui.contract.worklist import Worklist
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.themes import THEMES
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import rows, until
from tests.desk.test_themes import contrast

ON_THE_LOG = ("log", "filters", "selected")
LEAST = 4.5
STATUSES = ("delivered", "bounced", "failed", "deferred", "queued", "complained", "logged")
SCREENS = {
    "log": (),
    "filters": ("2", "p", "f"),
    "selected": ("space", "down"),
    "worklist": ("w",),
    "worklist, the next": ("w", "down", "down"),
    "task": ("exclamation_mark",),
    "settings": ("comma",),
    "help": ("question_mark",),
    "export": ("E",),
    "entry": ("N", "ctrl+s"),
}


def faint(pilot: Pilot[None]) -> Iterator[str]:
    """Yield texts of the front screen, or of the card on it, with less contrast than WCAG 2.1 asks for."""
    screen = pilot.app.screen
    region = screen.region if isinstance(screen, LogScreen) else screen.children[0].region
    for strip in screen._compositor.render_strips(pilot.app.size)[region.y : region.bottom]:
        for text, style, _ in strip.crop(region.x, region.right):
            if style is None or style.color is None or style.bgcolor is None or not any(map(str.isalnum, text)):
                continue
            ink, ground = (Color.from_rich_color(one).hex for one in (style.color, style.bgcolor))
            if (ratio := contrast(ink, ground)) < LEAST:
                yield f"{text.strip()}: {ink} on {ground}, {ratio:.1f}"


@pytest.mark.parametrize("name", SCREENS)
async def test_all_text_that_is_drawn_can_be_read_in_every_theme(desk: Open, tmp_path: Path, name: str) -> None:
    log = FakeLog([an_entry(number, status=STATUSES[number % 7]) for number in range(1, 30)])
    log.todo.put(1, NOW, words="Ring back")
    items = [{"entry": one, "failed_at": NOW, "starts_at": NOW} for one in log.entries[:3]]
    log.work = Worklist.model_validate({"items": items, "next": None})
    async with desk(log, export_folder=tmp_path).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press(*SCREENS[name])
        await until(pilot, lambda: isinstance(pilot.app.screen, LogScreen) is (name in ON_THE_LOG))
        for theme in sorted(THEMES):
            pilot.app.theme = theme
            await pilot.pause()
            assert (theme, [*faint(pilot)]) == (theme, [])
