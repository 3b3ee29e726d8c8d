"""Prefetches the newest page in a child process while the desk is loaded."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import IO, Any, cast

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.configuration.sources import Configuration
from commlog_tui.operating_system import own_session


class EmbeddedFirstRows:
    """The newest page as the service of this machine prints it."""

    def __init__(self, service: EmbeddedService) -> None:
        self._service = service

    def answer(self) -> dict[str, Any]:
        """Return what was printed, once it was."""
        return self._service.first_page()

    def close(self) -> None:
        """Nothing is open but the service, which is its owner's to end."""


class ServiceFirstRows:
    """The newest page of a service's log, requested once.

    Errors show nothing here: the desk sends the same request and reports them.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        if (os.cpu_count() or 1) < 2:  # noqa: PLR2004 - on a single core it would only be in the way
            return
        names = ("service", "token", "location", "page_size")
        orders = {name: configuration.text(name) for name in names}
        with suppress(OSError):
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "commlog_tui.cli.first_rows_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                **own_session(),  # Ctrl+C at the desk is the desk's business
            )
            # Both pipes were asked for, so both are there.
            with cast("IO[bytes]", self._child.stdin) as orders_to:
                orders_to.write(json.dumps(orders).encode())

    def answer(self) -> dict[str, Any]:
        """Return what was printed, once it was."""
        if self._child is None:
            return {}
        with cast("IO[bytes]", self._child.stdout) as output:
            printed = output.read()
        self._child.wait()
        return cast("dict[str, Any]", json.loads(printed or b"{}"))

    def close(self) -> None:
        """End the child, if it still looks."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            cast("IO[bytes]", self._child.stdout).close()
