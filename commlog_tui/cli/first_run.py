"""``commlog`` with nothing set up: asked once, in plain text."""

import asyncio
import os
from pathlib import Path

import typer

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.log_file import is_there, require_may_create
from commlog_tui.cli.words import is_terminal, say, stopped
from commlog_tui.cli.zones import zone_named
from commlog_tui.configuration.known_logs import remember
from commlog_tui.contract.location import NewLocation
from commlog_tui.settings import Settings, service_address, write


def ask(settings: Settings) -> None:
    """Ask what to open, and save the choice. Raises ``SettingsError`` where it cannot be saved."""
    if not is_terminal():
        raise stopped("Nothing is set up yet. Run commlog in a terminal, or: commlog demo", ExitCode.USAGE)
    say("commlog is not set up yet. What shall it open?")
    say("  1  a demo: a made-up boat rental")
    say("  2  a log of your own, kept on this machine")
    say("  3  a commlog service that somebody runs")
    while (choice := _prompt("1, 2 or 3", "1")) not in {"1", "2", "3"}:
        say("Type 1, 2 or 3; Ctrl+C leaves without setting anything up.")
    if choice == "1":
        say(f"Kept in {write({'mode': 'demo'})}.")
    elif choice == "2":
        _local(settings)
    else:
        _service()


def _prompt(words: str, default: str | None = None) -> str:
    answer: str = typer.prompt(words, default=default, err=True)
    return answer.strip()


def _local(settings: Settings) -> None:
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.opening import open_store

    new = not is_there(settings.database)
    if new:
        require_may_create(settings.database, named=False, create=False)

    async def make() -> None:
        store = open_store(settings.database, create=new)
        try:
            if not await store.locations():
                await store.create_location(_new_location())
        finally:
            await store.close()

    try:
        asyncio.run(make())
    except LogError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    remember(settings.database)
    say(f"The log is {settings.database}. Kept in {write({'mode': 'local'})}.")


def _new_location() -> NewLocation:
    from pydantic import ValidationError

    name = zone = ""
    while True:
        name = name or _prompt("The name of your business")
        zone = zone or _zone()
        try:
            return NewLocation(id="home", name=name, zone=zone)
        except ValidationError as error:
            wrong = {fault["loc"][0] for fault in error.errors()}
            if "zone" in wrong:
                zone = ""
                say("That is no time zone that is known here. Zones are named like Europe/London; london will do.")
            if "name" in wrong:
                name = ""
                say("A name has 1 to 200 characters.")


def _zone() -> str:
    while True:
        try:
            return zone_named(_prompt("Its time zone", machine_zone()))
        except ValueError as error:
            say(str(error))


def _service() -> None:
    from commlog_tui.cli.credentials import keep_token
    from commlog_tui.client.errors import ClientError, TokenRefusedError
    from commlog_tui.client.log_client import LogClient

    async def look(address: str, token: str) -> str:
        client = LogClient(address, token)
        try:
            me = await client.me()
        finally:
            await client.aclose()
        return (
            f"You are {me.name} ({me.role.value}), at "
            f"{', '.join(place.name for place in me.locations) or 'no location'}."
        )

    address, token = _address(), _token()
    while True:
        try:
            say(asyncio.run(look(address, token)))
            break
        except TokenRefusedError as error:
            say(f"{error} Nothing was kept yet; type another token, or leave with Ctrl+C.")
            token = _token()
        except ClientError as error:
            say(f"{error} Nothing was kept yet; type the address again, or leave with Ctrl+C.")
            address = _address(address)
    try:
        say(keep_token(address, token))
    except OSError as error:
        raise stopped(f"The token cannot be kept: {error.strerror}. Nothing was kept.", ExitCode.TROUBLE) from None
    say(f"Kept in {write({'mode': 'service', 'service': address})}.")


def _address(default: str | None = None) -> str:
    while True:
        try:
            return service_address(_prompt("Its address, such as https://log.example.com", default))
        except ValueError as error:
            say(f"It {error}.")


def _token() -> str:
    token: str = typer.prompt("Your token", hide_input=True, err=True)
    return token.strip()


def machine_zone() -> str:
    """Return the zone this machine is set to, as far as it says."""
    named = os.environ.get("TZ", "").lstrip(":")
    if "/" in named and not named.startswith("/"):
        return named
    parts = Path("/etc/localtime").resolve().parts
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else "UTC"
