"""The test run itself: it ends, and says which test did not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_HANGS = """
import threading
import pytest

@pytest.mark.timeout(1)
def test_that_hangs():
    threading.Event().wait()

def test_after():
    pass
"""


def pytest_run(folder: Path, *words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    command = f'{before} exec "$0" -m pytest -p no:cacheprovider -q "$@"'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, f"--basetemp={folder}", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )


def test_a_test_that_hangs_is_named_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(_HANGS)
    done = pytest_run(
        tmp_path / "own", str(tmp_path / "test_it.py"), "--rootdir", str(tmp_path), "-c", str(ROOT / "pyproject.toml")
    )
    assert done.returncode == 1
    assert "test_it.py::test_that_hangs" in done.stdout
    assert "Failed: Timeout" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_every_test_has_a_limit(request: pytest.FixtureRequest) -> None:
    assert 60 <= float(request.config.getini("timeout")) <= 600


def test_a_run_that_ignores_ctrl_c_interrupts_its_children_all_the_same(tmp_path: Path) -> None:
    test = "tests/cli/test_entries.py::test_tail_tells_what_was_written_since_and_what_comes"
    done = pytest_run(tmp_path / "own", test, before="trap '' INT;")
    assert done.returncode == 0, done.stdout
