"""Excluding in the sidebar: with a key on a channel, a status, a source."""

from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.exclusion import Exclusion
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.widgets.channel_list import ChannelList
from commlog_tui.desk.widgets.choice import Choice
from commlog_tui.desk.widgets.status_list import StatusList
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog, a_log
from tests.desk.steps import chips, rows, until


def queries(log: FakeLog) -> list[EntryQuery]:
    """Return what was asked for; where nothing matches, also what there is without each filter."""
    return [query for query, _ in log.asked]


async def test_minus_excludes_a_channel_and_a_status_and_again_takes_it_back(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        channels, statuses = pilot.app.screen.query_one(ChannelList), pilot.app.screen.query_one(StatusList)
        channels.focus()
        await pilot.press("minus", "down", "minus")
        first, second = channels._names[:2]
        await until(pilot, lambda: chips(pilot) == [f"not {first}", f"not {second}"])
        await until(pilot, lambda: any(query.not_via == (first, second) for query in queries(log)))
        assert "✗" in channels.line(0)
        await pilot.press("minus", "up", "space")
        await until(pilot, lambda: chips(pilot) == [first])
        statuses.focus()
        await pilot.press("minus")
        await until(pilot, lambda: len(chips(pilot)) > 1 and chips(pilot)[1].startswith("not "))
        await until(pilot, lambda: any(set(query.not_status) == set(statuses.ticks(0)) for query in queries(log)))
        await pilot.press("backspace")
        await until(pilot, lambda: chips(pilot) == [first])


async def test_a_source_is_excluded_by_its_words_and_what_has_no_field_stays(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, LogScreen)
        kept = screen.state.claimed.only("title", "Booking Reminder").excluding("to", "07700 900123")
        screen.filter(kept)
        await until(pilot, lambda: chips(pilot) == ["title Booking Reminder", "not 07700 900123"])
        screen.query_one("#source", Choice).focus()
        await pilot.press("n")
        await until(pilot, lambda: any(query.not_source == ("manual",) for query in queries(log)))
        assert screen.state.claimed == kept.excluding("source", "manual")
        await pilot.press("m")
        await until(pilot, lambda: any(query.source == "manual" for query in queries(log)))
        assert screen.state.claimed.excluded == (Exclusion("to", "07700 900123"),)
