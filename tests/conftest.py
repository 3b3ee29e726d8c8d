"""What holds for the whole run."""

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from commlog_tui.cli import embedded
from tests.postgresql.fixtures import (
    create_database,
    postgresql_server,
    postgresql_url,
    report_unproved,
    row_level_security,
)
from tests.warm_start import IS_POSSIBLE, WarmStart

__all__ = ["create_database", "postgresql_server", "postgresql_url", "row_level_security"]

collect_ignore = ["e2e", "mail", "painting", "prove"] if sys.platform == "win32" else []
"""What looks at the program in a POSIX terminal, kills it by POSIX signals, or is a mail server's."""

# How long an example takes depends on what else runs.
settings.register_profile("tests", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
if settings.get_current_profile_name() == "default":
    settings.load_profile("tests")


def pytest_configure() -> None:
    """Take Ctrl+C.

    A shell's background jobs and nohup ignore it, and so would every child that a test interrupts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Run twice as many tests at once as there are cores, and at least four.

    Half of a test's time is waiting: for a child, a socket, a screen that comes to rest.
    """
    return max(4, 2 * (os.cpu_count() or 1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not proved."""
    report_unproved(terminalreporter)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, None, None]:
    """Let the garbage collector pass over whatever is there before the first test.

    Libraries and thousands of collected tests stay to the end. Looking at them again and again
    took a quarter of the processor time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 10, 20)  # a desk makes and drops so much that the default of 700 is for ever at it
        gc.enable()


@pytest.fixture(scope="session")
def _warm_start() -> Iterator[WarmStart]:
    helper = WarmStart()
    yield helper
    helper.close()


@pytest.fixture
def warm_services(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork the embedded services that this process starts, where the system can."""
    if IS_POSSIBLE:
        monkeypatch.setattr(embedded, "_start", request.getfixturevalue("_warm_start").start)
