"""``commlog list|show|add|customers|tail``: what the desk does, for scripts, pipes and screen readers."""

import asyncio
import csv
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, TargetOptions, code_of, opened, say, stopped
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.contract.entry import Entry, NewEntry
from commlog_tui.contract.location import Permission
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.text.days import DayError, parse_day, parse_moment, span
from commlog_tui.desk.text.details import detail_lines
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.text.rows import cells, header, line, widths

JSON = typer.Option(False, "--json", help="Print JSON.")
_FORMULA = ("=", "-", "@", "\t", "\r")
_WIDTH = 120


def _with_session(ctx: typer.Context, work: Callable[[Session], Awaitable[ExitCode]]) -> None:
    options: TargetOptions = ctx.obj

    async def run() -> ExitCode:
        async with opened(options) as session:
            return await work(session)

    try:
        code = asyncio.run(run())
    except KeyboardInterrupt:
        code = ExitCode.OK
    raise typer.Exit(code)


def list_entries(
    ctx: typer.Context,
    via: list[str] = typer.Option([], help="Channel; repeat for more."),
    since: str = typer.Option("", help="First day: 2026-11-03, 3 nov, yesterday, -14."),
    until: str = typer.Option("", help="Last day, included."),
    to: str = typer.Option("", help="Address or number it went to."),
    customer: str = typer.Option("", help="Customer id: their whole history."),
    reference: str = typer.Option("", help="Booking UUID."),
    status: str = typer.Option("", help="Status, such as bounced."),
    source: str = typer.Option("", help="Source, such as manual."),
    q: str = typer.Option("", "-q", help="Part of a title, name, address, number, code or reference."),
    limit: int = typer.Option(50, min=1, max=200, help="Entries a page."),
    everything: bool = typer.Option(False, "--all", help="All pages."),
    as_json: bool = JSON,
    as_csv: bool = typer.Option(False, "--csv", help="Print CSV; needs a token that may export."),
) -> None:
    """List entries, newest first."""

    async def work(session: Session) -> ExitCode:
        zone = ZoneInfo(session.location.zone)
        if as_csv and Permission.EXPORT not in session.me.permissions:
            raise stopped("Your token's role may not export.", ExitCode.NOT_PERMITTED)
        asked = {"to": to, "customer_id": customer, "reference": reference, "status": status, "source": source, "q": q}
        query = _query(zone, via, since, until, {name: value for name, value in asked.items() if value})
        page = await session.client.page(session.location.id, query, limit=limit)
        entries = [*page.entries]
        while everything and page.older:
            page = await session.client.page(session.location.id, query, limit=limit, cursor=page.older)
            entries += page.entries
        if as_json:
            told = [json.loads(entry.model_dump_json()) for entry in entries]
            typer.echo(json.dumps({"entries": told, "total": page.total.model_dump()}, ensure_ascii=False))
        elif as_csv:
            _print_csv(entries)
        else:
            _print_table(entries, zone)
            say(f"{len(entries)} of {'' if page.total.exact else 'over '}{page.total.count:,}; times in {session.location.zone}")
        return ExitCode.OK if entries else ExitCode.NOTHING

    _with_session(ctx, work)


def show(ctx: typer.Context, entry_id: str = typer.Argument(help="The entry's id."), as_json: bool = JSON) -> None:
    """Show one entry with its events, corrections and receipt."""

    async def work(session: Session) -> ExitCode:
        detail = await session.client.detail(session.location.id, entry_id)
        if as_json:
            typer.echo(detail.model_dump_json())
        else:
            for row in detail_lines(detail, ZoneInfo(session.location.zone), datetime.now(UTC), _WIDTH):
                typer.echo(row.text)
        return ExitCode.OK

    _with_session(ctx, work)


def add(
    ctx: typer.Context,
    via: str = typer.Option(..., help="Channel: phone, in-person, email, sms."),
    title: str = typer.Option(..., help="What it was about."),
    to: str = typer.Option("", help="Number or address."),
    notes: str = typer.Option("", help="Notes."),
    reference: str = typer.Option("", help="Booking UUID."),
    code: str = typer.Option("", help="Booking code."),
    customer: str = typer.Option("", help="Customer id."),
    inbound: bool = typer.Option(False, help="They came to us."),
    when: str = typer.Option("now", help="now, 09:14, yesterday 17:30."),
    key: str = typer.Option("", help="What this entry is, once and for all; repeating it adds nothing."),
    as_json: bool = JSON,
) -> None:
    """Add a manual entry; it is saved on this machine before it is sent."""

    async def work(session: Session) -> ExitCode:
        from pydantic import ValidationError

        from commlog_tui.client.outbox import Outbox, OutboxError, OutboxItem

        given: dict[str, Any] = {"via": via, "title": title, "to": to, "source": "manual"}
        given |= {name: text for name, text in (("body", notes), ("reference", reference), ("code", code)) if text}
        given |= {"direction": "inbound"} if inbound else {}
        given |= {"customer": {"id": customer}} if customer else {}
        try:
            given["sent_at"] = parse_moment(when, ZoneInfo(session.location.zone), datetime.now(UTC))
            entry = NewEntry.model_validate(given)
        except DayError as error:
            raise stopped(f"--when: {error} Nothing was added.", ExitCode.USAGE) from None
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
            raise stopped(f"The entry is not valid: {faults}. Nothing was added.", ExitCode.REFUSED) from None
        content = entry.model_dump(mode="json", exclude_unset=True)
        item = OutboxItem(key=key or str(uuid4()), location=session.location.id, content=content)
        outbox = Outbox(session.outbox)
        try:
            outbox.save(item)
        except OutboxError as error:
            raise stopped(str(error), ExitCode.TROUBLE) from None
        report = await outbox.send(session.client)
        for sent, receipt in report.sent:
            if sent.key == item.key:
                typer.echo(receipt.model_dump_json() if as_json else receipt.id)
                say(f"Recorded as no. {receipt.seq}.")
                return ExitCode.OK
        for refused in report.refused:
            if refused.key == item.key:
                outbox.discard(item.key)
                raise stopped(f"Refused: {refused.reason}", ExitCode.REFUSED)
        say("It waits in the outbox, and is sent with the next entry or when a desk is open.")
        return code_of(report.error) if report.error else ExitCode.UNREACHABLE

    _with_session(ctx, work)


def customers(
    ctx: typer.Context, q: str = typer.Argument("", help="Part of a name, address or number."), as_json: bool = JSON
) -> None:
    """Find customers in the directory."""

    async def work(session: Session) -> ExitCode:
        found = await session.client.customers(session.location.id, q, limit=50)
        if as_json:
            typer.echo(found.model_dump_json())
        else:
            for one in found.customers:
                typer.echo("  ".join(safe(part) for part in (one.id, one.name or "", *one.numbers, *one.addresses)))
            if found.more:
                say("There are more; type more of the name.")
        return ExitCode.OK if found.customers else ExitCode.NOTHING

    _with_session(ctx, work)


def tail(ctx: typer.Context, as_json: bool = JSON) -> None:
    """Print every new record as it is written, until stopped."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.client.feed import follow

        place = await session.client.location(session.location.id)
        zone = ZoneInfo(session.location.zone)
        say("Waiting for new records; Ctrl+C ends.")
        async for item in follow(session.client, session.location.id, place.seq):
            if as_json:
                typer.echo(item.model_dump_json())
            else:
                typer.echo(f"{item.kind.value:10} {line(cells(item.entry, zone), widths(_WIDTH))}".rstrip())
            sys.stdout.flush()
        return ExitCode.OK

    _with_session(ctx, work)


def _query(zone: ZoneInfo, via: list[str], since: str, until: str, rest: dict[str, str]) -> EntryQuery:
    from pydantic import ValidationError

    today = datetime.now(zone).date()
    try:
        first, last = (parse_day(text, today) if text else None for text in (since, until))
        begin, end = span(first, last, zone)
        return EntryQuery.model_validate({"via": via, "since": begin, "until": end, **rest})
    except DayError as error:
        raise stopped(str(error), ExitCode.USAGE) from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise stopped(f"This cannot be asked: {faults}", ExitCode.USAGE) from None


def _print_table(entries: list[Entry], zone: ZoneInfo) -> None:
    columns = widths(_WIDTH)
    typer.echo(header(columns).rstrip())
    for entry in entries:
        typer.echo(line(cells(entry, zone), columns).rstrip())


def _print_csv(entries: list[Entry]) -> None:
    writer = csv.writer(sys.stdout)
    names = [name for name in Entry.model_fields if name != "customer"]
    writer.writerow([*names, "customer.id", "customer.name"])
    for entry in entries:
        told = json.loads(entry.model_dump_json())
        customer = told["customer"] or {}
        writer.writerow([_tame(told[name]) for name in names] + [_tame(customer.get("id")), _tame(customer.get("name"))])


def _tame(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula; a number that begins with + is left whole."""
    text = "" if value is None else str(value)
    formula = text.startswith(_FORMULA) or (text.startswith("+") and not text[1:].replace(" ", "").isdigit())
    return f"'{text}" if formula else text
