"""``commlog list|show|customers|tail``: the log's content for scripts, pipes and screen readers."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, TargetOptions, opened, targeted
from commlog_tui.cli.entry_ids import whole_id
from commlog_tui.cli.entry_query import bound, entry_query
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.exporting import check_output, export
from commlog_tui.cli.tables import Csv, Table, is_for_windows, width
from commlog_tui.cli.words import json_text, say, stopped, tell
from commlog_tui.contract.location import Permission
from commlog_tui.contract.page import FeedItem, Page
from commlog_tui.contract.query import EntryQuery
from commlog_tui.expectations.meanings import meanings_of
from commlog_tui.text.details import detail_lines
from commlog_tui.text.hygiene import safe

JSON = typer.Option(False, "--json", help="Print JSON.")
_CUSTOMERS: Final = 50


def with_session(ctx: typer.Context, work: Callable[[Session], Awaitable[ExitCode]]) -> None:
    """Run a command's work with a session, and end with its code."""
    options: TargetOptions = ctx.obj

    async def run() -> ExitCode:
        async with opened(options) as session:
            code = await work(session)
            sys.stdout.flush()
            return code

    raise typer.Exit(asyncio.run(run()))


@targeted
def list_entries(
    ctx: typer.Context,
    via: list[str] = typer.Option([], help="Channel; repeat for more."),
    since: str = typer.Option(
        "", help="First day: 2026-11-03, 3 nov, yesterday, -14, last month, q3; or an RFC 3339 time."
    ),
    until: str = typer.Option("", help="Last day, included; or an RFC 3339 time, not included."),
    at: str = typer.Option("", help="Begin with the newest entry of this day, or before; or before an RFC 3339 time."),
    to: str = typer.Option("", help="Address or number it went to."),
    customer: str = typer.Option("", help="Customer id: their whole history."),
    reference: str = typer.Option("", help="Booking UUID."),
    status: list[str] = typer.Option([], help="Status, such as bounced, or did-not-arrive; repeat for more."),
    source: str = typer.Option("", help="Source, such as manual."),
    kind: str = typer.Option("", help="What the message is for, such as confirmation or reminder."),
    title: str = typer.Option("", help="A whole title."),
    code: str = typer.Option("", help="A whole booking code."),
    not_via: list[str] = typer.Option([], help="Without this channel; repeat for more, as of all that follow."),
    not_status: list[str] = typer.Option([], help="Without this status, or did-not-arrive."),
    not_source: list[str] = typer.Option([], help="Without this source."),
    not_kind: list[str] = typer.Option([], help="Without messages for this."),
    not_to: list[str] = typer.Option([], help="Without what went to this address or number."),
    not_customer: list[str] = typer.Option([], help="Without this customer's history."),
    not_reference: list[str] = typer.Option([], help="Without this booking, by UUID."),
    not_title: list[str] = typer.Option([], help="Without this whole title."),
    not_code: list[str] = typer.Option([], help="Without this whole booking code."),
    not_day: list[str] = typer.Option([], help="Without this day, or these days."),
    q: str = typer.Option(
        "", "-q", "--search", help="Words or a number: of a name, address, title, code, reference or text."
    ),
    limit: int = typer.Option(50, min=1, max=200, help="Entries a page."),
    everything: bool = typer.Option(False, "--all", help="All pages."),
    as_json: bool = JSON,
    as_csv: bool = typer.Option(False, "--csv", help="Print CSV, whole or not at all; needs a token that may export."),
    bom: bool | None = typer.Option(
        None,
        "--bom/--no-bom",
        help="Begin the CSV with a byte order mark, for Excel; the default for a file on Windows.",
        show_default=False,
    ),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write all pages into a new file: .csv, .txt, .pdf or .json.", show_default=False
    ),
    every_field: bool = typer.Option(False, "--every-field", help="In that file, every field instead of the columns."),
    columns: str = typer.Option(
        "", help="Columns of the table or of that file, as 'date title:40 actor'; a number is a width."
    ),
) -> None:
    """List entries, newest first."""
    chosen = columns.replace(",", " ").split()
    check_output(output, every_field=every_field, columns=chosen, as_json=as_json, as_csv=as_csv, at=at)
    if bom is not None and not as_csv:
        raise stopped("--bom and --no-bom are for --csv.", ExitCode.USAGE)

    async def work(session: Session) -> ExitCode:
        zone = ZoneInfo(session.location.zone)
        if (as_csv or output is not None) and Permission.EXPORT not in session.me.permissions:
            words = f"A token with the role {session.me.role.value} may not export; ask for a manager's."
            raise stopped(words, ExitCode.NOT_PERMITTED)
        options: dict[str, Any] = {
            "via": via, "to": to, "customer_id": customer, "reference": reference, "status": status, "source": source,
            "kind": kind, "title": title, "code": code, "not_via": not_via, "not_status": not_status,
            "not_source": not_source, "not_kind": not_kind, "not_to": not_to, "not_customer_id": not_customer,
            "not_reference": not_reference, "not_title": not_title, "not_code": not_code, "not_day": not_day, "q": q,
        }  # fmt: skip
        query = entry_query(zone, since, until, options)
        if output is not None:
            in_words = {"since": since, "until": until} | options
            return await export(session, query, in_words, output, everything=every_field, columns=chosen)
        pages = _pages(session, query, limit, bound("--at", at, zone, last=True), everything=everything)
        if as_json:
            return await _print_json(pages)
        shown = 0
        table = Table(zone, width(), columns=chosen)
        printer: Csv | Table | None = None
        async for page in pages:
            if as_csv and page.older and not everything:
                more = f"{'' if page.total.exact else 'over '}{page.total.count:,}"
                words = (
                    f"There are {more} entries, and --csv would hold {len(page.entries):,}. Give --all. Nothing was "
                    "written."
                )
                raise stopped(words, ExitCode.USAGE)
            printer = printer or (Csv(bom=is_for_windows() if bom is None else bom) if as_csv else table)
            if not (as_csv or shown) and page.entries:
                tell(table.header(page.entries))
            printer.write(page.entries)
            shown += len(page.entries)
            total = f"{'' if page.total.exact else 'over '}{page.total.count:,}"
            if not page.older or not everything:
                more = " Use --all for the rest." if page.older else ""
                when = "UTC" if as_csv else session.location.zone
                say(f"{shown:,} of {total}; times in {when}.{more}" if shown else _nothing_found(page))
                _say_limit(page, zone)
        return ExitCode.OK if shown else ExitCode.NOTHING

    with_session(ctx, work)


def _say_limit(page: Page, zone: ZoneInfo) -> None:
    """Say how far back a search has looked, where it took too long."""
    if page.searched_back_to is not None:
        back_to = f"{page.searched_back_to.astimezone(zone):%Y-%m-%d %H:%M}"
        say(f"Searched back to {back_to}, as far as the time for a search went. Use --all to go on.")


def _nothing_found(page: Page) -> str:
    if not page.suggestions:
        return "Nothing was found."
    return f"Nothing was found. Similar: {', '.join(map(safe, page.suggestions))}."


@targeted
def show(
    ctx: typer.Context,
    entry_id: str = typer.Argument(help="The entry's id, or the beginning of it."),
    as_json: bool = JSON,
) -> None:
    """Show one entry with its events, corrections and receipt."""

    async def work(session: Session) -> ExitCode:
        detail = await session.client.detail(session.location.id, await whole_id(session, entry_id))
        if as_json:
            tell(json_text(detail.model_dump(mode="json")))
        else:
            zone, meanings = ZoneInfo(session.location.zone), meanings_of(detail)
            for row in detail_lines(detail, zone, datetime.now(UTC), width(), meanings=meanings, raw=True):
                tell(row.text)
        return ExitCode.OK

    with_session(ctx, work)


@targeted
def customers(
    ctx: typer.Context, q: str = typer.Argument("", help="Part of a name, address or number."), as_json: bool = JSON
) -> None:
    """Find customers in the directory."""

    async def work(session: Session) -> ExitCode:
        found = await session.client.customers(session.location.id, q, limit=_CUSTOMERS)
        if as_json:
            tell(json_text(found.model_dump(mode="json")))
        else:
            for one in found.customers:
                tell("  ".join(safe(part) for part in (one.id, one.name or "", *one.numbers, *one.addresses) if part))
        if found.more:
            say(f"These are the {_CUSTOMERS} seen last; there are more. Type more of the name.")
        elif not found.customers:
            say("Nobody was found.")
        return ExitCode.OK if found.customers else ExitCode.NOTHING

    with_session(ctx, work)


@targeted
def tail(
    ctx: typer.Context,
    via: list[str] = typer.Option([], help="Only this channel; repeat for more."),
    after: int = typer.Option(
        -1, min=-1, help="Begin behind this position of the log; by default at its end.", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON Lines."),
) -> None:
    """Print every new record as it is written, until stopped."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.client.feed import follow

        start = (await session.client.location(session.location.id)).seq if after < 0 else after
        table = Table(ZoneInfo(session.location.zone), width(), left=11)
        was_lost = False

        def state(connected: bool) -> None:
            nonlocal was_lost
            if connected == was_lost:
                say("Connected again; nothing was missed." if connected else "The service is away; waiting for it.")
            was_lost = not connected

        def shorter(end: int) -> None:
            say(f"The log ends at no. {end} now: it was restored from a backup. Following it from there.")

        say(f"Waiting for new records; times in {session.location.zone}. Ctrl+C ends.")
        async for item in follow(session.client, session.location.id, start, on_state=state, on_shorter=shorter):
            if not via or (item.entry is not None and item.entry.via in via):
                tell(_record(item, table, as_json=as_json))
        return ExitCode.OK

    try:
        with_session(ctx, work)
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.OK) from None


def _record(item: FeedItem, table: Table, *, as_json: bool) -> str:
    if as_json:
        return json_text(item.model_dump(mode="json"))
    return f"{safe(item.kind):10} {f'no. {item.seq}' if item.entry is None else table.row(item.entry)}"


async def _pages(
    session: Session, query: EntryQuery, limit: int, at: datetime | None, *, everything: bool
) -> AsyncIterator[Page]:
    page = await session.client.page(session.location.id, query, limit=limit, at=at)
    yield page
    while everything and page.older:
        page = await session.client.page(session.location.id, query, limit=limit, cursor=page.older)
        yield page


async def _print_json(pages: AsyncIterator[Page]) -> ExitCode:
    """Print one document, an entry a line, without keeping the pages."""
    shown = 0
    async for page in pages:
        if not shown:
            sys.stdout.write(f'{{"total": {json.dumps(page.total.model_dump())}, "entries": [')
        for entry in page.entries:
            sys.stdout.write(("," if shown else "") + "\n" + json_text(entry.model_dump(mode="json")))
            shown += 1
    tell("\n]}" if shown else "]}")
    return ExitCode.OK if shown else ExitCode.NOTHING
