"""``commlog expect``: the rules of what every booking should get, explained and tried."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import Session, TargetOptions, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import json_text, say, stopped, tell
from commlog_tui.configuration.expectations import RulesFile, read_rules
from commlog_tui.contract.booking import code_form
from commlog_tui.contract.query import MAX_PAGE_SIZE, EntryQuery
from commlog_tui.expectations.rules_file import Rules, RulesError
from commlog_tui.settings import Settings
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.expectations.facts import Booking

_NAMED: Final = 5
"""How many bookings with a missing message are named."""

expectations = Commands(
    help="What every booking should get: the rules, explained and tried on past bookings.", no_args_is_help=True
)


def rules_file(settings: Settings) -> RulesFile:
    """Return the rules file of the settings, which can be read now; else end the command."""
    _read(settings.expectations_file)
    return RulesFile(settings.expectations_file)


def _read(path: Path) -> Rules:
    try:
        return read_rules(path)
    except RulesError as error:
        raise stopped(str(error), ExitCode.USAGE) from None


@expectations.callback()
def _group() -> None:
    """Keep ``check`` a command of its own, although it is the only one."""


@expectations.command()
@targeted
def check(
    ctx: typer.Context,
    file: Path | None = typer.Argument(None, help="Rules to check; by default those of the settings."),
    bookings: int = typer.Option(100, min=0, max=1000, help="How many past bookings to try them on; 0 for none."),
    as_json: bool = JSON,
) -> None:
    """Explain each rule, and say what would have been overdue of past bookings."""
    options: TargetOptions = ctx.obj
    path = file or options.settings().expectations_file
    if not path.exists():
        words = f"There is no file {path}. What it may hold: docs/reference/expectations.md. Nothing was done."
        raise stopped(words, ExitCode.USAGE)
    rules = _read(path)

    async def work(session: Session) -> ExitCode:
        from commlog_tui.expectations.dry_run import dry_run

        here, zone = session.location.id, ZoneInfo(session.location.zone)
        _warn_unknown(rules, [location.id for location in session.me.locations])
        if not rules.get(here):
            say(f"{path} has no rules for {here}.")
            return ExitCode.NOTHING
        past = [booking async for booking in _past(session, bookings)]
        results = dry_run(past, rules[here], datetime.now(UTC), zone)
        if as_json:
            tell(json_text([result.as_json() for result in results]))
            return ExitCode.OK
        for number, result in enumerate(results, 1):
            tell(f"{number}. {result.rule.sentence()}")
            if past:
                tell(f"   {result.words()}")
            if result.missing:
                more = len(result.missing) - _NAMED
                names = ", ".join(safe(name) for name in result.missing[:_NAMED])
                tell(f"   Missing for {names}{f' and {more} more' if more > 0 else ''}.")
        say(f"Tried on the {len(past):,} newest bookings of {here}." if past else "No past bookings to try them on.")
        return ExitCode.OK

    with_session(ctx, work)


def _warn_unknown(rules: Rules, known: Sequence[str]) -> None:
    for location in rules:
        if location not in known:
            near = get_close_matches(location, known, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            say(f"This token may see no location {location}{hint}")


async def _past(session: Session, most: int) -> AsyncIterator["Booking"]:
    """Yield the newest bookings, each with all that is on record about it."""
    from commlog_tui.expectations.gathering import booking_of

    seen: set[str] = set()
    async for entry in _entries(session, EntryQuery(), at_least=most > 0):
        name = entry.reference or code_form(entry.code)
        if not name or name in seen:
            continue
        if len(seen) >= most:
            return
        seen.add(name)
        query = EntryQuery(reference=entry.reference) if entry.reference else EntryQuery(q=entry.code)
        found = [
            each
            async for each in _entries(session, query, at_least=True)
            if entry.reference or code_form(each.code) == name
        ]
        details = [await session.client.detail(session.location.id, each.id) for each in found]
        yield booking_of(entry.reference, entry.code, details)


async def _entries(session: Session, query: EntryQuery, *, at_least: bool) -> AsyncIterator["Entry"]:
    """Yield entries, newest first."""
    cursor = None
    while at_least:
        page = await session.client.page(session.location.id, query, limit=MAX_PAGE_SIZE, cursor=cursor)
        for entry in page.entries:
            yield entry
        if page.older is None:
            return
        cursor = page.older
