"""``commlog list --output FILE``: entries as a file, see ``exports``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from commlog_tui.cli.connection import Session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import say, stopped
from commlog_tui.configuration.rules import nearest
from commlog_tui.contract.query import EntryQuery
from commlog_tui.text.columns import ALL, parsed
from commlog_tui.text.hygiene import safe


def check_output(
    output: Path | None, *, every_field: bool, columns: Sequence[str], as_json: bool, as_csv: bool, at: str
) -> None:
    """End the command if these options exclude each other, or a column is not known."""
    unknown = [text for text in columns if not parsed((text,))]
    if unknown:
        names = [column.name.lower() for column in ALL]
        raise stopped(f"There is no column {safe(unknown[0])}{nearest(unknown[0], names)}", ExitCode.USAGE)
    if columns and (every_field or as_json or as_csv):
        words = "--columns chooses those of the table or of --output; --json, --csv and --every-field have every field."
        raise stopped(words, ExitCode.USAGE)
    if as_json and as_csv:
        raise stopped("Give --json or --csv, not both.", ExitCode.USAGE)
    if every_field and output is None:
        raise stopped("--every-field is for --output.", ExitCode.USAGE)
    if output is not None and at:
        raise stopped("--output writes all pages; use --until instead of --at.", ExitCode.USAGE)
    if output is not None and (as_json or as_csv):
        raise stopped("The end of the file's name says the format; leave out --json and --csv.", ExitCode.USAGE)


async def export(
    session: Session,
    query: EntryQuery,
    options: Mapping[str, object],
    path: Path,
    *,
    everything: bool,
    columns: Sequence[str] = (),
) -> ExitCode:
    """Write what a query finds into a new file. The options are named in its heading."""
    from commlog_tui.evidence.extras import HOW_TO_INSTALL_PDF, has_proof_extra
    from commlog_tui.exports.export import ExportError, ExportJob
    from commlog_tui.exports.formats import ExportFormatError, format_of
    from commlog_tui.exports.heading import ExportHeading

    try:
        make_writer = format_of(path)
    except ExportFormatError as error:
        raise stopped(f"{error} Nothing was written.", ExitCode.USAGE) from None
    if path.suffix.lower() == ".pdf" and not has_proof_extra():
        raise stopped(HOW_TO_INSTALL_PDF, ExitCode.TROUBLE)
    named = [f"{name.replace('_', ' ')} {_words(value)}" for name, value in options.items() if value]
    filters = ", ".join(named) or "no filters"
    heading = ExportHeading(session.location.name, filters, ZoneInfo(session.location.zone), datetime.now(UTC))
    job = ExportJob(session.location.id, query, heading, make_writer, everything, path, tuple(columns))
    try:
        written = await job.run(session.client)
    except ExportError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    if not written:
        say(f"Nothing was found; {path} has the filters only.")
        return ExitCode.NOTHING
    count = "1 entry was" if written == 1 else f"{written:,} entries were"
    say(f"{count} written to {path}.")
    return ExitCode.OK


def _words(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)
