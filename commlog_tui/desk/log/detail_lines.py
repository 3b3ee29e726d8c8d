"""The detail of an entry, in lines, with what is known of it by now."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from commlog_tui.desk.reader.state import ViewState
from commlog_tui.text.details import Line, detail_lines, entry_lines
from commlog_tui.text.privacy import masked, masked_detail


def lines_of(state: ViewState, zone: ZoneInfo, width: int) -> list[Line]:
    """Return the current entry as the detail pane shows it."""
    now, entry, detail = datetime.now(UTC), state.entry, state.detail
    if detail is not None:
        return detail_lines(masked_detail(detail) if state.private else detail, zone, now, width)
    if entry is None:
        return []
    return entry_lines(masked(entry) if state.private else entry, zone, now, width)
