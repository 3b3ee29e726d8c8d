"""The root of the command line."""

import sys
import traceback

import typer

from commlog_tui import __version__
from commlog_tui.cli import entries, owner
from commlog_tui.cli.connection import TargetOptions, outbox_folder, say, service_of
from commlog_tui.cli.demo import demo
from commlog_tui.cli.exit_codes import MEANINGS, ExitCode
from commlog_tui.cli.serve import serve
from commlog_tui.settings import config_file

_EPILOG = "Exit codes: " + "; ".join(f"{code.value} {words}" for code, words in MEANINGS.items()) + "."

app = typer.Typer(add_completion=False, epilog=_EPILOG, pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(demo)
app.command()(serve)
for command in (entries.list_entries, entries.show, entries.add, entries.customers, entries.tail):
    app.command("list" if command is entries.list_entries else None)(command)
app.add_typer(owner.tokens, name="token")
app.add_typer(owner.locations, name="location")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"commlog {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    service: str = typer.Option("", help="Address of a service."),
    location: str = typer.Option("", help="Location, where there are several."),
    demo_log: bool = typer.Option(False, "--demo", help="Use the demo log."),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say which version this is."),
) -> None:
    """A communication log, and the desk to read and write it. Without a command, opens the desk."""
    del version
    ctx.obj = TargetOptions(service, location, demo_log)
    if ctx.invoked_subcommand is None:
        _desk(ctx.obj)


def _desk(options: TargetOptions) -> None:
    from commlog_tui.cli.connection import embedded_database
    from commlog_tui.cli.desk import open_embedded, open_service
    from commlog_tui.cli.first_run import ask

    settings = options.settings()
    if settings.mode == "ask" and not settings.service:
        ask(settings)
        settings = options.settings()
    if settings.mode == "service" or settings.service:
        with service_of(settings) as (base_url, token, name):
            open_service(base_url, token, settings.location, outbox_folder(settings, name))
    else:
        open_embedded(embedded_database(settings), settings.data, settings.mode)


def run() -> None:
    """Run the command line; whatever happens, people get a sentence and scripts a code."""
    try:
        app()
    except BrokenPipeError:
        sys.exit(ExitCode.OK)
    except Exception:  # noqa: BLE001 - the last place where a traceback can be kept from a clerk
        trouble = config_file().with_name("trouble.log")
        trouble.parent.mkdir(parents=True, exist_ok=True)
        trouble.write_text(traceback.format_exc(), encoding="utf-8")
        say(f"commlog met a fault of its own. Nothing that was acknowledged is lost. The details are in {trouble}.")
        sys.exit(ExitCode.TROUBLE)
