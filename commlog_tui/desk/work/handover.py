"""The shift on one screen: what was logged, what is left to do; signed off, taken over, printed."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Label
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.contract.person import person_name
from commlog_tui.desk.dialog import Dialog
from commlog_tui.desk.faults import show_fault
from commlog_tui.desk.outside import copied
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.work.saving import save, why_not_write
from commlog_tui.desk.work.shift import load_shift, signed, taken, understand_since, write_sheet
from commlog_tui.text.days import DayError
from commlog_tui.text.handover import Shift, handover_lines, handover_text, heading
from commlog_tui.text.lines import Line
from commlog_tui.text.moments import local

if TYPE_CHECKING:
    from pathlib import Path

    from commlog_tui.contract.page import FeedItem
    from commlog_tui.desk.session import Session

_CALM_SECONDS: Final = 0.5
_HINT: Final = "s: sign off   t: take over   c: since when   y: copy   p: PDF   Esc: close"
_READING: Final = "Reading the shift…"
_LONGEST_WORDS: Final = 2000
_LONGEST_NAME: Final = 80


class HandoverScreen(Dialog[None]):
    """Shows the shift, and records that it is signed off or taken over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,H", "dismiss(None)", "Close"),
        Binding("s", "sign", "Sign off"),
        Binding("t", "take", "Take over"),
        Binding("c", "choose_since", "Since when"),
        Binding("y", "copy", "Copy"),
        Binding("p", "print", "PDF"),
    ]

    def __init__(
        self, session: "Session", folder: "Path | None", set_person: Callable[[str], None], *, private: bool
    ) -> None:
        super().__init__()
        self._session = session
        self._set_person = set_person
        now = datetime.now(UTC)
        self._shift = Shift(session.place.location.name, now, now)
        self._is_read = asyncio.Event()
        """Set once the shift was read; keys that are typed ahead of that wait for it."""
        self._folder = folder
        self._private = private
        self._since: datetime | None = None
        self._is_signed = False
        self._timer: Timer | None = None

    @override
    def compose(self) -> ComposeResult:
        """Lay out the shift and the keys."""
        with Vertical(classes="card -whole", id="handover") as card:
            card.border_title = "Shift"
            yield DetailPane(id="shift")
            yield Label(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the top."""
        self.set_focus(self.query_one(DetailPane))
        self.reload()

    def on_resize(self) -> None:
        """Break the lines for the new width."""
        self.call_after_refresh(self._draw)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    def record(self, item: "FeedItem") -> None:
        """Read the shift again, once records stop coming for a moment."""
        del item
        if self._is_signed:
            return  # what was signed is what is printed
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_CALM_SECONDS, self.reload)

    def set_private(self, *, private: bool) -> None:
        """Hide names, addresses and numbers, or show them again."""
        self._private = private
        self._draw()

    @work(exclusive=True, group="shift", exit_on_error=False)
    async def reload(self) -> None:
        """Read the shift again."""
        self._shift = await load_shift(self._session, self._since)
        self._is_read.set()
        self._draw()

    def _draw(self) -> None:
        pane = self.query_one(DetailPane)
        if not self._is_read.is_set():
            pane.show([Line(_READING, "muted")])
            return
        self.query_one("#handover").border_title = heading(self._shift, self._session.zone)
        pane.show(handover_lines(self._shift, self._session.zone, pane.text_width, private=self._private), stay=True)

    @work(exclusive=True, group="write", exit_on_error=False)
    async def action_sign(self) -> None:
        """Ask for a line of one's own, and sign the shift off."""
        from commlog_tui.contract.base import format_instant
        from commlog_tui.desk.choosers.prompt import Prompt

        if (why := why_not_write(self._session, "handovers", "A handover")) is not None:
            self._say(why)
            return
        prompt = Prompt("Sign off: a line for the next shift", "empty for none", _at_most(_LONGEST_WORDS))
        words = await self.app.push_screen_wait(prompt)
        if words is None:
            return
        await self._is_read.wait()
        shift, words = self._shift, words.strip()
        content: dict[str, Any] = {"since": format_instant(shift.since), "until": format_instant(shift.until)}
        content |= {"counts": shift.counts} | ({"unknown": sorted(shift.unknown)} if shift.unknown else {})
        key = await self._saved("handover", content | ({"words": words} if words else {}))
        if key is not None:
            self._is_signed = True
            self._set_person("")  # whoever is here next is somebody else
            self._shift = replace(shift, last=signed(key, shift, self._session, words))
            self._draw()
            self._say("Saved: signed off. t: take over   y: copy   p: PDF   Esc: close")

    @work(exclusive=True, group="write", exit_on_error=False)
    async def action_take(self) -> None:
        """Ask for a name, and take the last handover over."""
        from commlog_tui.desk.choosers.prompt import Prompt

        await self._is_read.wait()
        last = self._shift.last
        if (why := why_not_write(self._session, "handovers", "A handover")) is None and last is None:
            why = "There is no handover to take over yet; s signs this shift off."
        if why is not None or last is None:
            self._say(why or "")
            return
        prompt = Prompt("Take over: who are you?", "your name", _name, self._session.desk_person.name)
        name = await self.app.push_screen_wait(prompt)
        if name is None or not name.strip():
            return
        if self._session.desk_person.name or self._is_signed:
            self._set_person(person_name(name))
        key = await self._saved("handover-taken", {"name": name.strip()}, last.id)
        if key is not None:
            self._shift = replace(self._shift, last=taken(key, last, self._session, name.strip()))
            self._draw()
            self._say(f"Saved: taken over by {name.strip()}.")

    async def _saved(self, action: str, content: Mapping[str, Any], about: str | None = None) -> str | None:
        """Save an item and return its key; None if it cannot be saved."""
        from commlog_tui.client.outbox import OutboxError

        try:
            return await save(self._session, action, content, about)
        except OutboxError as error:
            self._say(str(error))
            return None

    @work(exclusive=True, group="write", exit_on_error=False)
    async def action_choose_since(self) -> None:
        """Ask since when the shift is."""
        from commlog_tui.desk.choosers.prompt import Prompt

        def understand(text: str) -> str:
            try:
                return local(understand_since(text, self._session), self._session.zone)
            except DayError as error:
                raise ValueError(str(error)) from None

        text = await self.app.push_screen_wait(Prompt("The shift since when?", "06:00, yesterday 18:00", understand))
        if text:
            self._since = understand_since(text, self._session)
            self.reload()

    @work(exclusive=True, group="write", exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy the shift as plain text."""
        import os

        await self._is_read.wait()
        self.app.copy_to_clipboard(handover_text(self._shift, self._session.zone))
        self._say(copied("The shift", os.environ))

    @work(exclusive=True, group="print", exit_on_error=False)
    async def action_print(self) -> None:
        """Write the shift as a PDF beside the proof sheets."""
        from commlog_tui.evidence.extras import HOW_TO_INSTALL, has_proof_extra

        if self._folder is None or not has_proof_extra():
            self._say("Where PDFs go is not set. Set proof_folder." if has_proof_extra() else HOW_TO_INSTALL)
            return
        await self._is_read.wait()
        try:
            path = await asyncio.to_thread(write_sheet, self._shift, self._session, self._folder)
        except OSError as error:
            self._say(f"The PDF cannot be written: {error.strerror or error}. Nothing was kept.")
            return
        self._say(f"Written: {path.name} in {path.parent}")

    def _say(self, words: str) -> None:
        self.query_one(".hint", Label).update(words)


def _at_most(longest: int) -> Callable[[str], str]:
    def understand(text: str) -> str:
        if len(text.strip()) > longest:
            raise ValueError(f"At most {longest} characters.")
        return ""

    return understand


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError("Type your name.")
    return _at_most(_LONGEST_NAME)(text)
