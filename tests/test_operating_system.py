"""What differs between systems is in one module, and that module does what the rest relies on."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commlog_tui import operating_system
from commlog_tui.operating_system import end_signals, is_open_to_others, own_session, sync_folder, wait_readable

ROOT = Path(__file__).parents[1]
POSIX_ONLY = {"fcntl", "grp", "pty", "pwd", "resource", "select", "syslog", "termios", "tty"}
ELSEWHERE = {
    "os": {"chown", "fchmod", "fork", "geteuid", "getuid", "killpg", "mkfifo", "setsid", "statvfs", "umask"},
    "signal": {"SIGHUP", "SIGKILL", "SIGTERM", "SIGUSR1", "SIGWINCH", "SIGBREAK"},
}


@pytest.mark.parametrize(
    "module", sorted((ROOT / "commlog_tui").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_other_module_uses_what_only_one_system_has(module: Path) -> None:
    if module == Path(operating_system.__file__):
        return
    found = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name in POSIX_ONLY]
        elif isinstance(node, ast.ImportFrom):
            names = {name.name for name in node.names}
            found += [f"{node.module}.{name}" for name in names & ELSEWHERE.get(node.module or "", set())]
            found += [node.module] if node.module in POSIX_ONLY else []
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found += [f"{node.value.id}.{node.attr}"] if node.attr in ELSEWHERE.get(node.value.id, ()) else []
        elif isinstance(node, ast.keyword) and node.arg == "start_new_session":
            found.append(node.arg)
    assert not found, "call commlog_tui.operating_system instead"


def test_it_is_typed_for_windows_too() -> None:
    options = ["--platform", "win32", "--no-warn-unreachable", "--follow-imports=silent"]
    files = [str(ROOT / "commlog_tui" / name) for name in ("operating_system.py", "private_files.py")]
    command = [sys.executable, "-m", "mypy", *options, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_pipe_is_readable_once_something_was_written_or_it_was_closed() -> None:
    script = "import sys; sys.stdin.readline(); print('there', flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    assert child.stdin
    assert child.stdout
    assert not wait_readable(child.stdout, 0)
    child.stdin.write(b"\n")
    assert wait_readable(child.stdout, 30)
    assert child.stdout.readline().strip() == b"there"
    child.stdin.close()
    assert wait_readable(child.stdout, 30)
    assert child.stdout.readline() == b""
    child.stdout.close()
    child.wait()


def test_a_child_of_its_own_session_is_not_in_the_group_of_the_terminal() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, **own_session())
    if sys.platform != "win32":
        assert os.getpgid(child.pid) != os.getpgrp()
    child.communicate(b"\n")


def test_a_folder_is_synced_or_the_error_said(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    if sys.platform != "win32":
        with pytest.raises(FileNotFoundError):
            sync_folder(tmp_path / "missing")


def test_ctrl_c_and_a_request_to_end_both_end() -> None:
    assert signal.SIGINT in end_signals()
    assert len(end_signals()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of group and others are of POSIX")
def test_files_that_others_can_use_are_known(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for mode, is_open in ((0o600, False), (0o640, True), (0o604, True), (0o700, False)):
        file.touch()
        file.chmod(mode)
        assert is_open_to_others(file.stat()) is is_open
