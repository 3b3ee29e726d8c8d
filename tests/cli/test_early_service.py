"""The embedded service, started before its command is loaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commlog_tui.cli import early_service
from commlog_tui.cli.early_service import service_over, started_early
from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.records.entry import AppendEntry

pytestmark = pytest.mark.usefixtures("log")


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that a service was started over, in order."""
    found: list[Path] = []

    class Counted(EmbeddedService):
        def __init__(self, database: Path) -> None:
            found.append(database)
            super().__init__(database)

    monkeypatch.setattr(early_service, "EmbeddedService", Counted)
    return found


@pytest.mark.parametrize("arguments", [["list"], ["list", "--location", "quay"], ["--location=quay", "show", "x"]])
def test_a_command_takes_the_service_that_was_started(arguments: list[str], began: list[Path], data: Path) -> None:
    with started_early(arguments):
        assert began == [data / "log.db"]
        service = service_over(data / "log.db")
        assert service.base_url
    assert began == [data / "log.db"]
    service.check()  # it is the command's to end
    service.close()


def test_one_that_nobody_takes_is_ended(began: list[Path], data: Path) -> None:
    with started_early(["list"]):
        (service,) = early_service._waiting.values()
    with pytest.raises(ProcessLookupError):
        os.kill(service.pid, 0)
    assert began == [data / "log.db"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"], ["list", "--help"], ["verify"], ["list", "--service", "http://127.0.0.1:9"], ["list", "--demo"],
        ["list", "--profile", "unknown"], ["backup", "list.db"], ["config"],
    ],
)  # fmt: skip
def test_none_is_started_where_none_is_needed_or_something_is_in_the_way(
    arguments: list[str], began: list[Path]
) -> None:
    with started_early(arguments):
        assert began == []


@pytest.mark.cold_start
def test_a_whole_command_lists_the_log(log: list[AppendEntry]) -> None:
    command = [sys.executable, "-m", "commlog_tui", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{len(log)} of {len(log)};" in done.stderr
