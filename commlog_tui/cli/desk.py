"""Opening the desk."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commlog_tui.cli.embedded import EmbeddedError, EmbeddedService

if TYPE_CHECKING:
    from commlog_tui.desk.target import Target


def open_embedded(database: Path, data: Path, name: str) -> None:
    """Open the desk on a log file of this machine: the service first, as it needs longest."""
    service = EmbeddedService(database)
    try:
        from commlog_tui.desk.app import DeskApp

        DeskApp(partial(_resolve, service, data / "outbox" / name, name)).run()
    finally:
        service.close()


def open_service(base_url: str, token: str, location: str, outbox: Path) -> None:
    """Open the desk on a service elsewhere."""
    from commlog_tui.desk.app import DeskApp
    from commlog_tui.desk.target import Target

    DeskApp(lambda: Target(base_url, token, location or None, outbox, base_url)).run()


def _resolve(service: EmbeddedService, outbox: Path, name: str) -> "Target":
    from commlog_tui.desk.target import Target, TargetError

    try:
        return Target(service.base_url, service.token, None, outbox, name)
    except EmbeddedError as error:
        raise TargetError(str(error)) from None
