"""Numbers at a glance: what was sent, delivered and failed, by channel and by kind of message."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Label, ProgressBar, Sparkline, Static
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.desk.delivery.figures import COLUMNS, Figures, Overview, first_day, overview
from commlog_tui.desk.faults import show_fault
from commlog_tui.text.ascii import is_ascii_terminal
from commlog_tui.text.hygiene import fit, safe
from commlog_tui.text.moments import MONTHS

if TYPE_CHECKING:
    from commlog_tui.contract.page import FeedItem
    from commlog_tui.contract.statistics import Statistics
    from commlog_tui.desk.session import Session

_CALM_SECONDS: Final = 1.0
_MOST_ROWS: Final = 8
_NAME: Final = 20
_PERCENT: Final = 100
HINT: Final = "t: days or weeks   ↑ ↓: scroll   Esc: close   As text: commlog stats"
NO_KIND: Final = "(no kind)"
NOTHING: Final = "Nothing was sent in this time."


class NumbersScreen(ModalScreen[None]):
    """Sparklines of days or weeks, and a bar for each channel and kind of message."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,S", "dismiss(None)", "Close"),
        Binding("t,space", "by_week", "Days or weeks"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, session: "Session", found: "Statistics") -> None:
        super().__init__()
        self._session = session
        self._found = found
        self._by_week = False
        self._timer: Timer | None = None

    @override
    def compose(self) -> ComposeResult:
        """Lay out the figures and the keys."""
        with Vertical(classes="card -whole", id="numbers") as card:
            card.border_title = self._title()
            with VerticalScroll(id="figures"):
                yield from self._widgets()
            yield Label(HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Give the keys to what scrolls."""
        self.query_one("#figures").focus()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    def record(self, item: "FeedItem") -> None:
        """Count again, once records stop coming for a moment."""
        if item.entry is not None:
            if self._timer is not None:
                self._timer.stop()
            self._timer = self.set_timer(_CALM_SECONDS, self.reload)

    def set_private(self, *, private: bool) -> None:
        """Change nothing: figures name nobody."""

    def action_by_week(self) -> None:
        """Count by week instead of by day, or by day again."""
        self._by_week = not self._by_week
        self.reload()

    def action_scroll(self, lines: int) -> None:
        """Scroll the figures."""
        self.query_one("#figures").scroll_relative(y=lines, animate=False)

    @work(exclusive=True, group="numbers", exit_on_error=False)
    async def reload(self) -> None:
        """Ask for the figures again, and show them."""
        from commlog_tui.client.errors import ClientError

        by_week = self._by_week
        try:
            self._found = await ask(self._session, by_week=by_week)
        except ClientError as error:
            self.query_one(".hint", Label).update(f"{error} These are the figures as they were.")
            return
        self.query_one("#numbers").border_title = self._title()
        figures = self.query_one("#figures")
        with self.app.batch_update():
            await figures.remove_children()
            await figures.mount(*self._widgets())

    def _title(self) -> str:
        return f"Numbers by {'week' if self._by_week else 'day'} ({self._session.zone})"

    def _widgets(self) -> Iterator[Widget]:
        shown = overview(self._found, _today(self._session), by_week=self._by_week)
        periods = list(shown.periods)
        last = f"week of {_day(periods[-1])}" if self._by_week else "today"
        yield Static(f"{_day(periods[0])} to {last}", classes="period", markup=False)
        for name in COLUMNS:
            yield _sparkline(name, shown)
        if not shown.total.sent:
            yield Static(NOTHING, markup=False)
            return
        for heading, groups in (("By channel", shown.channels), ("By kind of message", shown.kinds)):
            yield Static(
                f"{fit(heading, _NAME)} {'sent':>8} {'delivered':>10} {'failed':>8}", classes="heading", markup=False
            )
            for group in list(groups)[:_MOST_ROWS]:
                yield _bar(group, groups[group])
            if len(groups) > _MOST_ROWS:
                yield Static(f"and {len(groups) - _MOST_ROWS} more: commlog stats lists them all", markup=False)


def _sparkline(name: str, shown: Overview) -> Widget:
    values = [getattr(figures, name) for figures in shown.periods.values()]
    total, last = getattr(shown.total, name), values[-1]
    words = f"{name:10}{total:>9,}   most {max(values):,}, last {last:,}"
    if is_ascii_terminal():  # which has no characters for it: full blocks would be drawn as nothing
        return Static(words, markup=False)
    return Vertical(Static(words, markup=False), Sparkline(values, summary_function=max), classes=f"spark -{name}")


def _bar(name: str, figures: Figures) -> Widget:
    """Return a row of figures with a bar of the share that was delivered."""
    bar = ProgressBar(total=figures.sent, show_eta=False, show_percentage=False)
    bar.update(progress=figures.delivered)
    share = _PERCENT * figures.delivered // figures.sent
    words = f"{fit(safe(name) or NO_KIND, _NAME)} {figures.sent:>8,} {figures.delivered:>10,} {figures.failed:>8,}"
    return Horizontal(
        Static(words, markup=False, classes="-failed" if figures.failed else ""),
        bar,
        Static(f"{share:>4} % delivered", markup=False, classes="share"),
        classes="bar",
    )


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _today(session: "Session") -> date:
    return datetime.now(session.zone).date()


async def ask(session: "Session", *, by_week: bool = False) -> "Statistics":
    """Ask for the figures of the last days or weeks. Raises ``ClientError``."""
    from commlog_tui.contract.statistics import StatisticsQuery

    today = _today(session)
    days = {"from": first_day(today, by_week=by_week), "to": today + timedelta(days=1)}
    query = StatisticsQuery.model_validate({**days, "by": "week" if by_week else "day"})
    return await session.client.statistics(session.location, query)
