"""Help, reasons, themes, first steps, versions: what stands around the log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from commlog_tui.client import log_client
from commlog_tui.contract.location import Me
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.help import HelpScreen
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.faults import FAULT
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from commlog_tui.desk.themes import DEFAULT
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import SIZES, bar, drawn, rows, table, toasts, until
from tests.nasty import NASTY, is_harmless

Prefer = Callable[[Preferences], DeskApp]


@pytest.fixture
def prefer(monkeypatch: pytest.MonkeyPatch, outbox: Path) -> Prefer:
    def open_with(preferences: Preferences) -> DeskApp:
        monkeypatch.setattr(log_client, "LogClient", lambda base_url, token: FakeLog([an_entry(1), an_entry(2)]))
        return DeskApp(lambda: Target("http://127.0.0.1:1", "token", None, outbox, "demo"), preferences)

    return open_with


@dataclass
class Kept:
    values: list[tuple[str, str | int]] = field(default_factory=list)

    def __call__(self, name: str, value: str | int) -> None:
        self.values.append((name, value))


@pytest.mark.parametrize("size", SIZES)
async def test_help_is_searched_by_typing_and_closes_with_its_own_key(desk: Open, size: tuple[int, int]) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("question_mark")
        await until(
            pilot,
            lambda: isinstance(pilot.app.screen, HelpScreen) and "Quit" in pilot.app.screen.query_one(DetailPane).text,
        )
        pane = pilot.app.screen.query_one(DetailPane)
        await pilot.press(*"oldest")
        await until(pilot, lambda: pane.text == "Pages\nG                   The oldest page")
        await pilot.press(*["backspace"] * 6, "pagedown")
        await until(pilot, lambda: pane.scroll_offset.y > 0 or pane.max_scroll_y == 0)
        await pilot.press("question_mark")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HelpScreen))


async def test_whatever_is_pasted_into_the_help_becomes_one_harmless_line(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        field = pilot.app.screen.query_one(Input)
        for text in NASTY.values():
            field.value = ""
            field.post_message(events.Paste(text))
            await pilot.pause()
            assert not {"\n", "\r", "\x1b", "\x9b", "\x00"} & set(field.value)
            assert not [line for line in drawn(pilot) if {"\x1b", "\x9b", "\x07"} & set(line)]
        assert FAULT not in toasts(pilot)


async def test_a_key_that_does_nothing_now_says_why_and_the_help_says_it_too(desk: Open) -> None:
    log = FakeLog([an_entry(1, reference=None, code=None, customer=None)])
    async with desk(log).run_test(size=(140, 40), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("b")
        await until(pilot, lambda: "This entry belongs to no booking." in toasts(pilot))
        await pilot.press("e")
        await until(pilot, lambda: any("Automated entries can't be corrected" in one for one in toasts(pilot)))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await until(
            pilot, lambda: "Not now: This entry belongs to no booking." in pilot.app.screen.query_one(DetailPane).text
        )


async def test_a_theme_chosen_in_the_palette_is_kept_and_one_from_the_settings_is_not_kept_again(
    prefer: Prefer,
) -> None:
    stored = Kept()
    app = prefer(Preferences(theme="commlog-light", keep=stored))
    async with app.run_test() as pilot:
        await rows(pilot)
        assert app.theme == "commlog-light"
        assert stored.values == []
        app.theme = "high-contrast-dark"
        await until(pilot, lambda: stored.values == [("theme", "high-contrast-dark")])


async def test_a_theme_that_cannot_be_kept_is_used_and_said(prefer: Prefer) -> None:
    def full(name: str, value: str | int) -> None:
        raise OSError("The settings file cannot be written: No space left on device.")

    app = prefer(Preferences(keep=full))
    async with app.run_test(notifications=True) as pilot:
        await rows(pilot)
        assert app.theme == DEFAULT
        app.theme = "colour-blind-safe"
        await until(pilot, lambda: any("No space left" in one for one in toasts(pilot)))
        assert app.theme == "colour-blind-safe"


async def test_keys_are_those_of_the_settings(prefer: Prefer) -> None:
    async with prefer(Preferences(keys={"help": "f1", "new_entry": "a"})).run_test() as pilot:
        await rows(pilot)
        await pilot.press("n", "question_mark")
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await until(pilot, lambda: "\na                   Log a call" in pilot.app.screen.query_one(DetailPane).text)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))


async def test_the_keys_that_matter_are_shown_once_and_the_first_key_works(prefer: Prefer, tmp_path: Path) -> None:
    preferences = Preferences(machine_folder=tmp_path / "desk")
    async with prefer(preferences).run_test(notifications=True) as pilot:
        await until(pilot, lambda: toasts(pilot))
        assert [line[0] for line in toasts(pilot)[0].splitlines()] == ["/", "n", "c", "b", "w", "?"]
        await rows(pilot)
        await pilot.press("down")
        assert toasts(pilot) == []
        assert table(pilot).entry == an_entry(2)
    async with prefer(preferences).run_test(notifications=True) as pilot:
        await rows(pilot)
        assert toasts(pilot) == []


async def test_a_service_of_another_version_is_said_and_worked_with(
    desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FakeLog([an_entry(1)])
    answer = await log.me()

    async def me() -> Me:
        return answer.model_copy(update={"version": "7.1.0"})

    monkeypatch.setattr(log, "me", me)
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        assert "The service is version 7.1.0" in bar(pilot)
        assert table(pilot).entry == an_entry(1)


async def test_a_window_resized_under_a_modal_loses_nothing_that_is_typed(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
        pilot.app.screen.query_one("#title", Input).value = "Rang about parking"
        for size in ((80, 24), (20, 5), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert FAULT not in toasts(pilot)
            assert pilot.app.screen.query_one("#title", Input).value == "Rang about parking"
            assert all(is_harmless(line) for line in drawn(pilot))


async def test_ascii_reaches_every_part_of_the_screen(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    log = FakeLog([an_entry(1, title="Zoë · 漢字 …", customer={"id": "c-1", "name": "Zoë Ångström"})])
    async with desk(log).run_test(size=(140, 40), notifications=True) as pilot:
        await rows(pilot)
        for keys in (["e"], ["question_mark"], ["escape"], ["n"], ["escape", "ctrl+p"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert all(line.isascii() for line in drawn(pilot)), [line for line in drawn(pilot) if not line.isascii()]
        assert any("Zoe" in line for line in drawn(pilot))
