"""The form for a new entry, and for a correction of one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static, TextArea
from textual.worker import Worker, WorkerState
from typing_extensions import override

from commlog_tui.contract.channels import CHANNELS, default_direction
from commlog_tui.desk.entry.draft_saver import DraftSaver
from commlog_tui.desk.entry.fields import (
    NAMES,
    FieldsError,
    Start,
    channel,
    draft,
    item,
    likely_recipient,
)
from commlog_tui.desk.entry.fields_screen import FieldsScreen, field_of
from commlog_tui.desk.entry.new_guest import save_new_guest
from commlog_tui.desk.entry.ring_back import RING_BACK, ring_back_tick, save_ring_back
from commlog_tui.desk.faults import FAULT, show_fault
from commlog_tui.desk.session import Session
from commlog_tui.desk.widgets.customer_field import CustomerField
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.notes import Notes
from commlog_tui.text.days import DayError, ambiguity, parse_moment
from commlog_tui.text.fields import field_text
from commlog_tui.text.moments import local

if TYPE_CHECKING:
    from commlog_tui.client.outbox import OutboxItem

_DRAFT_SECONDS: Final = 0.3
_KEYS: Final = "Enter next, saves on the last · Ctrl+S save · Ctrl+J line · Esc leave"
_LEAVING: Final = "Esc again keeps a draft · Ctrl+D throws it away · any other key goes on"


class EntryForm(FieldsScreen):
    """Asks for an entry and puts it into the outbox; gives its key, or nothing.

    What is typed is kept on the disk as a draft, and leaves the form only for the outbox.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Save"),
        # With priority, so that keys typed ahead land in the field that Enter leads to.
        Binding("enter", "next_field", "Next", priority=True),
        Binding("ctrl+j", "new_line", "New line", show=False),
        Binding("down", "step(1)", "Next field", show=False),
        Binding("up", "step(-1)", "Field before", show=False),
        Binding("ctrl+d", "discard", "Throw away", priority=True),
        Binding("escape", "leave", "Leave"),
    ]

    def __init__(self, session: Session, start: Start) -> None:
        super().__init__(session, start)
        self._keeper = DraftSaver(session.outbox, start.key, start.replaces)
        self._leaving = False
        self._direction = start.fields.get("direction", "")
        self._new_channel = ""
        self._timer: Timer | None = None

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields; there are few widgets, as each holds up the first key."""
        begun = self._start.typed or self._start.fields
        with VerticalScroll(id="form", can_focus=False) as form:
            form.border_title = "Correct this entry" if self._start.corrects else "New entry"
            for name in NAMES:
                text = field_text(begun.get(name, ""), lines=name == "body")
                yield field_of(name, text, self._session, self._start, self._channel_chosen)
            yield from ring_back_tick(self._session, self._start)
            yield Static(_KEYS, id="hint", markup=False)

    def on_mount(self) -> None:
        """Begin where something is missing."""
        first = next((name for name in ("via", "to", "title") if not self._text(name)), "title")
        self.set_focus(self.query_one(f"#{first}"))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)
        if event.state is WorkerState.ERROR:
            self._hint(FAULT)

    # moving

    def on_descendant_focus(self) -> None:
        """Go on: whoever moves or types does not want to leave."""
        if self._leaving:
            self._leaving = False
            self._hint(_KEYS)

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Throw away only what one was about to leave; before that the key is the field's."""
        return self._leaving if action == "discard" else super().check_action(action, parameters)

    def action_next_field(self) -> None:
        """Go on to the next field, and save on the last; in a list, pick."""
        if isinstance(self.focused, OptionList):
            self.focused.action_select()
        elif not self.query_one(CustomerField).pick_first(self.focused):
            self._go(1, submit=True)

    def action_step(self, step: int) -> None:
        """Go to a neighbouring field, or into what is offered below the customer."""
        people = self.query_one(CustomerField)
        if not (step > 0 and people.enter_list(self.focused)):
            self._go(step)

    def action_new_line(self) -> None:
        """Begin a line in the notes."""
        if isinstance(self.focused, Notes):
            self.focused.insert("\n")

    def _go(self, step: int, *, submit: bool = False) -> None:
        name = self.focused.id if self.focused is not None else None
        at = len(NAMES) if name == RING_BACK else NAMES.index(name) if name in NAMES else 0
        at += step
        if 0 <= at < len(NAMES):
            # At once: a widget's own focus() lets keys typed ahead pass.
            self.set_focus(self.query_one(f"#{NAMES[at]}"))
        elif submit:
            self.action_submit()

    # typing

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        name, value = event.input.id or "", event.value.strip()
        if name == "via":
            event.input.value = channel(value)
            self._turn(channel(value))
        if name == "when":
            self._echo(faults=True)
        elif value and name in NAMES and (fault := self._faults().get(name)):
            self._fault(name, fault)
        elif name == "to":
            self.recognize(value)

    def _faults(self) -> Mapping[str, str]:
        try:
            self._ready()
        except FieldsError as error:
            return error.faults
        return {}

    def _channel_chosen(self) -> None:
        """Go on to what is missing, with whom it is about as the channel reaches them."""
        via, to = self._text("via"), self.query_one("#to", Field)
        self._turn(via)
        if to.value in {"", *map(field_text, self._start.reach)}:
            to.fill(field_text(likely_recipient(via, self._start.reach)))
        self.set_focus(to if via != "in-person" and not to.value else self.query_one("#title"))

    def _turn(self, via: str) -> None:
        """Let the direction of a new entry be the channel's, as long as it was not typed."""
        if via and self._start.corrects is None and self._text("direction") == self._direction:
            self._direction = self.query_one("#direction", Field).value = default_direction(via)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _changed(self, event: Input.Changed | TextArea.Changed) -> None:
        name = event.control.id or ""
        self.on_descendant_focus()
        self._fault(name, "")
        if name == "when":
            self._echo()
        if name == "to":
            self.recipient_typed()
        self._keep_soon()

    @on(CustomerField.Chosen)
    def _customer_chosen(self) -> None:
        self._fault("customer", "")
        self._keep_soon()
        self._go(1)

    def _echo(self, *, faults: bool = False) -> None:
        zone = self._session.zone
        try:
            moment = parse_moment(self._text("when"), zone, datetime.now(UTC))
        except DayError as error:
            self._fault("when", str(error) if faults else "")
        else:
            self._fault("when", f"{local(moment, zone)}  {ambiguity(self._text('when'))}".rstrip(), "-echo")

    # keeping

    def _keep_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._is_typed():
            self._timer = self.set_timer(_DRAFT_SECONDS, self._keep)

    @work(group="draft", exit_on_error=False)
    async def _keep(self) -> None:
        await self.keep_typed()

    async def keep_typed(self) -> bool:
        """Save what was typed as a draft; false if that failed."""
        from commlog_tui.client.outbox import OutboxError

        try:
            if self._is_typed():
                here = self._session.location
                await self._keeper.keep(lambda: draft(self._start, here, self._typed(), self._customer))
        except OutboxError as error:
            self._hint(str(error))
            return False
        return True

    def action_submit(self) -> None:
        """Check every field; put the entry into the outbox if all are right."""
        for name in NAMES:
            self._fault(name, "")
        try:
            ready = self._ready()
        except FieldsError as error:
            for name in reversed(NAMES):
                if name in error.faults:
                    self._fault(name, error.faults[name])
                    self.set_focus(self.query_one(f"#{name}"))
            self._hint(error.faults.get("", _KEYS))
            self._echo(faults=True)
            return
        via = str(ready.content.get("changes", ready.content).get("via", ""))
        if via not in {"", self._new_channel, *CHANNELS.values(), *(one.via for one in self._session.place.channels)}:
            self._new_channel = via
            self._fault("via", "has never been used here; Ctrl+S again if it is right")
            self.set_focus(self.query_one("#via"))
            return
        self._save(ready)

    def _ready(self) -> "OutboxItem":
        zone, now = self._session.zone, datetime.now(UTC)
        return item(self._start, self._session.location, self._typed(), self._customer, zone=zone, now=now)

    @work(group="save", exit_on_error=False)
    async def _save(self, ready: "OutboxItem") -> None:
        from commlog_tui.client.outbox import OutboxError

        try:
            await save_new_guest(self._session, self._start, ready)
            done = await self._keeper.hand_over(self._session.signed(ready))
        except OutboxError as error:
            self._hint(str(error))
            return
        if done:
            await save_ring_back(self, self._session, ready)
            self.dismiss(ready.key)

    # leaving

    def action_leave(self) -> None:
        """Leave; the second time, if something was typed. What was typed stays a draft."""
        if self._is_typed() and not self._leaving:
            self._leaving = True
            self._hint(_LEAVING)
            return
        self._leave(keep=self._is_typed())

    def action_discard(self) -> None:
        """Leave, and throw away what was typed."""
        self._leave(keep=False)

    @work(group="leave", exit_on_error=False)
    async def _leave(self, *, keep: bool) -> None:
        from commlog_tui.client.outbox import OutboxError

        if keep and not await self.keep_typed():
            return
        try:
            done = await self._keeper.close(discard=not keep)
        except OutboxError as error:
            self._hint(str(error))
            return
        if done and keep:
            self.app.notify("Kept as a draft: o opens it again.", markup=False)
        if done:
            self.dismiss(None)
