"""``commlog stats``: how many entries of which channel and kind came how far, by hour, day or week."""

import csv
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import faults, json_text, say, stopped, tell
from commlog_tui.contract.delivery import Status
from commlog_tui.contract.statistics import Period, StatisticsQuery
from commlog_tui.imports.csv_export import cell
from commlog_tui.text.days import DayError
from commlog_tui.text.hygiene import fit, safe
from commlog_tui.text.spans import parse_days

if TYPE_CHECKING:
    from commlog_tui.contract.statistics import Statistic, Statistics

_COLUMNS: Final = ("day", "hour", "via", "kind", "entries")
_DEFAULT_DAYS: Final = 7
_VIA, _KIND = 12, 16


@targeted
def stats(
    ctx: typer.Context,
    since: str = typer.Option("", help="First day: 2026-11-03, yesterday, -14, last month; by default six days ago."),
    until: str = typer.Option("", help="Last day, included; by default today."),
    by: Period = typer.Option(Period.DAY, help="What to count by."),
    as_json: bool = JSON,
    as_csv: bool = typer.Option(False, "--csv", help="Print CSV, with a column for each status."),
) -> None:
    """Count entries by channel, kind of message and status, in days of the location's zone."""
    if as_json and as_csv:
        raise stopped("Give --json or --csv, not both.", ExitCode.USAGE)

    async def work(session: Session) -> ExitCode:
        zone = session.location.zone
        query = _query(since, until, by, datetime.now(ZoneInfo(zone)).date())
        found = await session.client.statistics(session.location.id, query)
        if as_json:
            tell(json_text(found.model_dump(mode="json")))
        elif as_csv:
            _write_csv(found)
        else:
            for row in found.rows:
                tell(_line(row))
            last = query.until - timedelta(days=1)
            total = sum(row.entries for row in found.rows)
            say(f"{total:,} entries by {by.value} from {query.since} to {last}, days of {zone}.")
        return ExitCode.OK if found.rows else ExitCode.NOTHING

    with_session(ctx, work)


def _query(since: str, until: str, by: Period, today: date) -> StatisticsQuery:
    from pydantic import ValidationError

    first, last = today - timedelta(days=_DEFAULT_DAYS - 1), today
    name = "--since"
    try:
        if since:
            first, last_of_span = parse_days(since, today)
            last = last if last_of_span == first else last_of_span
        name = "--until"
        if until:
            last = parse_days(until, today)[1]
    except DayError as error:
        raise stopped(f"{name}: {error}", ExitCode.USAGE) from None
    try:
        return StatisticsQuery.model_validate({"from": first, "to": last + timedelta(days=1), "by": by})
    except ValidationError as error:
        words = faults(error.errors(), {"from": "--since", "to": "--until"})
        raise stopped(f"This cannot be counted: {words}.", ExitCode.USAGE) from None
    except OverflowError:
        raise stopped("--until: There is no day after it. Nothing was counted.", ExitCode.USAGE) from None


def _line(row: "Statistic") -> str:
    """Return a row for people: when, channel, kind, and how many of which status."""
    when = f"{row.day}" if row.hour is None else f"{row.day} {row.hour:02}:00"
    statuses = ", ".join(f"{safe(status)} {count:,}" for status, count in sorted(row.statuses.items()))
    return f"{when}  {fit(row.via, _VIA)} {fit(row.kind or '-', _KIND)} {row.entries:>7,}  {statuses}"


def _write_csv(found: "Statistics") -> None:
    """Write RFC 4180 CSV; statuses that this version does not know have the last columns."""
    known = [status.value for status in Status]
    newer = sorted({status for row in found.rows for status in row.statuses}.difference(known))
    writer = csv.writer(sys.stdout)
    writer.writerow([*_COLUMNS, *known, *map(cell, newer)])
    for row in found.rows:
        counts = [row.statuses.get(status, 0) for status in (*known, *newer)]
        hour = "" if row.hour is None else row.hour
        writer.writerow([row.day.isoformat(), hour, cell(row.via), row.kind or "", row.entries, *counts])
