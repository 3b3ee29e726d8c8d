"""The open detail leaves the table the columns that matter, in windows of every width."""

import pytest
from textual.pilot import Pilot

from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import drawn, rows, table, until

LOG = [an_entry(number, status="bounced") for number in range(1, 41)]


def names(pilot: Pilot[None]) -> list[str]:
    return table(pilot).render_line(0).text.split()


def detail(pilot: Pilot[None]) -> DetailPane:
    return pilot.app.screen.query_one(DetailPane)


@pytest.mark.parametrize("width", [60, 80, 90, 100, 109])
async def test_in_a_narrow_window_the_detail_lies_under_the_table_and_takes_no_column(desk: Open, width: int) -> None:
    async with desk(FakeLog(LOG)).run_test(size=(width, 24)) as pilot:
        await rows(pilot)
        before = names(pilot)
        await pilot.press("d")
        await until(pilot, lambda: detail(pilot).display and detail(pilot).text and detail(pilot).region.y > 2)
        assert names(pilot) == before
        assert {"Date", "Title", "Status"} <= set(before)
        assert detail(pilot).region.width == width
        assert detail(pilot).region.y >= table(pilot).region.bottom
        assert table(pilot).region.height >= 10
        await pilot.press("d")
        await until(pilot, lambda: not detail(pilot).display)
        assert table(pilot).region.height == 21


@pytest.mark.parametrize("width", [110, 120, 139])
@pytest.mark.parametrize("keys", [[], ["f"]], ids=["without filters", "with filters"])
async def test_beside_the_table_it_leaves_date_title_and_status(desk: Open, width: int, keys: list[str]) -> None:
    async with desk(FakeLog(LOG)).run_test(size=(width, 24)) as pilot:
        await rows(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: detail(pilot).text and (not keys or pilot.app.screen.query_one("#side").region))
        assert detail(pilot).region.y == table(pilot).region.y
        assert {"Date", "Title", "Status"} <= set(names(pilot))
        assert "✗ bounced" in table(pilot).render_line(1).text


@pytest.mark.parametrize("width", [80, 109])
async def test_with_the_filters_open_date_title_and_status_stay(desk: Open, width: int) -> None:
    async with desk(FakeLog(LOG)).run_test(size=(width, 24)) as pilot:
        await rows(pilot)
        await pilot.press("d", "f")
        await until(pilot, lambda: detail(pilot).text and pilot.app.screen.query_one("#side").region)
        await until(pilot, lambda: table(pilot).region.x == pilot.app.screen.query_one("#side").region.right)
        assert {"Date", "Title", "Status"} <= set(names(pilot))
        assert "✗ bounced" in table(pilot).render_line(1).text


async def test_the_row_one_is_on_stays_in_sight_when_the_detail_opens_below_it(desk: Open) -> None:
    async with desk(FakeLog(LOG)).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press(*["j"] * 18, "d")
        await until(pilot, lambda: detail(pilot).text and detail(pilot).region.y > 2)
        await until(
            pilot, lambda: any("Booking Reminder 19 " in line for line in list(drawn(pilot))[: detail(pilot).region.y])
        )


async def test_a_window_made_wider_has_it_beside_the_table_again(desk: Open) -> None:
    async with desk(FakeLog(LOG)).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("d")
        await until(pilot, lambda: detail(pilot).region.width == 80)
        await pilot.resize_terminal(140, 40)
        await until(pilot, lambda: detail(pilot).region.x >= table(pilot).region.right)
        assert detail(pilot).region.y == table(pilot).region.y
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: detail(pilot).region.width == 100)
