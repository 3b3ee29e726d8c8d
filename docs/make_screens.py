"""Draws the README's pictures: the real desk, on the demo location, over the real service."""

import asyncio
import os
import tempfile
from datetime import date
from pathlib import Path

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.demo.load import fill
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.log_table import LogTable

HERE = Path(__file__).parent
PICTURES = {
    "desk-140x40": ((140, 40), ["down", "down"]),
    "filters-140x40": ((140, 40), ["slash", *"zoe archer", "enter"]),
    "form-140x40": ((140, 40), ["n", "p", "enter", *"07700 900123", "enter", *"Rang about parking"]),
    "history-80x24": ((80, 24), ["slash", *"zoe archer", "enter", "f", "wait", "c"]),
}


async def draw(target: Target, name: str, size: tuple[int, int], keys: list[str]) -> None:
    """Press the keys, let everything come to rest, and write the picture."""
    app = DeskApp(lambda: target)
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
        fill(path, until=date(2026, 11, 3))
        service = EmbeddedService(path)
        try:
            for name, (size, keys) in PICTURES.items():
                target = Target(service.base_url, service.token, None, Path(folder) / "outbox", "demo")
                asyncio.run(draw(target, name, size, keys))
        finally:
            service.close()


if __name__ == "__main__":
    main()
