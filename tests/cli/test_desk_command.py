"""``commlog desk`` opens the desk as commlog alone does, with a saved view first if one is named."""

import pytest

from commlog_tui.cli import desk_command
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.desk.app import DeskApp
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run


@pytest.mark.parametrize(("words", "first"), [(["desk"], ""), (["desk", "--view", "mine"], "mine"), ([], "")])
def test_a_view_named_on_the_command_line_is_the_first(
    log: list[AppendEntry], run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], first: str
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(desk_command, "cannot_show", lambda: None)
    monkeypatch.setattr(DeskApp, "run", lambda self: opened.append(self.preferences.first_view))
    monkeypatch.setenv("COMMLOG_MODE", "local")
    assert run(*words).exit_code == ExitCode.OK
    assert opened == [first]


def test_a_view_in_the_settings_is_the_first_unless_another_is_named(
    log: list[AppendEntry], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(desk_command, "cannot_show", lambda: None)
    monkeypatch.setattr(DeskApp, "run", lambda self: opened.append(self.preferences.first_view))
    monkeypatch.setenv("COMMLOG_MODE", "local")
    monkeypatch.setenv("COMMLOG_FIRST_VIEW", "worries")
    run("desk")
    run("desk", "--view", "mine")
    assert opened == ["worries", "mine"]


def test_a_number_that_calls_is_what_the_desk_begins_with(
    log: list[AppendEntry], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(desk_command, "cannot_show", lambda: None)
    monkeypatch.setattr(DeskApp, "run", lambda self: opened.append(self.preferences.call))
    monkeypatch.setenv("COMMLOG_MODE", "local")
    assert run("desk", "--call", "07700 900123").exit_code == ExitCode.OK
    assert opened == ["07700 900123"]
