"""The guest: who they are, what is recorded about them, and what can be recorded."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.desk.faults import show_fault
from commlog_tui.desk.people.guest_lines import Guest, guest_lines
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.work.saving import save, why_not_write

if TYPE_CHECKING:
    from commlog_tui.contract.page import FeedItem
    from commlog_tui.desk.session import Session

_HINT: Final = "a address   n wishes   m merge   s separate   c history   Esc"
_KINDS: Final = frozenset({"contact", "customer", "merge", "preference", "task", "task-change", "redaction"})
_MOST_ENTRIES: Final = 3
_CAPABILITY: Final = "customer-records"
HISTORY: Final = "history"
"""What the screen gives when the history is wanted."""
_Answer = TypeVar("_Answer")


class GuestScreen(ModalScreen["str | None"]):
    """Shows a guest, and records what is said about them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back", priority=True),
        Binding("a", "address", "Correct an address"),
        Binding("n", "wishes", "Whether they may be written to"),
        Binding("m", "merge", "Merge"),
        Binding("s", "separate", "Separate"),
        Binding("c", "history", "History"),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, session: "Session", customer_id: str, name: str, used: str, *, private: bool) -> None:
        """Set whom to show; ``used`` is the address or number that one comes from."""
        super().__init__()
        self._session = session
        self._customer_id = customer_id
        self._guest_name = name
        self._used = used
        self._private = private
        self.guest = Guest()
        self._is_loaded = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out the lines."""
        with Vertical(classes="card -whole", id="guest") as card:
            card.border_title = "Guest"
            yield DetailPane(id="guest-lines")
            yield Label(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Ask for everything at once."""
        self._load()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._draw()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    def record(self, item: "FeedItem") -> None:
        """Ask again when something was recorded about customers or tasks."""
        if item.kind in _KINDS or (item.entry is not None and item.entry.customer is not None):
            self._load()

    def set_private(self, *, private: bool) -> None:
        """Hide names, addresses and numbers, or show them again."""
        self._private = private
        self._draw()

    @work(exclusive=True, group="guest", exit_on_error=False)
    async def _load(self) -> None:
        from commlog_tui.contract.query import EntryQuery
        from commlog_tui.contract.task import TaskQuery

        client, at, guest = self._session.client, self._session.location, self._customer_id
        customer, records, tasks, page = await asyncio.gather(
            _known(client.customer(at, guest)),
            _known(client.people.records(at, guest)),
            _known(client.todo.tasks(at, TaskQuery(customer_id=guest))),
            _known(client.page(at, EntryQuery(customer_id=guest), limit=_MOST_ENTRIES)),
        )
        self.guest = Guest(customer, records, tasks.tasks if tasks else None, page.entries if page else None)
        self._is_loaded = True
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted or not self._is_loaded:
            return
        pane, zone = self.query_one(DetailPane), self._session.zone
        lines = guest_lines(self.guest, zone, datetime.now(UTC), pane.text_width, private=self._private)
        pane.show(list(lines), stay=True)

    def action_scroll(self, step: int) -> None:
        """Scroll the lines."""
        self.query_one(DetailPane).scroll_relative(y=step, animate=False)

    def action_history(self) -> None:
        """Go to the guest's history."""
        self.dismiss(HISTORY)

    def _may_write(self) -> bool:
        reason = why_not_write(self._session, _CAPABILITY, "This")
        if reason is not None:
            self.app.notify(reason, severity="warning", markup=False)
        return reason is None

    def action_address(self) -> None:
        """Correct the address or number that one comes from, else the first one."""
        from commlog_tui.desk.people.contact_form import ContactForm

        customer = self.guest.customer
        known = (*customer.numbers, *customer.addresses) if customer is not None else ()
        if self._may_write():
            old = self._used or next(iter(known), "")
            self.app.push_screen(ContactForm(self._session, self._customer_id, self._guest_name, old), self._say)

    def _say(self, words: str | None) -> None:
        if words:
            self.app.notify(words, markup=False)

    def action_wishes(self) -> None:
        """Record whether the guest, or whoever has one of the addresses, may be written to."""
        if self._may_write():
            self._ask_wish()

    @work(exclusive=True, group="wish", exit_on_error=False)
    async def _ask_wish(self) -> None:
        from commlog_tui.desk.people.wishes import record_wish

        customer = self.guest.customer
        known = (*customer.numbers, *customer.addresses) if customer is not None else ()
        await record_wish(self.app, self._session, self._customer_id, (self._used, *known))

    def action_merge(self) -> None:
        """Record that this guest and another one are the same."""
        from commlog_tui.desk.people.merging import MergeChooser

        def chosen(other: str | None) -> None:
            if other is not None and other != self._customer_id:
                local = self.guest.customer is not None and self.guest.customer.local
                one, into = (self._customer_id, other) if local else (other, self._customer_id)
                self._record("merge", {"customer_id": one, "into": into}, "Saved: one guest now; s separates them.")

        if self._may_write():
            chooser = MergeChooser(self._session, self._customer_id, self._guest_name)
            self.app.push_screen(chooser, chosen)

    def action_separate(self) -> None:
        """Record that a guest merged with this one is not the same after all."""
        customer = self.guest.customer
        if customer is None or not customer.merged:
            self.app.notify("This guest is merged with nobody.", markup=False)
        elif self._may_write():
            for pair in self._merges_with(customer.merged):
                content = {"customer_id": pair[0], "into": pair[1], "step": "separated"}
                self._record("merge", content, "Saved: they are apart again.")

    def _merges_with(self, others: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the pairs that this guest is merged by; the last one first."""
        merges = self.guest.records.merges if self.guest.records is not None else ()
        ids = {self._customer_id, *others}
        pairs = [(one.customer_id, one.into) for one in reversed(merges) if {one.customer_id, one.into} <= ids]
        mine = [pair for pair in dict.fromkeys(pairs) if self._customer_id in pair]
        return mine[:1]

    @work(group="save", exit_on_error=False)
    async def _record(self, action: str, content: dict[str, Any], words: str) -> None:
        from commlog_tui.client.outbox import OutboxError

        try:
            await save(self._session, action, content)
        except OutboxError as error:
            self.app.notify(str(error), severity="error", markup=False)
        else:
            self._say(words)


async def _known(answer: Awaitable[_Answer]) -> _Answer | None:
    """Return an answer; None where the service gives none."""
    from commlog_tui.client.errors import ClientError

    try:
        return await answer
    except ClientError:
        return None
