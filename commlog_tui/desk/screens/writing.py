"""Writing from a screen: the form, the outbox, the sending."""

import asyncio
from typing import TYPE_CHECKING, Final

from textual import work
from textual.screen import Screen

from commlog_tui.desk.screens.entry_form import EntryForm, Prefill
from commlog_tui.desk.session import Session
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.text.moments import short_local

if TYPE_CHECKING:
    from commlog_tui.client.outbox import OutboxItem, SendReport
    from commlog_tui.contract.entry import Entry

RETRY_SECONDS: Final = 3.0


class WritingScreen(Screen[None]):
    """A screen from which entries are added and corrected, by way of the outbox."""

    def __init__(self, session: Session | None) -> None:
        super().__init__()
        self._session = session

    @property
    def entry(self) -> "Entry | None":
        """The entry one is on."""
        return None

    @property
    def context(self) -> "Entry | None":
        """The entry whose customer and booking a new one is about."""
        return None

    def say(self, words: str) -> None:
        """Say how things stand."""

    def show_recorded(self, entry_id: str) -> None:
        """Show the entry that was just added or corrected."""

    def action_new_entry(self) -> None:
        """Log a call, a conversation or a message."""
        if self._session is None:
            return
        if not self._session.may("add-manual"):
            self.notify("Your token's role may not add entries.", markup=False)
            return
        entry = self.context
        fields = {"direction": "inbound", "when": "now"}
        if entry is not None:
            fields |= {"to": entry.to, "code": entry.code or "", "reference": entry.reference or ""}
            fields["customer"] = entry.customer.id if entry.customer else ""
        name = entry.customer.name if entry is not None and entry.customer else None
        self.app.push_screen(EntryForm(self._session.location, self._session.zone, Prefill(fields, name)), self._saved)

    def action_correct(self) -> None:
        """Correct a manual entry, or say why this one can't be."""
        entry, session = self.entry, self._session
        if entry is None or session is None:
            return
        if entry.source.value != "manual":
            self.notify("Automated entries can't be corrected: they show what was really sent. Log a note with n.", markup=False)
            return
        if not session.may("correct"):
            self.notify("Your token's role may not correct entries; a manager's may.", markup=False)
            return
        fields = {
            "via": entry.via,
            "to": entry.to,
            "title": entry.title,
            "body": entry.body or "",
            "code": entry.code or "",
            "reference": entry.reference or "",
            "customer": entry.customer.id if entry.customer else "",
            "direction": entry.direction.value,
            "when": short_local(entry.sent_at, session.zone),
        }
        prefill = Prefill(fields, entry.customer.name if entry.customer else None, entry)
        self.app.push_screen(EntryForm(session.location, session.zone, prefill), self._saved)

    def _saved(self, item: "OutboxItem | None") -> None:
        self._save(item)

    @work(group="save", exit_on_error=False)
    async def _save(self, item: "OutboxItem | None") -> None:
        from commlog_tui.client.outbox import OutboxError

        if item is None or self._session is None:
            return
        try:
            await asyncio.to_thread(self._session.outbox.save, item)
        except OutboxError as error:
            self.notify(str(error), severity="error", markup=False, timeout=20)
            return
        self.send_waiting()

    @work(exclusive=True, group="outbox", exit_on_error=False)
    async def send_waiting(self) -> None:
        """Send what waits in the outbox, again and again until nothing does."""
        session = self._session
        if session is None:
            return
        while True:
            report = await session.outbox.send(session.client)
            self._told(report)
            if not report.waiting:
                return
            await asyncio.sleep(RETRY_SECONDS)

    def _told(self, report: "SendReport") -> None:
        for item in report.refused:
            self.notify(
                f"Refused: {safe(item.reason or '')} It is kept in the outbox.", severity="error", markup=False, timeout=20
            )
        for item, receipt in report.sent:
            self.notify(f"Recorded as no. {receipt.seq}.", markup=False)
            self.show_recorded(item.entry_id or receipt.id)
        if report.waiting:
            self.say(f"{report.waiting} waiting: saved here, sent as soon as the service answers.")
