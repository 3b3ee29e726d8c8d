"""Filtering: every way in, every way out, and what is said meanwhile."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.widgets import Input, Label, OptionList

from commlog_tui.desk.widgets.channel_list import ChannelList
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.key_bar import KeyBar
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog, a_log
from tests.desk.samples import an_entry
from tests.desk.steps import SIZES, bar, chips, drawn, notice, rows, table, toasts, until


async def test_what_is_typed_becomes_one_query(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        since, echo = pilot.app.screen.query_one("#since", Input), pilot.app.screen.query_one("#days-fault", Label)
        since.value = "2 nov"
        await until(pilot, lambda: chips(pilot) == ["Mon 2 Nov 2026"])
        assert "Mon 2 Nov 2026" in str(echo.render())
        await until(pilot, lambda: log.asked[-1][0].since)
        query = log.asked[-1][0]
        assert query.since is not None
        assert query.until == query.since + timedelta(days=1)
        since.value = "31 feb"
        await until(pilot, lambda: "February 2026 has 28 days" in str(echo.render()))
        assert chips(pilot) == ["Mon 2 Nov 2026"]
        pilot.app.screen.query_one("#until", Input).value = "1 nov"
        since.value = "2 nov"
        await until(pilot, lambda: "after the last" in str(echo.render()))


async def test_digits_and_a_letter_filter_from_the_table_and_x_undoes_all(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("2", "p", "p")
        await until(pilot, lambda: chips(pilot) == ["sms", "yesterday"])
        await until(pilot, lambda: log.asked[-1][0].via == ("sms",) and log.asked[-1][0].since)
        assert pilot.app.screen.query_one(ChannelList).ticked == ("sms",)
        assert pilot.app.screen.query_one("#since", Input).value == "yesterday"
        await pilot.press("backspace")
        await until(pilot, lambda: chips(pilot) == ["sms"])
        await pilot.press("1", "2")
        await until(pilot, lambda: chips(pilot) == ["email"])
        await pilot.press("x")
        await until(pilot, lambda: not chips(pilot) and log.asked[-1][0].via == ())
        assert pilot.app.screen.query_one(ChannelList).ticked == ()


async def test_days_in_words_are_typed_in_the_sidebar_and_the_palette(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        pilot.app.screen.query_one("#since", Input).value = "October"
        await until(pilot, lambda: chips(pilot) == ["Thu 1 Oct 2026 – Sat 31 Oct 2026"])  # noqa: RUF001 - a range
        pilot.app.screen.query_one("#table").focus()
        await pilot.press("ctrl+p", *"last month")
        await until(pilot, lambda: pilot.app.screen.query_one(CommandList).option_count > 0)
        await pilot.press("enter")
        await until(pilot, lambda: chips(pilot) == ["last month"])
        query = log.asked[-1][0]
        assert (query.since, query.until) == (datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


async def test_a_customer_is_picked_and_taken_back(desk: Open) -> None:
    log = FakeLog([an_entry(1), an_entry(2, customer={"id": "c-2", "name": "Adam"})])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        line = pilot.app.screen.query_one("#customer", Input)
        line.focus()
        await pilot.press(*"ada")
        await until(pilot, lambda: pilot.app.screen.query_one("#matches").display)
        await pilot.press("enter")
        await until(pilot, lambda: log.asked[-1][0].customer_id == "c-2")
        assert (line.value, chips(pilot)) == ("Adam", ["Adam"])
        assert pilot.app.screen.focused is table(pilot)
        line.focus()
        await pilot.press("end", "backspace")
        await until(pilot, lambda: log.asked[-1][0].customer_id is None)


@pytest.mark.parametrize("way", ["typed ahead", "from the list"])
async def test_the_enter_that_picks_a_customer_goes_on_to_the_table(desk: Open, way: str) -> None:
    log = FakeLog([an_entry(1), an_entry(2, customer={"id": "c-2", "name": "Adam"})])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("f")
        pilot.app.screen.query_one("#customer", Input).focus()
        await pilot.press(*"ada")
        if way == "from the list":
            await until(pilot, lambda: pilot.app.screen.query_one("#matches").display)
            await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, lambda: chips(pilot) == ["Adam"])
        await until(pilot, lambda: pilot.app.screen.focused is table(pilot))
        assert not pilot.app.screen.query_one("#side").display


async def test_escape_folds_the_filters_where_they_take_room_as_enter_does(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        for key in ("enter", "escape"):
            await pilot.press("slash")
            assert pilot.app.screen.query_one("#side").display
            await pilot.press(key)
            assert not pilot.app.screen.query_one("#side").display
            assert pilot.app.screen.focused is table(pilot)
        await pilot.press("f", "tab", "escape")
        assert not pilot.app.screen.query_one("#side").display
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("slash", "escape")
        assert pilot.app.screen.query_one("#side").display
        await pilot.press("f", "f", "escape")
        assert pilot.app.screen.query_one("#side").display


async def test_part_of_a_reference_says_where_to_look_for_it(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        pilot.app.screen.query_one("#reference", Input).value = "0d9c6a"
        fault = pilot.app.screen.query_one("#reference-fault", Label)
        await until(pilot, lambda: "search box" in str(fault.render()))


@pytest.mark.parametrize(
    ("field", "text"), [("code", "KY-1"), ("to", "+447700900123"), ("title", "Call"), ("kind", "reminder")]
)
async def test_a_whole_value_has_a_field_that_filters_and_is_emptied_by_keys(desk: Open, field: str, text: str) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        box = pilot.app.screen.query_one(f"#{field}", Input)
        box.focus()
        await pilot.press(*text)
        await until(pilot, lambda: log.asked and getattr(log.asked[-1][0], field) == text and chips(pilot))
        await pilot.press("ctrl+u")
        await until(pilot, lambda: getattr(log.asked[-1][0], field) is None and not chips(pilot))


@pytest.mark.parametrize(
    ("field", "words"), [("kind", "No kind is like this."), ("to", "No address or number is like this.")]
)
async def test_a_whole_value_that_cannot_be_is_said_at_its_field(desk: Open, field: str, words: str) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        pilot.app.screen.query_one(f"#{field}", Input).value = "Not one of them " * 30
        fault = pilot.app.screen.query_one(f"#{field}-fault", Label)
        await until(pilot, lambda: words in str(fault.render()))
        assert not chips(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_found_says_which_filter_to_loosen(desk: Open, size: tuple[int, int]) -> None:
    async with desk(a_log(3)).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("slash", *"nobody", "enter", "1")
        await until(pilot, lambda: "without “nobody”: 2" in notice(pilot))
        assert "without email" not in notice(pilot)
        await pilot.press("x")
        await until(pilot, lambda: table(pilot).entry)
        assert not notice(pilot)


async def test_a_date_is_gone_to_and_pages_lead_both_ways(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("t", *"31 feb", "enter")
        await until(pilot, lambda: "28 days" in str(pilot.app.screen.query_one("#echo", Label).render()))
        await pilot.press("ctrl+u", *"2 nov", "enter")
        await until(pilot, lambda: (entry := table(pilot).entry) and entry.sent_at.day == 2)
        assert bar(pilot).startswith("10–59")  # noqa: RUF001 - as shown
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: bar(pilot).startswith("1–50"))  # noqa: RUF001 - as shown


async def test_back_after_a_date_goes_to_the_row_and_filters_one_came_from(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        assert "back" in pilot.app.screen.query_one(KeyBar).dimmed
        await pilot.press("2", "p", "p", "p", "right_square_bracket")
        await pilot.press("down", "down")
        before, filtered = table(pilot).entry, chips(pilot)
        await pilot.press("t", *"1 nov", "enter")
        await until(pilot, lambda: (entry := table(pilot).entry) and entry.sent_at.day == 1)
        await until(pilot, lambda: "back" not in pilot.app.screen.query_one(KeyBar).dimmed)
        await pilot.press("t", *"31 oct", "enter")
        await until(pilot, lambda: (entry := table(pilot).entry) and entry.sent_at.day == 31)
        await pilot.press("q")
        await until(pilot, lambda: (entry := table(pilot).entry) and entry.sent_at.day == 1)
        await pilot.press("q")
        await until(pilot, lambda: table(pilot).entry == before and chips(pilot) == filtered)
        await until(pilot, lambda: "back" in pilot.app.screen.query_one(KeyBar).dimmed)


async def test_filters_are_saved_come_back_and_are_deleted(desk: Open, tmp_path: Path) -> None:
    async with desk(a_log()).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("s")
        await until(pilot, lambda: any("Nothing is filtered" in toast for toast in toasts(pilot)))
        await pilot.press("1", "p", "s", *"Mail today", "enter")
        await until(pilot, lambda: any("Saved" in toast for toast in toasts(pilot)))
        await pilot.press("x", "v")
        await until(pilot, lambda: pilot.app.screen.query(OptionList))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(ChipBar) and chips(pilot) == ["email", "today"])
        await pilot.press("v")
        await until(pilot, lambda: pilot.app.screen.query(OptionList))
        await pilot.press("d", "escape")
        assert pilot.app.screen.query_one(OptionList).option_count == 1
        await pilot.press("d")
        await until(pilot, lambda: any("Mail today: email  today" in line for line in drawn(pilot)))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(ChipBar))
        await pilot.press("v")
        await until(pilot, lambda: any("No view is saved" in toast for toast in toasts(pilot)))


async def test_pages_are_as_long_as_one_likes_them(desk: Open) -> None:
    log = a_log()
    async with desk(log, page_size=25).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        assert set(log.limits) == {25}
        assert bar(pilot).startswith("1–25")  # noqa: RUF001 - as shown


async def test_which_day_came_first_and_until_when_is_said_at_the_field(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        since, until_field = (pilot.app.screen.query_one(name, Input) for name in ("#since", "#until"))
        echo = pilot.app.screen.query_one("#days-fault", Label)
        since.value = "03/11/2026"
        await until(pilot, lambda: "not 11 March" in str(echo.render()))
        assert echo.has_class("-echo")
        since.value, until_field.value = "", "2 nov"
        await until(pilot, lambda: str(echo.render()) == "until Mon 2 Nov 2026")
        await until(pilot, lambda: chips(pilot) == ["until Mon 2 Nov 2026"])
        since.value, until_field.value = "14 days", ""
        await until(pilot, lambda: chips(pilot) == ["14 days"])
        assert str(echo.render()).startswith("Wed 21 Oct 2026")


async def test_the_key_that_undoes_all_empties_a_field_that_is_not_right_too(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        since, echo = pilot.app.screen.query_one("#since", Input), pilot.app.screen.query_one("#days-fault", Label)
        since.value = "31 nov"
        await until(pilot, lambda: "30 days" in str(echo.render()))
        await pilot.press("x")
        await until(pilot, lambda: not since.value and not echo.display)
        await pilot.press("x")
        await until(pilot, lambda: toasts(pilot) == ["Nothing is filtered."])
