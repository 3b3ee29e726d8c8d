"""The worklist: what did not arrive or is overdue, soonest booking first, dealt with one after the other."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.desk.delivery.work import OpenBooking, ToDo, Worklist, understand_note
from commlog_tui.desk.delivery.work_doing import copy_address, open_resend
from commlog_tui.desk.delivery.work_rows import WorkRows
from commlog_tui.desk.faults import show_fault
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.contract.page import FeedItem
    from commlog_tui.desk.session import Session

_CALM_SECONDS: Final = 0.3
_LATE_SECONDS: Final = 0.2
"""How long after something is due it is asked for."""
_LEAST_WAIT: Final = 2.0
_LONGEST_WAIT: Final = 60.0
_RETRY_SECONDS: Final = 5.0
"""How long after a failed request the list is asked for again."""
HINT: Final = "Space: done   n: with a note   A: send again   Enter: booking   y: address"
TASK_HINT: Final = "Space: done, next   n: with a note   p: later   f: for whom   Enter: about"
ALL_DONE: Final = "Nothing to do: what was sent has arrived, or is on its way."


class WorklistScreen(ModalScreen[None]):
    """A list above, and the message one is on below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,w", "dismiss(None)", "Close"),
        Binding("space", "tick", "Done and next"),
        Binding("n", "tick_with_note", "Done, with a note"),
        Binding("A", "send_again", "Send again"),
        Binding("y", "copy", "Copy the address"),
        Binding("o", "one_at_a_time", "One at a time"),
        Binding("p", "change('postpone')", "Later"),
        Binding("f", "change('give')", "For whom"),
        Binding("pageup", "scroll(-8)", "Scroll the message", show=False, priority=True),
        Binding("pagedown", "scroll(8)", "Scroll the message", show=False, priority=True),
    ]

    def __init__(self, session: "Session", worklist: Worklist, open_booking: OpenBooking, *, private: bool) -> None:
        super().__init__()
        self._session = session
        self._worklist = worklist
        self._open_booking = open_booking
        self._rows = WorkRows(session.zone, worklist.details, private=private)
        self._is_shown = "", 0
        self._timer: Timer | None = None
        self._waiting: Timer | None = None
        self._is_outdated = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out list, message and keys."""
        with Vertical(classes="card -whole", id="worklist") as card:
            card.border_title = "Worklist"
            yield Choices(*self._options(), markup=False, id="work")
            yield DetailPane(id="message")
            yield Label(HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin with the first that is to be done."""
        self._draw_title()
        self._go_on(-1)
        self.load_details()
        self._await_change()

    def on_resize(self) -> None:
        """Break the lines for the new width."""
        self.call_after_refresh(self._draw_message)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    @property
    def item(self) -> ToDo | None:
        """The item one is on."""
        row = self.query_one(OptionList).highlighted
        items = self._worklist.work.items
        return items[row] if row is not None and row < len(items) else None

    def record(self, item: "FeedItem") -> None:
        """Ask for the list again, once records stop coming for a moment."""
        if item.entry is not None:
            self._worklist.details.forget(item.entry.id)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_CALM_SECONDS, self.reload)

    def set_private(self, *, private: bool) -> None:
        """Hide names, addresses and numbers, or show them again."""
        self._rows.private = private
        self._say(HINT)  # what was said may name somebody
        self._draw_rows()
        self._draw_message()

    @work(exclusive=True, group="worklist", exit_on_error=False)
    async def reload(self) -> None:
        """Ask for the list again, and stay on the item one is on."""
        from commlog_tui.client.errors import ClientError

        here, before = self.item, (self._worklist.work, set(self._worklist.ticked))
        try:
            await self._worklist.load()
        except ClientError as error:
            if not self._is_outdated:
                self._say(f"{error} This is the list as it was.")
            self._is_outdated = True
            self._worklist.work = replace(self._worklist.work, changes_at=time.time() + _RETRY_SECONDS)
            return
        finally:
            self._await_change()
        if self._is_outdated:
            self._is_outdated = False
            self._say(HINT)
        if (self._worklist.work, self._worklist.ticked) == before:
            return
        items = self._worklist.work.items
        rows = [row for row, one in enumerate(items) if here is not None and one.id == here.id]
        choices = self.query_one(OptionList)
        row = choices.highlighted or 0
        choices.set_options(self._options())
        if items:
            choices.highlighted = rows[0] if rows else min(row, len(items) - 1)
        self._draw_title()
        self._draw_message()
        self.load_details()

    def _await_change(self) -> None:
        """Ask again when the list grows by time alone. Looks at the clock, which jumps after a sleep."""
        if self._waiting is not None:
            self._waiting.stop()
        changes_at = self._worklist.work.changes_at
        if changes_at is not None:
            left = max(changes_at + _LATE_SECONDS - time.time(), _LEAST_WAIT)
            self._waiting = self.set_timer(min(left, _LONGEST_WAIT), self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        changes_at = self._worklist.work.changes_at
        if changes_at is not None and time.time() >= changes_at:
            self.reload()
        else:
            self._await_change()

    @work(exclusive=True, group="details", exit_on_error=False)
    async def load_details(self) -> None:
        """Have the events of every item, those around the current one first."""
        from commlog_tui.client.errors import ClientError

        while (wanted := self._worklist.next_wanted(self.query_one(OptionList).highlighted or 0)) is not None:
            try:
                await self._worklist.details.load(wanted)
            except ClientError:
                return  # what the row knows is shown
            self._draw_rows()
            self._draw_message()

    def _options(self) -> list[Option]:
        found = self._worklist.work
        options = [Option(self._row(item)) for item in found.items]
        muted = ["There are more; they follow as these are done."] if found.has_more else []
        muted += [safe(found.note)] if found.note else []
        if not found.items:
            muted.insert(0, ALL_DONE)
        options += [Option(Content.styled(words, "$text-muted"), disabled=True) for words in muted]
        return options + [Option(self._rows.row_of_arrived(item), disabled=True) for item in found.arrived]

    def _row(self, item: ToDo) -> Content:
        return self._rows.row(item, is_ticked=item.id in self._worklist.ticked)

    def _draw_title(self) -> None:
        count, row = self._worklist.count, self.query_one(OptionList).highlighted
        of = f"{row + 1} of " if self.has_class("-single") and row is not None else ""
        more = "more than " if self._worklist.work.has_more else ""
        words = f"{of}{more}{count} to do, soonest booking first" if count else "all done"
        self.query_one("#worklist").border_title = f"Worklist: {words} ({self._session.zone})"

    def _draw_rows(self) -> None:
        choices = self.query_one(OptionList)
        for row, item in enumerate(self._worklist.work.items[: choices.option_count]):
            choices.replace_option_prompt_at_index(row, self._row(item))

    def _draw_message(self) -> None:
        pane, item = self.query_one(DetailPane), self.item
        place = (item.id if item is not None else "", pane.text_width)
        stay, self._is_shown = place == self._is_shown, place
        pane.show(list(self._rows.lines(item, pane.text_width, datetime.now(UTC))), stay=stay)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw_title()
        self._draw_message()
        self._say(TASK_HINT if self.item is not None and self.item.task is not None else HINT)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        booking = self.item.booking if self.item is not None else None
        if booking is not None and (why := self._open_booking(booking)) is not None:
            self._say(why)

    @work(exclusive=True, group="tick", exit_on_error=False)
    async def action_tick(self) -> None:
        """Tick off the item one is on, and go to the next."""
        await self._tick("")

    @work(exclusive=True, group="tick", exit_on_error=False)
    async def action_tick_with_note(self) -> None:
        """Ask for a few words, tick off, and go to the next."""
        from commlog_tui.desk.choosers.prompt import Prompt

        if self.item is None or self._worklist.why_not_tick(self.item) is not None:
            await self._tick("")  # which says why not
            return
        prompt = Prompt("Done: what was done?", "rang her, new address", understand_note)
        if (note := await self.app.push_screen_wait(prompt)) is not None:
            await self._tick(note.strip())

    async def _tick(self, note: str) -> None:
        from commlog_tui.client.outbox import OutboxError

        item, row = self.item, self.query_one(OptionList).highlighted
        if item is None or row is None:
            return
        if (why := self._worklist.why_not_tick(item)) is not None:
            self._say(why)
            return
        if item.id not in self._worklist.ticked:
            try:
                await self._worklist.tick(item, note)
            except OutboxError as error:
                self._say(str(error))
                return
            self._say(f"Ticked off: {self._rows.title(item)}.   {HINT.partition('   ')[0]}")
        self._draw_rows()
        self._go_on(row)

    def _go_on(self, row: int) -> None:
        """Go to the next item that is to be done, after the last one to the first."""
        items = self._worklist.work.items
        order = [*range(row + 1, len(items)), *range(row + 1)]
        wanted = next((one for one in order if items[one].id not in self._worklist.ticked), None)
        if wanted is not None:
            self.query_one(OptionList).highlighted = wanted
        self._draw_title()
        self._draw_message()

    @work(exclusive=True, group="tick", exit_on_error=False)
    async def action_change(self, change: str) -> None:
        """Postpone the task one is on, or give it to somebody."""
        from commlog_tui.desk.work.changing import change_chosen

        task = self.item.task if self.item is not None else None
        words, is_changed = await change_chosen(self.app, self._session, task, change)
        if is_changed:
            self.reload()
        self._say(words or TASK_HINT)

    def action_copy(self) -> None:
        """Copy the address or number really used."""
        if self.item is not None and (words := copy_address(self.app, self.item)):
            self._say(words)

    def action_send_again(self) -> None:
        """Send the message one is on again, to the same or another address."""
        open_resend(self.app, self._session, self.item, self._say)

    def action_one_at_a_time(self) -> None:
        """Show only the message one is on, or the list above it again."""
        self.toggle_class("-single")
        self._draw_title()
        self.call_after_refresh(self._draw_message)

    def action_scroll(self, lines: int) -> None:
        """Scroll the message."""
        self.query_one(DetailPane).scroll_relative(y=lines, animate=False)

    def _say(self, words: str) -> None:
        self.query_one(".hint", Label).update(words)
