"""Connecting to the log at start, and the saved view that is shown first."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.faults import FAULT
from commlog_tui.desk.saved_views import SavedView, SavedViews
from commlog_tui.desk.screens import choose_location
from commlog_tui.desk.session import Session, connect
from commlog_tui.desk.target import Target, TargetError
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from textual.app import App

    from commlog_tui.desk.preferences import Preferences
    from commlog_tui.desk.reader.reader import LogReader

_LONGEST_PAUSE: Final = 10.0


async def connected(app: "App[None]", resolve: Callable[[], Target], reader: "LogReader") -> Session | None:
    """Return a session, retrying while the service is away; None where that is of no use, which is reported."""
    pause = 1.0
    while True:
        try:
            return await connect(resolve, partial(choose_location, app))
        except TargetError as error:
            reader.fail(safe(str(error)))
            return None
        except Exception as error:  # noqa: BLE001 - client errors' classes are not loaded yet; the rest must not reach a clerk
            from commlog_tui.client.errors import BusyError, ClientError, UnreachableError

            if not isinstance(error, UnreachableError | BusyError):
                reader.fail(str(error) if isinstance(error, ClientError) else FAULT)
                return None
            reader.no_answer(error)
            await asyncio.sleep(max(pause, error.pause))
            pause = min(pause * 2, _LONGEST_PAUSE)


def first_view(app: "App[None]", preferences: "Preferences", *, quiet: bool) -> SavedView | None:
    """Return the saved view to show at start, if one is set and known; say so if it is not, unless quiet."""
    if not preferences.first_view:
        return None
    found = SavedViews(preferences.folder).load().get(preferences.first_view)
    if found is None and not quiet:
        words = f"There is no saved view “{safe(preferences.first_view)}” for this log; v shows those there are."
        app.notify(words, severity="warning", markup=False)
    return found
