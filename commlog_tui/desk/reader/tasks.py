"""Named background tasks, of which at most one of each name runs."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


async def at_once() -> None:
    """Wait for nothing."""


class TaskSlots:
    """Runs named tasks. A new one cancels the one before; errors go to ``on_error``."""

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._on_error = on_error

    def run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run a task in place of an earlier one of its name."""
        self.cancel(name)
        task = self._tasks[name] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda done: self._done(name, done))

    async def answer(self, name: str, work: Awaitable[Answer]) -> Answer:
        """Return what a running task of this name awaits.

        The task ends here if another has taken its place, also where what it awaited took no notice
        of the cancellation: an answer to an older question is never shown.
        """
        try:
            return await work
        finally:
            if self._tasks.get(name) is not asyncio.current_task():
                raise asyncio.CancelledError

    def is_running(self, name: str) -> bool:
        """Whether a task of this name runs."""
        return name in self._tasks

    def cancel(self, name: str) -> None:
        """Cancel the task of this name, if one runs."""
        if (task := self._tasks.pop(name, None)) is not None:
            task.cancel()

    def close(self) -> None:
        """Cancel every task."""
        for name in list(self._tasks):
            self.cancel(name)

    def _done(self, name: str, task: "asyncio.Task[None]") -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_error(error)
