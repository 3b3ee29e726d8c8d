"""The guide for delivery providers: its commands parse, and its example of a sender runs."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from commlog_tui.cli.app import app
from commlog_tui.client.outbox import Outbox

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "delivery.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.+?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("line", sorted(set(COMMANDS)))
def test_every_command_of_the_guide_can_be_parsed(line: str) -> None:
    words = shlex.split(line.partition(" < ")[0])[1:]
    command = typer.main.get_command(app)
    while hasattr(command, "commands") and words:
        command = command.commands[words.pop(0)]
    arguments = command.make_context("commlog", words, resilient_parsing=True).params
    assert {word.lstrip("-") for word in words if word.startswith("--")} <= set(arguments)


def test_the_example_of_a_sender_saves_an_entry_while_the_log_is_away(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    assert "https://log.example.com" in code
    code = code.replace("https://log.example.com", "http://127.0.0.1:9")
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    (item,) = Outbox(tmp_path / "outbox").items()
    assert item.content["message"] == {"provider": "twilio", "id": "SM0123"}
