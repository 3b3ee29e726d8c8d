"""The guide for mail servers: its settings are read, and its commands have the options it names."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from commlog_tui.cli.app import app
from commlog_tui.configuration.mail_patterns import mail_patterns
from commlog_tui.configuration.sources import configured

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "mail.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"commlog ((?:ingest|journal)\b(?:\\\n|[^`\n|\\])*)", PAGE)


def test_the_settings_of_the_guide_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = re.findall(r"```toml\n(.+?)```", PAGE, re.DOTALL)
    (tmp_path / "mail.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("COMMLOG_CONFIG", str(tmp_path / "mail.toml"))
    configuration = configured()
    assert configuration.text("mode") == "service"
    fields, kinds = mail_patterns(configuration.file)
    assert fields["code"].search("Your booking BK-17")
    assert [kind for kind, pattern in kinds.items() if pattern.search("Booking Confirmation")] == ["confirmation"]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_guide_can_be_parsed(line: str) -> None:
    name, *words = shlex.split(line.replace("\\\n", " "))
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined] # a group has commands
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_option_in_the_text_is_one_of_these_commands() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined] # a group has commands
    known = {option for name in ("ingest", "journal") for one in commands[name].params for option in one.opts}
    assert set(re.findall(r"`(--[a-z-]+)", PAGE)) <= known
