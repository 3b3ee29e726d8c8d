"""Output that cannot be written, readers that have seen enough, and standard streams that are closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commlog_tui.records.entry import AppendEntry
from tests.patience import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="as POSIX shells redirect")
COMMANDS = ("--version", "--help", "config", "stats --csv", "list --json", "customers ada")

_INTERRUPTED = """
import builtins, signal
from commlog_tui.__main__ import main

def interrupt(*_, **__):
    signal.raise_signal(signal.SIGINT)

builtins.__import__ = interrupt
main()
"""
"""Ctrl+C while the first module is loaded."""


def in_shell(line: str) -> subprocess.CompletedProcess[str]:
    command = line.replace("commlog", f"{sys.executable} -m commlog_tui")
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("command", COMMANDS)
def test_output_for_a_full_disk_is_an_error_in_words(log: list[AppendEntry], command: str) -> None:
    done = in_shell(f"commlog {command} >/dev/full")
    assert done.returncode == 6
    assert done.stderr.startswith("The output cannot be written: No space left on device.")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_a_reader_that_has_seen_enough_is_no_error(log: list[AppendEntry], command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "commlog_tui", *command.split()],
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_standard_stream_is_as_one_that_leads_nowhere(log: list[AppendEntry], closed: str) -> None:
    for command, code in (("list", 0), ("config", 0), ("desk", 2), ("", 2)):
        done = in_shell(f"commlog {command} {closed}")
        assert (done.returncode, command) == (code, command), done.stderr
        assert "fault" not in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_message_that_cannot_be_written_changes_no_exit_code(log: list[AppendEntry]) -> None:
    assert in_shell("commlog show nobody 2>/dev/full").returncode == in_shell("commlog show nobody").returncode


@pytest.mark.parametrize("arguments", [[], ["list"]])
def test_an_interrupt_while_something_is_loaded_is_no_error(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, b"")
