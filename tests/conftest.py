"""What holds for the whole run."""

import signal
import sys

from hypothesis import HealthCheck, settings

collect_ignore = ["e2e", "painting", "prove"] if sys.platform == "win32" else []
"""What looks at the program in a POSIX terminal, or kills it by POSIX signals."""

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
