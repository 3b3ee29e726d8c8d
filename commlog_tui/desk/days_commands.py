"""Command palette provider that filters by a typed day or span of days."""

from datetime import datetime
from functools import partial

from textual.command import Hit, Hits, Provider
from textual.content import Content
from typing_extensions import override

from commlog_tui.desk.filters import days_in_words
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.text.days import DayError
from commlog_tui.text.hygiene import safe
from commlog_tui.text.spans import parse_days


class DaysCommands(Provider):
    """Offers to show the days that are typed."""

    @override
    async def search(self, query: str) -> Hits:
        """Yield the days, if they are some."""
        screen = self.screen
        if not isinstance(screen, LogScreen):
            return
        try:
            days = parse_days(query, datetime.now(screen.session.zone).date())
        except (DayError, LookupError):  # no day, or not connected yet
            return
        chosen = partial(screen.filter, screen.state.claimed._replace(since=query.strip(), until=""))
        yield Hit(1.0, Content(f"Days: {safe(query.strip())}"), chosen, text=query, help=days_in_words(*days))
