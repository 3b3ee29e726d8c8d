"""The text of a message in a pager: sanitized, by a pipe, and never past privacy mode."""

import stat
from pathlib import Path

import pytest

from commlog_tui.desk import pager
from commlog_tui.desk.pager import TextScreen, message_text, pager_command
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import LONDON, an_entry
from tests.desk.steps import SIZES, rows, toasts, until
from tests.nasty import NASTY

TEXT = "Dear Zoë,\n\n  your boat leaves at 9.\n<b>Bye</b>"


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_no_text_reaches_a_pager_that_could_control_the_terminal(nasty: str) -> None:
    text = message_text(an_entry(body=f"{nasty}\n{nasty}", title="x"), LONDON)
    assert not [character for character in text if not character.isprintable() and character != "\n"]


def test_the_text_is_as_it_was_recorded_and_says_what_was_changed_to_show_it() -> None:
    file = {"name": "Ticket.pdf", "size": 1200, "sha256": "ab" * 32}
    text = message_text(an_entry(body=TEXT, attachments=(file,)), LONDON)
    assert text.endswith(f"\n\n{TEXT}\n")
    assert f"Attachment: Ticket.pdf, 1,200 bytes, SHA-256 {'ab' * 32}" in text
    assert "Characters that could control a terminal are shown as" in text


def a_program(folder: Path, name: str) -> str:
    path = folder / name
    path.write_text("#!/bin/sh\nexec cat >/dev/null\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_pager_is_the_one_that_is_set_else_less_else_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most, less = a_program(tmp_path, "most"), a_program(tmp_path, "less")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pager_command({"PAGER": f"{most} -s 'a b'"}) == [most, "-s", "a b"]
    assert pager_command({"PAGER": "most"}) == ["most"]
    for pager_of_nothing in ("", "cat", "/bin/cat", "missing", "'open", "  "):
        assert pager_command({"PAGER": pager_of_nothing}) == ["less"]
    Path(less).unlink()
    assert pager_command({}) is None


@pytest.mark.parametrize("size", SIZES)
async def test_without_a_pager_a_screen_shows_the_text(
    desk: Open, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(pager, "pager_command", lambda _: None)
    async with desk(FakeLog([an_entry(1, body=TEXT)])).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("B")
        await until(pilot, lambda: "your boat leaves at 9." in pilot.app.screen.query_one(DetailPane).text)
        await pilot.press("down", "q")
        await until(pilot, lambda: not isinstance(pilot.app.screen, TextScreen))


async def test_it_is_refused_with_hidden_names_and_without_a_text_and_closes_when_names_are_hidden(
    desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pager, "pager_command", lambda _: None)
    log = FakeLog([an_entry(1, body=TEXT), an_entry(2)])
    async with desk(log).run_test(notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("h", "B")
        assert toasts(pilot) == ["The text is hidden with the names; h shows both."]
        await pilot.press("h", "B")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextScreen))
        pilot.app.action_privacy()  # type: ignore[attr-defined] # the desk's
        await until(pilot, lambda: not isinstance(pilot.app.screen, TextScreen))
        await pilot.press("h", "down", "B")
        assert toasts(pilot)[-1] == "The log has no text of this entry."
