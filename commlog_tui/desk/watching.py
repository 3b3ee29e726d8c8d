"""What the desk watches beside the feed.

As a witness it holds the log to the last checkpoint that it has seen. It says when a provider has
reported nothing for longer than usual, so that "sent" is not read as "fine".
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.app import App

from commlog_tui.desk.session import Session
from commlog_tui.text.moments import MONTHS

if TYPE_CHECKING:
    from commlog_tui.contract.hooks import Hook
    from commlog_tui.desk.log.screen import LogScreen

_END_SECONDS: Final = 0.5
_HOOK_SECONDS: Final = 60.0
_WITNESS_SECONDS: Final = 600.0


async def watch_checkpoints(
    app: App[None], session: Session, folder: Path, alarm: Callable[[str], None], note: Callable[[str], None]
) -> None:
    """Verify the log periodically.

    ``alarm`` is called on a contradiction, ``note`` where a check was impossible.
    """
    from commlog_tui.client.errors import ClientError
    from commlog_tui.evidence.watch import ContradictionError, Watch, WatchError

    watch = Watch(folder, session.location)
    while True:
        try:
            await watch.check(session.client, session.location)
        except ContradictionError as error:
            words = f"{error} Tell whoever runs the log. What this desk saw before is in {watch.path}."
            app.notify(words, title="The log is not what it was", severity="error", timeout=86_400, markup=False)
            alarm(str(error))
            return
        except WatchError as error:
            note(f"This desk cannot be a witness: {error}")
            return
        except ClientError:
            pass  # the page's request says how things stand
        await asyncio.sleep(_WITNESS_SECONDS)


async def explain_end(session: Session, views: "Callable[[], list[LogScreen]]") -> None:
    """Say why the service of this machine has ended, if it has: asking it again is of no use."""
    await asyncio.sleep(_END_SECONDS)  # its connections are gone before the process is
    if words := await asyncio.to_thread(session.target.why_ended):
        fail_all(views(), words)


def fail_all(views: "Iterable[LogScreen]", words: str) -> None:
    """Say in every view why there is no answer."""
    for view in views:
        view.reader.fail(words)


async def watch_hooks(session: Session, note: Callable[[str], None]) -> None:
    """Ask periodically which providers are silent, and note it."""
    from commlog_tui.client.errors import ClientError, NotSupportedError

    while True:
        try:
            note(silent_words(await session.client.hooks(session.location), datetime.now(session.zone)))
        except NotSupportedError:
            return
        except ClientError:
            pass  # the page's request says how things stand
        await asyncio.sleep(_HOOK_SECONDS)


def silent_words(hooks: "tuple[Hook, ...]", now: datetime) -> str:
    """Return what to say of silent providers, in the time zone of now; empty if there are none."""
    return ", ".join(
        f"no report from {one.name} since {_at(one.silent_since, now)}" for one in hooks if one.silent_since
    )


def _at(moment: datetime, now: datetime) -> str:
    local = moment.astimezone(now.tzinfo)
    day = "" if local.date() == now.date() else f"{local.day} {MONTHS[local.month - 1]} "
    return f"{day}{local:%H:%M}"
