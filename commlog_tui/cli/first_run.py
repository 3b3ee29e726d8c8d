"""``commlog`` with nothing set up: asked once, in plain text."""

import asyncio
import os
from pathlib import Path

import typer

from commlog_tui.cli.connection import is_terminal, say, stopped
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.settings import Settings, write


def ask(settings: Settings) -> None:
    """Ask what to open, and keep the answer in the settings file."""
    if not is_terminal():
        raise stopped("Nothing is set up yet. Run commlog in a terminal, or: commlog demo", ExitCode.USAGE)
    say("commlog is not set up yet. What shall it open?")
    say("  1  a demo: a made-up boat rental")
    say("  2  a log of your own, kept on this machine")
    say("  3  a commlog service that somebody runs")
    match typer.prompt("1, 2 or 3", default="1").strip():
        case "2":
            _local(settings)
        case "3":
            _service()
        case _:
            say(f"Kept in {write({'mode': 'demo'})}.")


def _local(settings: Settings) -> None:
    from pydantic import ValidationError

    from commlog_tui.contract.location import NewLocation
    from commlog_tui.store.sqlite.store import SqliteStore

    name = typer.prompt("The name of your business")
    while True:
        zone = typer.prompt("Its time zone", default=machine_zone())
        try:
            location = NewLocation(id="home", name=name, zone=zone)
            break
        except ValidationError:
            say("That is no time zone that is known here. Zones are named like Europe/London.")

    async def make() -> None:
        store = SqliteStore.open(settings.database)
        if not await store.locations():
            await store.create_location(location)
        await store.close()

    asyncio.run(make())
    say(f"The log is {settings.database}. Kept in {write({'mode': 'local'})}.")


def _service() -> None:
    from commlog_tui.cli.credentials import keep_token
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.log_client import LogClient

    address = typer.prompt("Its address, such as https://log.example.com").strip().rstrip("/")
    token = typer.prompt("Your token", hide_input=True).strip()

    async def look() -> str:
        client = LogClient(address, token)
        try:
            me = await client.me()
        finally:
            await client.aclose()
        return f"You are {me.name} ({me.role.value}), at {', '.join(place.name for place in me.locations) or 'no location'}."

    try:
        say(asyncio.run(look()))
    except ClientError as error:
        raise stopped(f"{error} Nothing was kept.", ExitCode.UNREACHABLE) from None
    say(keep_token(address, token))
    say(f"Kept in {write({'mode': 'service', 'service': address})}.")


def machine_zone() -> str:
    """Return the zone this machine is set to, as far as it says."""
    named = os.environ.get("TZ", "")
    if "/" in named:
        return named.lstrip(":")
    parts = Path("/etc/localtime").resolve().parts
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else "UTC"
