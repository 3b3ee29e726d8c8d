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
from textual.widgets.selection_list import Selection
from typing_extensions import override

from commlog_tui.desk.text.days import PRESETS, DayError, parse_day, span
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.widgets.customer_field import CustomerField, Find
from commlog_tui.desk.widgets.field import Field

if TYPE_CHECKING:
    from commlog_tui.contract.location import Channel
    from commlog_tui.contract.query import EntryQuery

_SETTLE: Final = 0.2
_LONGEST: Final = 200
"""Characters of a search, as the contract has it."""


class FilterSidebar(VerticalScroll, can_focus=False):
    """Channels, days, customer, reference and the search box."""

    class QueryChanged(Message):
        """The filters ask for something else."""

        def __init__(self, query: "EntryQuery") -> None:
            super().__init__()
            self.query = query

    def __init__(self, channels: "Iterable[Channel]", zone: ZoneInfo, find: Find, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._channels = tuple(channels)
        self._zone = zone
        self._find = find
        self._timer: Timer | None = None

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        yield Label("Search  /")
        yield Field(placeholder="name, number, code…", id="q", max_length=_LONGEST)
        yield Label("Channels")
        yield SelectionList[str](
            *(Selection(Content(f"{safe(one.via)} ({one.count:,})"), one.via) for one in self._channels), id="via"
        )
        yield Label("Days")
        yield Field(placeholder="from: 3 nov, -14", id="since")
        yield Field(placeholder="to: the same day", id="until")
        yield Label("", classes="fault", id="days-echo", markup=False)
        yield OptionList(*PRESETS, id="presets", markup=False)
        yield Label("Customer")
        yield CustomerField("", None, self._find, "name, number, address", id="customer-field")
        yield Label("Reference")
        yield Field(placeholder="a whole UUID", id="reference")
        yield Label("", classes="fault", id="reference-fault", markup=False)

    def clear(self) -> None:
        """Undo every filter."""
        with self.prevent(Input.Changed, SelectionList.SelectedChanged):
            for field in self.query(Field):
                field.value = ""
            self.query_one("#via", SelectionList).deselect_all()
        self.query_one(CustomerField).clear()
        self._tell()

    @on(Input.Changed)
    @on(SelectionList.SelectedChanged)
    @on(CustomerField.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        if not (isinstance(event, Input.Changed) and event.input.id == "customer"):
            self._later()

    @on(CustomerField.Chosen)
    def _chosen(self, event: CustomerField.Chosen) -> None:
        event.stop()
        self._tell()

    @on(Input.Submitted, "#customer")
    def _submitted(self, event: Input.Submitted) -> None:
        if self.query_one(CustomerField).pick_first(event.input):
            event.stop()

    @on(OptionList.OptionSelected, "#presets")
    def _preset(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        first, last = PRESETS[str(event.option.prompt)](self._today())
        with self.prevent(Input.Changed):
            self.query_one("#since", Input).value = first.isoformat() if first else ""
            self.query_one("#until", Input).value = last.isoformat() if last else ""
        self._tell()

    def _later(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SETTLE, self._tell)

    def _tell(self) -> None:
        from commlog_tui.contract.base import is_uuid
        from commlog_tui.contract.query import EntryQuery

        if self._timer is not None:
            self._timer.stop()
        days = self._days()
        reference = self._value("reference")
        wrong = bool(reference) and not is_uuid(reference)
        words = "Not a whole UUID; the search box finds the start of one." if wrong else ""
        self.query_one("#reference-fault", Label).update(words)
        if days is None or wrong:
            return
        customer = self.query_one(CustomerField).customer
        query = EntryQuery(
            via=tuple(self.query_one("#via", SelectionList).selected),
            since=days[0],
            until=days[1],
            customer_id=customer["id"] if customer else None,
            reference=reference.lower() or None,
            q=self._value("q") or None,
        )
        self.post_message(self.QueryChanged(query))

    def _days(self) -> tuple[datetime | None, datetime | None] | None:
        echo = self.query_one("#days-echo", Label)
        echo.remove_class("-echo")
        try:
            first, last = (parse_day(text, self._today()) if (text := self._value(name)) else None for name in ("since", "until"))
        except DayError as error:
            echo.update(str(error))
            return None
        last = last or first
        if first and last and first > last:
            echo.update("The first day is after the last.")
            return None
        echo.add_class("-echo")
        echo.update(" – ".join(dict.fromkeys(f"{day:%a} {day.day} {day:%b %Y}" for day in (first, last) if day)))  # noqa: RUF001 - a range
        return span(first, last, self._zone)

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _today(self) -> date:
        return datetime.now(self._zone).date()
