"""From what was asked on the command line to a client at a location."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from commlog_tui.cli.embedded import EmbeddedError, EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.location import Location, Me
from commlog_tui.settings import Settings, SettingsError, load


@dataclass(frozen=True)
class TargetOptions:
    """Which log a command is for."""

    service: str = ""
    location: str = ""
    demo: bool = False

    def settings(self) -> Settings:
        """Return the settings with these flags over them."""
        mode = "demo" if self.demo else "service" if self.service else ""
        try:
            return load(service=self.service, location=self.location, mode=mode)
        except SettingsError as error:
            raise stopped(str(error), ExitCode.USAGE) from None


@dataclass(frozen=True)
class Session:
    """A client, and the location it is used for."""

    client: LogClient
    location: Location
    me: Me
    outbox: Path


def say(words: str) -> None:
    """Say something to people: on standard error, where it is no data."""
    typer.echo(words, err=True)


def stopped(words: str, code: ExitCode) -> typer.Exit:
    """Return the end of a command, having said why."""
    say(words)
    return typer.Exit(code)


@contextmanager
def service_of(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Give the address, token and name of the service that the settings mean, starting it where it is embedded."""
    if settings.mode == "service" or (settings.mode == "ask" and settings.service):
        from commlog_tui.cli.credentials import find_token

        token = settings.token or find_token(settings.service)
        if not token:
            raise stopped("There is no token for this service. Set COMMLOG_TOKEN, or run: commlog", ExitCode.NOT_PERMITTED)
        yield settings.service, token, settings.service
        return
    database = embedded_database(settings)
    if settings.mode == "ask" and not database.exists():
        raise stopped("Nothing is set up yet. Run commlog once in a terminal, or add --demo or --service.", ExitCode.USAGE)
    service = EmbeddedService(database)
    try:
        yield service.base_url, service.token, "demo" if settings.mode == "demo" else "local"
    except EmbeddedError as error:
        raise stopped(str(error), ExitCode.UNREACHABLE) from None
    finally:
        service.close()


def embedded_database(settings: Settings) -> Path:
    """Return the file that an embedded service keeps; the demo is made first where it is missing."""
    if settings.mode != "demo":
        return settings.database
    from commlog_tui.cli.demo_file import made

    return made(settings.data)


@asynccontextmanager
async def opened(options: TargetOptions) -> AsyncIterator[Session]:
    """Give a session with the log that the options mean; end the command with a sentence where there is none."""
    settings = options.settings()
    with service_of(settings) as (base_url, token, name):
        client = LogClient(base_url, token)
        try:
            me = await client.me()
            yield Session(client, chosen(me, settings.location), me, outbox_folder(settings, name))
        except errors.ClientError as error:
            raise stopped(str(error), code_of(error)) from None
        finally:
            await client.aclose()


def outbox_folder(settings: Settings, name: str) -> Path:
    """Return where the outbox for a service is."""
    safe = "".join(character if character.isalnum() else "-" for character in name)
    return settings.data / "outbox" / safe


def chosen(me: Me, wanted: str) -> Location:
    """Return the location asked for, or the only one."""
    places = {place.id: place for place in me.locations}
    if wanted in places:
        return places[wanted]
    if len(places) == 1 and not wanted:
        return next(iter(places.values()))
    known = ", ".join(sorted(places)) or "none"
    raise stopped(f"Say which location with --location; your token may see: {known}.", ExitCode.USAGE)


def code_of(error: errors.ClientError) -> ExitCode:
    """Return the exit code that a failure ends with."""
    match error:
        case errors.UnreachableError() | errors.BusyError():
            return ExitCode.UNREACHABLE
        case errors.TokenRefusedError() | errors.NotPermittedError():
            return ExitCode.NOT_PERMITTED
        case errors.NotFoundError():
            return ExitCode.NOTHING
        case errors.RefusedError():
            return ExitCode.REFUSED
    return ExitCode.TROUBLE


def is_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()
