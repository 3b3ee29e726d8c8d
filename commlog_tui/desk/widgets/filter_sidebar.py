"""The filters: each change becomes one frozen query, a moment after the last key."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Label, OptionList, SelectionList
from textual.widgets.option_list import Option
from textual.widgets.selection_list import Selection
from typing_extensions import override

from commlog_tui.desk.text.days import PRESETS, DayError, parse_day, span
from commlog_tui.desk.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Customer
    from commlog_tui.contract.location import Channel
    from commlog_tui.contract.query import EntryQuery

_SETTLE: Final = 0.2


class FilterSidebar(VerticalScroll):
    """Channels, days, customer, reference and the search box."""

    class QueryChanged(Message):
        """The filters ask for something else."""

        def __init__(self, query: "EntryQuery") -> None:
            super().__init__()
            self.query = query

    class CustomerTyped(Message):
        """Part of a customer was typed; who could it be?"""

        def __init__(self, q: str) -> None:
            super().__init__()
            self.q = q

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._zone = ZoneInfo("UTC")
        self._customer: str | None = None
        self._timer: Timer | None = None

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        yield Label("Search  /")
        yield Input(placeholder="name, number, code…", id="q")
        yield Label("Channels")
        yield SelectionList[str](id="via")
        yield Label("Days")
        yield Input(placeholder="from: 3 nov, yesterday, -14", id="since")
        yield Input(placeholder="to: the same day if empty", id="until")
        yield Label("", classes="fault", id="days-echo", markup=False)
        yield OptionList(*PRESETS, id="presets", markup=False)
        yield Label("Customer")
        yield Input(placeholder="part of a name or number", id="customer")
        yield OptionList(id="people", markup=False)
        yield Label("Reference")
        yield Input(placeholder="a whole UUID", id="reference")
        yield Label("", classes="fault", id="reference-fault", markup=False)

    def on_mount(self) -> None:
        """Keep still: a blinking cursor writes to the terminal all day."""
        for field in self.query(Input):
            field.cursor_blink = False

    def offer(self, channels: "Iterable[Channel]", zone: ZoneInfo) -> None:
        """Offer the channels that the location really uses."""
        self._zone = zone
        listed = self.query_one("#via", SelectionList)
        with listed.prevent(SelectionList.SelectedChanged):
            listed.clear_options()
            listed.add_options(Selection(Content(f"{safe(one.via)} ({one.count:,})"), one.via) for one in channels)

    def suggest(self, people: "Iterable[Customer]") -> None:
        """Offer customers to pick from."""
        listed = self.query_one("#people", OptionList)
        listed.clear_options()
        listed.add_options(
            Option(Content(f"{safe(one.name or one.id)} {safe(next(iter((*one.numbers, *one.addresses)), ''))}"), id=one.id)
            for one in people
        )
        listed.set_class(listed.option_count > 0, "-open")

    def clear(self) -> None:
        """Undo every filter."""
        with self.prevent(Input.Changed, SelectionList.SelectedChanged):
            for field in self.query(Input):
                field.value = ""
            self.query_one("#via", SelectionList).deselect_all()
        self._customer = None
        self.suggest(())
        self._tell()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "customer":
            self._customer = None
            self.post_message(self.CustomerTyped(event.value.strip()))
            if event.value.strip():
                return
        self._later()

    @on(SelectionList.SelectedChanged)
    def _ticked(self, event: SelectionList.SelectedChanged[str]) -> None:
        event.stop()
        self._later()

    @on(OptionList.OptionSelected, "#presets")
    def _preset(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        first, last = PRESETS[str(event.option.prompt)](self._today())
        with self.prevent(Input.Changed):
            self.query_one("#since", Input).value = first.isoformat() if first else ""
            self.query_one("#until", Input).value = last.isoformat() if last else ""
        self._tell()

    @on(OptionList.OptionSelected, "#people")
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        with self.prevent(Input.Changed):
            self.query_one("#customer", Input).value = str(event.option.prompt)
        self._customer = event.option.id
        self.suggest(())
        self._tell()

    def _later(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SETTLE, self._tell)

    def _tell(self) -> None:
        from commlog_tui.contract.base import is_uuid
        from commlog_tui.contract.query import EntryQuery

        days = self._days()
        reference = self._value("reference")
        wrong = bool(reference) and not is_uuid(reference)
        words = "Not a whole UUID; the search box finds the start of one." if wrong else ""
        self.query_one("#reference-fault", Label).update(words)
        if days is None or wrong:
            return
        q = self._value("q").replace("\x00", "")[:200]
        query = EntryQuery(
            via=tuple(self.query_one("#via", SelectionList).selected),
            since=days[0],
            until=days[1],
            customer_id=self._customer,
            reference=reference.lower() or None,
            q=q or None,
        )
        self.post_message(self.QueryChanged(query))

    def _days(self) -> tuple[datetime | None, datetime | None] | None:
        echo = self.query_one("#days-echo", Label)
        try:
            first, last = (parse_day(text, self._today()) if (text := self._value(name)) else None for name in ("since", "until"))
        except DayError as error:
            echo.update(str(error))
            return None
        last = last or (first if self._value("since") else None)
        if first and last and first > last:
            echo.update("The first day is after the last.")
            return None
        echo.update(" – ".join(f"{day:%a} {day.day} {day:%b %Y}" for day in (first, last) if day))  # noqa: RUF001 - a range
        return span(first, last, self._zone)

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _today(self) -> date:
        return datetime.now(self._zone).date()
