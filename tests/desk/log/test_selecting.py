"""Selecting several rows, and what is done with them."""

from pathlib import Path

import pytest

from commlog_tui.contract.location import Role
from commlog_tui.desk.choosers.export import ExportScreen
from commlog_tui.desk.selection import MOST, Selection
from commlog_tui.desk.work.new_task import NewTaskScreen
from commlog_tui.desk.work.resend_several import ResendSeveral
from commlog_tui.text.rows import SELECTED
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog, a_log
from tests.desk.samples import an_entry
from tests.desk.steps import SIZES, bar, chips, drawn, rows, table, toasts, until


@pytest.mark.parametrize("size", SIZES)
async def test_space_selects_rows_that_stay_selected_over_pages_and_escape_clears(
    desk: Open, size: tuple[int, int]
) -> None:
    async with desk(a_log()).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("space", "space")
        await until(pilot, lambda: "2 selected; Esc clears" in bar(pilot))
        assert table(pilot).row == 2
        assert sum(SELECTED in line for line in drawn(pilot)) == 2
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: table(pilot).entries[0].seq == 51)
        assert "2 selected" in bar(pilot)
        await pilot.press("space")
        await until(pilot, lambda: "3 selected" in bar(pilot))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: table(pilot).entries[0].seq == 1)
        assert sum(SELECTED in line for line in drawn(pilot)) == 2
        await pilot.press("home", "space")
        await until(pilot, lambda: "2 selected" in bar(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "selected" not in bar(pilot))
        assert not any(SELECTED in line for line in drawn(pilot))


async def test_a_range_is_marked_at_both_ends_or_with_shift(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("j", "V")
        await until(pilot, lambda: "Range: move, then V" in bar(pilot))
        await pilot.press("j", "j", "j", "V")
        await until(pilot, lambda: "4 selected" in bar(pilot))
        await pilot.press("J", "shift+down", "shift+up")
        await until(pilot, lambda: "6 selected" in bar(pilot))
        assert "Range" not in bar(pilot)


async def test_all_of_the_page_and_then_all_that_match_up_to_a_bound(desk: Open) -> None:
    log = a_log(700)
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("asterisk")
        await until(pilot, lambda: "50 selected" in bar(pilot))
        await pilot.press("asterisk")
        await until(pilot, lambda: f"{MOST} selected" in bar(pilot))
        assert f"{MOST} entries are selected; that is the most at once." in toasts(pilot)
        await pilot.press("escape", "a", "asterisk", "asterisk")
        await until(pilot, lambda: "100 selected" in bar(pilot))
        assert "All 100 that match are selected." in toasts(pilot)
        await pilot.press("x")
        await until(pilot, lambda: not chips(pilot) and "selected" not in bar(pilot))


async def test_what_is_selected_is_copied_made_a_task_and_exported(desk: Open, tmp_path: Path) -> None:
    log = FakeLog([an_entry(number, to=f"guest.{number}@example.com") for number in range(1, 9)])
    async with desk(log, export_folder=tmp_path / "exports").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("space", "space", "y")
        await until(pilot, lambda: pilot.app.clipboard == "guest.2@example.com\nguest.1@example.com")
        await pilot.press("Y")
        await until(pilot, lambda: pilot.app.clipboard.count("guest.") >= 2 and "\n\n" in pilot.app.clipboard)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewTaskScreen))
        assert any("About each of 2 selected entries" in line for line in drawn(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: any("2 tasks: Ring back" in one for one in toasts(pilot)))
        await pilot.press("E")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen))
        assert any("2 entries, selected by hand" in line for line in drawn(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: any("2 entries were exported to" in line for line in drawn(pilot)))
        (path,) = (tmp_path / "exports").iterdir()
        text = path.read_text(encoding="utf-8")
        assert "Filters: 2 entries, selected by hand" in text
        assert text.count("@example.com") == 2


async def test_managers_redact_what_is_selected_once_its_number_is_confirmed(desk: Open) -> None:
    log = a_log(9)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("space", "space", "X")
        await until(pilot, lambda: any("Redact 2 entries: why?" in line for line in drawn(pilot)))
        await pilot.press(*"asked", "enter")
        await until(pilot, lambda: any("Names, addresses and texts of 2 entries" in line for line in drawn(pilot)))
        await pilot.press("escape")
        await pilot.press("X", *"asked", "enter")
        await until(pilot, lambda: any("Enter: redact 2 entries" in line for line in drawn(pilot)))
        assert not log.redacted
        await pilot.press("enter")
        await until(pilot, lambda: "2 entries were redacted." in toasts(pilot))
        assert log.redacted == [(log.entries[1].id, "asked"), (log.entries[0].id, "asked")]
        assert "selected" not in bar(pilot)


async def test_several_are_sent_again_at_once(desk: Open) -> None:
    async with desk(a_log(9)).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("space", "space", "A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ResendSeveral))


async def test_others_may_not_redact(desk: Open) -> None:
    async with desk(FakeLog([an_entry()], role=Role.DESK)).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("X")
        await until(pilot, lambda: any("may not redact" in one for one in toasts(pilot)))


def test_there_is_room_for_so_many() -> None:
    calls: list[int] = []
    selection = Selection(lambda: calls.append(1))
    selection.add(an_entry(number) for number in range(1, MOST + 9))
    assert (len(selection), len(calls)) == (MOST, 1)
    assert selection.entries[-1].seq == 1
    selection.clear()
    selection.clear()
    assert (len(selection), selection.words, len(calls)) == (0, "", 2)
