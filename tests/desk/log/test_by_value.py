"""Filtering by what is under the cursor: two keys, or a click and a key."""

import pytest
from textual.widgets import OptionList

from commlog_tui.contract.channels import DID_NOT_ARRIVE
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.choosers.row_values import RowValuesScreen
from commlog_tui.desk.widgets.channel_list import ChannelList
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import SIZES, chips, drawn, rows, table, toasts, until

ENTRIES = [
    an_entry(1, via="email", code="HB-2041", kind="reminder", title="Reminder", to="zoe@example.com"),
    an_entry(2, status="bounced"),
    an_entry(3, customer=None, reference=None, to=""),
]
WORDS = {
    "v": "email", "r": "zoe@example.com", "t": "title Reminder", "c": "Zoë Quay", "s": "delivered",
    "d": "Tue 3 Nov 2026", "b": "code HB-2041", "k": "kind reminder", "o": "workflow",
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("letter", WORDS)
async def test_two_keys_ask_for_a_value_of_the_row_or_leave_it_out(
    desk: Open, size: tuple[int, int], letter: str
) -> None:
    async with desk(FakeLog(ENTRIES)).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("F", letter)
        await until(pilot, lambda: chips(pilot) == [WORDS[letter]])
        await pilot.press("x")
        await until(pilot, lambda: not chips(pilot) and table(pilot).entry is not None)
        await pilot.press("F", letter.upper())
        await until(pilot, lambda: chips(pilot) == [f"not {WORDS[letter]}"])
        await until(pilot, lambda: all(entry.id != ENTRIES[0].id for entry in table(pilot).entries))


@pytest.mark.parametrize("size", SIZES)
async def test_the_card_shows_each_value_whole_and_is_left_with_escape(desk: Open, size: tuple[int, int]) -> None:
    async with desk(FakeLog(ENTRIES)).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("F")
        await until(pilot, lambda: isinstance(pilot.app.screen, RowValuesScreen))
        await until(pilot, lambda: any("Shift+letter or -: without it   Esc: leave" in line for line in drawn(pilot)))
        shown = "\n".join(drawn(pilot))
        for words in (
            "v  Via        email",
            "r  Recipient  zoe@example.com",
            "b  Booking    HB-2041",
            "d  Day        Tue 3",
        ):
            assert words in shown
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, RowValuesScreen))
        assert not chips(pilot)


async def test_what_a_row_does_not_have_is_not_offered(desk: Open) -> None:
    async with desk(FakeLog(ENTRIES)).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("j", "j", "F")
        await until(pilot, lambda: isinstance(pilot.app.screen, RowValuesScreen))
        assert pilot.app.screen.query_one(OptionList).option_count == 5
        await pilot.press("c", "b")
        assert isinstance(pilot.app.screen, RowValuesScreen)


async def test_a_click_on_a_cell_of_the_row_offers_its_value_first(desk: Open) -> None:
    async with desk(FakeLog(ENTRIES)).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        header = next(line for line in drawn(pilot) if "Status" in line and "Title" in line)
        left = table(pilot).region.x
        await pilot.click("#table", offset=(header.index("Title") - left, 2))
        await until(pilot, lambda: table(pilot).row == 1)
        await pilot.pause(0)
        await pilot.click("#table", offset=(header.index("Status") - left, 1), button=3)
        await until(pilot, lambda: isinstance(pilot.app.screen, RowValuesScreen))
        await pilot.press("minus")
        await until(pilot, lambda: chips(pilot) == ["not delivered"])


async def test_names_are_not_shown_in_privacy_mode(desk: Open) -> None:
    async with desk(FakeLog(ENTRIES)).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("h", "F")
        await until(pilot, lambda: isinstance(pilot.app.screen, RowValuesScreen))
        assert "Zoë" not in "\n".join(drawn(pilot))
        await pilot.press("c")
        await until(pilot, lambda: chips(pilot))
        assert "Zoë" not in "\n".join(drawn(pilot))


async def test_an_older_service_is_not_asked(desk: Open) -> None:
    log = FakeLog(ENTRIES)
    log.capabilities = ()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("F", "V")
        await until(pilot, lambda: any("too old" in one for one in toasts(pilot)))
        assert not chips(pilot)


async def test_yesterdays_failed_texts_take_at_most_five_keys(desk: Open) -> None:
    log = FakeLog(ENTRIES)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        sms = str(pilot.app.screen.query_one(ChannelList)._names.index("sms") + 1)
        await pilot.press(sms, "p", "p", "a")
        await until(pilot, lambda: chips(pilot) == ["sms", "yesterday", "did not arrive"])
        await until(pilot, lambda: any(_is_wanted(query) for query, _ in log.asked))


def _is_wanted(query: EntryQuery) -> bool:
    return query.via == ("sms",) and len(query.status) == len(DID_NOT_ARRIVE) and query.since is not None
