"""Several processes on one listening socket: all answer, one that is killed is started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE

if sys.platform == "win32":
    pytest.skip("several processes on one socket need POSIX", allow_module_level=True)

PROGRAM = """
import os, socket, sys
from commlog_tui.service.workers import Workers

listener = socket.create_server(("127.0.0.1", 0), backlog=128)
listener.setblocking(False)
print(listener.getsockname()[1], flush=True)

def work(number, stopped):
    while not stopped.wait(0.001):
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            continue
        with connection:
            connection.setblocking(True)
            connection.sendall(f"{number} {os.getpid()}".encode())

Workers(3, work).run()
print("stopped", flush=True)
"""


@pytest.fixture
def started() -> Iterator[tuple[subprocess.Popen[str], int]]:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield process, port
        finally:
            if process.poll() is None:
                process.kill()


def answer(port: int) -> tuple[int, int] | None:
    """Return number and id of the process that answers; None if it was killed before it did."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        try:
            number, process = connection.recv(100).split()
        except (ValueError, ConnectionError):
            return None
    return int(number), int(process)


def all_of(port: int, but: frozenset[int] = frozenset()) -> dict[int, int]:
    """Wait until all processes have answered, but those with these ids; return their ids."""
    found: dict[int, int] = {}
    deadline = time.monotonic() + PATIENCE
    while len(found) < 3:
        assert time.monotonic() < deadline, found
        if (one := answer(port)) is not None and one[1] not in but:
            found[one[0]] = one[1]
    return found


def is_gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_all_answer_and_a_killed_one_is_started_again(started: tuple[subprocess.Popen[str], int]) -> None:
    process, port = started
    first = all_of(port)
    assert len(set(first.values())) == 3
    assert process.pid not in first.values()
    os.kill(first[1], signal.SIGKILL)
    second = all_of(port, frozenset({first[1]}))
    assert (second[0], second[2]) == (first[0], first[2])
    assert second[1] != first[1]


def test_a_signal_ends_all_of_them(started: tuple[subprocess.Popen[str], int]) -> None:
    process, port = started
    running = all_of(port)
    process.terminate()
    assert process.communicate(timeout=PATIENCE)[0] == "stopped\n"
    assert process.returncode == 0
    assert all(is_gone(one) for one in running.values())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc tells which processes there are")
def test_none_is_left_when_the_one_that_watches_is_killed(started: tuple[subprocess.Popen[str], int]) -> None:
    process, port = started
    running = all_of(port)
    process.kill()
    process.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while not all(is_gone(one) for one in running.values()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
