"""``commlog why``: what a booking should get, what it got, and what is missing."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import json_text, say, tell
from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.booking import BookingQuery
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import local


@targeted
def why(
    ctx: typer.Context,
    booking: str = typer.Argument(help="The booking's reference or code."),
    as_json: bool = JSON,
) -> None:
    """Print the checklist of a booking; exit code 9 if a message is overdue or did not arrive."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.expectations.answers import checklist_of
        from commlog_tui.expectations.line_words import checklist_words

        answer = await session.client.booking(session.location.id, _query(booking))
        found = checklist_of(answer)
        if as_json:
            tell(json_text(answer.model_dump(mode="json")))
        elif found.lines:
            zone, now = ZoneInfo(session.location.zone), datetime.now(UTC)
            start = f"starts {local(found.starts_at, zone)}" if found.starts_at else "its start is not on record"
            canceled = f"; canceled {local(found.canceled_at, zone)}" if found.canceled_at else ""
            tell(f"Booking {safe(found.code or found.reference or booking)}: {start}{canceled}")
            for line, words in zip(found.lines, checklist_words(found, zone, now), strict=True):
                tell(f"{'!' if line.is_open else ' '} {words}")
                if line.is_open and line.advice:
                    tell(f"    {line.advice}")
            rules = "" if answer.rules else " No rules say what a booking should get; see commlog expect."
            say(f"Times in {session.location.zone}.{rules}")
        if not found.lines:
            say("Nothing is on record about this booking.")
            return ExitCode.NOTHING
        return ExitCode.MISSING if found.open else ExitCode.OK

    with_session(ctx, work)


def _query(text: str) -> BookingQuery:
    from pydantic import ValidationError

    from commlog_tui.cli.words import stopped

    text = text.strip()
    try:
        return BookingQuery(reference=text) if is_uuid(text) else BookingQuery(code=text)
    except ValidationError:
        words = "A booking is named by its reference, a UUID, or its code of at most 64 characters. Nothing was done."
        raise stopped(words, ExitCode.USAGE) from None
