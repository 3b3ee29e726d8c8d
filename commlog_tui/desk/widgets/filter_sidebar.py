"""The filters as fields: what is typed becomes one frozen value, a moment after the last key."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Label
from typing_extensions import override

from commlog_tui.desk.exclusion import Exclusion
from commlog_tui.desk.filters import SOURCES, Filters, FiltersError, days_in_words, days_of, query_of
from commlog_tui.desk.widgets.channel_list import ChannelList
from commlog_tui.desk.widgets.choice import Choice
from commlog_tui.desk.widgets.customer_field import CustomerField, Find
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.key_bar import KeyHints
from commlog_tui.desk.widgets.status_list import StatusList
from commlog_tui.desk.widgets.tick_list import TickList
from commlog_tui.text.days import ambiguity
from commlog_tui.text.hygiene import safe
from commlog_tui.text.sidebar import CUSTOMER, WHOLE, WHOLE_VALUES

if TYPE_CHECKING:
    from commlog_tui.contract.location import Channel

_SETTLE: Final = 0.05
"""Seconds without a key after which what is typed is asked for; an answer takes another 50 to 100 ms."""
_LONGEST: Final = 200
"""Characters of a search, as the contract has it."""
NO_FILTERS: Final = Filters()
_NOT: Final = "not "
_TYPED: Final = ("q", "since", "until", "reference", *WHOLE_VALUES)


class FilterSidebar(VerticalScroll, can_focus=False):
    """Search, channels, days, status, source, customer, reference, and values that match as a whole."""

    key_hints: ClassVar[KeyHints] = (
        ("Enter", "To the table"),
        ("↓ ↑", "Next, before"),
        ("Esc", "Leave"),
        ("Ctrl+P", "All by name"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Before", show=False),
    ]

    class Changed(Message):
        """The fields ask for something else."""

        def __init__(self, filters: Filters) -> None:
            super().__init__()
            self.filters = filters

    class Done(Message):
        """What was wanted is chosen: on to the table."""

    def __init__(
        self,
        channels: "Iterable[Channel]",
        zone: ZoneInfo,
        find: Find,
        filters: Filters = NO_FILTERS,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        searched: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Set what can be chosen; ``searched`` is called with every text that is typed into the search."""
        super().__init__(id=id)
        self._searched = searched
        self._channels = tuple(channels)
        self._zone = zone
        self._find = find
        self._timer: Timer | None = None
        self._filled = filters
        """What the fields were filled with from elsewhere, or reported last."""
        self._read = {name: str(getattr(filters, name)) for name in _TYPED}
        """Content of each field when last read or filled, to detect newer input."""
        self.is_faulty = False
        """Whether a field holds what cannot be asked for."""

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields with initial values. Once mounted, they may hold newer input."""
        filters = self._filled
        channels, statuses, source = (
            ChannelList(self._channels, id="via"),
            StatusList(id="status"),
            Choice((*SOURCES, *(f"{_NOT}{source}" for source in SOURCES)), id="source"),
        )
        channels.set_reactive(ChannelList.ticked, filters.via)
        channels.set_reactive(ChannelList.excluded, _excluded(filters, "via"))
        statuses.set_reactive(StatusList.ticked, filters.status)
        statuses.set_reactive(StatusList.excluded, _excluded(filters, "status"))
        source.set_reactive(Choice.value, _source(filters))
        yield Label("Search  /")
        yield Field(filters.q, placeholder="name, number, code…", id="q", max_length=_LONGEST)
        yield Label("Channels")
        yield channels
        yield Label("Days  p")
        yield Field(filters.since, placeholder="from: 3 nov, 7 days", id="since")
        yield Field(filters.until, placeholder="to: the same day", id="until")
        yield Label("", classes="fault", id="days-fault", markup=False)
        yield Label("Status")
        yield statuses
        yield Label("Source")
        yield source
        yield Label("Customer")
        yield CustomerField(*_customer(filters), self._find, CUSTOMER, id="customer-field")
        yield Label("Reference")
        yield Field(filters.reference, placeholder="a whole UUID", id="reference")
        yield Label("", classes="fault", id="reference-fault", markup=False)
        yield Label(WHOLE)
        for name, placeholder in WHOLE_VALUES.items():
            yield Field(str(getattr(filters, name)), placeholder=placeholder, id=name)
            yield Label("", classes="fault", id=f"{name}-fault", markup=False)

    def on_mount(self) -> None:
        """Take no room for what is not said."""
        for fault in self.query(".fault"):
            fault.display = False
        self._check(self._filters())

    def show(self, filters: Filters, *, anew: bool = False) -> None:
        """Show filters from elsewhere. Input since the last reading stays, unless ``anew``."""
        if filters == self._filled and not anew:
            return
        before, self._filled = self._filled, filters
        with self.prevent(Input.Changed):
            for name in _TYPED:
                field = self.query_one(f"#{name}", Field)
                if anew or field.value == self._read[name] or getattr(filters, name) != getattr(before, name):
                    field.fill(getattr(filters, name))
                    self._read[name] = field.value
        for ticks, name, ticked in (
            (self.query_one(ChannelList), "via", filters.via),
            (self.query_one(StatusList), "status", filters.status),
        ):
            ticks.ticked, ticks.excluded = ticked, _excluded(filters, name)
        self.query_one("#source", Choice).value = _source(filters)
        if anew or filters.customer != before.customer:
            self.query_one(CustomerField).show(*_customer(filters))
        self._check(self._filters())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "q":
            self._searched(event.value)
        if event.input.id in _TYPED:
            self._stop()
            self._timer = self.set_timer(_SETTLE, self._tell)

    @on(TickList.Changed)
    @on(Choice.Changed)
    @on(CustomerField.Changed)
    def _picked(self, event: Message) -> None:
        event.stop()
        self._tell()

    @on(CustomerField.Chosen)
    def _customer_picked(self, event: Message) -> None:
        self._picked(event)
        self.post_message(self.Done())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self.query_one(CustomerField).pick_first(event.input):
            event.stop()
        else:
            self._tell()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    def _tell(self) -> None:
        """Tell what the fields ask for, if it can be asked and is not what was told last."""
        self._stop()
        self._read = {name: self.query_one(f"#{name}", Field).value for name in _TYPED}
        filters = self._filters()
        if self._check(filters) and filters != self._filled:
            self._filled = filters
            self.post_message(self.Changed(filters))

    def _filters(self) -> Filters:
        typed: dict[str, Any] = {name: self.query_one(f"#{name}", Input).value.strip() for name in _TYPED}
        source = self.query_one("#source", Choice).value
        people = self.query_one(CustomerField)
        customer = people.customer or {}
        who = {"customer": customer.get("id", ""), "customer_name": customer.get("name", "")}
        if who["customer"] == self._filled.customer:
            who["customer_name"] = self._filled.customer_name
        via, status = self.query_one(ChannelList), self.query_one(StatusList)
        without = {"via": via.excluded, "status": status.excluded}
        if source != _source(self._filled):
            without["source"] = (source.removeprefix(_NOT),) if source.startswith(_NOT) else ()
        excluded = [one for one in self._filled.excluded if one.value in without.get(one.field, (one.value,))]
        excluded += [Exclusion(field, value) for field, values in without.items() for value in values]
        return self._filled._replace(  # what has no field here stays
            **typed,
            **who,
            source="" if source.startswith(_NOT) else source,
            via=via.ticked,
            status=status.ticked,
            excluded=tuple(dict.fromkeys(excluded)),
        )

    def _check(self, filters: Filters) -> bool:
        """Say at the field what is wrong, or which days were understood."""
        faults = {}
        try:
            query_of(filters, self._zone, self._today())
        except FiltersError as error:
            faults = dict(error.faults)
        self.is_faulty = bool(faults)
        for name in ("days", "reference", *WHOLE_VALUES):
            self._say(name, faults.get(name, ""))
        if "days" not in faults:
            notes = [
                days_in_words(*days_of(filters, self._today())),
                ambiguity(filters.since),
                ambiguity(filters.until),
            ]
            self._say("days", "\n".join(dict.fromkeys(filter(None, notes))), echo=True)
        return not faults

    def _say(self, name: str, words: str, *, echo: bool = False) -> None:
        label = self.query_one(f"#{name}-fault", Label)
        label.update(words)
        label.display = bool(words)
        label.set_class(echo, "-echo")

    def _today(self) -> date:
        return datetime.now(self._zone).date()


def _excluded(filters: Filters, field: str) -> tuple[str, ...]:
    """Return the values of a field that are excluded."""
    return tuple(one.value for one in filters.excluded if one.field == field)


def _source(filters: Filters) -> str:
    """Return the word for a source that is wanted, or for the first that is not."""
    return filters.source or next((f"{_NOT}{one}" for one in _excluded(filters, "source")), "")


def _customer(filters: Filters) -> tuple[str, dict[str, str] | None]:
    """Return what the customer's field shows, and whom it stands for."""
    name = safe(filters.customer_name or filters.customer)
    return name, {"id": filters.customer} if filters.customer else None
