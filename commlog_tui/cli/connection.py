"""From what was asked on the command line to a client at a location."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

import typer

from commlog_tui.cli.early_service import service_over
from commlog_tui.cli.embedded import CALL_SECONDS, EmbeddedError
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.log_file import is_there
from commlog_tui.cli.opener import folder_name
from commlog_tui.cli.words import say, stopped
from commlog_tui.configuration.known_logs import remember
from commlog_tui.configuration.sources import Configuration, configured
from commlog_tui.private_files import make_own_folder, restrict_data, restrict_settings, write_private
from commlog_tui.settings import Settings, SettingsError, config_file, load

if TYPE_CHECKING:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.location import Location, Me

SERVICE: Final = typer.Option("", help="Address of a service.", show_default=False)
LOCATION: Final = typer.Option("", help="Location, where there are several.", show_default=False)
PROFILE: Final = typer.Option("", help="Profile of the settings file to use.", show_default=False)
DEMO: Final = typer.Option(False, "--demo", help="Use the demo log.")
_NOT_SET_UP: Final = "Nothing is set up yet. Run commlog once in a terminal, or add --demo or --service."

Read = TypeVar("Read", Settings, Configuration)


@dataclass(frozen=True)
class TargetOptions:
    """Which log a command is for."""

    service: str = ""
    location: str = ""
    demo: bool = False
    profile: str = ""

    def settings(self) -> Settings:
        """Return the settings with these flags over them."""
        return self._read(load)

    def configuration(self) -> Configuration:
        """Return the same, and where each comes from."""
        return self._read(configured)

    def _read(self, read: Callable[..., Read]) -> Read:
        if self.demo and self.service:
            raise stopped("Give --demo or --service, not both.", ExitCode.USAGE)
        mode = "demo" if self.demo else "service" if self.service else ""
        try:
            settings = read(service=self.service, location=self.location, mode=mode, profile=self.profile)
        except SettingsError as error:
            raise stopped(str(error), ExitCode.USAGE) from None
        restrict_data(settings.data)
        restrict_settings(config_file())
        return settings


@dataclass(frozen=True)
class Session:
    """A client, and the location it is used for."""

    client: "LogClient"
    location: "Location"
    me: "Me"
    outbox: Path


def targeted(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that select a log to a command, whose first parameter is the context."""
    own = inspect.signature(command)
    options = {"service": (str, SERVICE), "location": (str, LOCATION), "profile": (str, PROFILE), "demo": (bool, DEMO)}
    common = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in options.items()
    ]

    @wraps(command)
    def run(*, ctx: typer.Context, **given: Any) -> None:  # noqa: ANN401 - whatever the command takes
        before: TargetOptions = ctx.obj
        named = {name: value for name in options if (value := given.pop(name))}
        for name in named:
            if getattr(before, name):
                words = f"--{name} is given before and after the command; give it once. Nothing was done."
                raise stopped(words, ExitCode.USAGE)
        ctx.obj = replace(before, **named)
        command(ctx=ctx, **given)

    mine = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own.parameters.values()]
    run.__signature__ = own.replace(parameters=[*mine, *common])  # type: ignore[attr-defined] # what typer reads
    run.__annotations__ = command.__annotations__ | {name: kind for name, (kind, _) in options.items()}
    return run


@contextmanager
def service_of(settings: Settings) -> Iterator[tuple[str, str, Callable[[], None]]]:
    """Yield the address and token of the configured service, starting an embedded one."""
    if settings.mode == "service":
        yield settings.service, token_of(settings), lambda: None
        return
    service = None
    try:
        service = service_over(embedded_database(settings))
        import_module("commlog_tui.client.log_client")  # while the service starts
        yield service.base_url, service.token, service.check
    except EmbeddedError as error:
        raise stopped(str(error), ExitCode.TAMPERED if error.damaged else ExitCode.UNREACHABLE) from None
    finally:
        if service is not None:
            service.close()


def token_of(settings: Settings) -> str:
    """Return the token for the service of the settings."""
    from commlog_tui.cli.credentials import find_token

    token = settings.token or find_token(settings.service)
    if not token:
        raise stopped(
            "There is no token for this service. Set COMMLOG_TOKEN, or run commlog in a terminal.",
            ExitCode.NOT_PERMITTED,
        )
    return token


def embedded_database(settings: Settings) -> Path:
    """Return the file of the embedded service. A missing demo is generated first."""
    if settings.mode == "demo":
        from commlog_tui.cli.demo_file import made

        return made(settings.data)
    if settings.mode == "ask":
        raise stopped(_NOT_SET_UP, ExitCode.USAGE)
    if not is_there(settings.database):
        words = (
            f"There is no log at {settings.database}. Make the first with: commlog location add ID --name NAME --zone "
            "ZONE"
        )
        raise stopped(
            f"{words}. If one was kept there, find it, or put a copy in its place with: commlog restore", ExitCode.USAGE
        )
    remember(settings.database)
    return settings.database


@asynccontextmanager
async def connected(settings: Settings) -> "AsyncIterator[LogClient]":
    """Yield a client of the log that the settings mean. Exit if it cannot be used."""
    with service_of(settings) as (base_url, token, check):
        from commlog_tui.client import errors
        from commlog_tui.client.log_client import TIMEOUT, LogClient

        client = LogClient(base_url, token, timeout=TIMEOUT if settings.mode == "service" else CALL_SECONDS)
        try:
            yield client
        except errors.ClientError as error:
            check()
            raise stopped(str(error), code_of(error)) from None
        finally:
            await client.aclose()


@asynccontextmanager
async def opened(options: TargetOptions) -> AsyncIterator[Session]:
    """Yield a session with the log that the options mean. Exit with a message if there is none."""
    settings = options.settings()
    async with connected(settings) as client:
        me = await introduced(client, settings)
        yield Session(client, chosen(me, settings.location), me, outbox_folder(settings))


async def introduced(client: "LogClient", settings: Settings) -> "Me":
    """Return whom the token speaks for, and remember it for when the service is away."""
    me = await client.me()
    if settings.mode != "demo":
        _remember(outbox_folder(settings).with_suffix(".me.json"), me)
    return me


def remembered(settings: Settings) -> "Me | None":
    """Return the token's identity from the last connection made here, or None before the first."""
    from commlog_tui.contract.location import Me

    with suppress(OSError, ValueError):
        return Me.model_validate_json(outbox_folder(settings).with_suffix(".me.json").read_bytes())
    return None


def _remember(path: Path, me: "Me") -> None:
    with suppress(OSError):  # a convenience for when the service is away
        make_own_folder(path.parent)
        fresh = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
        write_private(fresh, me.model_dump_json().encode())
        fresh.replace(path)


def outbox_folder(settings: Settings) -> Path:
    """Return the outbox folder of a log. The service's address may have any characters."""
    if settings.mode == "ask":
        raise stopped(_NOT_SET_UP, ExitCode.USAGE)
    name = settings.service if settings.mode == "service" else settings.mode
    return settings.data / "outbox" / folder_name(name)


def chosen(me: "Me", wanted: str) -> "Location":
    """Return the location asked for, or the only one."""
    places = {place.id: place for place in me.locations}
    if wanted in places:
        return places[wanted]
    if len(places) == 1 and not wanted:
        return next(iter(places.values()))
    known = ", ".join(sorted(places)) or "none"
    raise stopped(f"Say which location with --location; your token may see: {known}.", ExitCode.USAGE)


def code_of(error: "ClientError") -> ExitCode:
    """Return the exit code that a failure ends with."""
    from commlog_tui.client import errors

    match error:
        case errors.LogDamagedError():
            return ExitCode.TAMPERED
        case errors.UnreachableError() | errors.BusyError():
            return ExitCode.UNREACHABLE
        case errors.TokenRefusedError() | errors.NotPermittedError():
            return ExitCode.NOT_PERMITTED
        case errors.NotFoundError():
            return ExitCode.NOTHING
        case errors.RefusedError():
            return ExitCode.REFUSED
    return ExitCode.TROUBLE


__all__ = [
    "Session",
    "TargetOptions",
    "chosen",
    "code_of",
    "connected",
    "introduced",
    "opened",
    "outbox_folder",
    "remembered",
    "say",
    "stopped",
    "targeted",
]
