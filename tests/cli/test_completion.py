"""Shell completion: what a shell is told while a line is being typed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def complete(home: Path, line: str) -> list[str]:
    """Return what bash is told for a line whose last word is still being typed."""
    typed = {"_COMMLOG_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    own = {"HOME": str(home), "COMMLOG_DATA": str(home / "data"), "COMMLOG_CONFIG": str(home / "config.toml")}
    command = [
        sys.executable,
        "-c",
        "import sys; from commlog_tui.__main__ import main; sys.argv[0] = 'commlog'; main()",
    ]
    done = subprocess.run(command, env=os.environ | typed | own, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("commlog tok", ["token"]),
        ("commlog token cr", ["create"]),
        ("commlog list --si", ["--since"]),
        ("commlog list --since today --si", []),
        ("commlog list --since today --since today --unt", ["--until"]),
    ],
)
def test_commands_and_options_not_given_yet_are_completed(tmp_path: Path, line: str, expected: list[str]) -> None:
    assert complete(tmp_path, line) == expected


@pytest.mark.parametrize("mode", ["demo", "local", "service"])
def test_completing_the_bare_command_opens_no_desk(tmp_path: Path, mode: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "log.db").touch()
    (tmp_path / "config.toml").write_text(f'mode = "{mode}"\nservice = "http://127.0.0.1:1"\n')
    assert {"list", "add", "serve"} <= set(complete(tmp_path, "commlog "))
