"""Opening the desk."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commlog_tui.cli.embedded import EmbeddedError, EmbeddedService

if TYPE_CHECKING:
    from commlog_tui.desk.target import Target


def cannot_show() -> str | None:
    """Return why there can be no desk here, as a sentence; None if there can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "The desk needs a terminal to be shown in. Without one: commlog list, show, add, customers and tail."
    if os.environ.get("TERM") in {"dumb", "unknown"}:
        return "This terminal cannot show the desk (TERM says so). Here: commlog list, show, add, customers and tail."
    return None


def open_embedded(database: Path, outbox: Path, name: str, location: str | None = None) -> None:
    """Open the desk on a log file of this machine: the service first, as it needs longest. Raises ``EmbeddedError``."""
    service = EmbeddedService(database)
    try:
        _run(partial(_resolve, service, location, outbox, name))
    finally:
        service.close()


def open_service(base_url: str, token: str, location: str | None, outbox: Path) -> None:
    """Open the desk on a service elsewhere."""
    from commlog_tui.desk.target import Target

    target = Target(base_url, token, location, outbox, base_url)
    _run(lambda: target)


def _run(resolve: "Callable[[], Target]") -> None:
    from commlog_tui.desk.app import DeskApp

    DeskApp(resolve).run()


def _resolve(service: EmbeddedService, location: str | None, outbox: Path, name: str) -> "Target":
    from commlog_tui.desk.target import Target, TargetError

    try:
        return Target(service.base_url, service.token, location, outbox, name)
    except EmbeddedError as error:
        raise TargetError(str(error)) from None
