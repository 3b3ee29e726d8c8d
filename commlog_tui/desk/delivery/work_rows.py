"""What is to be done, in rows and in the lines of the pane below them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.content import Content

from commlog_tui.desk.reader.details import DetailCache
from commlog_tui.text.details import Line, detail_lines, entry_lines
from commlog_tui.text.hygiene import safe
from commlog_tui.text.lines import field_lines, wrapped
from commlog_tui.text.moments import brief_moment, local
from commlog_tui.text.privacy import MASK, masked, masked_detail
from commlog_tui.text.tasks import masked_task, task_lines, task_row

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.worklist import OverdueMessage, WorkItem
    from commlog_tui.desk.delivery.work import ToDo


class WorkRows:
    """Describes items in local time, with what is known of their events."""

    def __init__(self, zone: ZoneInfo, details: DetailCache, *, private: bool) -> None:
        self._zone = zone
        self._details = details
        self.private = private

    def title(self, item: "ToDo") -> str:
        """Return what is to be done in a few words, without anybody's name where names are hidden."""
        if item.task is not None:
            return MASK if self.private else safe(item.task.words)
        if item.overdue is not None:
            return overdue_title(item.overdue)
        return safe(masked(item.entry).title) if item.entry is not None else ""

    def row(self, item: "ToDo", *, is_ticked: bool) -> Content:
        """Return the row of what is to be done."""
        words = self._of_entry(item.entry, item.starts_at) if item.entry is not None else ""
        if item.overdue is not None:
            words = self._of_overdue(item.overdue)
        if item.task is not None:
            words = task_row(masked_task(item.task) if self.private else item.task, self._zone)
        if is_ticked:
            return Content(f"✓ {words}")
        if item.task is not None:
            is_due = item.task.due_at <= datetime.now(UTC)
            return Content.assemble(("! ", "bold") if is_due else "○ ", words)
        return Content.assemble(("✗ ", "bold"), words)

    def row_of_arrived(self, item: "WorkItem") -> Content:
        """Return the row of what was delivered after all."""
        entry = masked(item.entry) if self.private else item.entry
        at = f" {brief_moment(item.arrived_at, self._zone)}" if item.arrived_at is not None else ""
        return Content(f"✓ done by itself: delivered after all{at}  ·  {safe(entry.title)}")

    def lines(self, item: "ToDo | None", width: int, now: datetime) -> Iterator[Line]:
        """Yield all that is known of what is to be done."""
        if item is None:
            return
        if item.task is not None:
            yield from task_lines(masked_task(item.task) if self.private else item.task, self._zone, now, width)
        if item.overdue is not None:
            yield from self._overdue_lines(item.overdue, width)
        if item.entry is not None:
            yield from self._entry_lines(item.entry, width, now)

    def _of_entry(self, entry: "Entry", starts_at: datetime | None) -> str:
        shown = masked(entry) if self.private else entry
        who = safe((shown.customer.name if shown.customer is not None else None) or shown.to)
        what, at = ("starts", starts_at) if starts_at is not None else ("sent", entry.sent_at)
        when = f"{what} {brief_moment(at, self._zone)}"
        return f"{when:19}  {who}  ·  {self._why(entry) or safe(entry.status.value)}  ·  {safe(shown.title)}"

    def _of_overdue(self, overdue: "OverdueMessage") -> str:
        since = f"was due {brief_moment(overdue.due_at, self._zone)}"
        starts_at = overdue.starts_at
        when = "start not recorded" if starts_at is None else f"starts {brief_moment(starts_at, self._zone)}"
        return f"{when:19}  {overdue_title(overdue)}  ·  {since}"

    def _overdue_lines(self, overdue: "OverdueMessage", width: int) -> Iterator[Line]:
        reason = "nothing was sent" if self.private else overdue.reason
        yield from wrapped(overdue_title(overdue), width, "title")
        yield from field_lines("Due", local(overdue.due_at, self._zone), width)
        if overdue.starts_at is not None:
            yield from field_lines("Starts", local(overdue.starts_at, self._zone), width)
        yield from field_lines("Why", safe(reason), width)
        yield from field_lines("To do", safe(overdue.advice), width)

    def _entry_lines(self, entry: "Entry", width: int, now: datetime) -> Iterator[Line]:
        from commlog_tui.expectations.meanings import meanings_of

        detail = self._details.latest(entry)
        if detail is None:
            yield from entry_lines(masked(entry) if self.private else entry, self._zone, now, width)
            return
        shown = masked_detail(detail) if self.private else detail
        yield from detail_lines(shown, self._zone, now, width, meanings=meanings_of(detail))

    def _why(self, entry: "Entry") -> str:
        from commlog_tui.expectations.meanings import meanings_of

        detail = self._details.get(entry)
        if detail is None:
            return ""
        meanings = meanings_of(detail)
        sentences = [meanings[event.id].sentence for event in detail.events if event.id in meanings]
        return sentences[-1] if sentences else ""


def overdue_title(overdue: "OverdueMessage") -> str:
    """Return what is overdue of which booking: ``Reminder for HB-1``."""
    from commlog_tui.expectations.wording import kind_words

    via = f" by {safe(overdue.via)}" if overdue.via else ""
    return f"{safe(kind_words(overdue.expected))}{via} for {safe(overdue.code or overdue.reference or '')}"
