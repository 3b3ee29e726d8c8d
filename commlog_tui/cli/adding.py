"""``commlog add``: an entry by hand, on the disk before it is sent."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, code_of, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import faults, json_text, say, stopped, tell
from commlog_tui.contract.base import parse_instant
from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Permission
from commlog_tui.desk.text.days import DayError, parse_moment

_NAMES: Final = {"body": "--notes", "sent_at": "--when", "customer": "--customer"}
_LONGEST_KEY: Final = 255


@targeted
def add(
    ctx: typer.Context,
    via: str = typer.Option(..., help="Channel: phone, in-person, email, sms."),
    title: str = typer.Option(..., help="What it was about."),
    to: str = typer.Option("", help="Number or address."),
    notes: str = typer.Option("", help="Notes."),
    reference: str = typer.Option("", help="Booking UUID."),
    code: str = typer.Option("", help="Booking code."),
    customer: str = typer.Option("", help="Customer id."),
    inbound: bool = typer.Option(False, "--inbound", help="They came to us."),
    when: str = typer.Option("now", help="now, 09:14, yesterday 17:30, or an RFC 3339 time."),
    key: str = typer.Option("", help="What this entry is, once and for all; repeating it adds nothing."),
    as_json: bool = JSON,
) -> None:
    """Add a manual entry; it is saved on this machine before it is sent."""
    given: dict[str, Any] = {"via": via, "title": title, "to": to, "source": "manual"}
    given |= {name: text for name, text in (("body", notes), ("reference", reference), ("code", code)) if text}
    given |= {"direction": "inbound"} if inbound else {}
    given |= {"customer": {"id": customer}} if customer else {}

    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise stopped(f"--key: at most {_LONGEST_KEY} characters that can be seen. Nothing was added.", ExitCode.USAGE)

    async def work(session: Session) -> ExitCode:
        if Permission.ADD_MANUAL not in session.me.permissions:
            words = f"A token with the role {session.me.role.value} may not add entries by hand. Nothing was added."
            raise stopped(words, ExitCode.NOT_PERMITTED)
        moment = await _said_before(session, key) if key and when == "now" else None
        entry = _entry(given, moment or _moment(when, ZoneInfo(session.location.zone)))
        return await _send(session, key or str(uuid4()), entry, as_json=as_json)

    with_session(ctx, work, offline=True)


async def _said_before(session: Session, key: str) -> datetime | None:
    """Return the time that an entry of this key was given before: repeated, its "now" is still that time."""
    from commlog_tui.client.errors import BusyError, NotFoundError, UnreachableError
    from commlog_tui.client.outbox import Outbox

    for item in Outbox(session.outbox).items():
        if item.key == key and "sent_at" in item.content:
            return parse_instant(item.content["sent_at"])
    with suppress(NotFoundError, UnreachableError, BusyError):
        detail = await session.client.detail(session.location.id, id_of_key(key))
        if detail.entry.source is Source.MANUAL:
            return (detail.original or detail.entry).sent_at
    return None


def _moment(when: str, zone: ZoneInfo) -> datetime:
    with suppress(ValueError):
        return parse_instant(when)
    try:
        return parse_moment(when, zone, datetime.now(UTC))
    except DayError as error:
        raise stopped(f"--when: {error} Nothing was added.", ExitCode.USAGE) from None


def _entry(given: dict[str, Any], moment: datetime) -> NewEntry:
    from pydantic import ValidationError

    try:
        return NewEntry.model_validate(given | {"sent_at": moment})
    except ValidationError as error:
        raise stopped(f"The entry is not valid: {faults(error.errors(), _NAMES)}. Nothing was added.", ExitCode.REFUSED) from None


async def _send(session: Session, key: str, entry: NewEntry, *, as_json: bool) -> ExitCode:
    from commlog_tui.client.errors import CertificateError
    from commlog_tui.client.outbox import Outbox, OutboxError, OutboxItem

    outbox = Outbox(session.outbox)
    item = OutboxItem(key=key, location=session.location.id, content=entry.model_dump(mode="json", exclude_unset=True))
    try:
        outbox.save(item)
        report = await outbox.send(session.client)
    except OutboxError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    others = [sent for sent, _ in report.sent if sent.key != key]
    if others:
        say(f"Sent as well what was waiting: {len(others)}.")
    for sent, receipt in report.sent:
        if sent.key == key:
            tell(json_text(receipt.model_dump(mode="json")) if as_json else receipt.id)
            say(f"Recorded as no. {receipt.seq}.")
            return ExitCode.OK
    for refused in report.refused:
        if refused.key == key:
            with suppress(OutboxError):
                outbox.discard(key)
            raise stopped(f"Refused: {refused.reason}", ExitCode.REFUSED)
    if report.busy:
        say("It is saved, and sent by the desk or command that is sending just now.")
        return ExitCode.UNREACHABLE
    if isinstance(report.error, CertificateError):
        say(str(report.error))
    say("It is saved in the outbox of this machine, and sent with the next entry or when a desk is open.")
    return code_of(report.error) if report.error else ExitCode.UNREACHABLE
