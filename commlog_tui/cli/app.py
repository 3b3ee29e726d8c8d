"""The root of the command line."""

import sys
from collections.abc import Callable
from contextlib import suppress

import typer

from commlog_tui import __version__
from commlog_tui.cli import entries, owner, upkeep
from commlog_tui.cli.adding import add
from commlog_tui.cli.backup import backup, restore
from commlog_tui.cli.checkpoint import checkpoints
from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.config import config
from commlog_tui.cli.connection import DEMO, LOCATION, PROFILE, SERVICE, TargetOptions
from commlog_tui.cli.copy import copy
from commlog_tui.cli.customer import contacts, customers, preferences
from commlog_tui.cli.demo import demo
from commlog_tui.cli.desk_command import desk, run_desk
from commlog_tui.cli.embedded import EmbeddedError
from commlog_tui.cli.exit_codes import MEANINGS, ExitCode
from commlog_tui.cli.expect import expectations
from commlog_tui.cli.fault_report import say_fault
from commlog_tui.cli.handover import handovers
from commlog_tui.cli.hook import hooks
from commlog_tui.cli.import_ import import_
from commlog_tui.cli.ingest import ingest
from commlog_tui.cli.journal import journal
from commlog_tui.cli.migrate import migrate
from commlog_tui.cli.outbox import outboxes
from commlog_tui.cli.pipe_command import PipeCommand
from commlog_tui.cli.proof import proofs
from commlog_tui.cli.resend import resend
from commlog_tui.cli.serve import serve
from commlog_tui.cli.stats import stats
from commlog_tui.cli.status import status
from commlog_tui.cli.task import tasks
from commlog_tui.cli.verify import verify
from commlog_tui.cli.who import who
from commlog_tui.cli.why import why
from commlog_tui.cli.words import say
from commlog_tui.settings import SettingsError

_EPILOG = "Exit codes: " + "; ".join(f"{code.value} {words}" for code, words in MEANINGS.items()) + "."
_INTERRUPTED = 130

app = Commands(epilog=_EPILOG, pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(demo)
app.command()(desk)
app.command()(serve)
app.command("list")(entries.list_entries)
app.command("import")(import_)
app.command(cls=PipeCommand)(ingest)
app.command()(journal)
for command in (
    config,
    entries.show,
    add,
    entries.customers,
    entries.tail,
    who,
    why,
    resend,
    stats,
    status,
    verify,
    upkeep.redact,
    upkeep.rebuild,
    backup,
    restore,
    migrate,
    copy,
):
    app.command()(command)
app.add_typer(owner.tokens, name="token")
app.add_typer(owner.locations, name="location")
app.add_typer(hooks, name="hook")
app.add_typer(upkeep.retentions, name="retention")
app.add_typer(checkpoints, name="checkpoint")
app.add_typer(proofs, name="proof")
app.add_typer(upkeep.keys, name="key")
app.add_typer(outboxes, name="outbox")
app.add_typer(tasks, name="task")
app.add_typer(customers, name="customer")
app.add_typer(contacts, name="contact")
app.add_typer(preferences, name="preference")
app.add_typer(handovers, name="handover")
app.add_typer(expectations, name="expect")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"commlog {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    service: str = SERVICE,
    location: str = LOCATION,
    profile: str = PROFILE,
    demo_log: bool = DEMO,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Say which version this is."
    ),
) -> None:
    """A communication log, and the desk to read and write it. Without a command, opens the desk."""
    del version
    ctx.obj = TargetOptions(service, location, demo_log, profile)
    if ctx.invoked_subcommand is None:
        run_desk(ctx.obj)


def run() -> None:
    """Run the command line."""
    guarded(app)


def guarded(work: Callable[[], object]) -> None:
    """Do the work; whatever happens, people get a sentence and scripts a code."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stand-in of a test or an embedder
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # guarded
    try:
        work()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except (EmbeddedError, SettingsError) as error:
        say(str(error))
        sys.exit(ExitCode.USAGE if isinstance(error, SettingsError) else ExitCode.TROUBLE)
    except Exception as error:  # noqa: BLE001 - the last place where a traceback can be kept from a clerk
        say_fault(error)
        sys.exit(ExitCode.TROUBLE)
