"""The detail of an entry, in lines, with what is known of it by now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commlog_tui.desk.reader.state import ViewState
from commlog_tui.text.details import Line, detail_lines, entry_lines
from commlog_tui.text.lines import wrapped
from commlog_tui.text.privacy import masked, masked_detail

if TYPE_CHECKING:
    from commlog_tui.contract.task import Task


def lines_of(state: ViewState, zone: ZoneInfo, width: int, tasks: "Sequence[Task]" = ()) -> list[Line]:
    """Return the current entry as the detail pane shows it, with the open tasks about it."""
    lines = _lines(state, zone, width)
    if tasks:
        from commlog_tui.text.tasks import masked_task, task_row  # not on the way to the first frame

        shown = [masked_task(one) if state.private else one for one in tasks]
        lines += [Line(""), Line("To do about it", "label")]
        lines += [line for one in shown for line in wrapped(task_row(one, zone).strip(), width)]
    return lines


def _lines(state: ViewState, zone: ZoneInfo, width: int) -> list[Line]:
    now, entry, detail = datetime.now(UTC), state.entry, state.detail
    if detail is not None:
        from commlog_tui.expectations.meanings import meanings_of  # not on the way to the first frame

        if entry is not None:  # only a page of results knows why the entry is on it
            detail = detail.model_copy(update={"entry": detail.entry.model_copy(update={"matched": entry.matched})})
        shown = masked_detail(detail) if state.private else detail
        return detail_lines(shown, zone, now, width, meanings=meanings_of(detail), raw=state.raw)
    if entry is None:
        return []
    return entry_lines(masked(entry) if state.private else entry, zone, now, width)
