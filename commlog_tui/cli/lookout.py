"""A child of this process that looks at a service's newest rows on another core, while the desk is being loaded on this one.

Imports the standard library only, so that the child can be started before anything else is loaded.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, cast

from commlog_tui.configuration.sources import Configuration

if TYPE_CHECKING:
    from commlog_tui.desk.sight import SeenRow


class ServiceLookout:
    """The newest rows of a service's log, seen once. What goes wrong shows nothing: the desk itself asks, too, and says why."""

    def __init__(self, configuration: Configuration) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        if (os.cpu_count() or 1) < 2:  # noqa: PLR2004 - on a single core it would only be in the way
            return
        names = ("service", "token", "location", "page_size")
        orders = {name: configuration.text(name) for name in names}
        with suppress(OSError):
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "commlog_tui.cli.lookout_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C at the desk is the desk's business
            )
            orders_to = cast("IO[bytes]", self._child.stdin)  # it was asked for, so it is there
            orders_to.write(json.dumps(orders).encode())
            orders_to.close()

    def rows(self) -> "tuple[SeenRow, ...]":
        """Return what was seen, once it was."""
        from commlog_tui.desk.sight import SeenRow

        if self._child is None:
            return ()
        told = cast("IO[bytes]", self._child.stdout).read()
        self._child.wait()
        return tuple(SeenRow(**row) for row in json.loads(told or b"[]"))

    def close(self) -> None:
        """End the child, if it still looks."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
