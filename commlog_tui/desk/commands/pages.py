"""Pages: turning them, and going to a date."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Final

from commlog_tui.desk.action import Action, View
from commlog_tui.desk.reader.state import NEWEST, Position


def _older(view: View) -> None:
    view.turn("older")


def _newer(view: View) -> None:
    view.turn("newer")


def _oldest(view: View) -> None:
    here, page = view.reader.spot, view.reader.state.page
    if page is not None and page.oldest is not None:
        view.reader.history.jump(here)
    view.turn("oldest")


def _newest(view: View) -> None:
    if _nothing_newer(view) is None:
        view.reader.history.jump(view.reader.spot)
    view.reader.read(NEWEST)


def _nothing_older(view: View) -> str | None:
    page = view.reader.state.page
    return None if page is not None and page.older else "These are the oldest entries."


def _nothing_newer(view: View) -> str | None:
    page = view.reader.state.page
    return None if page is not None and page.newer else "These are the newest entries."


def _refresh(view: View) -> None:
    view.reader.refresh()


def _to_date(view: View) -> None:
    view.start(partial(_ask_date, view), "ask")


async def _ask_date(view: View) -> None:
    """Show the log from a day back; filters stay, but for days, which may not have that one."""
    from commlog_tui.desk.choosers.prompt import Prompt
    from commlog_tui.text.days import ambiguity
    from commlog_tui.text.spans import parse_days

    def understand(text: str) -> str:
        day = parse_days(text, view.reader.today())[1]
        return f"{day:%A} {day.day} {day:%B %Y}\n{ambiguity(text)}".rstrip()

    text = await view.app.push_screen_wait(Prompt("Go to a date", "3 nov, yesterday, -14, 2026-11-03", understand))
    if text:
        day = parse_days(text, view.reader.today())[1] + timedelta(days=1)
        before = datetime.combine(day, time(), view.session.zone)
        view.reader.jump(view.reader.state.claimed.without("days"), Position(before=before))


_GROUP: Final = "Pages"
_OLDER_KEYS: Final = "right_square_bracket,right"
_NEWER_KEYS: Final = "left_square_bracket,left"
TO_DATE: Final = Action("go_to_date", "t", "To date", "Go to a date", _GROUP, _to_date)
OLDER: Final = Action("older", _OLDER_KEYS, "Older", "The next page, of older entries", _GROUP, _older, _nothing_older)
NEWER: Final = Action(
    "newer", _NEWER_KEYS, "Newer", "The page before, of newer entries", _GROUP, _newer, _nothing_newer
)
NEWEST_PAGE: Final = Action("newest", "g", "Newest", "The newest page", _GROUP, _newest)
OLDEST: Final = Action("oldest", "G", "Oldest", "The oldest page", _GROUP, _oldest)
REFRESH: Final = Action("refresh_page", "r", "Refresh", "Ask the log again", _GROUP, _refresh)
