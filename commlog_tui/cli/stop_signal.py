"""Stop a command that goes on until it is stopped: by Ctrl+C or SIGTERM, after what is under way."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from commlog_tui.operating_system import end_signals


@contextmanager
def stop_signal() -> Iterator[asyncio.Event]:
    """Give an event that is set when the process is asked to stop. To be used in an event loop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # on Windows, Ctrl+C raises
        for number in end_signals():
            loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        with suppress(NotImplementedError):
            for number in end_signals():
                loop.remove_signal_handler(number)
