"""``python -m commlog_tui``, and the ``commlog`` command."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from commlog_tui.operating_system import use_private_umask

if TYPE_CHECKING:
    from commlog_tui.configuration.sources import Configuration

_COMPLETING = "_COMMLOG_COMPLETE"
"""What a shell sets when it runs the program to complete a line, without any argument."""


def main() -> None:
    """Run the command line. The desk is opened before anything else is loaded, if possible."""
    use_private_umask()
    if (
        sys.argv[1:] in ([], ["demo"])
        and not os.environ.get(_COMPLETING)
        and (ready := _ready_log(demo=sys.argv[1:] == ["demo"]))
    ):
        from commlog_tui.cli.desk import cannot_show, open_desk
        from commlog_tui.cli.embedded import EmbeddedError
        from commlog_tui.configuration.rules import SettingsError

        if not cannot_show():
            gc.disable()  # what is loaded now stays; the desk turns it on again after its first rows
            try:
                open_desk(*ready)
            except (EmbeddedError, SettingsError) as error:
                print(error, file=sys.stderr)  # noqa: T201 - what the command line says with
                sys.exit(2 if isinstance(error, SettingsError) else 6)
            return
    from commlog_tui.cli.app import run

    run()


def _ready_log(*, demo: bool) -> "tuple[Configuration, Path | None] | None":
    """Return the settings, and the local log file to open unless it is a remote service's."""
    from commlog_tui.cli.opener import database_of
    from commlog_tui.configuration.rules import SettingsError
    from commlog_tui.configuration.sources import configured

    try:
        configuration = configured(mode="demo" if demo else "")
    except SettingsError:
        return None
    if configuration.text("mode") == "service":
        return configuration, None
    if configuration.text("mode") not in {"demo", "local"}:
        return None
    database = database_of(configuration)
    return (configuration, database) if database.exists() else None


if __name__ == "__main__":
    main()
