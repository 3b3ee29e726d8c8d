"""What is kept in the outbox: drafts, refused entries, and what waits to be sent."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.client.held_back import is_held_back, released, without_guest
from commlog_tui.desk.choosers.question import Question
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.personal import is_private
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import short_local
from commlog_tui.text.privacy import MASK

if TYPE_CHECKING:
    from commlog_tui.client.outbox import Outbox, OutboxItem

_OPENED: Final = frozenset({"entry", "correction"})
"""What the entry form opens, and so is not discarded once it was refused."""
_MENDED: Final = _OPENED | {"resend", "contact", "task"}
"""What has a form, which opens with what was typed."""
_ANEW: Final = {
    "task-change": "Do it anew in the worklist (w), if the task is still open.",
    "resolution": "Tick it off anew in the worklist (w), if it is still there.",
    "handover": "Sign the shift off anew (H, then s).",
    "handover-taken": "Take the shift over anew (H, then t).",
    "customer": "Name the guest anew in an entry (N); other items may be about this one.",
    "merge": "Merge or separate the guests anew (D, then m or s).",
    "preference": "Record the wish anew (D, then n).",
    "call-off": "See at the message (A) how far it is.",
    "event": "It was reported by a program on this machine, which has to report it anew.",
}
"""What to do about an item without anything typed that could be mended."""
_UNTITLED: Final = "(no title yet)"
_HINT: Final = "Enter: open and mend   d: discard a draft   Esc: close   What waits is sent by itself."
_HELD: Final = "Enter: mend   x: without guest   s: all the same   d: discard   Esc: close"


class OutboxScreen(ModalScreen[str | None]):
    """Shows the outbox and returns the key of the item to open. Drafts can be discarded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o", "dismiss(None)", "Close"),
        Binding("d,delete", "discard", "Discard"),
        Binding("x", "release(True)", "Send without the guest"),
        Binding("s", "release(False)", "Send all the same"),
    ]

    def __init__(
        self,
        outbox: "Outbox",
        items: "tuple[OutboxItem, ...]",
        unread: tuple[int, int],
        zone: ZoneInfo,
    ) -> None:
        super().__init__()
        self._outbox = outbox
        self._items = items
        self._damaged, self._newer = unread
        self._zone = zone

    @override
    def compose(self) -> ComposeResult:
        """Show one row for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Kept in the outbox"
            yield Choices(*(self._option(item) for item in self._items), markup=False)
            if self._damaged:
                files = "1 file" if self._damaged == 1 else f"{self._damaged} files"
                yield Label(
                    f"{files} in the outbox cannot be read. They are kept as they are.", classes="fault", markup=False
                )
            if self._newer:
                items = "1 item" if self._newer == 1 else f"{self._newer} items"
                words = f"{items} saved by a newer commlog: left alone, not sent. Update commlog."
                yield Label(words, classes="fault", markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def set_private(self, *, private: bool) -> None:
        """Hide titles, or show them again."""
        del private
        choices = self.query_one(OptionList)
        for item in self._items:
            choices.replace_option_prompt(item.key, self._option(item).prompt)

    def _title(self, item: "OutboxItem") -> str:
        return (MASK if is_private(self) else safe(item.title)) if item.title else _UNTITLED

    def _option(self, item: "OutboxItem") -> Option:
        words = f"{item.state:8} {short_local(item.saved_at, self._zone)}  {self._title(item)}"
        why = f"\n         {safe(item.reason)}" if item.reason else ""
        return Option(Content(words + why), id=item.key, disabled=item.state == "waiting")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        item = self._item
        self._say(_HELD if item is not None and is_held_back(item) else _HINT)

    @property
    def _item(self) -> "OutboxItem | None":
        """The item one is on."""
        choices = self.query_one(OptionList)
        key = None if choices.highlighted is None else choices.get_option_at_index(choices.highlighted).id
        return next((one for one in self._items if one.key == key), None)

    def _say(self, words: str) -> None:
        self.query_one(".hint", Label).update(words)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        item = next(one for one in self._items if one.key == event.option_id)
        if item.action not in _MENDED:
            what = _ANEW.get(item.action, "Do it anew where it was done before.")
            self._say(f"Nothing in it was typed that could be mended. {what} d discards it.")
            return
        self.dismiss(event.option_id)

    @work(exclusive=True, group="discard", exit_on_error=False)
    async def action_discard(self) -> None:
        """Discard the draft one is on, once that is confirmed. What was saved to be sent stays."""
        from commlog_tui.client.outbox import OutboxError

        choices, item = self.query_one(OptionList), self._item
        if item is None:
            return
        if item.state != "draft" and item.action in _OPENED and not is_held_back(item):
            self._say("Only drafts are discarded here. Enter opens what was refused, to be mended.")
            return
        what = "draft" if item.state == "draft" else "item"
        if not await self.app.push_screen_wait(
            Question(f"Discard this {what}?", safe(item.title) or _UNTITLED, MASK, yes="discard", no="keep")
        ):
            return
        try:
            await asyncio.to_thread(self._outbox.discard, item.key)
        except OutboxError as error:
            self._say(str(error))
            return
        choices.remove_option(item.key)
        self._items = tuple(one for one in self._items if one is not item)
        if not choices.option_count and not (self._damaged or self._newer):
            self.dismiss(None)

    @work(exclusive=True, group="release", exit_on_error=False)
    async def action_release(self, without: bool) -> None:  # noqa: FBT001 - of a binding
        """Have an item that was held back sent after all, on demand without its guest."""
        from commlog_tui.client.outbox import OutboxError

        item = self._item
        if item is None or not is_held_back(item):
            return
        ready = without_guest(item) if without else released(item)
        if ready is None:
            self._say("Without its guest nothing would remain of it. d: discard   s: send all the same")
            return
        title = "Send it without guest, address, booking, text?" if without else "Send it with whom it names?"
        words = f"The title is sent as it is: {safe(item.title)}" if without else safe(item.title)
        if not await self.app.push_screen_wait(Question(title, words, MASK, yes="send", no="hold it back")):
            return
        try:
            await asyncio.to_thread(self._outbox.save, ready)
        except OutboxError as error:
            self._say(str(error))
            return
        self.dismiss(None)
