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
from commlog_tui.text.authors import author
from commlog_tui.text.customers import preference_words
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commlog_tui.contract.customer import Preference
    from commlog_tui.contract.customer_record import NewPreference, PreferenceQuery, Preferences
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
    """Record whether people may be written to, a row for each; importing a row again adds nothing.

    A row that is recorded already, but was ended since, such as by START, is named. If its own
    said_at is later than what ended it, it is recorded anew.
    """

    async def work(session: Session) -> ExitCode:
        from commlog_tui.imports.items import ImportOptions, Progress, Refusal
        from commlog_tui.imports.preferences import read_preferences

        progress = Progress()
        options = ImportOptions(zone=ZoneInfo(session.location.zone))
        counts = _Counts(ZoneInfo(session.location.zone), dry_run=dry_run)
        try:
            for one in _readable(read_preferences(file, options, progress), file):
                if isinstance(one, Refusal):
                    counts.refuse(one, one.reason)
                    continue
                try:
                    ended = None if dry_run else await _record(session, one)
                    counts.taken += 1
                    if ended is not None:
                        counts.name_ended(one, ended)
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


async def _record(session: Session, item: "PreferenceItem") -> "Preference | None":
    """Record a row; return what ended it since, if it was recorded before and does not hold any more.

    Records that were made after what the row says end it, unless they are about an earlier moment.
    Raises ``ClientError``.
    """
    people, at, row = session.client.people, session.location.id, item.preference
    receipt = await people.add_preference(at, item.key, row)
    ended = _ending(await people.preferences(at, _subject(row)), row, receipt.seq)
    if ended is None or row.said_at is None or row.said_at <= (ended.said_at or ended.recorded_at):
        return ended
    await people.add_preference(at, f"{item.key}:{ended.id}", row)
    return None


def _subject(row: "NewPreference") -> "PreferenceQuery":
    from commlog_tui.contract.customer_record import PreferenceQuery

    return PreferenceQuery(customer_id=row.customer_id) if row.to is None else PreferenceQuery(to=row.to)


def _ending(found: "Preferences", row: "NewPreference", seq: int) -> "Preference | None":
    """Return the last of the current preferences that is later than a row's record and says the opposite."""
    about = row.customer_id if row.to is None else None
    later = [one for one in found.preferences if one.seq > seq and one.allowed is not row.allowed]
    return next(
        (
            one
            for one in reversed(later)
            if (one.to is None) is (row.to is None)
            and about in {None, one.customer_id}
            and (row.via is None or one.via in {row.via, None})
        ),
        None,
    )


class _Counts:
    """What became of the rows."""

    def __init__(self, zone: ZoneInfo, *, dry_run: bool) -> None:
        self._zone = zone
        self.taken = self.ended = self.refused = 0
        self._verb = "would be recorded" if dry_run else "recorded, or there already"

    def refuse(self, one: "PreferenceItem | Refusal", reason: str) -> None:
        """Count a refused row, and say why the first ones are."""
        self.refused += 1
        if self.refused <= _MOST_REASONS:
            say(safe(f"{one.where}:{one.line}: {reason}"))

    def name_ended(self, one: "PreferenceItem", ended: "Preference") -> None:
        """Count a row that was recorded before and was ended since, and say by what and when."""
        self.ended += 1
        if self.ended <= _MOST_REASONS:
            by = f"{preference_words(ended, self._zone)}, recorded by {author(ended)}"
            say(
                f"{safe(one.where)}:{one.line}: already recorded, and ended since: {by}. "
                "To record it anew, give it a later said_at."
            )

    def words(self) -> str:
        """Return how many rows became what."""
        ended = f" {self.ended:,} of them ended since;" if self.ended else ""
        return f"{self.taken:,} {self._verb};{ended} {self.refused:,} refused."


def _readable(outcomes: "Iterator[PreferenceItem | Refusal]", file: Path) -> "Iterator[PreferenceItem | Refusal]":
    try:
        yield from outcomes
    except OSError as error:
        words = error.strerror or str(error)
        raise stopped(f"The file {safe(str(file))} cannot be read: {words}.", ExitCode.USAGE) from None
