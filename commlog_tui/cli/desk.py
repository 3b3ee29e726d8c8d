"""Opening the desk."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.first_rows import FirstRows, first_rows
from commlog_tui.cli.raw_terminal import RawTerminal
from commlog_tui.configuration.sources import Configuration
from commlog_tui.operating_system import ended_by_signals

if TYPE_CHECKING:
    from commlog_tui.cli.opener import Opener


def cannot_show() -> str | None:
    """Return why there can be no desk here, as a sentence; None if there can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "The desk needs a terminal to be shown in. Without one: commlog list, show, add, customers and tail."
    if not sys.stderr.isatty():
        return "The desk is drawn on standard error, which leads somewhere else. Open it without 2> or 2>&1."
    if os.environ.get("TERM") in {"dumb", "unknown"}:
        return "This terminal cannot show the desk (TERM says so). Here: commlog list, show, add, customers and tail."
    return None


def open_desk(
    configuration: Configuration,
    database: Path | None = None,
    beside: "Callable[[Opener], AbstractContextManager[object]]" = lambda _opener: nullcontext(),
    view: str = "",
    terminal: RawTerminal | None = None,
    call: str = "",
) -> None:
    """Open the desk on a local log file, or on a remote service.

    The first frame is painted before anything else is loaded. ``beside`` is entered while the desk
    is open. ``view`` names the saved view to show first, ``call`` is a number that is calling.

    Raises:
        EmbeddedError: the service of this machine cannot be started.
        SettingsError: a theme, an action or a key is not known.
    """
    terminal = terminal or RawTerminal()
    code: int | None = 0
    try:
        with ended_by_signals(terminal.give_back):
            view, rows = view or configuration.text("first_view"), None
            if not view and not call:  # the newest page is not what it shows
                rows = first_rows(configuration, database)
                rows.paint(terminal, configuration)
            code = _run(configuration, database, beside, (view, call), (terminal, rows))
    except OSError:
        if not terminal.is_gone():  # else there is nobody to hear of it
            raise
    finally:
        terminal.give_back()
    if code and not terminal.is_gone():
        raise SystemExit(ExitCode.TROUBLE)


def _run(
    configuration: Configuration,
    database: Path | None,
    beside: "Callable[[Opener], AbstractContextManager[object]]",
    first: tuple[str, str],
    found: tuple[RawTerminal, FirstRows | None],
) -> int | None:
    (view, call), (terminal, rows) = first, found
    # pydantic looks for plugins among all that is installed; none is wanted here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A key pressed right after a frame waits for the next one: at Textual's 60 a second, as long as
    # drawing takes.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from commlog_tui.cli.opener import Opener

    opener = Opener(configuration, database)
    try:
        from commlog_tui.cli.preferences import preferences_of
        from commlog_tui.desk.app import DeskApp

        preferences = preferences_of(configuration)
        preferences = preferences._replace(first_view=view, call=call)
        app = DeskApp(opener.target, preferences, opener.profiles(), rows, terminal)
        with beside(opener):
            app.run()
        return app.return_code
    finally:
        terminal.give_back()  # the service takes a moment to end
        opener.close()
