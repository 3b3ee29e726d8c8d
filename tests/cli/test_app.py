"""The root: help, version, faults, and the way to the desk."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import typer

from commlog_tui import __main__ as entry_point
from commlog_tui import __version__
from commlog_tui.cli import app as root
from commlog_tui.cli.exit_codes import MEANINGS, ExitCode, exit_table
from commlog_tui.demo import LAYOUT, file_name
from commlog_tui.demo import load as demo_load
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.schema import VERSION
from tests.cli.conftest import Run
from tests.patience import PATIENCE

KEEPING = ("verify", "checkpoint", "rebuild", "redact", "retention", "key", "backup", "restore")


def test_version_and_help_name_every_command_and_code(run: Run) -> None:
    assert run("--version").stdout == f"commlog {__version__}\n"
    output = run("--help").stdout
    for name in (
        "demo",
        "serve",
        "config",
        "list",
        "show",
        "add",
        "customers",
        "tail",
        "import",
        "token",
        "location",
        *KEEPING,
    ):
        assert f"\n  {name} " in output
    words = " ".join(output.split())
    for code in ExitCode:
        assert f"{code.value} {MEANINGS[code]}" in words
        assert f"| {code.value} | {MEANINGS[code]} |" in exit_table()


def test_a_fault_is_a_sentence_and_its_trace_a_private_file(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        try:
            int(f"{guest} rang")
        except ValueError:
            raise RuntimeError(f"about {guest}") from None

    guest = "Zoë"

    monkeypatch.setattr(root, "commands", lambda _: fail)
    with pytest.raises(SystemExit) as ended:
        root.run()
    assert ended.value.code == ExitCode.TROUBLE
    output = capsys.readouterr().err
    assert "fault of its own" in output
    assert "Traceback" not in output
    trace = (data / "trouble.log").read_text(encoding="utf-8")
    assert {"builtins.RuntimeError", "builtins.ValueError"} <= set(trace.splitlines())
    assert "test_app.py" in trace
    assert guest not in trace
    assert (data / "trouble.log").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "only"),
    [
        (["list", "--demo"], "list"),
        (["--service", "list", "show"], "show"),
        (["--demo", "task", "add"], "task"),
        (["--service", "http://127.0.0.1:1"], "desk"),
        (["lst"], ""),
        (["--help"], ""),
        ([], ""),
    ],
)
def test_only_the_command_that_is_run_is_loaded(words: list[str], only: str) -> None:
    assert root._named(words) == only
    assert len(typer.main.get_command(root.commands(only)).list_commands(None)) == 1 or not only  # type: ignore[attr-defined] # a group's


def test_the_version_is_said_without_the_command_line() -> None:
    script = "import sys; from commlog_tui.__main__ import main; main(); print('typer' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", script, "--version"], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert answer.stdout == f"commlog {__version__}\nFalse\n"


def test_a_demo_of_another_layout_is_made_anew() -> None:
    assert LAYOUT == VERSION
    assert str(LAYOUT) in file_name()


def test_the_demo_is_made_once_and_checked_through_its_service(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_load, "fill", partial(demo_load.fill, months=1))
    data.mkdir()
    (data / file_name().replace(".db", ".making")).write_text("of one that was killed", encoding="utf-8")
    first = run("demo", "--check")
    assert first.exit_code == 0, first.stderr
    assert first.stdout.startswith("demo: ")
    assert "stylesheets found" in first.stdout
    made = (data / file_name()).stat().st_ino
    assert run("demo", "--check").stdout == first.stdout
    assert (data / file_name()).stat().st_ino == made
    assert {path.name for path in data.iterdir()} <= {
        file_name(),
        "demo.lock",
        Path(file_name()).with_suffix(".key").name,
    }
    assert run("list", "--demo", "--limit", "1").exit_code == 0


def test_a_demo_that_cannot_be_made_leaves_nothing(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, **_: object) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(demo_load, "fill", fail)
    result = run("demo", "--check")
    assert result.exit_code == ExitCode.TROUBLE
    assert "No space left on device" in result.stderr
    assert {path.name for path in data.iterdir()} <= {"demo.lock"}


@pytest.mark.parametrize("words", [[], ["demo"], ["desk"], ["desk", "--view", "mine"]])
def test_without_a_terminal_there_is_a_sentence_instead_of_a_desk(
    log: list[AppendEntry], data: Path, words: list[str]
) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "commlog_tui", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("The desk needs a terminal")
    assert not list(data.glob("demo*"))


def test_a_log_that_is_ready_is_opened_without_the_command_line(
    log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = entry_point._ready_log(demo=False)
    assert ready is not None
    assert ready[1] == data / "log.db"
    assert ready[0].text("mode") == "local"
    assert entry_point._ready_log(demo=True) is None
    monkeypatch.delenv("COMMLOG_MODE")
    monkeypatch.setenv("COMMLOG_SERVICE", "https://log.example.com")
    elsewhere = entry_point._ready_log(demo=False)
    assert elsewhere is not None
    assert elsewhere[1] is None


@pytest.mark.parametrize(
    "content",
    ["mode = 'elsewhere'", "mode = 1", "mod = 'local'", "mode = "],
)
def test_settings_that_need_a_word_go_to_the_command_line(
    log: list[AppendEntry], monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.delenv("COMMLOG_MODE")
    file = Path(os.environ["COMMLOG_CONFIG"])
    file.parent.mkdir()
    file.write_text(content, encoding="utf-8")
    assert entry_point._ready_log(demo=False) is None
