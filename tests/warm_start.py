"""The embedded service as a forked child, where a test is not about how it starts.

Starting Python and importing all that a service needs takes half a second of processor time,
hundreds of times a run. Here a helper imports it once and forks a child for every service. The
child is a process like any other: the same code, with pipes, environment and folder of its own.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, Final

ROOT: Final = Path(__file__).parents[1]
LARGEST_MESSAGE: Final = 1 << 20
IS_POSSIBLE: Final = sys.platform == "linux"
"""Frameworks of macOS do not survive a fork, and Windows has none."""


@dataclass
class WarmProcess:
    """A forked child, with the part of ``subprocess.Popen`` that the embedded service uses."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    pid: int
    control: socket.socket
    returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._status(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended and return how."""
        status = self._status(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("the forked service", timeout or 0.0)
        return status

    def kill(self) -> None:
        """End it with SIGKILL."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _status(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self.control], [], [], timeout)[0]:
            self.returncode = int(self.control.recv(LARGEST_MESSAGE))
            self.control.close()
        return self.returncode


class WarmStart:
    """The helper process, which ends with this one."""

    def __init__(self) -> None:
        """Start it; a request waits until it has imported everything."""
        self._socket, theirs = _pair()
        self._lock = Lock()
        command = [sys.executable, "-m", "tests.warm_helper", str(theirs.fileno())]
        self._helper = subprocess.Popen(
            command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
        )
        theirs.close()

    def start(self, trouble: int) -> WarmProcess:
        """Start a service, in the place of ``commlog_tui.cli.embedded._start``."""
        (orders, stdin), (stdout, answers), (control, theirs) = os.pipe(), os.pipe(), _pair()
        request = json.dumps({"folder": str(Path.cwd()), "environment": dict(os.environ)})
        with self._lock:
            socket.send_fds(self._socket, [request.encode()], [orders, answers, trouble, theirs.fileno()])
        os.close(orders)
        os.close(answers)
        theirs.close()
        pid = int(control.recv(LARGEST_MESSAGE))
        return WarmProcess(os.fdopen(stdin, "wb", 0), os.fdopen(stdout, "rb", 0), pid, control)

    def close(self) -> None:
        """End the helper."""
        self._socket.close()
        self._helper.wait()


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
