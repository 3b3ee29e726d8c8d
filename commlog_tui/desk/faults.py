"""What the desk says of a fault of its own. A clerk never meets a traceback."""

from typing import Final

from textual.worker import Worker, WorkerState

FAULT: Final = "The desk met a fault of its own. What was saved is safe; r asks the log again."


def own_up(event: Worker.StateChanged) -> None:
    """Say so when a worker ended in a way that nobody thought of."""
    if event.state is WorkerState.ERROR:
        event.worker.node.app.notify(FAULT, severity="error", markup=False, timeout=20)
