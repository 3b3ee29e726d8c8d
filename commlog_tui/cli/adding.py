"""``commlog add``: an entry by hand, on the disk before anybody is asked anything."""

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import (
    TargetOptions,
    chosen,
    code_of,
    connected,
    introduced,
    outbox_folder,
    remembered,
    targeted,
)
from commlog_tui.cli.entries import JSON
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.saving import BY, known_location, named
from commlog_tui.cli.words import faults, json_text, say, stopped, tell
from commlog_tui.client.completion import IncompleteError, completed
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import PATIENCE, Outbox, OutboxError, OutboxItem, SendReport
from commlog_tui.contract.base import parse_instant
from commlog_tui.contract.channels import CHANNELS, default_direction
from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Location, Me, Permission
from commlog_tui.contract.recipients import recipient_fault
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.settings import Settings
from commlog_tui.text.address_hints import address_hint
from commlog_tui.text.days import DayError, parse_moment
from commlog_tui.text.hygiene import safe

_NAMES: Final = {"body": "--notes", "sent_at": "--when", "customer": "--customer"}
_LONGEST_KEY: Final = 255
_NOTHING: Final = "Nothing was added."
_USUAL: Final = frozenset(CHANNELS.values())
"""Channels that need not have been used before."""


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
    inbound: bool | None = typer.Option(
        None,
        "--inbound/--outbound",
        help="Whether they came to us. By default calls and conversations are inbound, the rest outbound.",
        show_default=False,
    ),
    when: str = typer.Option("now", help="now, 09:14, yesterday 17:30, or an RFC 3339 time."),
    new_channel: bool = typer.Option(
        False, "--new-channel", help="Add it although the location has never used this channel."
    ),
    key: str = typer.Option("", help="What this entry is, once and for all; repeating it adds nothing."),
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Add a manual entry; it is saved on this machine before it is sent."""
    options: TargetOptions = ctx.obj
    settings = options.settings()
    outbox = Outbox(outbox_folder(settings))
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise stopped(f"--key: at most {_LONGEST_KEY} characters that can be seen. {_NOTHING}", ExitCode.USAGE)
    direction = default_direction(via) if inbound is None else "inbound" if inbound else "outbound"
    given: dict[str, Any] = {"via": via, "title": title, "to": to, "source": "manual", "direction": direction}
    given |= {name: text for name, text in (("body", notes), ("reference", reference), ("code", code)) if text}
    given |= {"customer": {"id": customer}} if customer else {}
    if wrong := recipient_fault(via, to):
        raise stopped(f"The entry is not valid: --to {wrong}. {_NOTHING}", ExitCode.REFUSED)
    location = known_location(settings, remembered(settings))
    region = region_of_zone(location.zone) if location else None
    if (location or "@" in to) and (hint := address_hint(to, region, via)):
        say(f"--to: {safe(hint.words)}")
    content = _content(given, when, ZoneInfo(location.zone) if location else None)
    item = OutboxItem(
        key=key or str(uuid4()), location=settings.location or (location.id if location else ""), content=content
    )
    adding = _Adding(
        settings, outbox, named(item, by), repeats=bool(key) and when == "now", new_channel=new_channel or via in _USUAL
    )
    raise typer.Exit(adding.run(as_json=as_json))


class _Adding:
    """One entry on its way from the outbox to the log."""

    def __init__(
        self, settings: Settings, outbox: Outbox, item: OutboxItem, *, repeats: bool, new_channel: bool
    ) -> None:
        """Set the options.

        ``repeats``: the key was given and the time is now; ``new_channel``: the channel may be new.
        """
        self._settings = settings
        self._outbox = outbox
        self._item = item
        self._repeats = repeats
        self._new_channel = new_channel

    def run(self, *, as_json: bool) -> ExitCode:
        """Save it, then send it; whatever happens on the way, say where it is."""
        try:
            _save(self._outbox, self._item)
            return asyncio.run(self._send(as_json=as_json))
        except typer.Exit as stop:
            code = ExitCode(stop.exit_code)
            self._say_where()
            return code
        except BaseException:  # Ctrl+C included
            self._say_where()
            raise

    def _say_where(self) -> None:
        path = self._outbox.path(self._item.key)
        if path.exists():
            say(
                f"The entry is saved in the outbox of this machine, as {path}. It is sent with the next commlog add,"
                " by commlog outbox send, or while a desk is open."
            )

    async def _send(self, *, as_json: bool) -> ExitCode:
        async with connected(self._settings) as client:
            await self._check(client, await introduced(client, self._settings))
            try:
                report = await self._outbox.send(client, self._item.location, patience=PATIENCE)
            except OutboxError as error:
                raise stopped(str(error), ExitCode.TROUBLE) from None
            return self._tell(report, as_json=as_json)

    async def _check(self, client: LogClient, me: Me) -> None:
        """Complete the entry from the service's answer, and drop what it would refuse."""
        try:
            location = chosen(me, self._settings.location)
            if Permission.ADD_MANUAL not in me.permissions:
                words = f"A token with the role {me.role.value} may not add entries by hand."
                raise stopped(words, ExitCode.NOT_PERMITTED)
            if not self._new_channel:
                await self._check_channel(client, location)
            item = self._item.model_copy(update=completed(self._item.location, self._item.content, me, location.id))
        except IncompleteError as error:
            say(str(error))
            self._take_out()
            raise typer.Exit(ExitCode.USAGE) from None
        except typer.Exit:
            self._take_out()
            raise
        if self._repeats and (moment := await _time_of(client, location.id, self._item.key)):
            item = item.model_copy(update={"content": item.content | {"sent_at": moment}})
        if item != self._item:
            _save(self._outbox, item)
            self._item = item

    async def _check_channel(self, client: LogClient, location: Location) -> None:
        via = self._item.content["via"]
        channels = [one.via for one in (await client.location(location.id)).channels]
        if via not in channels:
            known = ", ".join(dict.fromkeys((*channels, *_USUAL)))
            words = (
                f"{location.name} has never used the channel {via}; it knows {known}. Add --new-channel if {via} is "
                "right."
            )
            raise stopped(words, ExitCode.USAGE)

    def _take_out(self) -> None:
        with suppress(OutboxError):
            self._outbox.discard(self._item.key)
            say(_NOTHING)

    def _tell(self, report: SendReport, *, as_json: bool) -> ExitCode:
        key = self._item.key
        others = [sent for sent, _ in report.sent if sent.key != key]
        if others:
            say(f"Sent as well what was waiting: {len(others)}.")
        for sent, receipt in report.sent:
            if sent.key == key:
                tell(json_text(receipt.model_dump(mode="json")) if as_json else receipt.id)
                sys.stdout.flush()
                say(f"Recorded as no. {receipt.seq}.")
                return ExitCode.OK
        for refused in report.refused:
            if refused.key == key:
                say(f"Refused: {refused.reason}")
                self._take_out()
                raise typer.Exit(ExitCode.REFUSED)
        saved = next((item for item in self._outbox.items() if item.key == key), None)
        if saved is None:
            tell(json_text({"id": id_of_key(key)}) if as_json else id_of_key(key))
            say("It was sent by a desk that is open here, or by another command.")
            return ExitCode.OK
        if saved.state == "refused":
            raise stopped(f"Refused: {saved.reason}", ExitCode.REFUSED)
        if report.busy:
            raise stopped(
                "A desk or another command is sending just now, and sends this as well.", ExitCode.UNREACHABLE
            )
        raise stopped(
            str(report.error or "It was not sent."), code_of(report.error) if report.error else ExitCode.UNREACHABLE
        )


def _save(outbox: Outbox, item: OutboxItem) -> None:
    try:
        outbox.save(item)
    except OutboxError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None


async def _time_of(client: LogClient, location: str, key: str) -> str | None:
    """Return the time an entry of this key was recorded with, so that a retry repeats its "now"."""
    from commlog_tui.client.errors import NotFoundError

    with suppress(NotFoundError):
        detail = await client.detail(location, id_of_key(key))
        if detail.entry.source is Source.MANUAL:
            return str((detail.original or detail.entry).model_dump(mode="json")["sent_at"])
    return None


def _content(given: dict[str, Any], when: str, zone: ZoneInfo | None) -> dict[str, Any]:
    """Return the entry as it is saved. A local time has no offset while the zone is unknown."""
    from pydantic import ValidationError

    moment, is_local = _moment(when, zone)
    try:
        entry = NewEntry.model_validate(given | {"sent_at": moment})
    except ValidationError as error:
        raise stopped(
            f"The entry is not valid: {faults(error.errors(), _NAMES)}. {_NOTHING}", ExitCode.REFUSED
        ) from None
    content = entry.model_dump(mode="json", exclude_unset=True)
    return content | {"sent_at": moment.replace(tzinfo=None).isoformat()} if is_local else content


def _moment(when: str, zone: ZoneInfo | None) -> tuple[datetime, bool]:
    """Return the time that was typed, and whether it is local to a zone that is not known yet."""
    with suppress(ValueError):
        return parse_instant(when), False
    now = datetime.now(UTC)
    try:
        if zone is not None or " ".join(when.lower().split()) in {"", "now"}:
            return parse_moment(when, zone or ZoneInfo("UTC"), now), False
        here = datetime.now().replace(tzinfo=UTC)  # noqa: DTZ005 - "yesterday" is this machine's, for want of another
        return parse_moment(when, ZoneInfo("UTC"), here), True
    except DayError as error:
        raise stopped(f"--when: {error} {_NOTHING}", ExitCode.USAGE) from None
