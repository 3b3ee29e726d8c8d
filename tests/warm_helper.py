"""The helper of ``warm_start``: it has imported the service, and forks a child for every request."""

import json
import os
import random
import signal
import socket
import sys
from contextlib import suppress
from traceback import print_exc
from typing import Any

from commlog_tui.cli import embedded_service
from commlog_tui.service import server
from commlog_tui.store.sqlite import store
from tests.warm_start import LARGEST_MESSAGE

LOADED = (server, store)
"""What every child would import."""


def serve_requests(requests: socket.socket) -> None:
    """Fork a watcher for each request; the kernel reaps it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, files, *_ = socket.recv_fds(requests, LARGEST_MESSAGE, 4)
        if not message:
            return
        if not os.fork():
            requests.close()
            _watch(json.loads(message), files)
        for file in files:
            os.close(file)


def _watch(request: dict[str, Any], files: list[int]) -> None:
    """Fork the service; answer its process id, and how it ended once it has."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, control = files
    child = os.fork()
    if not child:
        os.close(control)
        _serve(request, streams)
    for file in streams:
        os.close(file)
    with socket.socket(fileno=control) as answers:
        answers.send(str(child).encode())
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with suppress(OSError):  # nobody waits for it any more
            answers.send(str(status).encode())
    os._exit(0)


def _serve(request: dict[str, Any], streams: list[int]) -> None:
    """Be the service as ``python -P -m commlog_tui.cli.embedded_service`` would be."""
    os.setsid()
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout = os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    random.seed()
    status = 1
    try:
        embedded_service.main()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - an interpreter prints any that ends it
        print_exc()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody listens any more
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    serve_requests(socket.socket(fileno=int(sys.argv[1])))
