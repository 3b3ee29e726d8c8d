"""Exporting what is shown: keys, formats, and what stays away where it fails."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from typing_extensions import override

from commlog_tui.client.errors import UnreachableError
from commlog_tui.contract.entry import Entry
from commlog_tui.contract.location import Role
from commlog_tui.contract.page import Page
from commlog_tui.desk.choosers.export import ExportScreen
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry, nasty_entry
from tests.desk.steps import SIZES, drawn, rows, toasts, until
from tests.nasty import NASTY, is_harmless


def text(pilot: Pilot[None]) -> str:
    return "\n".join(drawn(pilot))


async def is_asking(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen))


async def test_what_is_shown_is_two_keys_away_from_being_a_file(desk: Open, tmp_path: Path) -> None:
    log = FakeLog([an_entry(1), an_entry(2, via="sms"), an_entry(3)])
    async with desk(log, export_folder=tmp_path / "exports").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("E")
        await is_asking(pilot)
        assert "no filters" in text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "3 entries were exported" in text(pilot))
    [path] = (tmp_path / "exports").iterdir()
    assert path.suffix == ".csv"
    assert path.read_text().count("\n") == 8


async def test_last_month_is_one_key_more(desk: Open, tmp_path: Path) -> None:
    log = FakeLog([an_entry(1)])
    async with desk(log, export_folder=tmp_path / "exports").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("E", "m")
        await is_asking(pilot)
        await until(pilot, lambda: "last month" in text(pilot).split("Names")[0])
        await pilot.press("enter")
        await until(pilot, lambda: "exported to" in text(pilot))
    [path] = (tmp_path / "exports").iterdir()
    assert "Filters: last month" in path.read_text()


@pytest.mark.parametrize("selected", [False, True])
async def test_the_columns_are_those_of_the_view(desk: Open, tmp_path: Path, selected: bool) -> None:
    log = FakeLog([an_entry(1), an_entry(2)])
    async with desk(log, export_folder=tmp_path / "exports", columns="actor date title:30").run_test() as pilot:
        await rows(pilot)
        await pilot.press(*(["space"] if selected else []), "E")
        await is_asking(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "exported to" in text(pilot))
    [path] = (tmp_path / "exports").iterdir()
    assert path.read_text().splitlines()[4] == "Actor,Date,Title"


async def test_who_may_not_export_is_told_so(desk: Open, tmp_path: Path) -> None:
    log = FakeLog([an_entry(1)], role=Role.DESK)
    async with desk(log, export_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("E")
        await until(pilot, lambda: toasts(pilot))
        assert "may not export" in toasts(pilot)[0]


class SlowLog(FakeLog):
    """A log whose pages of an export are held back."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(entries)
        self.reached, self.gate = asyncio.Event(), asyncio.Event()
        self.error: Exception | None = None

    @override
    async def page(self, location: str, query: Any, *, limit: int = 50, **position: Any) -> Page:
        if limit == 200:
            self.reached.set()
            await self.gate.wait()
            if self.error is not None:
                raise self.error
        return await super().page(location, query, limit=limit, **position)


async def test_escape_stops_it_and_leaves_no_file(desk: Open, tmp_path: Path) -> None:
    log = SlowLog([an_entry(1)])
    async with desk(log, export_folder=tmp_path / "exports").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("E", "enter")
        await until(pilot, log.reached.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ExportScreen))
        await until(pilot, lambda: not [*(tmp_path / "exports").iterdir()])


async def test_a_service_that_goes_away_is_reported_and_may_be_tried_again(desk: Open, tmp_path: Path) -> None:
    log = SlowLog([an_entry(1)])
    log.error = UnreachableError()
    log.gate.set()
    async with desk(log, export_folder=tmp_path / "exports").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("E", "enter")
        await until(pilot, lambda: "Nothing was exported" in text(pilot))
        assert not [*(tmp_path / "exports").iterdir()]
        log.error = None
        await pilot.press("enter")
        await until(pilot, lambda: "1 entry was exported" in text(pilot))


@pytest.mark.parametrize("size", SIZES)
async def test_every_format_takes_hostile_text(desk: Open, tmp_path: Path, size: tuple[int, int]) -> None:
    log = FakeLog([nasty_entry(number, nasty) for number, nasty in enumerate(NASTY.values(), 1)])
    async with desk(log, export_folder=tmp_path / "exports").run_test(size=size) as pilot:
        await rows(pilot)
        for downs in range(4):
            for everything in ((), ("a",)):
                await pilot.press("E")
                await is_asking(pilot)
                await pilot.press(*everything, *["down"] * downs, "enter")
                await until(pilot, lambda: "exported to" in text(pilot))
                assert [line for line in drawn(pilot) if not is_harmless(line)] == []
                await pilot.press("escape")
                await until(pilot, lambda: not isinstance(pilot.app.screen, ExportScreen))
    assert {path.suffix for path in (tmp_path / "exports").iterdir()} == {".csv", ".txt", ".pdf", ".json"}
