"""Draws the pictures of the README and of the walk through the desk.

The real desk, the demo location, the real service.
"""

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import time_machine

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.demo.load import fill
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.log_table import LogTable

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 3, 18, tzinfo=UTC)
"""What the clock of the desk shows in every picture: the evening of the demo's last day."""
PICTURES: dict[str, tuple[tuple[int, int], str, list[str]]] = {
    "desk-140x40": ((140, 40), "", ["down", "down"]),
    "desk-80x24": ((80, 24), "", ["down", "down"]),
    "filters-140x40": ((140, 40), "", ["2", "p", "p", "p", "p", "wait", "slash", *"archer", "enter"]),
    "found-80x24": ((80, 24), "", ["slash", *"900123", "wait", "enter"]),
    "history-80x24": ((80, 24), "", ["slash", *"zoe archer", "wait", "enter", "wait", "c"]),
    "form-140x40": ((140, 40), "", ["N", "p", *"07700 900123", "enter", *"Rang about parking"]),
    "corrected-140x40": ((140, 40), "", ["slash", *"twice", "wait", "enter", "wait", "down"]),
    "date-80x24": ((80, 24), "", ["t", *"3 aug"]),
    "nothing-80x24": ((80, 24), "", ["slash", *"zeppelin", "wait", "enter", "1"]),
    "private-80x24": ((80, 24), "", ["h"]),
    "help-80x24": ((80, 24), "", ["question_mark"]),
    "light-100x30": ((100, 30), "commlog-light", ["down"]),
}


async def draw(target: Target, name: str, size: tuple[int, int], theme: str, keys: list[str]) -> None:
    """Press the keys, let everything come to rest, and write the picture."""
    app = DeskApp(lambda: target, Preferences(theme=theme))
    async with app.run_test(size=size) as pilot:
        while app.screen.query_one(LogTable).entry is None:
            await pilot.pause(0.05)
        for key in keys:
            await (pilot.pause(0.6) if key == "wait" else pilot.press(key))
        await pilot.pause(1)
        (HERE / f"{name}.svg").write_text(app.export_screenshot(title="commlog"), encoding="utf-8")


def main() -> None:
    """Draw every picture."""
    os.environ["LOGNAME"] = "Front desk"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.db"
        fill(path, until=NOW.date())
        service = EmbeddedService(path)
        try:
            for name, (size, theme, keys) in PICTURES.items():
                target = Target(service.base_url, service.token, None, Path(folder) / "outbox" / name, "demo")
                with time_machine.travel(NOW):
                    asyncio.run(draw(target, name, size, theme, keys))
        finally:
            service.close()


if __name__ == "__main__":
    main()
