"""``python -m commlog_tui``, and the ``commlog`` command."""

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from commlog_tui.cli.raw_terminal import RawTerminal
    from commlog_tui.configuration.sources import Configuration

_COMPLETING = "_COMMLOG_COMPLETE"
"""What a shell sets when it runs the program to complete a line, without any argument."""
_INTERRUPTED = 130


def main() -> None:
    """Run the command line, and end quietly by Ctrl+C, also while something is loaded."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _run() -> None:
    """Open the desk before anything else is loaded, if possible; else run the command."""
    arguments = sys.argv[1:]
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from commlog_tui.operating_system import open_standard_streams

        open_standard_streams()
    if arguments == ["--version"]:
        from commlog_tui import __version__

        try:
            os.write(1, f"commlog {__version__}\n".encode())  # what print had left, Python would try again at the end
        except OSError as error:
            print(f"The output cannot be written: {error.strerror}.", file=sys.stderr)  # noqa: T201 - as below
            sys.exit(6)
        return
    is_opened = arguments in ([], ["demo"]) and not os.environ.get(_COMPLETING) and _desk(demo=bool(arguments))
    if not is_opened:
        from commlog_tui.operating_system import use_private_umask

        use_private_umask()
        gc.disable()  # the command line turns it on again when all is loaded
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # they are looked for among all that is installed
        from commlog_tui.cli.early_service import started_early

        with started_early(arguments):
            from commlog_tui.cli.app import run

            run()


def _desk(*, demo: bool) -> bool:
    """Open the desk, unless the command line has to ask or say something; whether it was opened."""
    from commlog_tui.cli.raw_terminal import RawTerminal, in_terminal
    from commlog_tui.operating_system import ended_by_signals

    if not in_terminal():
        return False
    terminal = RawTerminal()
    try:
        with ended_by_signals(terminal.give_back):
            return _open(terminal, demo=demo)
    finally:
        terminal.give_back()


def _open(terminal: "RawTerminal", *, demo: bool) -> bool:
    gc.disable()  # what is loaded now stays; the desk turns it on again after its first rows
    from commlog_tui.operating_system import use_private_umask

    use_private_umask()
    if not (ready := _ready_log(demo=demo)):
        return False
    from commlog_tui.cli.desk import open_desk
    from commlog_tui.configuration.rules import SettingsError

    try:
        open_desk(*ready, terminal=terminal)
    except Exception as error:
        from commlog_tui.cli.embedded import EmbeddedError

        if not isinstance(error, EmbeddedError | SettingsError):
            raise
        print(error, file=sys.stderr)  # noqa: T201 - what the command line says with
        sys.exit(2 if isinstance(error, SettingsError) else 6)
    return True


def _ready_log(*, demo: bool) -> "tuple[Configuration, Path | None] | None":
    """Return the settings, and the local log file to open unless it is a remote service's."""
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
    return (configuration, configuration.database) if configuration.database.exists() else None


if __name__ == "__main__":
    main()
