"""What holds for the whole run."""

import signal

from hypothesis import HealthCheck, settings

settings.register_profile("no timings", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no timings")


def pytest_configure() -> None:
    """Take Ctrl+C: a shell's background jobs and nohup ignore it, and so would every child that a test interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
