"""Lists of statuses, sources and channels: ticked by letters, space and the mouse."""

from commlog_tui.contract.channels import DID_NOT_ARRIVE
from commlog_tui.contract.delivery import Status
from commlog_tui.desk.filters import STATUSES, Filters, from_json, to_json
from commlog_tui.desk.widgets.channel_list import ChannelList
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.status_list import StatusList
from tests.desk.conftest import Open
from tests.desk.fake_log import a_log
from tests.desk.steps import bar, chips, drawn, rows, until


async def test_several_statuses_are_ticked_by_letters_and_space(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        status = pilot.app.screen.query_one("#status", StatusList)
        status.focus()
        await pilot.press("b", "space")
        await until(pilot, lambda: chips(pilot) == ["bounced"] and bar(pilot).startswith("1"))
        assert log.asked[-1][0].status == ("bounced",)
        await pilot.press("down", "enter")
        await until(pilot, lambda: chips(pilot) == ["bounced", "failed"])
        await until(pilot, lambda: log.asked[-1][0].status == ("bounced", "failed"))
        await pilot.press("b", "space")
        await until(pilot, lambda: chips(pilot) == ["failed"])
        await pilot.press("backspace")
        await until(pilot, lambda: not chips(pilot) and log.asked[-1][0].status == ())


async def test_the_last_status_comes_into_sight_on_a_small_screen(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("f")
        pilot.app.screen.query_one("#status").focus()
        await until(pilot, lambda: any("● did not" in line or "○ did not" in line for line in drawn(pilot)))
        assert not any("○ logged" in line for line in drawn(pilot))
        await pilot.press("l")
        await until(pilot, lambda: any("○ logged" in line for line in drawn(pilot)))
        await pilot.press("space")
        await until(pilot, lambda: chips(pilot) == ["logged"])


async def test_what_did_not_arrive_is_one_tick_and_one_chip(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        status = pilot.app.screen.query_one("#status", StatusList)
        status.focus()
        await pilot.press("space")
        await until(pilot, lambda: chips(pilot) == ["did not arrive"])
        await until(pilot, lambda: set(log.asked[-1][0].status) == set(DID_NOT_ARRIVE))
        assert bar(pilot).startswith("1")
        await pilot.press("d", "space")
        await until(pilot, lambda: chips(pilot) == ["did not arrive", "delivered"])
        pilot.app.screen.query_one("#table").focus()
        await until(pilot, lambda: "did not arrive, delivered" in str(status.render()))
        await pilot.press("backspace")
        await until(pilot, lambda: chips(pilot) == ["did not arrive"])
        await pilot.press("backspace")
        await until(pilot, lambda: not chips(pilot))


async def test_a_status_is_ticked_by_the_mouse_once_its_list_is_open(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.click("#status")
        status = pilot.app.screen.query_one("#status", StatusList)
        await until(pilot, lambda: status.size.height > 1)
        assert not chips(pilot)
        await pilot.click("#status", offset=(2, 2))
        await until(pilot, lambda: chips(pilot) == ["bounced"])


async def test_a_source_is_chosen_by_arrows_and_the_mouse(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        pilot.app.screen.query_one("#source").focus()
        await pilot.press("w")
        await until(pilot, lambda: chips(pilot) == ["workflow"])
        await pilot.press("backspace")
        await until(pilot, lambda: not chips(pilot))
        await pilot.click("#source")
        await until(pilot, lambda: chips(pilot) == ["manual"])


def test_every_status_of_the_contract_can_be_ticked() -> None:
    assert set(STATUSES) == {status.value for status in Status}
    assert set(DID_NOT_ARRIVE) < set(STATUSES)


def test_filters_that_0_1_0_saved_are_loaded() -> None:
    fields = {"q": "zoe", "via": ["sms"], "status": "bounced", "source": "manual", "unknown": 1}
    assert from_json(fields) == Filters(q="zoe", via=("sms",), status=("bounced",), source="manual")
    assert from_json(to_json(Filters(status=("bounced", "failed")))).status == ("bounced", "failed")
    assert from_json({"status": 5, "via": {"a": 1}}) == Filters()


async def test_a_channel_is_ticked_in_the_list_and_by_the_mouse(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        channels = pilot.app.screen.query_one(ChannelList)
        channels.focus()
        await pilot.press("down", "space")
        await until(pilot, lambda: chips(pilot) == ["sms"])
        await pilot.click(ChannelList, offset=(3, 0))
        await until(pilot, lambda: chips(pilot) == ["sms", "email"])
        await pilot.click(ChipBar, offset=(2, 0))
        await until(pilot, lambda: chips(pilot) == ["email"])
        assert channels.ticked == ("email",)
