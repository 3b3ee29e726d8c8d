"""What an honest ``GET /v1/me`` waits for while eight clients attack, counted in processor time.

Run by hand: python -m tests.bench.attack_cpu [KIND ...]

On a busy machine the times of ``tests.bench.attack`` are those of the other programs. Here the
service is a part of this process: what is counted is the processor time that it uses from the
request to its answer, as if it had a core of its own, and the longest step of its event loop.
Nothing is asserted.
"""

import asyncio
import gc
import re
import socket
import subprocess
import sys
import tempfile
from asyncio import Handle
from pathlib import Path
from threading import Event, Thread
from time import monotonic, process_time, sleep, thread_time
from typing import Any, cast

from commlog_tui.service.server import serve
from commlog_tui.store.sqlite.store import SqliteStore
from tests.bench import attack
from tests.bench.figures import percentile

_SECONDS = 6
_STEPS: list[float] = []


def _count_steps() -> None:
    """Count the time that each step of an event loop takes."""
    handle = cast("Any", Handle)
    run = handle._run

    def counted(self: Handle) -> None:
        began = thread_time()
        run(self)
        _STEPS.append((thread_time() - began) * 1000)

    handle._run = counted


def _asked(connection: socket.socket, request: bytes) -> float:
    """Return the processor time of this process from a request to the end of its answer, in milliseconds."""
    began, answer = process_time(), b""
    connection.sendall(request)
    while not (length := re.search(rb"content-length: (\d+)", answer)) or len(answer.partition(b"\r\n\r\n")[2]) < int(
        length[1]
    ):
        answer += connection.recv(65_536)
    return (process_time() - began) * 1000


def _against(home: Path, kind: str) -> str:
    tokens = asyncio.run(attack.set_up(home / "log.db"))
    store, stopped = SqliteStore.open(home / "log.db"), Event()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    thread = Thread(target=serve, args=(store, listener), kwargs={"stopped": stopped, "quiet": True})
    thread.start()
    if kind == "large-pages":
        attack.fill(f"http://127.0.0.1:{port}", tokens["desk"][-1])
    honest = tokens["desk"][-1]
    request = f"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {honest}\r\n\r\n".encode()
    role = attack.KINDS[kind][0]
    attackers = [sys.executable, "-m", "tests.bench.attack", "attack", str(port), kind, *tokens[role][: attack.CLIENTS]]
    times: list[float] = []
    with socket.create_connection(("127.0.0.1", port)) as connection, subprocess.Popen(attackers) as attacking:
        _asked(connection, request)
        gc.freeze()  # as the service does in a process of its own
        sleep(1)
        _STEPS.clear()
        end = monotonic() + _SECONDS
        while monotonic() < end:
            times.append(_asked(connection, request))
            sleep(0.01)
        attacking.kill()
    longest = max(_STEPS)  # without those of closing
    stopped.set()
    thread.join()
    p50, p99, most = (f"{percentile(times, share):6.1f}" for share in (0.5, 0.99, 1))
    return f"{kind:16} {len(times):5} requests  p50 {p50}  p99 {p99}  max {most} ms  longest step {longest:6.1f} ms"


def main() -> None:
    """Measure every kind of attack, each against a service of its own."""
    _count_steps()
    for kind in sys.argv[1:] or attack.KINDS:
        with tempfile.TemporaryDirectory() as folder:
            print(_against(Path(folder), kind), flush=True)


if __name__ == "__main__":
    main()
