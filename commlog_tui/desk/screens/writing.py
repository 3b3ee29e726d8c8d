"""Writing from a screen: the form, and what is kept in the outbox."""

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.desk.actions import NEED_A_LOG
from commlog_tui.desk.entry_fields import Start, start_of_correction, start_of_kept, start_of_new
from commlog_tui.desk.faults import own_up
from commlog_tui.desk.reasons import NO_ENTRY, NOT_CONNECTED, ReasoningScreen
from commlog_tui.desk.session import Session

if TYPE_CHECKING:
    from commlog_tui.client.outbox import OutboxItem
    from commlog_tui.contract.entry import Entry


class WritingScreen(ReasoningScreen):
    """A screen from which entries are added and corrected, by way of the outbox."""

    def __init__(self, session: Session | None) -> None:
        super().__init__()
        self._session = session
        self._awaited: str | None = None

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        own_up(event)

    @override
    def why_not(self, action: str) -> str | None:
        """Return why an action cannot be done now; None if it can."""
        return NOT_CONNECTED if self._session is None and action in NEED_A_LOG else super().why_not(action)

    @property
    def session(self) -> Session:
        """The session whose log is shown. Raises ``LookupError`` before there is one."""
        if self._session is None:
            raise LookupError("not connected yet")
        return self._session

    @property
    def entry(self) -> "Entry | None":
        """The entry one is on."""
        return None

    def note(self, kind: str, words: str = "") -> None:
        """Say something in the bar until it is taken back; ``kind`` is what is replaced."""

    def action_new_entry(self) -> None:
        """Log a call, a conversation or a message, about whom one is looking at."""
        self._open(start_of_new(self.entry))

    def action_new_blank(self) -> None:
        """Log a call, a conversation or a message with somebody else."""
        self._open(start_of_new(None))

    def why_not_new_entry(self) -> str | None:
        """Return why nothing can be added now."""
        return None if self.session.may("add-manual") else "Your token's role may not add entries."

    def why_not_new_blank(self) -> str | None:
        """Return the same: whom it is about makes no difference."""
        return self.why_not_new_entry()

    def action_correct(self) -> None:
        """Correct the manual entry one is on."""
        if self.entry is not None and self._session is not None:
            self._open(start_of_correction(self.entry, self._session.zone))

    def why_not_correct(self) -> str | None:
        """Return why this entry can't be corrected."""
        if self.entry is None:
            return NO_ENTRY
        if self.entry.source.value != "manual":
            return "Automated entries can't be corrected: they show what was really sent. Log a note with n."
        return None if self.session.may("correct") else "Your token's role may not correct entries; a manager's may."

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_kept(self) -> None:
        """Show drafts, refused entries and what waits; open one."""
        from commlog_tui.client.errors import ClientError
        from commlog_tui.desk.screens.kept import KeptScreen

        session = self._session
        if session is None:
            return
        items, unread = await asyncio.to_thread(_kept, session)
        if not items and not any(unread):
            self.notify("Nothing is kept in the outbox: all was sent.", markup=False)
            return
        key = await self.app.push_screen_wait(KeptScreen(session.outbox, items, unread, session.zone))
        self.count_kept()
        item = next((one for one in items if one.key == key), None)
        if item is None:
            return
        corrects: Entry | None = None
        if item.entry_id is not None:
            try:
                corrects = (await session.client.detail(session.location, item.entry_id)).entry
            except ClientError as error:
                self.notify(f"{error} The correction stays kept.", severity="warning", markup=False)
                return
        self._open(start_of_kept(item, corrects, session.zone))

    @work(exclusive=True, group="count", exit_on_error=False)
    async def count_kept(self) -> None:
        """Say in the bar how many drafts and refused entries are kept."""
        if self._session is None:
            return
        items, unread = await asyncio.to_thread(_kept, self._session)
        count = sum(item.state != "waiting" for item in items) + sum(unread)
        self.note("kept", f"{count} kept, o opens" if count else "")

    def _open(self, start: Start) -> None:
        from commlog_tui.desk.screens.entry_form import EntryForm

        if self._session is not None:
            self.app.push_screen(EntryForm(self._session, start), self._form_closed)

    def _form_closed(self, key: str | None) -> None:
        if key is not None and self._session is not None:
            self._awaited = key
            self._session.written.add(key)
            self._session.sender.wake()
        self.count_kept()


def _kept(session: Session) -> "tuple[tuple[OutboxItem, ...], tuple[int, int]]":
    """Return the items of this location, and how many files are damaged, and how many of a newer version."""
    here = tuple(item for item in session.outbox.items() if item.location in {session.location, ""})
    return here, (len(session.outbox.damaged()), len(session.outbox.newer()))
