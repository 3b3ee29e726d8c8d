"""Limit the processor time that something may take, where the system has a timer for it.

Parsers and regular expressions of the standard library take very long for some texts that somebody
makes for that. Regular expressions look for signals while they match, so a timer ends them.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SOON = 0.001


class TooSlowError(Exception):
    """It took longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``TooSlowError`` after so much processor time; limits may be nested.

    Signals are handled in the main thread only: in others, and on Windows, there is no limit.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    outer, _ = signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    limit = min(seconds, outer) if outer else seconds
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        yield
    finally:
        left, _ = signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_VIRTUAL, max(outer - limit + left, _SOON))


def _stop(_number: int, _frame: object) -> None:
    raise TooSlowError
