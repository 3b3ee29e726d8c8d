"""``commlog token`` and ``commlog location``: administration on the log file itself."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import uuid4

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.log_file import CREATE, say_migrated
from commlog_tui.cli.stored_log import LOG, stored_log
from commlog_tui.cli.words import faults, say, stopped, tell
from commlog_tui.cli.zones import zone_named
from commlog_tui.contract.location import Role
from commlog_tui.store.protocol import Store
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.records.errors import LogError

tokens = Commands(help="Tokens for desks, senders and auditors.", no_args_is_help=True)
locations = Commands(help="The locations of a log.", no_args_is_help=True)
Answer = TypeVar("Answer")
_LONGEST_NAME: Final = 200


def with_store(
    ctx: typer.Context, database: str | None, work: Callable[[Store], Awaitable[Answer]], *, create: bool | None = None
) -> Answer:
    """Work on the log. Only commands with ``create`` may create a missing one."""
    from commlog_tui.records.errors import LogError

    log = stored_log(ctx, database)
    new = create is not None and log.may_create(create=create)
    if not new:
        log.require()

    async def run() -> Answer:
        store = log.open(create=new)
        log.remember()
        say_migrated(store.backup)
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except LogError as error:
        raise stopped(str(error), code_of_store(error)) from None


def code_of_store(error: "LogError") -> ExitCode:
    """Return the exit code that a failure of the store ends with."""
    from commlog_tui.store.errors import DamagedLogError, StoreFullError, StoreUnavailableError

    if isinstance(error, DamagedLogError):
        return ExitCode.TAMPERED
    return ExitCode.TROUBLE if isinstance(error, StoreUnavailableError | StoreFullError) else ExitCode.REFUSED


@tokens.command("create")
def create_token(
    ctx: typer.Context,
    name: str = typer.Argument(help="Whom it is for; every record it writes says so."),
    role: Role = typer.Option(Role.DESK, help="What it may do."),
    location: list[str] = typer.Option([], help="A location it may see; repeat for more, leave out for all."),
    database: str | None = LOG,
) -> None:
    """Make a token and show it, once."""
    from commlog_tui.service.tokens import digest_of, new_secret
    from commlog_tui.store.protocol import TokenRecord

    if not 0 < len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        raise stopped(f"A name has 1 to {_LONGEST_NAME} characters that can be seen. Nothing was made.", ExitCode.USAGE)
    secret = new_secret()
    record = TokenRecord(str(uuid4()), name, role, tuple(location) or None, datetime.now(UTC))

    async def create(store: Store) -> set[str]:
        unknown = set(location) - {place.id for place in await store.locations()}
        if not unknown:
            await store.create_token(record, digest_of(secret))
        return unknown

    if with_store(ctx, database, create):
        raise stopped("There is no such location. Nothing was made; commlog location list shows them.", ExitCode.USAGE)
    tell(secret)
    say(f"Token {record.id} for {name} ({role.value}). It is shown this once; the log keeps only its hash.")


@tokens.command("list")
def list_tokens(ctx: typer.Context, database: str | None = LOG) -> None:
    """List the tokens, never their secrets."""

    async def read(store: Store) -> list[str]:
        return [
            f"{token.id}  {token.role.value:8}  {'revoked' if token.revoked_at else 'in force':8}  "
            f"{', '.join(token.locations) if token.locations else 'all locations'}  {token.name}"
            for token in await store.tokens()
        ]

    for line in with_store(ctx, database, read):
        tell(safe(line))


@tokens.command("revoke")
def revoke_token(
    ctx: typer.Context, token_id: str = typer.Argument(help="Its id."), database: str | None = LOG
) -> None:
    """Revoke a token for good."""
    if not with_store(ctx, database, lambda store: store.revoke_token(token_id)):
        raise stopped("There is no token with this id. Nothing was changed.", ExitCode.NOTHING)
    say("The token is revoked.")


@locations.command("add")
def add_location(
    ctx: typer.Context,
    location_id: str = typer.Argument(help="A short lower-case name, such as quay."),
    name: str = typer.Option(..., help="What people call it."),
    zone: str = typer.Option(..., help="Its IANA time zone, such as Europe/London; london will do."),
    region: str | None = typer.Option(None, help="Country of numbers without a country code, such as GB."),
    database: str | None = LOG,
    create: bool = CREATE,
) -> None:
    """Set up a location. The first one makes the log."""
    from pydantic import ValidationError

    from commlog_tui.contract.location import NewLocation

    try:
        known_zone = zone_named(zone)
    except ValueError as error:
        raise stopped(f"--zone: {error} Nothing was made.", ExitCode.USAGE) from None
    try:
        location = NewLocation(id=location_id, name=name, zone=known_zone, region=region)
    except ValidationError as error:
        words = faults(error.errors(), {"id": "its id"})
        raise stopped(f"The location is not valid: {words}. Nothing was made.", ExitCode.USAGE) from None
    with_store(ctx, database, lambda store: store.create_location(location), create=create)
    say(f"The location {location.id} is set up.")


@locations.command("list")
def list_locations(ctx: typer.Context, database: str | None = LOG) -> None:
    """List the locations."""
    for place in with_store(ctx, database, lambda store: store.locations()):
        tell(safe(f"{place.id}  {place.zone}  {place.name}"))
