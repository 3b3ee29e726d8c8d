"""What is typed or pasted into any field is shown made safe, and kept as it is."""

import base64
from collections.abc import Awaitable, Callable, Iterable

import pytest
from textual import events
from textual.command import CommandInput
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, TextArea

from commlog_tui.desk.choosers.help import HelpScreen
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.notes import Notes
from commlog_tui.text.widths import cell_len
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import drawn, rows, toasts, until
from tests.nasty import NASTY, is_harmless

HOSTILE = "invoice\u202efdp.exe 👨\u200d👩 राधिका \u2066a\u200b\U000e0067\ufeff e\u0301 漢\ufe0f"
_WORST = "".join(text[:16] for text in NASTY.values())
PASTES = (HOSTILE, *(_WORST[start : start + 150] for start in range(0, len(_WORST), 150)))


async def _open_form(pilot: Pilot[None]) -> Iterable[Widget]:
    await pilot.press("N")
    await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
    return [one for one in pilot.app.screen.query("Field, Notes").results() if one.id != "via"]


async def _open_filters(pilot: Pilot[None]) -> Iterable[Widget]:
    return list(pilot.app.screen.query(Field))


async def _open_help(pilot: Pilot[None]) -> Iterable[Widget]:
    await pilot.press("question_mark")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
    return list(pilot.app.screen.query(Field))


async def _open_prompt(pilot: Pilot[None]) -> Iterable[Widget]:
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
    return list(pilot.app.screen.query(Field))


async def _open_palette(pilot: Pilot[None]) -> Iterable[Widget]:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: pilot.app.screen.query(CommandInput))
    return list(pilot.app.screen.query(CommandInput))


@pytest.mark.parametrize("opened", [_open_form, _open_filters, _open_help, _open_prompt, _open_palette])
async def test_every_field_shows_what_is_pasted_made_safe(
    desk: Open, opened: Callable[[Pilot[None]], Awaitable[Iterable[Widget]]]
) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        for field in await opened(pilot):
            field.focus()
            for text in PASTES:
                _clear(field)
                pilot.app.post_message(events.Paste(text))
                await pilot.pause()
                assert [line for line in drawn(pilot) if not is_harmless(line)] == []
            _clear(field)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not pilot.app.screen.query(CommandInput))


def _clear(field: Widget) -> None:
    if isinstance(field, Input):
        field.value = ""
    elif isinstance(field, TextArea):
        field.load_text("")


async def test_what_is_saved_is_what_was_pasted_and_typed(desk: Open) -> None:
    log = FakeLog([an_entry(1)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await _open_form(pilot)
        form = pilot.app.screen
        for name, text in (
            ("via", "phone"),
            ("to", "07700 900123"),
            ("title", HOSTILE),
            ("body", f"{HOSTILE}\n{HOSTILE}"),
        ):
            field = form.query_one(f"#{name}")
            field.focus()
            pilot.app.post_message(events.Paste(text))
            await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: log.added)
        added = log.added[0][1]
        assert (added.title, added.body) == (HOSTILE, f"{HOSTILE}\n{HOSTILE}")


async def test_the_cursor_is_drawn_where_the_next_letter_goes(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await _open_form(pilot)
        title, notes = pilot.app.screen.query_one("#title", Field), pilot.app.screen.query_one(Notes)
        for field in (title, notes):
            field.focus()
            pilot.app.post_message(events.Paste(HOSTILE))
            await pilot.pause()
        for at in range(len(HOSTILE)):
            title.cursor_position = at
            notes.cursor_location = (0, at)
            assert (
                title._cursor_offset == notes.cursor_screen_offset.x - notes.content_region.x == cell_len(HOSTILE[:at])
            )
            title.insert_text_at_cursor("x")
            notes.insert("x")
            assert title.value == notes.text == HOSTILE[:at] + "x" + HOSTILE[at:]
            title.action_delete_left()
            notes.action_delete_left()


async def test_a_click_puts_the_cursor_where_it_was(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await _open_form(pilot)
        title = pilot.app.screen.query_one("#title", Field)
        title.value = HOSTILE
        left = title.content_region.x - title.region.x
        for at in (3, 7, 8, 16, 20):
            await pilot.click("#title", offset=(left + cell_len(HOSTILE[:at]), 0))
            assert cell_len(HOSTILE[: title.cursor_position]) == cell_len(HOSTILE[:at])


def _copied(pilot: Pilot[None], written: list[str]) -> str:
    return base64.b64decode(written[-1].removeprefix("\x1b]52;c;").removesuffix("\x07")).decode()


@pytest.mark.parametrize(
    "name", ["bidi override", "newlines", "zero width", "tags", "emoji family", "NUL", "invisible letters"]
)
async def test_what_is_copied_is_one_line_that_can_be_seen(desk: Open, name: str) -> None:
    entry = an_entry(1).model_copy(update={"to": f"+44{NASTY[name]}77\u202d00\u200b\n"})
    async with desk(FakeLog([entry])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        written: list[str] = []
        pilot.app._driver.write = written.append  # type: ignore[union-attr, method-assign] # what goes to the terminal
        await pilot.press("y")
        await until(pilot, lambda: toasts(pilot))
        copied = pilot.app.clipboard
        assert is_harmless(copied)
        assert copied.startswith("+44")
        assert copied.endswith("7700")
        assert [one for one in written if one.startswith("\x1b]52;") and _copied(pilot, [one]) == copied]


async def test_what_is_copied_out_of_a_field_or_as_a_whole_entry_hides_nothing_either(desk: Open) -> None:
    entry = an_entry(1).model_copy(update={"title": HOSTILE, "body": f"{HOSTILE}\nsecond"})
    async with desk(FakeLog([entry])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("Y")
        await until(pilot, lambda: toasts(pilot))
        assert all(map(is_harmless, pilot.app.clipboard.split("\n")))
        assert "second" in pilot.app.clipboard.split("\n")
        search = pilot.app.screen.query_one("#q", Field)
        search.focus()
        search.value = HOSTILE
        search.select_all()
        await pilot.press("ctrl+c")
        assert pilot.app.clipboard.startswith("invoicefdp.exe 👨👩 राधिका a e\u0301 漢")
