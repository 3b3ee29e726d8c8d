"""What the desk says of a fault of its own. A clerk never meets a traceback."""

import logging
from pathlib import Path
from traceback import extract_tb
from typing import Final

from textual.app import App
from textual.worker import Worker, WorkerState

_LOGGER: Final = logging.getLogger("commlog_tui.desk")
_FRAMES: Final = 6
FAULT: Final = "The desk met a fault of its own. What was saved is safe; r asks the log again."


ENDED: Final = "The desk met a fault of its own and had to end. What was saved is safe. Start commlog again."


def note(error: BaseException | None) -> None:
    """Log the type and origin of an error. Its message may hold personal data."""
    frames = reversed(extract_tb(error.__traceback__)[-_FRAMES:]) if error else ()
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    _LOGGER.info('event=fault error=%s where="%s"', type(error).__name__, where)


def show_fault(event: Worker.StateChanged) -> None:
    """Say so when a worker ended in a way that nobody thought of, and note where."""
    if event.state is WorkerState.ERROR and event.worker.error is not None:
        report(event.worker.error, event.worker.node.app)


def report(error: BaseException, app: App[object]) -> None:
    """Say that something went wrong that nobody thought of, and note where."""
    note(error)
    app.notify(FAULT, severity="error", markup=False, timeout=20)
