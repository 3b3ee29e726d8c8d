"""A shift's handover as a PDF."""

from datetime import datetime
from zoneinfo import ZoneInfo

from commlog_tui.evidence.pdf import Paper
from commlog_tui.text.handover import Shift, heading, sections


def render_handover(shift: Shift, zone: ZoneInfo, made_at: datetime) -> bytes:
    """Return the handover as a PDF."""
    paper = Paper("Handover", heading(shift, zone), made_at)
    paper.title_line("Handover")
    paper.paragraph(heading(shift, zone), muted=True)
    for note in shift.notes:
        paper.paragraph(note, muted=True)
    for section in sections(shift, zone):
        paper.heading(section.title)
        if not section.items:
            paper.paragraph(section.nothing, muted=True)
        for item in section.items:
            paper.paragraph(item.words)
            if item.notes:
                paper.paragraph("\n".join(item.notes), muted=True, size=9)
    return paper.to_bytes()
