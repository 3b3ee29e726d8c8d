"""``commlog hook``: webhooks of delivery providers, set up on the log's file."""

import asyncio
import secrets
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.owner import Answer, code_of_store, with_store
from commlog_tui.cli.stored_log import LOG, stored_log
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from commlog_tui.providers.provider import Provider
    from commlog_tui.store.hooks import Hooks
    from commlog_tui.store.protocol import Store

hooks = Commands(help="Webhooks of delivery providers: what they report goes into the log.", no_args_is_help=True)

_PROVIDER: Final = typer.Argument(help="The provider, such as twilio; commlog hook list --providers names all.")
_LOCATION: Final = typer.Argument(help="The location whose messages it reports on.")
_MOST_SECRET: Final = 4_096
_OUR_BYTES: Final = 24


@hooks.command("add")
def add_hook(
    ctx: typer.Context,
    provider: str = _PROVIDER,
    location: str = _LOCATION,
    url: str = typer.Option(..., help="Public address of the service, such as https://log.example.com."),
    confirm: bool = typer.Option(False, "--confirm", help="Confirm the subscription that Amazon SNS asks for."),
    database: str | None = LOG,
) -> None:
    """Set up a webhook, or replace it, and print what to enter at the provider.

    A secret that the provider shows is read from standard input; one that commlog makes is shown
    this once.
    """
    from commlog_tui.providers.provider import SecretOrigin

    known = _provider(provider)
    address = _address(url)
    is_ours = known.secret_origin is SecretOrigin.OURS
    secret = secrets.token_urlsafe(_OUR_BYTES) if is_ours else _read_secret(known)
    log = stored_log(ctx, database)

    async def add(store: "Store") -> bool:
        from commlog_tui.store.hook_settings import HookSettings, seal
        from commlog_tui.store.hooks import HookRecord

        if location not in {place.id for place in await store.locations()}:
            return False
        key = log.keys().hook_key(await store.log_name(), create=True)
        sealed = seal(key, location, known.slug, HookSettings(secret, address, confirm))
        with closing(log.hooks()) as hooks:
            hooks.set(HookRecord(location, known.slug, sealed, datetime.now(UTC)))
        return True

    if not with_store(ctx, database, add):
        raise stopped(
            "There is no such location. Nothing was set up; commlog location list shows them.", ExitCode.USAGE
        )
    hook = f"{address}/v1/hooks/{known.slug}/{quote(location, safe='')}"
    for number, step in enumerate(known.steps(hook, secret), 1):
        tell(f"{number}. {step}")
    if known.setup.events:
        tell(f"Events: {', '.join(known.setup.events)}.")
    tell(f"Retries: {known.setup.retries}")
    if not known.is_signed:
        say(f"{known.name} signs nothing: its reports are marked as reported over an unsigned channel.")
    if is_ours:
        say("The secret is shown this once; the log keeps it encrypted.")


@hooks.command("list")
def list_hooks(
    ctx: typer.Context,
    providers: bool = typer.Option(False, "--providers", help="Name the providers that can be set up."),
    database: str | None = LOG,
) -> None:
    """List the webhooks, never their secrets."""
    from commlog_tui.providers.registry import PROVIDERS

    if providers:
        for known in PROVIDERS.values():
            tell(f"{known.slug:10} {known.name:16} {'signed' if known.is_signed else 'unsigned'}")
        return
    found = _with_hooks(ctx, database, lambda file: file.all())
    for hook in found:
        tell(safe(f"{hook.location}  {hook.provider:10}  since {hook.created_at:%Y-%m-%d %H:%M} UTC"))
    if not found:
        say("No webhook is set up; commlog hook add sets one up.")
        raise typer.Exit(ExitCode.NOTHING)


@hooks.command("remove")
def remove_hook(
    ctx: typer.Context, provider: str = _PROVIDER, location: str = _LOCATION, database: str | None = LOG
) -> None:
    """Remove a webhook for good. What it has reported stays in the log."""
    slug = _provider(provider).slug
    if not _with_hooks(ctx, database, lambda file: file.remove(location, slug)):
        raise stopped("There is no such webhook. Nothing was changed.", ExitCode.NOTHING)
    say("The webhook is removed. Remove it at the provider as well.")


@hooks.command("test")
def probe_hook(
    ctx: typer.Context, provider: str = _PROVIDER, location: str = _LOCATION, database: str | None = LOG
) -> None:
    """Ask the public address for the webhook, without a signature, and say what came back.

    A service that is reachable refuses such a request; nothing is recorded.
    """
    from commlog_tui.client.hook_probe import probe
    from commlog_tui.store.hook_settings import unseal

    known, log = _provider(provider), stored_log(ctx, database)

    async def address(store: "Store") -> str | None:
        with closing(log.hooks()) as hooks:
            hook = hooks.find(location, known.slug)
        if hook is None:
            return None
        key = log.keys().hook_key(await store.log_name())
        return unseal(key, location, known.slug, hook.sealed).public_url

    base = with_store(ctx, database, address)
    if base is None:
        raise stopped("There is no such webhook; commlog hook add sets it up.", ExitCode.NOTHING)
    url = f"{base}/v1/hooks/{known.slug}/{quote(location, safe='')}"
    fault = asyncio.run(probe(url))
    if fault is not None:
        raise stopped(f"{url}: {fault} Nothing was recorded.", ExitCode.UNREACHABLE)
    say(f"{url} is reachable and refuses what is not signed, as it should.")


def _with_hooks(ctx: typer.Context, database: str | None, work: "Callable[[Hooks], Answer]") -> Answer:
    from commlog_tui.records.errors import LogError

    log = stored_log(ctx, database)
    try:
        with closing(log.hooks()) as hooks:
            return work(hooks)
    except LogError as error:
        raise stopped(str(error), code_of_store(error)) from None


def _provider(slug: str) -> "Provider":
    from commlog_tui.providers.registry import PROVIDERS

    known = PROVIDERS.get(slug.strip().lower())
    if known is None:
        raise stopped(f"The providers are {', '.join(PROVIDERS)}. Nothing was changed.", ExitCode.USAGE)
    return known


def _address(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise stopped("--url is the service's public address, such as https://log.example.com.", ExitCode.USAGE)
    return url.strip().rstrip("/")


def _read_secret(provider: "Provider") -> str:
    if sys.stdin.isatty():
        say(provider.setup.secret)
        secret: str = typer.prompt("Secret", hide_input=True, err=True)
    else:
        secret = sys.stdin.read(_MOST_SECRET + 1)
    secret = secret.strip()
    if not 0 < len(secret) <= _MOST_SECRET or not secret.isprintable():
        raise stopped(
            f"The secret is missing or not one line. {provider.setup.secret} Nothing was changed.", ExitCode.USAGE
        )
    return secret
