"""Saved views say whom they are about.

What was saved in a view of somebody is brought back as theirs, wherever one is.
"""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.choosers.saved_views import SavedViewsScreen
from commlog_tui.desk.commands.find import ONLY_THE_VIEW
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.saved_views import SavedView, SavedViews
from commlog_tui.desk.widgets.chip_bar import ChipBar
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import REFERENCE, an_entry
from tests.desk.steps import chips, drawn, rows, table, toasts, until

ADAM = {"id": "c-2", "name": "Adam"}


def a_log() -> FakeLog:
    return FakeLog(
        [an_entry(1), an_entry(2, customer=ADAM, reference=None, code="HB-1"), an_entry(3, via="email"), an_entry(4)]
    )


async def save(pilot: Pilot[None], name: str) -> None:
    await pilot.press("s", *name, "enter")
    await until(pilot, lambda: any("Saved" in toast for toast in toasts(pilot)))
    pilot.app.clear_notifications()


async def bring_back(pilot: Pilot[None], row: int = 0) -> None:
    await pilot.press("v")
    await until(pilot, lambda: pilot.app.screen.query(OptionList))
    await pilot.press(*["down"] * row, "enter")
    await until(pilot, lambda: pilot.app.screen.query(ChipBar))


def views(pilot: Pilot[None]) -> int:
    return len(pilot.app.screen_stack)


def heading(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#head", Static).render())


@pytest.mark.parametrize(
    ("key", "words", "query"),
    [
        ("c", "History of Zoë Quay", EntryQuery(customer_id="c-1")),
        ("b", "Booking", EntryQuery(reference=REFERENCE)),
    ],
)
async def test_what_is_saved_in_a_view_is_brought_back_with_whom_it_is_of(
    desk: Open, key: str, words: str, query: EntryQuery
) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press(key)
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await save(pilot, "whole")
        await pilot.press("1")
        await until(pilot, lambda: len(chips(pilot)) == 1)
        await save(pilot, "with channel")
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 1)
        await bring_back(pilot)
        await until(pilot, lambda: views(pilot) == 2 and words in heading(pilot) and log.asked[-1][0] == query)
        assert chips(pilot) == []
        await bring_back(pilot, 1)
        await until(pilot, lambda: chips(pilot) == ["sms"])
        await until(pilot, lambda: log.asked[-1][0] == query.model_copy(update={"via": ("sms",)}))
        assert views(pilot) == 2


async def test_a_booking_known_by_its_code_is_saved_by_its_code(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("down", "b")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await save(pilot, "booking")
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 1)
        await bring_back(pilot)
        await until(pilot, lambda: "Booking HB-1" in heading(pilot) and log.asked[-1][0].q == "HB-1")


async def test_in_another_view_it_opens_its_own_and_back_leads_to_where_one_was(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await pilot.press("1")
        await save(pilot, "zoe")
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 1)
        await pilot.press("down", "c", "b")
        await until(pilot, lambda: views(pilot) == 3 and table(pilot).entry)
        await bring_back(pilot)
        await until(pilot, lambda: views(pilot) == 4 and chips(pilot) == ["sms"] and "Zoë" in heading(pilot))
        await pilot.press("q")
        await until(pilot, lambda: "Booking HB-1" in heading(pilot))


async def test_what_0_1_0_saved_of_somebody_filters_the_log(desk: Open, tmp_path: Path) -> None:
    log = a_log()
    SavedViews(tmp_path / "desk").save("zoe", SavedView(Filters(customer="c-1", customer_name="Zoë Quay")))
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("down", "c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await bring_back(pilot)
        await until(pilot, lambda: views(pilot) == 1 and chips(pilot) == ["Zoë Quay"])


async def test_a_history_is_saved_by_three_keys_under_its_own_name(desk: Open, tmp_path: Path) -> None:
    async with desk(a_log()).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("c", "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: any("Saved" in toast for toast in toasts(pilot)))
        assert list(SavedViews(tmp_path / "desk").load()) == ["History of Zoë Quay"]


@pytest.mark.parametrize("scope", [Filters(), Filters(customer="c-1", customer_name="Zoë Quay")])
async def test_a_view_can_be_the_first_one_at_start(desk: Open, tmp_path: Path, scope: Filters) -> None:
    view = SavedView(Filters(via=("sms",)).within(scope), scope, "History of Zoë" if scope else "")
    SavedViews(tmp_path / "desk").save("mine", view)
    log, saved = a_log(), list[tuple[str, str | int]]()
    app = desk(log, first_view="mine", keep=lambda name, value: saved.append((name, value)))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: chips(pilot) == ["sms"] and table(pilot).entry)
        assert views(pilot) == (2 if scope else 1)
        assert (not scope) or "History of Zoë" in heading(pilot)
        assert scope or next(query.via for query, _ in log.asked) == ("sms",), "the log itself is not asked for"
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedViewsScreen))
        assert "first at start" in "\n".join(drawn(pilot))
        await pilot.press("f")
        await until(pilot, lambda: saved == [("first_view", "")])
        await pilot.press("f")
        await until(pilot, lambda: saved[1:] == [("first_view", "mine")])


async def test_a_first_view_that_is_not_known_is_named_and_the_log_is_shown(desk: Open) -> None:
    async with desk(a_log(), first_view="nobody's").run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        assert any("no saved view “nobody's”" in toast for toast in toasts(pilot))
        assert chips(pilot) == []


async def test_filters_of_nobody_are_used_in_the_view_one_is_in(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("2")
        await save(pilot, "mail")
        await pilot.press("x", "c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await bring_back(pilot)
        await until(pilot, lambda: log.asked[-1][0] == EntryQuery(customer_id="c-1", via=("email",)))
        assert views(pilot) == 2


async def test_in_a_view_nothing_says_that_nothing_is_filtered(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await pilot.press("x", "backspace")
        assert toasts(pilot) == [ONLY_THE_VIEW, ONLY_THE_VIEW]


async def test_names_of_newer_views_are_hidden_in_privacy_mode(desk: Open) -> None:
    app = desk(a_log())
    folder = app.preferences.folder
    assert folder is not None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "filters.json").write_text('{"Zoe Quay": {"of": {"a": "newer version"}}}', encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("h", "v")
        await until(pilot, lambda: "saved by a newer commlog" in "\n".join(drawn(pilot)))
        assert "Zoe" not in "\n".join(drawn(pilot))
