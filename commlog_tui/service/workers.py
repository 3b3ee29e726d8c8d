"""Several processes that serve one log on one listening socket, and the one that watches them.

All of them accept from the same socket: when one is killed, connections that wait to be accepted
go to another. POSIX only.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic, sleep
from types import FrameType
from typing import Final, NoReturn

from commlog_tui.operating_system import end_process, end_signals, fork
from commlog_tui.service.journal import write_line

_PAUSE: Final = 0.05
_BRIEF: Final = 5.0
"""Seconds; a process that ends sooner is started again after a pause."""
_REST: Final = 1.0
_LATEST: Final = 5.0
"""Seconds in which all processes must have stopped before they are killed."""

Work = Callable[[int, Event], None]
"""Serve as a process with a number, until the event is set."""


class Workers:
    """Starts processes, and starts one again that has ended, until a signal says to stop."""

    def __init__(self, count: int, work: Work) -> None:
        self._work = work
        self._begun = dict.fromkeys(range(count), 0.0)
        self._running: dict[int, int] = {}
        """The number of each process by its id."""
        self._stopping = False
        self._alive, self._held = os.pipe()

    def run(self) -> None:
        """Watch the processes until a signal comes; then stop them all."""
        before = {number: signal.signal(number, self._stop) for number in end_signals()}
        try:
            for number in self._begun:
                self._start(number)
            while not self._stopping:
                self._look()
                sleep(_PAUSE)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, number: int) -> None:
        process = fork()
        if not process:
            self._serve(number)
        self._begun[number] = monotonic()
        self._running[process] = number

    def _serve(self, number: int) -> NoReturn:
        """Do the work in the new process, which never returns."""
        status = 1
        try:
            os.close(self._held)
            for one in end_signals():
                signal.signal(one, signal.SIG_DFL)
            stopped = Event()
            Thread(target=self._watch, args=(stopped,), daemon=True).start()
            self._work(number, stopped)
            status = 0
        finally:
            os._exit(status)

    def _watch(self, stopped: Event) -> None:
        """Stop when the process that watches is gone: it holds the other end of the pipe."""
        with suppress(OSError):
            os.read(self._alive, 1)
        stopped.set()

    def _look(self) -> None:
        while self._running:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            number = self._running.pop(process, None)
            if number is None or self._stopping:
                continue
            write_line("worker", number=number, outcome="ended", status=os.waitstatus_to_exitcode(status))
            if monotonic() - self._begun[number] < _BRIEF:
                sleep(_REST)
            self._start(number)

    def _end_all(self) -> None:
        for process in self._running:
            end_process(process)
        deadline = monotonic() + _LATEST
        while self._running:
            process, _ = os.waitpid(-1, os.WNOHANG)
            if process:
                self._running.pop(process, None)
            elif monotonic() > deadline:
                for late in self._running:
                    end_process(late, at_once=True)
                deadline = float("inf")
            else:
                sleep(_PAUSE)
