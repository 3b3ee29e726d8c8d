"""Writing: the form's fields, what it keeps, and how it is left."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label, Static

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox
from commlog_tui.contract.location import Role
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.entry.outbox_screen import OutboxScreen
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.notes import Notes
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import bar, rows, toasts, until
from tests.nasty import NASTY


def value(pilot: Pilot[None], name: str) -> str:
    return pilot.app.screen.query_one(f"#{name}", Input).value


def fault(pilot: Pilot[None], name: str) -> str:
    labels = pilot.app.screen.query(f"#{name}-fault").results(Label)
    return "".join(str(label.render()) for label in labels if label.display)


async def form(pilot: Pilot[None], key: str = "N") -> None:
    await rows(pilot)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm) and pilot.app.screen.focused)


async def test_a_letter_takes_the_channel_and_goes_to_what_is_missing(desk: Open) -> None:
    async with desk(FakeLog([an_entry(via="email", to="zoe@example.com")])).run_test(size=(80, 24)) as pilot:
        await form(pilot, "n")
        await pilot.press("p")
        assert (value(pilot, "via"), value(pilot, "to")) == ("phone", "07700 900123")
        assert pilot.app.screen.focused is pilot.app.screen.query_one("#title")
        await pilot.press("up", "up")
        await pilot.press("ctrl+u", "e")
        assert (value(pilot, "via"), value(pilot, "to")) == ("email", "zoe@example.com")
        await pilot.press("up", "up", "ctrl+u", "i")
        assert (value(pilot, "via"), value(pilot, "to")) == ("in-person", "")


async def test_a_probable_typo_is_a_hint_and_no_fault(desk: Open) -> None:
    log = FakeLog([an_entry()])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await pilot.press("e", *"zoe@gmial.com", "enter")
        await until(pilot, lambda: "Did you mean zoe@gmail.com?" in fault(pilot, "to"))
        await pilot.press(*"Asked", "ctrl+s")
        await until(pilot, lambda: log.added)
        assert log.added[0][1].to == "zoe@gmial.com"


async def test_a_recipient_typed_by_hand_stays_whatever_the_channel(desk: Open) -> None:
    async with desk(FakeLog([an_entry()])).run_test(size=(80, 24)) as pilot:
        await form(pilot, "n")
        pilot.app.screen.query_one("#to", Input).value = "0800 111"
        await pilot.press("p")
        assert value(pilot, "to") == "0800 111"


async def test_a_channel_of_ones_own_is_typed_in_full(desk: Open) -> None:
    log = FakeLog([an_entry()])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await pilot.press(*"letter", "enter", "enter", *"Thanks", "ctrl+s")
        await until(pilot, lambda: "has never been used here" in fault(pilot, "via"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: log.added)
        assert log.added[0][1].via == "letter"


async def test_faults_are_said_when_a_field_is_left(desk: Open) -> None:
    async with desk(FakeLog([an_entry()])).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await pilot.press("e", *"zoe.example", "enter")
        await until(pilot, lambda: "no e-mail address" in fault(pilot, "to"))
        assert not fault(pilot, "title")
        await pilot.press("up")
        await pilot.press("x")
        await until(pilot, lambda: not fault(pilot, "to"))


async def test_escape_with_something_typed_asks_and_a_draft_can_be_opened_again(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry()])
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await form(pilot)
        await pilot.press("p", *"0800 111", "enter", *"Half a", "escape")
        await until(pilot, lambda: "Esc again" in str(pilot.app.screen.query_one("#hint", Static).render()))
        await pilot.press("escape")
        await until(pilot, lambda: any("Kept as a draft" in toast for toast in toasts(pilot)))
        await until(pilot, lambda: "1 kept, o opens" in bar(pilot))
        assert [one.state for one in Outbox(outbox).items()] == ["draft"]
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm) and value(pilot, "title") == "Half a")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: log.added and not Outbox(outbox).items())
        assert log.added[0][1].title == "Half a"


async def test_an_untouched_form_goes_at_once_and_leaves_nothing(desk: Open, outbox: Path) -> None:
    async with desk(FakeLog([an_entry()])).run_test(size=(80, 24)) as pilot:
        await form(pilot, "n")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, EntryForm))
        assert not Outbox(outbox).items()


async def test_what_is_saved_while_nobody_answers_waits_and_says_so(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry()])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await form(pilot)
        log.cut(UnreachableError())
        await pilot.press("i", *"Came by", "ctrl+s")
        await until(pilot, lambda: "1 waiting" in bar(pilot))
        assert [one.state for one in Outbox(outbox).items()] == ["waiting"]


async def test_a_role_that_may_not_write_is_told(desk: Open) -> None:
    async with desk(FakeLog([an_entry(source="manual")], role=Role.AUDITOR)).run_test(
        size=(80, 24), notifications=True
    ) as pilot:
        await rows(pilot)
        await pilot.press("n", "e")
        await until(pilot, lambda: len(toasts(pilot)) == 2)
        assert not isinstance(pilot.app.screen, EntryForm)
        assert all("may not" in toast for toast in toasts(pilot))


@pytest.mark.parametrize("name", NASTY)
async def test_nasty_text_can_be_pasted_and_shown_safely(desk: Open, name: str) -> None:
    async with desk(FakeLog([an_entry()])).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        for field in ("via", "to", "title", "code"):
            pilot.app.screen.query_one(f"#{field}", Input).insert_text_at_cursor(NASTY[name])
        await pilot.pause()
        for strip in pilot.app.screen._compositor.render_strips(pilot.app.size):
            assert "\x1b" not in "".join(segment.text for segment in strip if not segment.control)


async def test_ctrl_z_takes_back_in_a_field_and_is_the_shells_elsewhere(
    desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspended: list[bool] = []
    monkeypatch.setattr(DeskApp, "action_suspend_process", lambda self: suspended.append(True))
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("N")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
        await pilot.press("p", "enter")
        field = pilot.app.screen.query_one("#title", Field)
        field.focus()
        await pilot.press(*"early", "space", *"bird")
        field.replace("worm eats", 0, 0)
        await pilot.press("ctrl+z")
        assert field.value == "early bird"
        await pilot.press("backspace", "backspace", "ctrl+z")
        assert field.value == "early bird"
        await pilot.press("ctrl+z", "ctrl+z")
        assert field.value == ""
        notes = pilot.app.screen.query_one(Notes)
        notes.focus()
        await pilot.press(*"so", "ctrl+z", "ctrl+z")
        assert notes.text == ""
        assert not suspended
        pilot.app.screen.query_one("#code").focus()
        await pilot.press("ctrl+z")
        assert suspended


async def test_what_is_typed_is_thrown_away_only_once_one_is_about_to_leave(desk: Open, outbox: Path) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await form(pilot)
        hint = pilot.app.screen.query_one("#hint", Static)
        await pilot.press("p", *"0770", "enter", *"Rang", "home", "ctrl+d")
        assert value(pilot, "title") == "ang"
        await pilot.press("escape")
        await until(pilot, lambda: "Ctrl+D throws it away" in str(hint.render()))
        await pilot.press("up")
        await until(pilot, lambda: "Esc leave" in str(hint.render()))
        await pilot.press("ctrl+d")
        assert isinstance(pilot.app.screen, EntryForm)
        await pilot.press("escape", "ctrl+d")
        await until(pilot, lambda: not isinstance(pilot.app.screen, EntryForm))
        assert not Outbox(outbox).items()


async def test_saving_too_early_leaves_what_was_understood_of_the_time(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await form(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: fault(pilot, "via"))
        assert "or its letter" in fault(pilot, "via")
        assert fault(pilot, "when").startswith("Tue 3 Nov 2026")
        for name in ("#hint", "#title-fault"):
            assert pilot.app.screen.query_one(name).region.height == 1
