"""``commlog list`` in a terminal.

As many columns as fit, each in its place, with the time and an id to show.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from commlog_tui.store.sqlite.store import SqliteStore
from tests.painting.emulators import PyteTerminal, TmuxTerminal, has_tmux, open_command
from tests.painting.test_columns import TEXTS
from tests.patience import PATIENCE
from tests.store.factory import NOON, QUAY, event, mail, minutes, put

IDS = [str(UUID(int=0x7D3A1C9E << 96 | number << 60)) for number in range(len(TEXTS))]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of its own, in which every entry bounced."""
    folder = tmp_path_factory.mktemp("list")

    async def fill() -> None:
        store = SqliteStore.open(folder / "log.db")
        await store.create_location(QUAY)
        for number, (title, name) in enumerate(TEXTS):
            customer = {"id": f"c-{number}", "name": name}
            entry = mail(
                IDS[number], title=title[:500], customer=customer, sent_at=NOON - minutes(number), to="ada@example.com"
            )
            await put(store, entry, event(entry, "bounced"))
        await store.close()

    asyncio.run(fill())
    return folder


def variables(home: Path) -> dict[str, str]:
    return {"COMMLOG_DATA": str(home), "COMMLOG_MODE": "local", "COMMLOG_CONFIG": str(home / "none.toml")}


@pytest.fixture(params=["pyte", "tmux"])
def terminal(request: pytest.FixtureRequest, home: Path, tmp_path: Path) -> Iterator[PyteTerminal | TmuxTerminal]:
    if request.param == "tmux" and not has_tmux():
        pytest.fail("tmux is not installed: what it paints cannot be tested. Install tmux and run this again.")
    opened = open_command(request.param, ["list"], (80, 40), tmp_path, **variables(home))
    yield opened
    opened.close()


def test_every_column_of_the_list_is_in_its_place(home: Path, terminal: PyteTerminal | TmuxTerminal) -> None:
    lines = terminal.until(lambda lines: f"{len(TEXTS)} of {len(TEXTS)}" in " ".join(lines))
    top = next(number for number, line in enumerate(lines) if line.startswith("Date"))
    rows = lines[top + 1 : top + 1 + len(TEXTS)]
    at, last = lines[top].index("Status"), lines[top].index("Id")
    assert [row[at : at + 9] for row in rows] == ["✗ bounced"] * len(TEXTS)
    assert [row[13:16] for row in rows] == [
        f":{59 - (number - 1) % 60:02}" if number else ":00" for number in range(len(TEXTS))
    ]
    for row, whole in zip(rows, IDS, strict=True):
        shown = row[last:].strip()
        assert whole.startswith(shown)
    shown = rows[3][last:].strip()
    done = subprocess.run(
        [sys.executable, "-m", "commlog_tui", "show", shown, "--json"],
        env=os.environ | variables(home),
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )
    assert json.loads(done.stdout)["entry"]["id"] == IDS[3]
