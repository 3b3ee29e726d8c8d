"""Choosing columns: which, in which order, how wide; with the view and as default."""

from typing import Any

import pytest

from commlog_tui.desk.choosers.columns import ColumnsScreen
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.saved_views import SavedView, SavedViews
from tests.desk.conftest import Open
from tests.desk.fake_log import a_log
from tests.desk.steps import SIZES, drawn, rows, table, toasts, until


def names(lines: list[str]) -> str:
    return next(line for line in lines if "Date ▾" in line)


@pytest.mark.parametrize("size", SIZES)
async def test_columns_are_chosen_moved_and_saved_with_the_view(desk: Open, size: tuple[int, int]) -> None:
    app = desk(a_log())
    async with app.run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(pilot.app.screen, ColumnsScreen))
        await until(pilot, lambda: any("d: use them as default" in line for line in drawn(pilot)))
        assert any("Rows are always in order of time" in line for line in drawn(pilot))
        await pilot.press("J", "end", "k", "space", "K", "K", "K", "K", "K", "K", "K", "K", "plus", "enter")
        await until(pilot, lambda: "Actor" in names(list(drawn(pilot))))
        heading = names(list(drawn(pilot)))
        assert heading.index("Actor") < heading.index("Date ▾")
        assert any("booking system" in line for line in drawn(pilot))
        await pilot.press("s")
        await until(pilot, lambda: any("Save this view" in line for line in drawn(pilot)))
        await pilot.press(*"mine", "enter")
        await until(pilot, lambda: any("Saved" in one for one in toasts(pilot)))
        await pilot.press("C", "r", "enter")
        await until(pilot, lambda: "Actor" not in names(list(drawn(pilot))))
        await pilot.press("v", "enter")
        await until(pilot, lambda: "Actor" in names(list(drawn(pilot))))
        (saved,) = SavedViews(app.preferences.folder).load().values()
        assert "actor:18" in saved.columns


async def test_a_click_on_a_heading_opens_the_columns_at_it(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        at = names(list(drawn(pilot))).index("Status") - table(pilot).region.x
        await pilot.click("#table", offset=(at, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, ColumnsScreen))
        await pilot.press("space", "enter")
        await until(pilot, lambda: "Status" not in names(list(drawn(pilot))))


async def test_they_are_the_default_from_now_on(desk: Open) -> None:
    saved: list[tuple[str, str | int]] = []
    likes: dict[str, Any] = {"columns": "date title kind", "keep": lambda name, value: saved.append((name, value))}
    async with desk(a_log(), **likes).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        heading = names(list(drawn(pilot)))
        assert "Kind" in heading
        assert "Customer" not in heading
        await pilot.press("C", "j", "minus", "d")
        await until(pilot, lambda: saved == [("columns", "date title:22 kind")])


async def test_a_view_without_columns_of_its_own_has_the_default_and_one_with_the_usual_has_those(desk: Open) -> None:
    app = desk(a_log(), columns="date title kind")
    async with app.run_test(size=(140, 40)) as pilot:
        views = SavedViews(app.preferences.folder)
        views.save("a", SavedView())
        await rows(pilot)
        await pilot.press("C", "r", "enter")
        await until(pilot, lambda: "Customer" in names(list(drawn(pilot))))
        await pilot.press("s", *"b", "enter")
        await until(pilot, lambda: len(views.load()) == 2)
        await pilot.press("v", "enter")
        await until(pilot, lambda: "Kind" in names(list(drawn(pilot))))
        assert "Customer" not in names(list(drawn(pilot)))
        await pilot.press("v", "down", "enter")
        await until(pilot, lambda: "Customer" in names(list(drawn(pilot))))


async def test_a_first_view_of_a_customer_has_its_columns(desk: Open) -> None:
    app = desk(a_log(), first_view="hers")
    mine = Filters(customer="c-1")
    SavedViews(app.preferences.folder).save(
        "hers", SavedView(mine, mine, "History of Zoë Quay", ("date", "title", "kind"))
    )
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "History of Zoë Quay" in "\n".join(drawn(pilot)))
        await until(pilot, lambda: any("Kind" in line and "Date ▾" in line for line in drawn(pilot)))
