"""``commlog preference import``: preferences from a CSV file, such as a list of opt-outs."""

from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.client.errors import ClientError, RefusedError
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commlog_tui.imports.items import Refusal
    from commlog_tui.imports.preferences import PreferenceItem

_MOST_REASONS: Final = 20


@targeted
def import_preferences(
    ctx: typer.Context,
    file: Path = typer.Argument(
        help="CSV with the columns customer_id or to, and via, allowed (yes or no), words, said_at.",
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be recorded."),
) -> None:
    """Record whether people may be written to, a row for each; importing a row again adds nothing."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.imports.items import ImportOptions, Progress, Refusal
        from commlog_tui.imports.preferences import read_preferences

        progress = Progress()
        options = ImportOptions(zone=ZoneInfo(session.location.zone))
        counts = _Counts(dry_run=dry_run)
        try:
            for one in _readable(read_preferences(file, options, progress), file):
                if isinstance(one, Refusal):
                    counts.refuse(one, one.reason)
                    continue
                try:
                    if not dry_run:
                        await session.client.people.add_preference(session.location.id, one.key, one.preference)
                    counts.taken += 1
                except RefusedError as error:
                    counts.refuse(one, str(error))
        except ClientError:
            say(f"{counts.words()} Run it again: what is recorded already is not recorded twice.")
            raise
        for note in progress.notes:
            say(note)
        if progress.unused:
            say(f"Not used: the columns {safe(', '.join(progress.unused))}.")
        tell(counts.words())
        return ExitCode.REFUSED if counts.refused else ExitCode.OK

    with_session(ctx, work)


class _Counts:
    """What became of the rows."""

    def __init__(self, *, dry_run: bool) -> None:
        self.taken = self.refused = 0
        self._verb = "would be recorded" if dry_run else "recorded, or there already"

    def refuse(self, one: "PreferenceItem | Refusal", reason: str) -> None:
        """Count a refused row, and say why the first ones are."""
        self.refused += 1
        if self.refused <= _MOST_REASONS:
            say(safe(f"{one.where}:{one.line}: {reason}"))

    def words(self) -> str:
        """Return how many rows became what."""
        return f"{self.taken:,} {self._verb}; {self.refused:,} refused."


def _readable(outcomes: "Iterator[PreferenceItem | Refusal]", file: Path) -> "Iterator[PreferenceItem | Refusal]":
    try:
        yield from outcomes
    except OSError as error:
        words = error.strerror or str(error)
        raise stopped(f"The file {safe(str(file))} cannot be read: {words}.", ExitCode.USAGE) from None
